"""
The layout of a governance diagram, by Graphviz.

    things + lines  ->  a graph of boxes: partners in lists, groups, the partnership, those it answers to

Partners of one sector stand in one box, line by line and in columns, so that forty can be read; a line from the box
says how many of them it speaks for. Graphviz is asked here only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import pygraphviz

from lsp_graph.pictures.svg import plain

if TYPE_CHECKING:
    from lsp_graph.pictures.governance import Governance, Line, Thing

Address = Callable[[str], str | None]
"""Where a reader goes for an IRI."""

UPWARDS: Final = "answers upwards"
ACROSS: Final = "answers between-partners"
DOWN: Final = "answers to-citizens"
NAMED: Final = "named partner"
MEMBER: Final = "member"

_STYLES: Final[Mapping[str, Mapping[str, str]]] = {
    # Colours of the Okabe-Ito palette, which people who confuse red and green can tell apart; and a style beside them.
    UPWARDS: {"color": "#0072B2", "style": "solid", "penwidth": "2", "class": "upwards"},
    ACROSS: {"color": "#7a7a7a", "style": "dashed", "class": "across"},
    DOWN: {"color": "#009E73", "style": "solid", "penwidth": "2", "class": "down"},
    NAMED: {"color": "#a8a8a8", "style": "dotted", "class": "named"},
    MEMBER: {"color": "#b5b5b5", "style": "solid", "class": "member"},
}
_BOXES: Final[Mapping[str, Mapping[str, str]]] = {
    "partnership": {"style": "filled,bold", "fillcolor": "#FFF3CC", "class": "partnership"},
    "council": {"style": "filled,bold", "fillcolor": "#DCEBF7", "class": "council"},
    "group": {"style": "filled,rounded", "fillcolor": "#FFFFFF", "class": "group"},
    "statutory": {"style": "filled,rounded,bold", "fillcolor": "#FFFFFF", "class": "group statutory"},
    "answered to": {"style": "filled", "fillcolor": "#E3F4EE", "class": "answered"},
    "partner": {"style": "filled,rounded", "fillcolor": "#F4F4F4", "class": "partner"},
}
_GROUPS: Final = ("group", "statutory")
_COLUMNS: Final = {"partner": 0, "group": 1, "statutory": 1, "partnership": 3, "council": 3, "answered to": 4}
_VERBS: Final = {UPWARDS: "answer upwards to", ACROSS: "answer to", DOWN: "answer to", NAMED: "named partners of"}
_WEB: Final = ("http://", "https://", "/")
NAMELESS: Final = "(no name recorded)"
_FONT: Final = "Helvetica"
_WRAP: Final = 30
_LONGEST: Final = 160
"""Signs of a name that a box shows; its title has more."""

_COLUMN: Final = 14
"""Partners that one column of a list has before another begins."""

_MOST: Final = 90
"""Partners that one list shows; how many more there are, it says."""


def diagram(governed: Governance, address: Address, *, captioned: bool) -> pygraphviz.AGraph:
    """The graph that is laid out; its boxes lead to where `address` says. `captioned`: with its caption below it."""
    graph = pygraphviz.AGraph(directed=True, strict=False, name="governance")
    graph.graph_attr.update(
        rankdir="LR",
        ranksep="1.0",
        nodesep="0.14",
        newrank="true",
        fontname=_FONT,
        fontsize="12",
        bgcolor="white",
        labelloc="b",
        labeljust="l",
        label=_label(governed.caption, 110) if captioned else "",
    )
    graph.node_attr.update(shape="box", fontname=_FONT, fontsize="12", height="0.3", margin="0.14,0.07")
    graph.node_attr.update(color="#555555")
    graph.edge_attr.update(fontname=_FONT, fontsize="10", arrowsize="0.6", color="#b5b5b5", constraint="false")
    lists = governed.sectors()
    box = {thing.iri: f"n{number}" for number, thing in enumerate(governed.things)}
    for number, (sector, members) in enumerate(lists.items()):
        box |= {thing.iri: f"s{number}" for thing in members}
        graph.add_node(f"s{number}", shape="plain", label=_list(sector, members, address), **{"class": "sector"})
    for thing in governed.things:
        if thing.kind != "partner":
            graph.add_node(
                box[thing.iri],
                label=_label(thing.label),
                tooltip=_text(plain(thing.label)),
                **_address(thing, address),
                **_BOXES[thing.kind],
            )
    _draw_lines(graph, governed, box)
    _in_columns(graph, governed, box)
    return graph


def _draw_lines(graph: pygraphviz.AGraph, governed: Governance, box: Mapping[str, str]) -> None:
    """One line for all that go between the same two boxes and say the same; two ways are one line with two heads."""
    ways: dict[tuple[str, str, str], set[str]] = {}
    numbers: Counter[tuple[str, str, str]] = Counter()
    for line in _needed(governed.lines):
        way = (box[line.one], box[line.other], line.relation)
        if way[0] != way[1]:
            ways.setdefault(way, set()).add(line.one)
            numbers[way] += line.number
    labels = {box[thing.iri]: thing.label for thing in governed.things if thing.kind != "partner"}
    sizes = Counter(box[thing.iri] for thing in governed.things if thing.kind == "partner")
    for (one, other, relation), who in ways.items():
        back = (other, one, relation)
        mutual = relation == ACROSS and back in ways
        if mutual and (_order(one, sizes), one) > (_order(other, sizes), other):
            continue
        shown = dict(_STYLES.get(relation, _STYLES[MEMBER]))
        said = f"{len(who)} of {sizes[one]}" if one in sizes and sizes[one] > 1 else ""
        if relation in (UPWARDS, ACROSS, DOWN) and not said and numbers[one, other, relation] > 1:
            said = f"{numbers[one, other, relation]} matters"
        if said and relation != MEMBER:
            shown["label"] = f" {said} "
        if mutual:
            shown["dir"] = "both"
        told = f"{said or 'one'} {_VERBS.get(relation, relation)} {labels.get(other, 'partners')}"
        shown["tooltip"] = shown["labeltooltip"] = shown["edgetooltip"] = _text(plain(told))
        graph.add_edge(one, other, key=relation, **shown)


def _order(name: str, sizes: Mapping[str, int]) -> int:
    """Partners stand to the left of all else."""
    return 0 if name in sizes else 1


def _needed(lines: Sequence[Line]) -> Iterable[Line]:
    """The lines that a picture needs: what answers to a council need not be drawn again as its named partner."""
    across = {(line.one, line.other) for line in lines if line.relation == ACROSS}
    return (line for line in lines if line.relation != NAMED or (line.one, line.other) not in across)


def _in_columns(graph: pygraphviz.AGraph, governed: Governance, box: Mapping[str, str]) -> None:
    """Partners, groups, what groups lead to, council and partnership, those answered to: each in a column."""
    kinds = {thing.iri: thing.kind for thing in governed.things}
    above = {line.other for line in governed.lines if kinds[line.one] in _GROUPS and kinds[line.other] in _GROUPS}
    columns: list[dict[str, None]] = [{} for _ in range(5)]
    for thing in governed.things:
        column = 2 if thing.iri in above and thing.kind in _GROUPS else _COLUMNS[thing.kind]
        columns[column][box[thing.iri]] = None
    filled = [list(column) for column in columns if column]
    for names in filled:
        graph.add_subgraph(names, rank="same")
    for left, right in pairwise(filled):
        graph.add_edge(left[0], right[0], style="invis", constraint="true")


def _list(sector: str, members: Sequence[Thing], address: Address) -> str:
    """The box of a sector: its name, and its partners in columns, each a link (Graphviz's HTML-like labels)."""
    shown = members[:_MOST]
    columns = -(-len(shown) // _COLUMN)
    height = -(-len(shown) // columns)
    rows = [shown[row::height] for row in range(height)]
    title = f"{plain(sector, _LONGEST)} ({len(members)})"
    cells = [f'<TR><TD ALIGN="LEFT" COLSPAN="{columns}"><B>{_escaped(title)}</B></TD></TR>']
    cells += [
        f"<TR>{''.join(_cell(one, address) for one in row)}{'<TD></TD>' * (columns - len(row))}</TR>" for row in rows
    ]
    if len(members) > len(shown):
        more = f"and {len(members) - len(shown)} more"
        cells.append(f'<TR><TD ALIGN="LEFT" COLSPAN="{columns}">{more}</TD></TR>')
    style = 'BORDER="1" CELLBORDER="0" CELLSPACING="3" CELLPADDING="2" STYLE="ROUNDED" COLOR="#999999"'
    return f'<<TABLE {style} BGCOLOR="#FAFAFA">{"".join(cells)}</TABLE>>'


def _cell(thing: Thing, address: Address) -> str:
    target = _target(thing, address)
    link = f' HREF="{_escaped(target)}"' if target else ""
    title = _escaped(_text(plain(thing.label)) or NAMELESS)
    lines = '<BR ALIGN="LEFT"/>'.join(_escaped(line) for line in _wrapped(thing.label, _WRAP))
    return f'<TD ALIGN="LEFT" TITLE="{title}"{link}>{lines}<BR ALIGN="LEFT"/></TD>'


def _address(thing: Thing, address: Address) -> dict[str, str]:
    target = _target(thing, address)
    return {"URL": _text(target)} if target else {}


def _target(thing: Thing, address: Address) -> str | None:
    """Where a box leads, if that is a page of the web."""
    target = plain(address(thing.iri) or "", 2000)
    return target if target.startswith(_WEB) else None


def _escaped(text: str) -> str:
    return escape(text, quote=True)


def _label(text: str, width: int = _WRAP) -> str:
    """A label that is shown as it is: to Graphviz angle brackets around it all are markup."""
    shown = "\\n".join(_text(line) for line in _wrapped(text, width))
    return f" {shown}" if shown.startswith("<") else shown


def _text(text: str) -> str:
    """A text for an attribute of Graphviz, to which ampersands begin entities and backslashes codes."""
    return text.replace("&", "&amp;").replace("\\", "\\\\")


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines of a width that boxes can have."""
    return wrap(plain(text, _LONGEST if width == _WRAP else 400), width, break_on_hyphens=False) or [NAMELESS]
