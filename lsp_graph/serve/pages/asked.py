"""
What a page is asked for, and the addresses that lead on from it.

    request  ->  parameters, checked;  page + changes  ->  address on the same day, in the same world

A form sends fields that nobody filled in: an empty parameter is one that was not given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from lsp_graph.namespaces import ID
from lsp_graph.serve import problems, protocol
from lsp_graph.serve.addresses import encoded, link
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF

AS_OF: Final = "as-of"
WORLD: Final = "world"
_PLACE: Final = ("offset",)
"""The place in a list, which no longer fits when anything else is changed."""

_PAGES_OF: Final = {"area/": "/areas/", "authority/": "/bodies/authority/", "body/": "/bodies/body/"}
"""Of which things there is a page for people beside the document about them."""


@dataclass(frozen=True)
class Asked:
    """One request for a page: `base` is the address of the service, `path` that of the page, `key` what it is about.

    `most` is how many rows the service tells at once. `store` is the directory of the store, `version` that of the
    data. `held` is the audit of the version where the store cannot keep it.
    """

    base: str
    path: str
    key: str
    given: tuple[tuple[str, str], ...]
    as_of: date
    world: str | None
    most: int
    store: Path
    version: str
    held: bytes = b""

    @classmethod
    def of(cls, request: Message, version: str, most: int) -> Asked:
        """What a request asks for. Raises `Refusal` (400) for a day that is none, or more than one."""
        head = request.head
        given = tuple((name, value.strip()) for name, value in head["query"] if value.strip())
        days = [value for name, value in given if name == AS_OF]
        if len(days) > 1:
            raise malformed(f"{AS_OF}: given more than once")
        return cls(
            base=head["base"],
            path=head["path"],
            key=head["key"],
            given=given,
            as_of=protocol.day(days[0]) if days else DEFAULT_AS_OF,
            world=head["world"],
            most=most,
            store=Path(head["store"]),
            version=version,
            held=request.body,
        )

    def one(self, name: str, longest: int = 200) -> str | None:
        """A parameter, None where it was not given. Raises `Refusal` (400) where it was given twice, or is too long."""
        values = self.many(name)
        if len(values) > 1:
            raise malformed(f"{name}: given more than once")
        if values and len(values[0]) > longest:
            raise malformed(f"{name}: {len(values[0])} characters; expected at most {longest}")
        return values[0] if values else None

    def many(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for other, value in self.given if other == name]

    def choice(self, name: str, known: Collection[str]) -> str | None:
        """A parameter that is one of these. Raises `Refusal` (400) where it is another."""
        value = self.one(name)
        if value is not None and value not in known:
            raise malformed(f"{name}: {value!r}; expected one of {', '.join(known)}")
        return value

    def number(self, name: str, usual: int, most: int = 10**9) -> int:
        """A parameter that is a whole number from 0 on. Raises `Refusal` (400) where it is not, or above `most`."""
        value = self.one(name)
        if value is None:
            return usual
        if not value.isascii() or not value.isdigit() or len(value) > 10 or int(value) > most:
            raise malformed(f"{name}: {value!r}; expected a whole number from 0 to {most}")
        return int(value)

    def url(self, path: str, **given: str | None) -> str:
        """The address of a path of this service, about the same day and in the same world.

        A parameter whose name has a hyphen is written with an underscore here.
        """
        stated = {name.replace("_", "-"): value for name, value in given.items() if value is not None}
        return f"{self.base}{quote(path)}{_query({**self.standing(), **stated}.items())}"

    def same(self, **changed: str | None) -> str:
        """The address of this page with some parameters changed (None: left away); another list begins at its start."""
        names = {name.replace("_", "-"): value for name, value in changed.items()}
        gone = (*names, *_PLACE)
        kept = [(name, value) for name, value in self.given if name not in gone]
        return f"{self.base}{quote(self.path)}{_query([*kept, *((n, v) for n, v in names.items() if v is not None)])}"

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """The parameters that a form of this page sends along, beside those that it asks for itself."""
        return [(name, value) for name, value in self.given if name not in (*without, *_PLACE)]

    def standing(self) -> dict[str, str]:
        """The day and the world, where they are not the usual ones, as parameters."""
        day = {AS_OF: self.as_of.isoformat()} if self.as_of != DEFAULT_AS_OF else {}
        return {**day, **({WORLD: self.world} if self.world else {})}

    def to(self, iri: str) -> str | None:
        """Where a reader goes for an IRI: the page about it, else its document, else the web.

        None where there is nothing to be read: of another scheme, or a thing of an invented place without a page.
        """
        path = page_of(iri)
        if path is not None:
            return self.url(path)
        if self.world and iri.startswith(ID):
            return None
        found = link(iri, self.base)
        return None if found is None else encoded(found)


def page_of(iri: str) -> str | None:
    """The path of the page about a thing; None where there is only the document about it."""
    if iri.startswith(ID):
        key = iri.removeprefix(ID)
        for start, path in _PAGES_OF.items():
            if key.startswith(start):
                return path + key.removeprefix(start)
    return None


def malformed(detail: str) -> problems.Refusal:
    """The refusal of a parameter that cannot be used."""
    return problems.Refusal(problems.MALFORMED_REQUEST.reply(detail))


def _query(given: Iterable[tuple[str, str]]) -> str:
    stated = list(given)
    return f"?{urlencode(stated)}" if stated else ""
