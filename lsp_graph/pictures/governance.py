"""
An area's governance as a picture.

    partnerships, groups, partners and lines of accountability  ->  SVG, PNG or DOT

Partners stand on the left by what they are, the partnership with its groups in the middle, the council and those it
answers to on the right. Lines of accountability are drawn by their direction; what is not recorded is not drawn, and
the caption says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, QuerySolutions

from lsp_graph.answers import value
from lsp_graph.binding import bind
from lsp_graph.errors import InputError, LspGraphError, Problem
from lsp_graph.layout import QUERIES
from lsp_graph.pictures.diagram import Address, diagram
from lsp_graph.pictures.svg import mended, written
from lsp_graph.store import Backend

FORMS: Final = ("svg", "png", "dot")
"""The forms in which a picture can be had."""

NAMED_PARTNERS: Final = "Named partners"
OTHER_NAMED: Final = "Other named partners"
OTHER: Final = "Other partners"
_SEVERAL: Final = 3
"""Named partners of one class that have a group of their own."""

_QUERY: Final = QUERIES / "lookup" / "governance.rq"


@dataclass(frozen=True)
class Thing:
    """A box: `kind` is partnership, council, group, statutory, partner or answered to; `sector` what a partner is.

    `named` says that it is known as a named partner of the agreement, and its sector is then its class.
    """

    iri: str
    label: str
    kind: str
    sector: str | None = None
    named: bool = False


@dataclass(frozen=True)
class Line:
    """A relation between two boxes, and how many accountabilities or memberships it stands for."""

    one: str
    other: str
    relation: str
    number: int


@dataclass(frozen=True)
class Told:
    """One thing of the picture in words: what it is, of what it is a part or member, and to whom it answers.

    `answers` has for each counterpart the direction ("upwards", "between-partners", "to-citizens") and for how many
    matters.
    """

    thing: Thing
    what: str
    belongs: tuple[Thing, ...]
    answers: tuple[tuple[Thing, str, int], ...]


@dataclass(frozen=True)
class Governance:
    """How an area is governed on a day, as far as it is recorded."""

    area: str
    as_of: date
    things: tuple[Thing, ...]
    lines: tuple[Line, ...]

    @property
    def caption(self) -> str:
        """What the picture says in words, and how to read it."""
        return (
            f"{self.area}, as of {self.as_of.isoformat()}. Thick blue lines: answers upwards. Thick green: answers to "
            "citizens. Dashed: answers to a partner. Thin: is a member. What is not recorded is not drawn."
        )

    def sectors(self) -> dict[str, list[Thing]]:
        """The partners by what they are, the largest group first; they and their groups in the order of their names.

        Named partners, where no sector is recorded of them, stand by their class if several are of one.
        """
        partners = [thing for thing in self.things if thing.kind == "partner"]
        sizes = Counter(thing.sector for thing in partners)
        found: dict[str, list[Thing]] = {}
        for thing in partners:
            alone = thing.named and sizes[thing.sector] < _SEVERAL
            found.setdefault(OTHER_NAMED if alone else thing.sector or OTHER, []).append(thing)
        if set(found) == {OTHER_NAMED}:
            found = {NAMED_PARTNERS: found[OTHER_NAMED]}
        return {
            sector: sorted(members, key=lambda one: (one.label, one.iri))
            for sector, members in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
        }

    def told(self) -> list[Told]:
        """All that the picture shows, in words: the partnership and its council first, partners by what they are."""
        known = {thing.iri: thing for thing in self.things}
        sector = {thing.iri: name for name, members in self.sectors().items() for thing in members}
        belongs: dict[str, dict[str, Thing]] = {}
        answers: dict[str, list[tuple[Thing, str, int]]] = {}
        for line in self.lines:
            if line.relation.startswith(_ANSWERS):
                about = (known[line.other], line.relation.removeprefix(_ANSWERS), line.number)
                answers.setdefault(line.one, []).append(about)
            elif line.relation in ("part", "member"):
                belongs.setdefault(line.one, {})[line.other] = known[line.other]
        found = [
            Told(
                thing=thing,
                what=sector.get(thing.iri) or _WHAT[thing.kind],
                belongs=tuple(belongs.get(thing.iri, {}).values()),
                answers=tuple(answers.get(thing.iri, ())),
            )
            for thing in self.things
        ]
        return sorted(found, key=lambda one: (_RANK.index(one.thing.kind), one.what, one.thing.label, one.thing.iri))

    def inline(self, address: Address) -> str:
        """The picture for a page: its boxes lead to where `address` says of their IRIs."""
        drawn: bytes = diagram(self, address, captioned=False).draw(format="svg", prog="dot")
        return written(mended(drawn, f"How {self.area} was governed", "governance"))

    def draw(self, form: str = "svg", address: Address = str) -> bytes:
        """The picture in one of `FORMS`; its boxes lead to their IRIs. Raises `InputError` for any other form."""
        if form not in FORMS:
            raise InputError([Problem("form", None, repr(form), f"one of {', '.join(FORMS)}")])
        graph = diagram(self, address, captioned=True)
        if form == "dot":
            return str(graph.to_string()).encode()
        drawn: bytes = graph.draw(format=form, prog="dot")
        return drawn

    def write(self, path: Path) -> None:
        """Write the picture to a file, in the form that its name ends with.

        Raises `InputError` for a form that there is not, `LspGraphError` where the file cannot be written.
        """
        drawn = self.draw(path.suffix.removeprefix("."))
        try:
            path.write_bytes(drawn)
        except OSError as error:
            raise LspGraphError(f"{path}: cannot be written ({error.strerror})") from error

    def _repr_svg_(self) -> str:
        """The picture as a notebook shows it."""
        return self.draw("svg").decode()


def governance(backend: Backend, area: NamedNode, label: str, as_of: date) -> Governance:
    """How the area is governed on a day. The label is what the caption calls it."""
    rows = backend.query(bind(_QUERY.read_text(encoding="utf-8"), {"_area": area}), as_of=as_of)
    assert isinstance(rows, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    things: dict[str, Thing] = {}
    lines: list[Line] = []
    for row in rows:
        relation, one, one_label, other, other_label, group, number = (
            None if term is None else value(term) for term in row
        )
        start, end = _ends(
            str(relation),
            Thing(str(one), str(one_label or ""), ""),
            Thing(str(other), str(other_label or ""), ""),
            group,
        )
        for thing in (start, end):
            known = things.get(thing.iri)
            if known is None or _RANK.index(thing.kind) < _RANK.index(known.kind):
                known, thing = thing, known or thing  # noqa: PLW2901  # the better-known kind, and what else is known
            if known.sector is None:
                known = replace(known, sector=thing.sector, named=thing.named)
            things[thing.iri] = known
        if start != end:
            lines.append(Line(start.iri, end.iri, str(relation), int(str(number))))
    return Governance(label, as_of, tuple(things.values()), tuple(lines))


_RANK: Final = ("partnership", "council", "statutory", "group", "partner", "answered to")
_WHAT: Final = {
    "partnership": "Partnership",
    "council": "Council that leads it",
    "statutory": "Group that the law requires",
    "group": "Group",
    "answered to": "Answered to",
}
_ANSWERS: Final = "answers "


def _ends(relation: str, one: Thing, other: Thing, group: object) -> tuple[Thing, Thing]:
    """The two things of a row, each with what it is by that relation."""
    sector = group if isinstance(group, str) else None
    match relation:
        case "partnership":
            return replace(one, kind="partnership"), replace(one, kind="partnership")
        case "council":
            return replace(one, kind="partnership"), replace(other, kind="council")
        case "part":
            return replace(one, kind="statutory" if group is True else "group"), replace(other, kind="group")
        case "member":
            return replace(one, kind="partner", sector=sector), replace(other, kind="group")
        case "named partner":
            return replace(one, kind="partner", sector=sector, named=True), replace(other, kind="council")
        case "answers upwards" | "answers to-citizens":
            return replace(one, kind="partner"), replace(other, kind="answered to")
        case _:
            return replace(one, kind="partner"), replace(other, kind="partner")
