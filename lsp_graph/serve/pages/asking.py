"""
`/ask`: who is accountable for what, to whom, on what basis, and who says so?

    text, area, body, counterpart + day  ->  accountabilities, alike ones together, each with its proof
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from lsp_graph import accountability
from lsp_graph.accountability import ALL, BEST, NEWEST, Accountabilities, Accountability
from lsp_graph.answers import COMPLETENESS
from lsp_graph.chains import Chain, chains
from lsp_graph.errors import AmbiguousName, UnknownName
from lsp_graph.names import Kept
from lsp_graph.proof import Cited, Named, alike
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.mistakes import mistake
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import rows
from lsp_graph.store import EmbeddedBackend

POLICIES: Final = {ALL: "all that they say", BEST: "the best founded", NEWEST: "the newest document"}
"""What is told where sources disagree, in words."""

FIELDS: Final = ("for", "area", "by", "to")
MOST: Final = 400
"""Accountabilities of which one page tells."""

_SHOWN: Final = 40
_FEW: Final = 6
_DOCUMENTS: Final = Kept[Mapping[str, str]]()
_EXAMPLES: Final = (
    {"for": "local area agreement", "area": "Dover"},
    {"for": "crime", "area": "Southwark"},
    {"for": "community strategy", "area": "Hartlepool"},
    {"area": "Kent", "by": "Environment Agency"},
)
_INVENTED: Final = ({"for": "young people", "area": "Quillhaven"}, {"for": "community strategy", "area": "Ambershire"})


@dataclass(frozen=True)
class Group:
    """Accountabilities that differ in who answers, to whom, where or when only.

    `chain` is that of the first, if it is told; `explained` is the address where it is.
    """

    answers: Sequence[Accountability]
    chain: Chain | None
    explained: str

    @property
    def first(self) -> Accountability:
        """The one that stands for what all say alike."""
        return self.answers[0]

    @property
    def bearers(self) -> list[Named]:
        """Who answers."""
        return list(dict.fromkeys(one.accountable for one in self.answers))

    @property
    def counterparts(self) -> list[Named]:
        """To whom."""
        return list(dict.fromkeys(other for one in self.answers for other in one.to))

    @property
    def areas(self) -> list[Named]:
        """Where."""
        return list(dict.fromkeys(one.area for one in self.answers))

    @property
    def periods(self) -> list[tuple[str | None, str | None]]:
        """When, both days included."""
        return list(dict.fromkeys((one.since, one.until) for one in self.answers))

    @property
    def against(self) -> list[Named]:
        """Whom other sources name."""
        return list(dict.fromkeys(other for one in self.answers for other in one.contradicts))

    def said(self, name: str) -> list[str]:
        """The resources, the timescale or the monitoring, as far as recorded."""
        return list(dict.fromkeys(value for one in self.answers if (value := getattr(one, name)) is not None))

    @cached_property
    def evidence(self) -> list[Cited]:
        """Who says so, without repeating one: first what most rest on."""
        return [cited for cited, _ in Counter(cited for one in self.answers for cited in one.evidence).most_common()]


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The form, and the answer where something is asked; a name that is not understood is told with what is near."""
    given = {name: asked.one(name) for name in FIELDS}
    policy = asked.choice("policy", POLICIES) or ALL
    shown: dict[str, Any] = {
        "given": given,
        "policy": policy,
        "policies": POLICIES,
        "examples": [
            (" · ".join(example.values()), asked.url(asked.path, **example))
            for example in (_INVENTED if asked.world else _EXAMPLES)
        ],
        "found": None,
        "mistake": None,
        "few": _FEW,
    }
    status, formats = 200, tuple[Format, ...]()
    if any(given.values()):
        try:
            shown |= _answer(backend, asked, given, policy)
            formats = (Format("JSON", asked.url("/api/v1/accountability", **given, policy=policy), "application/json"),)
        except (UnknownName, AmbiguousName) as error:
            shown["mistake"] = mistake(error, given)
            status = shown["mistake"].status
    title = " · ".join(value for value in given.values() if value)
    return Page(
        template="ask.html",
        title=f"Who is accountable: {title}" if title else "Ask who is accountable",
        shown=shown,
        formats=formats,
        status=status,
    )


def _answer(backend: EmbeddedBackend, asked: Asked, given: Mapping[str, str | None], policy: str) -> dict[str, Any]:
    found = accountability.who(
        backend,
        text=given["for"],
        area=given["area"],
        by=given["by"],
        to=given["to"],
        as_of=asked.as_of,
        limit=min(MOST, asked.most),
        policy=policy,
    )
    groups = alike(found.answers)
    told = asked.number("proof", 1 if given["area"] else 0)
    trees = {told: chains(backend, [groups[told - 1][0]], found.as_of)[0]} if 0 < told <= len(groups) else {}
    return {
        "found": found,
        "words": COMPLETENESS[found.completeness],
        "understood": _once(found.understood),
        "alternatives": _once(found.alternatives),
        "groups": [
            Group(group, trees.get(number), f"{asked.same(proof=str(number))}#a{number}")
            for number, group in enumerate(groups[:_SHOWN], 1)
        ],
        "more": max(len(groups) - _SHOWN, 0),
        "documents": documents(backend),
        "summary": _summary(found),
    }


def _summary(found: Accountabilities) -> str:
    number = found.total
    return f"{number:,} {'accountability' if number == 1 else 'accountabilities'}"


def _once(things: Sequence[Named]) -> list[Named]:
    """Things of one name once."""
    return list({thing.label: thing for thing in things}.values())


def documents(backend: EmbeddedBackend) -> Mapping[str, str]:
    """The IRIs of the documents that are cited, by their names."""
    return _DOCUMENTS.of(
        backend,
        backend.version,
        lambda: {row["label"]: row["document"] for row in rows(backend, "documents", {}, None)},
    )
