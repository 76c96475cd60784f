"""
What there is outside a record: what its cells may refer to.

    graph           ->  Known: everything of a kind that records refer to, by IRI, with its label
    Known + change  ->  what is known after it
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph.binding import bind
from lsp_graph.layout import QUERIES
from lsp_graph.names import Kept
from lsp_graph.namespaces import RDFS
from lsp_graph.record.references import Known
from lsp_graph.store import Backend
from lsp_graph.store.changes import Change

_THINGS: Final = QUERIES / "lookup" / "things.rq"
_KEPT: Final = Kept[Known]()
_FEW: Final = 1000
"""So many things are looked up one by one; to read all takes no longer than more."""


def known_things(backend: Backend) -> Known:
    """What a record may refer to in this graph, of all periods; read once for each version of the data."""
    return _KEPT.of(backend, backend.version, lambda: _read(backend))


def follow_things(backend: Backend, before: str, change: Change) -> None:
    """Know what is known of the version `before` of the one that a change has made of it: only what it names is read.

    Where it names much, all is read when it is next asked for.
    """
    held = _KEPT.held(backend, before)
    named = {quad.subject for _, quad in (*change.came, *change.went) if quad.predicate == RDFS.label}
    things = [one for one in named if isinstance(one, NamedNode)]
    if held is None or len(things) > _FEW:
        return
    known = dict(held)
    for thing in things:
        known.pop(thing.value, None)
        known.update(_read(backend, thing))
    _KEPT.of(backend, backend.version, lambda: known)


def _read(backend: Backend, thing: NamedNode | None = None) -> Known:
    """What a record may refer to, or whether that is this one thing."""
    text = _THINGS.read_text(encoding="utf-8")
    answer = backend.query(text if thing is None else bind(text, {"_thing": thing}))
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    found: dict[str, str] = {}
    for row in answer:
        one, label = row["thing"], row["label"]
        if isinstance(one, NamedNode) and isinstance(label, Literal):
            found.setdefault(one.value, label.value)
    return found
