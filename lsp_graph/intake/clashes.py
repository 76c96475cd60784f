"""
Where a record and another source disagree: both are kept, and it is told.

    a record's quads + the graph  ->  things of which another source says something else, by a property with one value

Which properties have one value is what the format of records says of its columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from lsp_graph.namespaces import RDFS, expand
from lsp_graph.record import read_format
from lsp_graph.store import EmbeddedBackend

MOST: Final = 1000
"""Clashes that are told at most."""

_PROOF: Final = frozenset({"document", "place", "confidence", "none", "key", "class"})


@dataclass(frozen=True)
class Clash:
    """What a record and another source say of one thing; values are in words, `source` is the graph of the other."""

    thing: str
    label: str
    property: str
    here: tuple[str, ...]
    there: tuple[str, ...]
    source: str
    source_label: str

    def as_json(self) -> dict[str, Any]:
        """As commands and the API tell it."""
        return {
            "thing": {"iri": self.thing, "label": self.label},
            "property": self.property,
            "here": list(self.here),
            "there": list(self.there),
            "source": {"iri": self.source, "label": self.source_label},
        }


def clashes(
    quads: Iterable[Quad], backend: EmbeddedBackend, graph: NamedNode, passed_over: frozenset[NamedNode]
) -> Iterator[Clash]:
    """Where other graphs say otherwise than these quads of a record, whose graph is `graph`.

    `passed_over` are graphs that hold what is concluded.
    """
    view, said = backend.view(None), defaultdict[tuple[NamedNode, NamedNode], set[Any]](set)
    for quad in quads:
        if quad.predicate in _single() and isinstance(quad.subject, NamedNode):
            said[quad.subject, quad.predicate].add(quad.object)
    for (thing, property), here in sorted(said.items(), key=lambda item: (item[0][0].value, item[0][1].value)):
        if next(view.quads_for_pattern(thing, property, None, DefaultGraph()), None) is None:
            continue
        others = defaultdict[NamedNode, set[Any]](set)
        for quad in backend.about(thing):
            other = quad.graph_name
            if quad.predicate == property and isinstance(other, NamedNode) and other not in {graph, *passed_over}:
                others[other].add(quad.object)
        for source, there in sorted(others.items(), key=lambda item: item[0].value):
            if here.isdisjoint(there):
                yield Clash(
                    thing.value,
                    _label(backend, thing),
                    _label(backend, property),
                    tuple(sorted(_words(backend, value) for value in here)),
                    tuple(sorted(_words(backend, value) for value in there)),
                    source.value,
                    _label(backend, source),
                )


@cache
def _single() -> frozenset[NamedNode]:
    """The properties of which a row states one value."""
    columns = [column for table in read_format().tables.values() for column in table.columns]
    several = {stated for column in columns if column.list or column.inverse for stated in column.properties.values()}
    one = {stated for column in columns if column.value not in _PROOF for stated in column.properties.values()}
    return frozenset(expand(stated) for stated in one - several)


def _words(backend: EmbeddedBackend, value: object) -> str:
    return value.value if isinstance(value, Literal) else _label(backend, value)


def _label(backend: EmbeddedBackend, thing: object) -> str:
    if not isinstance(thing, NamedNode):
        return str(thing)
    found = backend.view(None).quads_for_pattern(thing, RDFS.label, None, DefaultGraph())
    labels = sorted(quad.object.value for quad in found if isinstance(quad.object, Literal))
    return labels[0] if labels else thing.value.replace("#", "/").rpartition("/")[2].replace("-", " ")
