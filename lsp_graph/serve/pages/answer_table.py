"""
An answer of the library as people read it on a page.

    Answer  ->  columns, rows of cells that lead on, a chart and a map where its columns allow

A column of IRIs and the column of their labels are one; what is for machines only is left to the downloads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from lsp_graph.answers import Value, heading, value
from lsp_graph.binding import Term
from lsp_graph.namespaces import ID
from lsp_graph.pictures.charts import MOST, Bar, bars
from lsp_graph.questions import Answer
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.measures import Scale, kinds, ordered

_LABEL: Final = "Label"
_AREA: Final = f"{ID}area/"
_CONFIDENCE: Final = "confidence"
_NAMES: Final = frozenset({"row", "line", "order", "year"})
"""Numbers that only name something: no bar is as long as they are."""


@dataclass(frozen=True)
class Column:
    """A column: its variable, its heading, and how its cells are shown: text, number, yes, confidence or record."""

    name: str
    heading: str
    kind: str


@dataclass(frozen=True)
class Cell:
    """A cell: what it says (None: not recorded), and where it leads."""

    said: Value
    href: str | None = None


@dataclass(frozen=True)
class Shown:
    """The columns that are for people, and the rows."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def labels(self) -> list[Column]:
        """The columns that can stand beside the bars of a chart: texts, no two rows alike in them."""
        return [
            column
            for index, column in enumerate(self.columns)
            if column.kind == "text" and len({row[index].said for row in self.rows}) == len(self.rows)
        ]

    def numbers(self) -> list[Column]:
        """The columns of numbers that are not all alike, and no mere numbering of the rows."""
        return [
            column
            for index, column in enumerate(self.columns)
            if column.kind == "number"
            and column.name not in _NAMES
            and _measures([row[index].said for row in self.rows])
        ]

    def index(self, name: str) -> int:
        """Where the column of a variable stands."""
        return [column.name for column in self.columns].index(name)

    def column(self, name: str) -> list[Cell]:
        """The cells of a variable's column; of one in which nothing is recorded, empty cells."""
        if all(column.name != name for column in self.columns):
            return [Cell(None) for _ in self.rows]
        return [row[self.index(name)] for row in self.rows]


def shown(answer: Answer, asked: Asked) -> Shown:
    """The answer for a page."""
    names = answer.variables
    columns: list[Column] = []
    cells: list[list[Cell]] = []
    for index, name in enumerate(names):
        if name.endswith(_LABEL) and name.removesuffix(_LABEL) in names:
            continue
        label = names.index(name + _LABEL) if name + _LABEL in names else None
        terms = [row[index] for row in answer.rows]
        if all(term is None for term in terms):
            continue
        labels = terms if label is None else [row[label] for row in answer.rows]
        kind = _kind(name, terms, labelled=label is not None)
        columns.append(Column(name, heading(name), kind))
        cells.append([_cell(term, said, kind, asked) for term, said in zip(terms, labels, strict=True)])
    return Shown(tuple(columns), tuple(zip(*cells, strict=True)))


def _kind(name: str, terms: Sequence[Term | None], *, labelled: bool) -> str:
    known = [term for term in terms if term is not None]
    if name == _CONFIDENCE:
        return _CONFIDENCE
    if all(isinstance(term, NamedNode) and term.value.startswith(ID) for term in known) and not labelled:
        return "record"
    values = [value(term) for term in known if isinstance(term, Literal)]
    if len(values) == len(known) and values:
        if all(isinstance(one, bool) for one in values):
            return "yes"
        if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
            return "number"
    return "text"


def _cell(term: Term | None, label: Term | None, kind: str, asked: Asked) -> Cell:
    href = asked.to(term.value) if isinstance(term, NamedNode) else None
    if term is None and label is None:
        return Cell(None)
    if kind == _CONFIDENCE:
        return Cell(str(value(label or term)).rpartition("/")[2])
    if kind == "record":
        return Cell("record" if term is not None else None, href)
    return Cell(value(term if label is None else label), href)


def chart(told: Shown, number: str | None, title: str) -> Markup | None:
    """The first column of numbers (or the one of this name) as bars; None where the columns allow none."""
    labels, numbers = told.labels(), told.numbers()
    if not labels or not numbers or not 2 <= len(told.rows) <= MOST:
        return None
    beside = told.index(labels[0].name)
    counted = told.index(number or numbers[0].name)
    found = [
        Bar(str(row[beside].said or ""), float(said), row[beside].href)
        for row in told.rows
        if isinstance(said := row[counted].said, int | float)
    ]
    return markup(bars(found, f"{title}: {told.columns[counted].heading}"))


def markup(drawn: str) -> Markup:
    """A drawing as a template takes it."""
    return Markup(drawn)  # noqa: S704  # made of escaped elements


def area_column(answer: Answer) -> str | None:
    """The variable whose values are areas, the first of them; None where there is none."""
    for index, name in enumerate(answer.variables):
        terms = [row[index] for row in answer.rows if row[index] is not None]
        if terms and all(isinstance(term, NamedNode) and term.value.startswith(_AREA) for term in terms):
            return name
    return None


def scale(answer: Answer, told: Shown, areas: Sequence[str], colour: str | None) -> Scale:
    """The areas of an answer by a column of numbers or texts, or by how many rows each has."""
    place = area_column(answer)
    assert place is not None  # noqa: S101  # asked before
    at = answer.variables.index(place)
    of = [str(value(row[at])) for row in answer.rows]
    if colour is not None:
        index = told.index(colour)
        values = {area: row[index].said for area, row in zip(of, told.rows, strict=True)}
        numbers = {area: float(one) for area, one in values.items() if isinstance(one, int | float)}
        if told.columns[index].kind == "number":
            return ordered(numbers, areas, "not in the answer")
        return kinds({area: _words(one) for area, one in values.items()}, areas, "not in the answer")
    return ordered({area: float(number) for area, number in Counter(of).items()}, areas, "not in the answer")


def colours(answer: Answer, told: Shown) -> Mapping[str, str]:
    """The columns by which a map of the answer can be coloured: those that say one thing of each area."""
    place = area_column(answer)
    if place is None:
        return {}
    at = answer.variables.index(place)
    of = [value(row[at]) for row in answer.rows]
    found = {}
    for index, column in enumerate(told.columns):
        said = {(area, row[index].said) for area, row in zip(of, told.rows, strict=True)}
        alike = len({one for _, one in said})
        one_each = column.name != place and column.kind != "record" and len(said) == len(set(of))
        if one_each and alike > 1 and (column.kind == "number" or alike < len(said)):
            found[column.name] = column.heading
    return found


def _measures(values: Sequence[Value]) -> bool:
    numbering = list(range(1, len(values) + 1))
    return len(set(values)) > 1 and sorted(str(one) for one in values) != sorted(map(str, numbering))


def _words(said: Value) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    return "not recorded" if said is None else str(said)
