"""
What is recorded of areas and bodies, in the shapes of the API.

    query of `queries/serve/` + day  ->  rows of text  ->  members of a JSON object
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from lsp_graph import areas
from lsp_graph.binding import Term
from lsp_graph.namespaces import SCHEME
from lsp_graph.serve import paging, protocol
from lsp_graph.serve.description import select
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

Row = Mapping[str, str]


def day_of(request: Message) -> date:
    """The day that a request asks about. Raises `Refusal` (400) where it is none."""
    value = request.head["asOf"]
    return DEFAULT_AS_OF if value is None else protocol.day(value)


def rows(
    backend: EmbeddedBackend, query: str, given: Mapping[str, Term | Sequence[Term]], as_of: date | None
) -> list[Row]:
    """The solutions of a SELECT of `queries/serve/` as text; a variable that is unbound is not in its row."""
    found = select(backend, query, given, as_of)
    names = [variable.value for variable in found.variables]
    return [{name: term.value for name in names if (term := solution[name]) is not None} for solution in found]


def areas_told(backend: EmbeddedBackend, iris: Sequence[str | None]) -> list[dict[str, str | None]]:
    """These areas, of whichever period, by code and name; both null for what is no area."""
    known = {one.iri: {"code": one.code or None, "label": one.label} for one in areas.known(backend)}
    return [known.get(iri or "", {"code": None, "label": None}) for iri in iris]


def thing(row: Row, name: str) -> dict[str, str | None] | None:
    """The thing of a variable and its label; None where it is unbound."""
    return {"iri": row[name], "label": row.get(f"{name}Label")} if name in row else None


def place(row: Row) -> dict[str, str | None]:
    """An area by code and name."""
    return {"code": row.get("code"), "label": row.get("label")}


def local(concept: str | None) -> str | None:
    """The local name of a concept of a code list."""
    return concept.removeprefix(str(SCHEME)).rpartition("/")[2] if concept else None


def counted(values: Iterable[str | None]) -> dict[str, int]:
    """How often each value comes, the most frequent first."""
    return dict(Counter(value for value in values if value).most_common())


def about(request: Message, page: paging.Page[Any] | None = None) -> dict[str, Any]:
    """What every answer tells, and of a list where its pages are."""
    told = {"world": request.head["world"], "asOf": day_of(request).isoformat()}
    return told if page is None else {**told, "total": page.total, "next": page.next, "previous": page.previous}
