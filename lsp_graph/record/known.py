"""
What there is outside a record: what its cells may refer to.

    graph  ->  Known: everything of a kind that records refer to, by IRI, with its label
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph.layout import QUERIES
from lsp_graph.names import Kept
from lsp_graph.record.references import Known
from lsp_graph.store import Backend

_THINGS: Final = QUERIES / "lookup" / "things.rq"
_KEPT: Final = Kept[Known]()


def known_things(backend: Backend) -> Known:
    """What a record may refer to in this graph, of all periods; read once for each version of the data."""
    return _KEPT.of(backend, backend.version, lambda: _read(backend))


def _read(backend: Backend) -> Known:
    answer = backend.query(_THINGS.read_text(encoding="utf-8"))
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    found: dict[str, str] = {}
    for row in answer:
        thing, label = row["thing"], row["label"]
        if isinstance(thing, NamedNode) and isinstance(label, Literal):
            found.setdefault(thing.value, label.value)
    return found
