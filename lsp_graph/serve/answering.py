"""
What a worker does for an answer that is asked for as a file.

    question + arguments + day + form  ->  CSV, TSV, JSON, SPARQL results, a spreadsheet, Parquet
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lsp_graph import answers, questions, tables
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend


@dataclass(frozen=True)
class Form:
    """A form of an answer: its media type, and what people call it."""

    media_type: str
    label: str


FORMS: Final[Mapping[str, Form]] = {
    "csv": Form("text/csv; charset=utf-8", "CSV"),
    "xlsx": Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
    "json": Form("application/json", "JSON"),
    "srj": Form("application/sparql-results+json", "SPARQL results (JSON)"),
    "tsv": Form("text/tab-separated-values; charset=utf-8", "SPARQL results (TSV)"),
    "parquet": Form("application/vnd.apache.parquet", "Parquet"),
}
"""The forms in which an answer is to be had, by the suffix of the file."""


def answer_file(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The answer to a question as a file. Raises what `questions.ask` raises."""
    asked, form = Asked.of(request, backend.version, max_rows), request.head["form"]
    question = questions.find(asked.key)
    found = questions.ask(backend, question, dict(request.head["arguments"]), asked.as_of)
    match form:
        case "srj":
            body = answers.sparql_results(found, "json")
        case "tsv":
            body = answers.sparql_results(found, "tsv")
        case _:
            body = tables.of_answer(found).to_bytes(form)
    headers = {
        "content-type": FORMS[form].media_type,
        "content-disposition": f'attachment; filename="{question.name}-{asked.as_of.isoformat()}.{form}"',
        "lsp-graph-completeness": found.completeness,
    }
    return Message({"status": 200, "headers": headers}, body)
