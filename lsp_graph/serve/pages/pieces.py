"""
The small pieces of HTML that pages are made of: links to things, dates, marks, sources.

    value  ->  HTML, escaped

They are written in Python, as a page has hundreds of them and macros of the template engine take several times as
long; `templates/parts.html` has them among its macros. Each escapes what it is given before it calls itself markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from lsp_graph.serve.pages import words


class Pieces:
    """The pieces of one page; `to` says where a reader goes for an IRI, `url` makes an address of a path."""

    def __init__(self, to: Callable[[str], str | None], url: Callable[..., str]) -> None:
        self._to, self._url = to, url
        self._made: dict[tuple[str | None, str | None], Markup] = {}

    def thing(self, one: Any) -> Markup:
        """A thing with an IRI and a label (as attributes or keys) as a link to its page; None is not recorded."""
        if not one:
            return absent()
        iri, named = (one["iri"], one["label"]) if isinstance(one, Mapping) else (one.iri, one.label)
        key = (iri, named)
        if key not in self._made:
            self._made[key] = _linked(self._to(iri) if iri else None, named)
        return self._made[key]

    def things(self, many: Iterable[Any]) -> Markup:
        """Things with commas between; not recorded where there are none."""
        return _markup(", ".join(map(self.thing, many))) or absent()

    def place(self, one: Mapping[str, str | None] | None) -> Markup:
        """An area by its code and label."""
        if not one or not (one["code"] or one["label"]):
            return absent()
        return _linked(self._url(f"/areas/{one['code']}") if one["code"] else None, one["label"])


def absent(said: str = "not recorded") -> Markup:
    """That something is not recorded."""
    return _markup(f'<span class="not-recorded">{escape(said)}</span>')


def value(one: object) -> Markup:
    """A value, or that none is recorded."""
    return absent() if one is None or one == "" else _markup(f"<bdi>{escape(one)}</bdi>")


def yes(one: bool | None) -> Markup:
    """Yes, no, or not recorded: three answers that look different."""
    if one is None:
        return absent()
    return _markup('<span class="yes">yes</span>' if one else '<span class="no">no</span>')


@lru_cache(maxsize=4096)
def date(one: str | None) -> Markup:
    """A date."""
    return _markup(f'<time datetime="{escape(one)}">{escape(words.day(one))}</time>') if one else absent()


@lru_cache(maxsize=4096)
def period(since: str | None, until: str | None) -> Markup:
    """From when until when."""
    parts = [f"{said} {date(day)}" for said, day in (("from", since), ("until", until)) if day]
    return _markup(" ".join(parts)) or absent("no dates recorded")


def confidence(level: str | None) -> Markup:
    """A level of confidence: a quiet mark, and its word."""
    if not level:
        return absent()
    mark, word = words.MARKS.get(level, "·"), escape(level)
    return _markup(f'<span class="confidence {word}"><span aria-hidden="true">{mark}</span> {word}</span>')


def sources(cited: Iterable[Any]) -> Markup:
    """Who says so: documents and the places in them, folded; the places of one document stand together."""
    places: dict[tuple[str, str | None], list[str]] = {}
    for one in cited:
        places.setdefault((one.source, one.date), []).append(one.place)
    if not places:
        return absent("no source recorded")
    items = "".join(
        f"<li><bdi>{escape(words.named(source))}</bdi>{f' ({escape(day)})' if day else ''}: "
        f"<bdi>{escape('; '.join(told))}</bdi></li>"
        for (source, day), told in places.items()
    )
    counted = f"{len(places)} {'document' if len(places) == 1 else 'documents'}"
    return _markup(f'<details class="sources"><summary>{counted}</summary><ul>{items}</ul></details>')


SHARED = {
    "absent": absent,
    "value": value,
    "yes": yes,
    "date": date,
    "period": period,
    "confidence": confidence,
    "sources": sources,
}
"""The pieces that are the same on every page, by the names that templates know them by."""


def _linked(there: str | None, label: str | None) -> Markup:
    named = f"<bdi>{escape(words.named(label))}</bdi>"
    return _markup(f'<a href="{escape(there)}">{named}</a>' if there else named)


def _markup(text: str) -> Markup:
    """A text whose values were escaped by those who call this: nobody else may."""
    return Markup(text)  # noqa: S704
