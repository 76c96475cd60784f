"""
Answers as tables to work on.

    Answer, Accountabilities, rows  ->  Table: shown in a notebook, made a data frame, written to a file

A cell holds text, a number, a boolean or nothing; nothing is "not recorded", never "no".
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

from lsp_graph import answers
from lsp_graph.accountability import Accountabilities
from lsp_graph.errors import InputError, LspGraphError, Problem
from lsp_graph.formulas import harmless
from lsp_graph.questions import Answer

if TYPE_CHECKING:
    import pandas
    import polars

Cell = str | int | float | bool | None

FORMS: Final = ("csv", "xlsx", "parquet", "json")
"""The forms in which a table can be written."""

_SHOWN_ROWS: Final = 200
"""Rows that a notebook shows; the table holds all."""

_ANSWER: Final = ("accountable", "to", "for", "area", "direction", "lead", "basis", "from", "until", "confidence")
"""What people are shown of an accountability."""


@dataclass(frozen=True)
class Table:
    """Rows with names for their columns, and what to know before relying on them.

    `shown` are the columns that are for people, where these are not all.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        """The rows as dictionaries."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def column(self, name: str) -> list[Cell]:
        """The cells of one column. Raises `KeyError` naming the columns there are."""
        if name not in self.columns:
            raise KeyError(f"{name}: the columns are {', '.join(self.columns)}")
        index = self.columns.index(name)
        return [row[index] for row in self.rows]

    def to_polars(self) -> polars.DataFrame:
        """A Polars data frame; a column of mixed kinds is text."""
        import polars

        return polars.DataFrame({name: _alike(self.column(name)) for name in self.columns}, strict=True)

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas data frame. Raises `LspGraphError` where pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise LspGraphError("pandas is not installed: pip install 'lsp-graph[notebook]'") from error
        return pandas.DataFrame({name: _alike(self.column(name)) for name in self.columns})

    def write(self, path: Path, form: str | None = None) -> None:
        """Write the table to a file, in the form that its name ends with unless given.

        A text that a spreadsheet would take for a formula is written behind an apostrophe. Raises `InputError` for a
        form that there is not, `LspGraphError` where the file cannot be written.
        """
        data = self.to_bytes(form or path.suffix.removeprefix("."))
        try:
            path.write_bytes(data)
        except OSError as error:
            raise LspGraphError(f"{path}: cannot be written ({error.strerror})") from error

    def to_bytes(self, form: str) -> bytes:
        """The table in one of `FORMS`. Raises `InputError` for any other."""
        written = io.BytesIO()
        match form:
            case "json":
                return json.dumps(list(self), ensure_ascii=False, indent=1).encode()
            case "csv":
                self._harmless().to_polars().write_csv(written)
            case "parquet":
                self.to_polars().write_parquet(written)
            case "xlsx":
                self._write_excel(written)
            case _:
                raise InputError([Problem("form", None, repr(form), f"one of {', '.join(FORMS)}")])
        return written.getvalue()

    def _harmless(self) -> Table:
        return Table(self.title, self.columns, tuple(tuple(map(_harmless, row)) for row in self.rows), self.notes)

    def _write_excel(self, written: io.BytesIO) -> None:
        """A sheet with the rows, its head frozen, and one with the notes. Texts stay texts: no formulas, no links."""
        import xlsxwriter

        with xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet("data")
            sheet.freeze_panes(1, 0)
            bold = book.add_format({"bold": True})
            for index, name in enumerate(self.columns):
                sheet.write_string(0, index, name, bold)
            for number, row in enumerate(self.rows, start=1):
                for index, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(number, index, cell)
            sheet.autofit(max_width=400)
            about = book.add_worksheet("about")
            for number, line in enumerate((self.title, *self.notes)):
                about.write_string(number, 0, line)

    def __str__(self) -> str:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table as Drawn

        drawn = Drawn(title=escape(self.title), title_justify="left", header_style="bold")
        names, rows = self._for_people()
        for name in names:
            drawn.add_column(escape(name), overflow="fold")
        for row in rows:
            drawn.add_row(*map(escape, row))
        console = Console(file=io.StringIO(), width=160)
        console.print(drawn)
        for line in (*self._cut(), *self.notes):
            console.print(escape(line), soft_wrap=True)
        shown = console.file
        assert isinstance(shown, io.StringIO)  # noqa: S101  # as made above
        return shown.getvalue()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The table as a notebook shows it."""
        names, rows = self._for_people()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        notes = "".join(f"<p>{html.escape(line)}</p>" for line in (*self._cut(), *self.notes))
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _for_people(self) -> tuple[list[str], list[list[str]]]:
        """The headings and the first rows of the columns that are for people and have anything in them."""
        chosen = [
            index
            for index, name in enumerate(self.columns)
            if name in (self.shown or self.columns) and any(row[index] is not None for row in self.rows)
        ]
        names = [answers.heading(self.columns[index].removesuffix("Label")) for index in chosen]
        return names, [[_text(row[index]) for index in chosen] for row in self.rows[:_SHOWN_ROWS]]

    def _cut(self) -> Iterator[str]:
        if len(self.rows) > _SHOWN_ROWS:
            yield f"{_SHOWN_ROWS} of {len(self.rows)} rows are shown."


