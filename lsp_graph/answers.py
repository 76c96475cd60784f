"""
An answer as others read it.

    Answer  ->  SPARQL results (JSON, CSV, TSV), records, a table for people
"""

from __future__ import annotations

from typing import Any, Final

from pyoxigraph import Literal, QueryResultsFormat, QuerySolutions, parse_query_results
from rich.markup import escape
from rich.table import Table

from lsp_graph.binding import Term
from lsp_graph.namespaces import ID, XSD
from lsp_graph.questions import Answer

Value = str | int | float | bool | None

COMPLETENESS: Final = {
    "complete": "Complete: nothing is known to be absent.",
    "lower-bound": "A lower bound: there may be more.",
    "not-recorded": "Not recorded: that nothing was found does not mean that there is nothing.",
}
"""How complete an answer is, as people are told."""

_LABEL: Final = "Label"
_SEVERAL: Final = 3
"""From so many rows on, what they all say alike is told once, above the table."""
_INTEGERS: Final = frozenset({XSD.integer})
_FLOATS: Final = frozenset({XSD.decimal, XSD.double, XSD.float})
_SPARQL: Final = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}


def sparql_results(answer: Answer, form: str) -> bytes:
    """The rows as SPARQL 1.1 Query Results in JSON, CSV or TSV (`form` is "json", "csv" or "tsv")."""
    if form == "json":
        return answer.results
    solutions = parse_query_results(answer.results, format=QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101  # only answers to SELECT are kept
    return solutions.serialize(format=_SPARQL[form]) or b""


def records(answer: Answer) -> list[dict[str, Value]]:
    """One dictionary per row: numbers and booleans as such, IRIs, dates and all else as text, unbound as None."""
    return [{name: value(term) for name, term in zip(answer.variables, row, strict=True)} for row in answer.rows]


def document(answer: Answer) -> dict[str, Any]:
    """The whole answer as one JSON document: the question, what was understood, how complete it is, the records."""
    return {
        "question": answer.question.name,
        "competency": answer.question.competency,
        "asOf": answer.as_of.isoformat(),
        "arguments": {
            name: {"value": argument.term.value, "label": argument.label} for name, argument in answer.arguments.items()
        },
        "completeness": answer.completeness,
        "missing": list(answer.missing),
        "columns": list(answer.variables),
        "records": records(answer),
    }


def value(term: Term | None) -> Value:
    """What a term says, as a plain value."""
    if isinstance(term, Literal):
        if term.datatype in _INTEGERS:
            return int(term.value)
        if term.datatype in _FLOATS:
            return float(term.value)
        if term.datatype == XSD.boolean:
            return term.value in ("true", "1")
    return None if term is None else term.value


def table(answer: Answer) -> Table:
    """The rows for people: only the columns that tell the rows apart, labels in place of the IRIs they stand beside."""
    columns = {name: cells for name, cells in _columns(answer).items() if heading(name) not in shared(answer)}
    drawn = Table(title=escape(answer.question.summary), title_justify="left", header_style="bold")
    for name in columns:
        drawn.add_column(heading(name), overflow="fold")
    for row in zip(*columns.values(), strict=True):
        drawn.add_row(*map(escape, row))
    return drawn


def shared(answer: Answer) -> dict[str, str]:
    """What all of several rows say alike, by the column's heading: told once, it need not stand in each row."""
    if len(answer.rows) < _SEVERAL:
        return {}
    return {heading(name): cells[0] for name, cells in _columns(answer).items() if len(set(cells)) == 1}


def _columns(answer: Answer) -> dict[str, list[str]]:
    """The columns that hold anything for people, by their variables; an IRI of ours without a label is for machines."""
    names = answer.variables
    columns: dict[str, list[str]] = {}
    for index, name in enumerate(names):
        if name.endswith(_LABEL) and name.removesuffix(_LABEL) in names:
            continue
        beside = names.index(name + _LABEL) if name + _LABEL in names else index
        cells = [_text(terms[index] if terms[beside] is None else terms[beside]) for terms in answer.rows]
        if any(cell and not cell.startswith(ID) for cell in cells):
            columns[name] = cells
    return columns


def heading(variable: str) -> str:
    """A column's name in words: `partnerClass` is "partner class"."""
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in variable)


def _text(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, Literal) and term.datatype == XSD.boolean:
        return "yes" if value(term) else "no"
    return term.value
