"""
The words in which this dataset can be asked.

    graph  ->  prefixes; classes with their things, properties with their triples, by their partitions in /void
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from lsp_graph.names import Kept
from lsp_graph.namespaces import DCTERMS
from lsp_graph.serve import models
from lsp_graph.serve.describing import DATASET
from lsp_graph.serve.description import constructed
from lsp_graph.serve.prefixes import PREFIXES, VOID, curie
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

_TERMS: Final = Kept[models.Terms]()


def terms(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """All of them, what is most in use first."""
    told = _TERMS.of(backend, backend.version, lambda: _read(backend))
    return Message({"status": 200, "headers": {"content-type": "application/json"}}, told.model_dump_json().encode())


def _read(backend: EmbeddedBackend) -> models.Terms:
    return models.Terms(
        prefixes=PREFIXES,
        classes=list(_partitions(backend, "void-classes", VOID["class"], VOID.entities)),
        properties=list(_partitions(backend, "void-properties", VOID.property, VOID.triples)),
    )


def _partitions(backend: EmbeddedBackend, query: str, naming: NamedNode, counting: NamedNode) -> Iterator[models.Term]:
    told: dict[Any, dict[NamedNode, list[Any]]] = {}
    for triple in constructed(backend, query, {"_dataset": DATASET}):
        told.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
    found = [
        models.Term(
            iri=one[naming][0].value,
            name=curie(one[naming][0].value),
            label=_label(one[DCTERMS["title"]]),
            number=int(one[counting][0].value),
        )
        for one in told.values()
        if naming in one
    ]
    yield from sorted(found, key=lambda term: (-term.number, term.iri))


def _label(titles: Iterable[Literal]) -> str:
    """The one of several labels that English readers know."""
    return min(titles, key=lambda one: (not (one.language or "en").startswith("en"), len(one.value), one.value)).value
