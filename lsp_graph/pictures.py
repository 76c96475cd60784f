"""
An area's governance as a picture.

    partnerships, groups, partners and lines of accountability  ->  SVG, PNG or DOT

Partners stand on the left by what they are, the partnership with its groups in the middle, the council and those it
answers to on the right. Lines of accountability are drawn by their direction; what is not recorded is not drawn, and
the caption says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import pygraphviz
from pyoxigraph import NamedNode, QuerySolutions

from lsp_graph.answers import value
from lsp_graph.binding import bind
from lsp_graph.errors import InputError, LspGraphError, Problem
from lsp_graph.layout import QUERIES
from lsp_graph.store import Backend

FORMS: Final = ("svg", "png", "dot")
"""The forms in which a picture can be had."""

_QUERY: Final = QUERIES / "lookup" / "governance.rq"
_UPWARDS, _ACROSS, _DOWN = "answers upwards", "answers between-partners", "answers to-citizens"
_ANSWERS: Final = {
    # Colours of the Okabe-Ito palette, which people who confuse red and green can tell apart; and a style beside them.
    _UPWARDS: {"color": "#0072B2", "style": "solid", "penwidth": "2"},
    _ACROSS: {"color": "#8a8a8a", "style": "dashed"},
    _DOWN: {"color": "#009E73", "style": "solid", "penwidth": "2"},
}
_SHAPES: Final = {
    "partnership": {"shape": "box", "style": "filled,bold", "fillcolor": "#FFF3CC"},
    "council": {"shape": "box", "style": "filled,bold", "fillcolor": "#DCEBF7"},
    "group": {"shape": "box", "style": "filled,rounded", "fillcolor": "#FFFFFF"},
    "statutory": {"shape": "box", "style": "filled,rounded,bold", "fillcolor": "#FFFFFF"},
    "partner": {"shape": "box", "style": "filled,rounded", "fillcolor": "#F4F4F4"},
    "answered to": {"shape": "box", "style": "filled", "fillcolor": "#E3F4EE"},
}
_FONT: Final = "Helvetica"
_WRAP: Final = 34


@dataclass(frozen=True)
class Thing:
    """A box: `kind` is partnership, council, group, statutory, partner or answered to; `sector` what a partner is."""

    iri: str
    label: str
    kind: str
    sector: str | None = None


@dataclass(frozen=True)
class Line:
    """A relation between two boxes, and how many accountabilities or memberships it stands for."""

    one: str
    other: str
    relation: str
    number: int


@dataclass(frozen=True)
class Governance:
    """How an area is governed on a day, as far as it is recorded."""

    area: str
    as_of: date
    things: tuple[Thing, ...]
    lines: tuple[Line, ...]

    def draw(self, form: str = "svg") -> bytes:
        """The picture in one of `FORMS`. Raises `InputError` for any other."""
        if form not in FORMS:
            raise InputError([Problem("form", None, repr(form), f"one of {', '.join(FORMS)}")])
        graph = _graph(self)
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
            str(relation), Thing(str(one), str(one_label), ""), Thing(str(other), str(other_label), ""), group
        )
        for thing in (start, end):
            known = things.get(thing.iri)
            if known is None or _RANK.index(thing.kind) < _RANK.index(known.kind):
                things[thing.iri] = replace(thing, sector=thing.sector or (known.sector if known else None))
            elif thing.sector and not known.sector:
                things[thing.iri] = replace(known, sector=thing.sector)
        if start != end:
            lines.append(Line(start.iri, end.iri, str(relation), int(str(number))))
    return Governance(label, as_of, tuple(things.values()), tuple(lines))


_RANK: Final = ("partnership", "council", "statutory", "group", "partner", "answered to")


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
            return replace(one, kind="partner", sector="Named partners of the agreement"), replace(
                other, kind="council"
            )
        case "answers upwards" | "answers to-citizens":
            return replace(one, kind="partner"), replace(other, kind="answered to")
        case _:
            return replace(one, kind="partner"), replace(other, kind="partner")


def _graph(governed: Governance) -> pygraphviz.AGraph:
    """The graph that is laid out."""
    graph = pygraphviz.AGraph(directed=True, strict=False, name="governance")
    graph.graph_attr.update(
        rankdir="LR",
        ranksep="1.1",
        nodesep="0.12",
        fontname=_FONT,
        fontsize="13",
        labelloc="b",
        labeljust="l",
        compound="true",
        newrank="true",
        tooltip=_plain(governed.area),
        label=_plain(
            f"{governed.area}, as of {governed.as_of.isoformat()}. Blue: answers upwards. Green: answers to citizens. "
            "Grey: answers to a partner. What is not recorded is not drawn."
        ),
    )
    graph.node_attr.update(fontname=_FONT, fontsize="11", height="0.3", margin="0.12,0.05", color="#555555")
    graph.edge_attr.update(fontname=_FONT, fontsize="9", arrowsize="0.6", color="#b5b5b5")
    for thing in governed.things:
        graph.add_node(
            thing.iri,
            label=_plain(_wrapped(thing.label)),
            tooltip=_plain(thing.label),
            URL=thing.iri,
            target="_top",
            **_SHAPES[thing.kind],
        )
    for number, (sector, members) in enumerate(sorted(_sectors(governed.things).items())):
        graph.add_subgraph(
            members,
            name=f"cluster_{number}",
            label=_plain(sector),
            style="rounded",
            color="#cccccc",
            fontsize="11",
            labelloc="t",
        )
    kinds = {thing.iri: thing.kind for thing in governed.things}
    for line, mutual in _drawn(governed.lines, kinds):
        shown = {"label": str(line.number)} if line.number > 1 else {}
        if mutual:
            shown["dir"] = "both"
        if kinds[line.one] == kinds[line.other] == "partner":
            shown["constraint"] = "false"  # partners stand in one column, whoever answers to whom
        graph.add_edge(line.one, line.other, key=line.relation, **_ANSWERS.get(line.relation, {}), **shown)
    return graph


def _drawn(lines: Iterable[Line], kinds: Mapping[str, str]) -> Iterator[tuple[Line, bool]]:
    """The lines that a picture needs, each with whether it goes both ways.

    Of two partners that answer to each other one line is enough, towards the council where it is one of them. What
    answers to a council need not be drawn again as its named partner.
    """
    known = list(lines)
    across = {(line.one, line.other) for line in known if line.relation == _ACROSS}
    for line in known:
        ends = (line.one, line.other)
        if line.relation == "named partner" and ends in across:
            continue
        mutual = line.relation == _ACROSS and ends[::-1] in across
        if mutual and (kinds[line.one] == "council" or (kinds[line.other] != "council" and line.one > line.other)):
            continue
        yield line, mutual


def _sectors(things: Sequence[Thing]) -> dict[str, list[str]]:
    """The partners by what they are."""
    sectors: dict[str, list[str]] = {}
    for thing in things:
        if thing.kind == "partner":
            sectors.setdefault(thing.sector or "Other partners", []).append(thing.iri)
    return sectors


def _plain(text: str) -> str:
    """A text that is shown as it is: to Graphviz angle brackets are markup, and what follows a backslash is a code."""
    shown = text.replace("&", "&amp;").replace("\\", "\\\\").replace("\n", "\\n")
    return f" {shown}" if shown.startswith("<") else shown


def _wrapped(label: str) -> str:
    """The label in lines of a width that boxes can have."""
    lines, line = [], ""
    for word in label.split():
        if line and len(line) + len(word) >= _WRAP:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