def of_answer(answer: Answer) -> Table:
    """A question's answer as a table."""
    day = f"As of {answer.as_of.isoformat()}." if answer.question.view == "as-of" else "All periods."
    rows = tuple(tuple(map(answers.value, row)) for row in answer.rows)
    labelled = {name.removesuffix("Label") for name in answer.variables if name.endswith("Label")}
    shown = tuple(name for name in answer.variables if name not in labelled)
    notes = _notes(day, answer.completeness, answer.missing)
    return Table(answer.question.summary, answer.variables, rows, notes, shown)


def of_accountabilities(found: Accountabilities) -> Table:
    """Who is accountable, one accountability a row; several values of a cell are separated by `; `."""
    told = [answer.as_json() for answer in found.answers]
    columns = tuple(told[0]) if told else ("accountable", "to", "for")
    rows = tuple(tuple(_cell(each[name]) for name in columns) for each in told)
    about = "; ".join(matter.label for matter in found.understood) or "anything"
    more = (f"{len(rows)} of {found.total} are listed.",) if len(rows) < found.total else ()
    notes = _notes(f"As of {found.as_of.isoformat()}.", found.completeness, found.missing)
    return Table(f"Who is accountable for {about}", columns, rows, (*more, *notes), _ANSWER)


def of_results(found: QuerySolutions | QueryTriples | QueryBoolean, title: str = "SPARQL") -> Table:
    """The results of a query: its rows, its triples, or the one cell that says true or false."""
    if isinstance(found, QueryBoolean):
        return Table(title, ("answer",), ((bool(found),),))
    if isinstance(found, QueryTriples):
        return Table(
            title,
            ("subject", "predicate", "object"),
            tuple(tuple(map(answers.value, (one.subject, one.predicate, one.object))) for one in found),
        )
    columns = tuple(variable.value for variable in found.variables)
    return Table(title, columns, tuple(tuple(map(answers.value, row)) for row in found))


def of_records(title: str, records: Iterable[Mapping[str, Any]], notes: Sequence[str] = ()) -> Table:
    """Dictionaries with the same keys as a table."""
    known = list(records)
    columns = tuple(known[0]) if known else ()
    return Table(title, columns, tuple(tuple(_cell(one[name]) for name in columns) for one in known), tuple(notes))


def _notes(day: str, completeness: str, missing: Iterable[str]) -> tuple[str, ...]:
    return day, answers.COMPLETENESS[completeness], *(f"missing: {line}" for line in missing)


def _cell(value: Any) -> Cell:
    match value:
        case dict():
            return str(value.get("label") or f"{value.get('source')}: {value.get('place')}")
        case list() | tuple():
            return "; ".join(str(_cell(part)) for part in value) or None
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)


def _harmless(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell


def _alike(cells: list[Cell]) -> list[Any]:
    """The cells, as text where they are of several kinds; whole numbers beside others are numbers like them."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int, float}:
        return [None if cell is None else float(cell) for cell in cells]
    if len(kinds) > 1:
        return [None if cell is None else _text(cell) for cell in cells]
    return cells
