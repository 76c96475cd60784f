"""
The record that is audited: the graph as of a day, and what an audit must know of it beside the shapes.

    view  ->  areas, where each thing stands, what is declared complete
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from lsp_graph.audit.findings import AuditedArea, Reference
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import RDFS
from lsp_graph.store.rows import Row, Terms, read_rows

_IRI: Final = re.compile(r"<([^<>\s]+)>")
_DEFAULT: Final = ox.DefaultGraph()


@dataclass(frozen=True)
class Record:
    """What is known of the things in a view: `places` by IRI, `complete` as pairs of record and aspect."""

    view: ox.Store = field(repr=False)
    areas: tuple[AuditedArea, ...]
    places: Mapping[str, tuple[AuditedArea, ...]]
    complete: frozenset[tuple[str, str]]
    _terms: Terms = field(default_factory=Terms, repr=False, compare=False)

    def select(self, sparql: str) -> list[Row]:
        """Ask the view a SELECT query. Several threads may ask at a time."""
        found = self.view.query(sparql)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError("a validation asks SELECT queries only")
        return read_rows(found, self._terms)

    def is_complete(self, focus: str, aspect: str) -> bool:
        """Whether the thing, its area, or the partnership of its area is declared complete for the aspect."""
        holders = (focus, *(area.iri for area in self.places.get(focus, ())))
        return any((holder, aspect) in self.complete for holder in holders)

    def named(self, iri: str) -> Reference:
        """The thing with its label, in English where there is a choice."""
        labels = [
            quad.object
            for quad in self.view.quads_for_pattern(ox.NamedNode(iri), RDFS.label, None, _DEFAULT)
            if isinstance(quad.object, ox.Literal)
        ]
        best = min(labels, key=lambda label: (label.language not in (None, "en"), label.value), default=None)
        return Reference(iri, best.value if best else iri)


def read_record(view: ox.Store) -> Record:
    """Ask the view for what an audit needs to know."""
    areas: dict[str, AuditedArea] = {}
    for row in _rows(view, "areas"):
        areas.setdefault(row["area"], AuditedArea(row["code"], row["label"] or row["code"], row["area"]))
    return Record(
        view=view,
        areas=tuple(sorted(areas.values())),
        places=_places(view, areas),
        complete=frozenset((row["record"], row["aspect"]) for row in _rows(view, "completeness")),
    )


def _places(view: ox.Store, areas: Mapping[str, AuditedArea]) -> dict[str, tuple[AuditedArea, ...]]:
    """Each thing with its areas: those stated nearest to it."""
    found: dict[str, dict[str, set[AuditedArea]]] = defaultdict(lambda: defaultdict(set))
    for row in _rows(view, "places"):
        if row["area"] in areas:
            found[row["thing"]][row["distance"]].add(areas[row["area"]])
    return {thing: tuple(sorted(near[min(near)])) for thing, near in found.items()}


def _rows(view: ox.Store, query: str) -> Iterator[dict[str, str]]:
    """The rows of one of the audit's own questions; what is unbound is the empty string."""
    solutions = view.query((QUERIES / "audit" / f"{query}.rq").read_text(encoding="utf-8"))
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError(f"queries/audit/{query}.rq is no SELECT query")
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: getattr(solution[name], "value", "") for name in names}
