"""
The answers of the small queries in `queries/lookup/`, as text.

    backend + name of a query + terms  ->  its solutions
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph.binding import Term, bind
from lsp_graph.layout import QUERIES
from lsp_graph.store.backend import Backend

_LOOKUP: Final = QUERIES / "lookup"


def looked_up(backend: Backend, name: str, given: Mapping[str, Term], as_of: date | None) -> list[dict[str, str]]:
    """The solutions of a query in `queries/lookup/`; a variable that is unbound is not in its row."""
    query = (_LOOKUP / f"{name}.rq").read_text(encoding="utf-8")
    answer = backend.query(bind(query, given), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [variable.value for variable in answer.variables]
    return [
        {name: term.value for name in names if isinstance(term := solution[name], NamedNode | Literal)}
        for solution in answer
    ]
