"""
What follows from a record, without concluding everything anew.

    a graph with what follows from it + quads that come and go in one of its graphs
        ->  what comes and goes in the graphs of what follows, as if all had been concluded anew

The closure (OWL RL) of the ontology is local: what it concludes of a thing comes from what is stated of that thing and
from what points to it. So only things of which something changed are reasoned about, with all that is stated of them.
What the rules derive belongs to an area: so the areas that a change can matter to are derived anew, from what the rules
look at there (`neighbourhood`). Shortcuts are made by the views themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from lsp_graph.derive import apply_rules
from lsp_graph.intake.neighbourhood import Neighbourhood, affected_areas
from lsp_graph.literals import SOFTWARE, generated, in_graph
from lsp_graph.namespaces import LSP, OWL, RDF, RDFS, TIME
from lsp_graph.reasoning import owl_rl
from lsp_graph.store import EmbeddedBackend

_HERE: Final = ox.DefaultGraph()
_EDGES: Final = (TIME.hasBeginning, TIME.hasEnd)
_AXIOMS: Final = (str(OWL), str(RDF), str(RDFS))
_TERMS: Final = (
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.TransitiveProperty,
    OWL.SymmetricProperty,
    RDFS.Class,
    RDF.Property,
)


@dataclass(frozen=True)
class Changed:
    """What comes and what goes."""

    came: frozenset[ox.Quad]
    went: frozenset[ox.Quad]


@dataclass(frozen=True)
class Concluded:
    """The graphs of what follows: by the closure, and by the rules."""

    inferred: ox.NamedNode
    derived: ox.NamedNode

    @property
    def names(self) -> frozenset[ox.NamedNode]:
        """Both of them."""
        return frozenset({self.inferred, self.derived})


def following(backend: EmbeddedBackend, changed: Changed, graphs: Concluded) -> Changed:
    """What comes and goes in the graphs of what follows, when the published graphs of `backend` change so."""
    if not changed.came and not changed.went:
        return Changed(frozenset(), frozenset())
    inferred = _Closure(backend, changed, graphs).changed()
    stated = Changed(changed.came | inferred.came, changed.went | inferred.went)
    derived = _derived(backend, stated, graphs)
    new = _new_sources(backend, changed, graphs)
    return Changed(inferred.came | derived.came | new, inferred.went | derived.went)


def _new_sources(backend: EmbeddedBackend, changed: Changed, graphs: Concluded) -> frozenset[ox.Quad]:
    """That what follows was made from a graph that was not there before."""
    names = {quad.graph_name for quad in changed.came}
    new = [name for name in names if isinstance(name, ox.NamedNode) and not backend.about(name)]
    return frozenset(
        in_graph(triple, graph)
        for graph, by in ((graphs.inferred, "the OWL 2 RL closure"), (graphs.derived, "the rules of queries/derive"))
        for triple in generated(graph, by, new)
        if triple.object in new
    )


def _derived(backend: EmbeddedBackend, changed: Changed, graphs: Concluded) -> Changed:
    """What the rules derive otherwise."""
    areas = affected_areas(backend, changed.came, changed.went)
    if not areas:
        return Changed(frozenset(), frozenset())
    around = Neighbourhood(backend, changed.came, changed.went, areas)
    made = apply_rules(around.quads(), graphs.derived)
    after = _of_areas(made, areas)
    before = frozenset(_held_of_areas(backend, areas, graphs.derived))
    going = before - after
    # Periods and days are shared: others may hold them already, or still.
    coming = {quad for quad in after - before if not _holds(backend, quad, graphs.derived)}
    return Changed(frozenset(coming), going - _still_meant(backend, going, before, graphs.derived))


def _of_areas(made: Iterable[ox.Quad], areas: Set[ox.NamedNode]) -> frozenset[ox.Quad]:
    """What was derived for these areas, with the periods that it names."""
    known = list(made)
    things = {quad.subject for quad in known if quad.predicate == LSP.area and quad.object in areas}
    own = {quad for quad in known if quad.subject in things}
    periods = {quad.object for quad in own if quad.predicate == LSP.during}
    of_periods = {quad for quad in known if quad.subject in periods}
    days = {quad.object for quad in of_periods}
    return frozenset(own | of_periods | {quad for quad in known if quad.subject in days})


def _held_of_areas(backend: EmbeddedBackend, areas: Set[ox.NamedNode], derived: ox.NamedNode) -> Iterator[ox.Quad]:
    """The same of what is held now."""
    view = backend.view(None)
    things = {
        quad.subject
        for area in areas
        for quad in view.quads_for_pattern(None, LSP.area, area, _HERE)
        if next(view.quads_for_pattern(quad.subject, LSP.derivedBy, None, _HERE), None) is not None
    }
    periods: set[Any] = set()
    for thing in things:
        for quad in _in(backend, thing, derived):
            if quad.predicate == LSP.during:
                periods.add(quad.object)
            yield quad
    days: set[Any] = set()
    for period in periods:
        for quad in _in(backend, period, derived):
            days.add(quad.object)
            yield quad
    for day in days:
        yield from _in(backend, day, derived)


def _in(backend: EmbeddedBackend, thing: Any, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    if isinstance(thing, ox.NamedNode):
        yield from (quad for quad in backend.about(thing) if quad.graph_name == graph)


def _still_meant(
    backend: EmbeddedBackend, going: Set[ox.Quad], before: Set[ox.Quad], derived: ox.NamedNode
) -> frozenset[ox.Quad]:
    """Of the periods and days that would go, what else that was derived still names."""
    view = backend.view(None)
    things = {quad.subject for quad in before if quad.predicate == LSP.area}
    gone = {quad.subject for quad in going if quad.predicate == RDF.type and quad.object == TIME.ProperInterval}
    days = {quad.subject for quad in going if quad.predicate == RDF.type and quad.object == TIME.Instant}
    for period in tuple(gone):
        named = view.quads_for_pattern(None, LSP.during, period, _HERE)
        if any(quad.subject not in things and _holds(backend, quad, derived) for quad in named):
            gone.discard(period)
    for day in tuple(days):
        edges = (quad for edge in _EDGES for quad in view.quads_for_pattern(None, edge, day, _HERE))
        if any(quad.subject not in gone and _holds(backend, quad, derived) for quad in edges):
            days.discard(day)
    return frozenset(quad for quad in going if quad.subject not in things | gone | days)


def _holds(backend: EmbeddedBackend, quad: ox.Quad, graph: ox.NamedNode) -> bool:
    view = backend.view(None)
    if next(view.quads_for_pattern(quad.subject, quad.predicate, quad.object, _HERE), None) is None:
        return False
    return any(held.triple == quad.triple for held in _in(backend, quad.subject, graph))


class _Closure:
    """What the closure concludes otherwise, of the things that a change is about."""

    def __init__(self, backend: EmbeddedBackend, changed: Changed, graphs: Concluded) -> None:
        self._backend, self._changed, self._graphs = backend, changed, graphs
        self._view = backend.view(None)
        quads = changed.came | changed.went
        things = {quad.subject for quad in quads} | {quad.object for quad in quads}
        self._things = {one for one in things if isinstance(one, ox.NamedNode)}
        self._known = {one for one in self._things if self._first(one, None, None) or self._first(None, None, one)}

    def changed(self) -> Changed:
        """What comes and goes in the graph of what is inferred."""
        came, went = ({quad.triple for quad in side} for side in (self._changed.came, self._changed.went))
        stated = set(self._stated())
        after = self._axioms | (stated - (went - self._elsewhere(went))) | came
        concluded = set(owl_rl(after))
        gone: set[ox.Triple] = set()
        if went or self._known:
            gone = {one for one in came if self._first(*one) and one.subject != SOFTWARE and self._is_inferred(one)}
        if went:
            before = self._axioms | stated | went
            gone |= {one for one in set(owl_rl(before)) - concluded if self._is_inferred(one)}
            again = {one.subject for one in gone} | {one.subject for one in went if one.predicate == RDF.type}
            supported = set(owl_rl(after | set(self._pointing(again & self._known))))
            gone -= supported - came
            concluded |= supported
        new = {one for one in concluded if not self._is_published(one, came, went)}
        here = self._graphs.inferred
        return Changed(frozenset(in_graph(one, here) for one in new), frozenset(in_graph(one, here) for one in gone))

    @cached_property
    def _axioms(self) -> set[ox.Triple]:
        """The ontology's axioms, as the view holds them."""
        found: set[ox.Triple] = set()
        waiting = [
            quad.subject for kind in _TERMS for quad in self._view.quads_for_pattern(None, RDF.type, kind, _HERE)
        ]
        seen = set(waiting)
        while waiting:
            for quad in self._view.quads_for_pattern(waiting.pop(), None, None, _HERE):
                if not quad.predicate.value.startswith(_AXIOMS) or quad.predicate in (RDFS.label, RDFS.comment):
                    continue
                found.add(quad.triple)
                if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                    seen.add(quad.object)
                    waiting.append(quad.object)
        return found

    def _stated(self) -> Iterator[ox.Triple]:
        """What is stated of the things that are known, and where they lie in each other."""
        within, seen = list(self._known), set(self._known)
        for one in self._known:
            yield from (quad.triple for quad in self._backend.about(one) if quad.graph_name not in self._graphs.names)
        while within:
            one = within.pop()
            for quad in (
                *self._view.quads_for_pattern(one, LSP.within, None, _HERE),
                *self._view.quads_for_pattern(None, LSP.within, one, _HERE),
            ):
                if self._is_stated(quad.triple):
                    yield quad.triple
                for end in (quad.subject, quad.object):
                    if isinstance(end, ox.NamedNode) and end not in seen and self._changes_places:
                        seen.add(end)
                        within.append(end)

    @cached_property
    def _changes_places(self) -> bool:
        return any(quad.predicate == LSP.within for quad in self._changed.came | self._changed.went)

    def _pointing(self, things: Iterable[Any]) -> Iterator[ox.Triple]:
        """For each property one triple that is stated and points to a thing: enough to conclude what the thing is."""
        went = {quad.triple for quad in self._changed.went}
        for one in things:
            done: set[object] = set()
            for quad in self._view.quads_for_pattern(None, None, one, _HERE):
                if quad.predicate in done:
                    continue
                if quad.triple not in went and self._is_stated(quad.triple):
                    done.add(quad.predicate)
                    yield quad.triple

    def _elsewhere(self, triples: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Those that a graph states which does not lose them."""
        lost = {(quad.triple, quad.graph_name) for quad in self._changed.went}
        return {
            one
            for one in triples
            if isinstance(one.subject, ox.NamedNode)
            and any(
                quad.triple == one and quad.graph_name not in self._graphs.names and (one, quad.graph_name) not in lost
                for quad in self._backend.about(one.subject)
            )
        }

    def _is_stated(self, triple: ox.Triple) -> bool:
        return isinstance(triple.subject, ox.NamedNode) and any(
            quad.triple == triple and quad.graph_name not in self._graphs.names
            for quad in self._backend.about(triple.subject)
        )

    def _is_inferred(self, triple: ox.Triple) -> bool:
        return isinstance(triple.subject, ox.NamedNode) and any(
            quad.triple == triple and quad.graph_name == self._graphs.inferred
            for quad in self._backend.about(triple.subject)
        )

    def _is_published(self, triple: ox.Triple, came: set[ox.Triple], went: set[ox.Triple]) -> bool:
        """Whether, after the change, a graph states it or the closure has concluded it before."""
        if triple in came:
            return True
        if not self._first(triple.subject, triple.predicate, triple.object):
            return False
        return self._is_inferred(triple) or bool(self._elsewhere([triple]))

    def _first(self, subject: Any, predicate: Any, value: Any) -> bool:
        return next(self._view.quads_for_pattern(subject, predicate, value, _HERE), None) is not None
