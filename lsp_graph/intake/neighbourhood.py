"""
The areas that a change can matter to, and all that the rules of derivation look at there.

    a graph + quads that come and go  ->  areas  ->  a small graph from which the same is derived for them

What a rule derives belongs to an area and is derived from: the area and those it lies in, councils, agreements, named
partners and coverages of these, the bodies they name, the duties of all areas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import cache
from typing import Any, Final

import pyoxigraph as ox

from lsp_graph.layout import QUERIES
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import GRAPH, LSP, RDF, RDFS
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.rules import files

_HERE: Final = ox.DefaultGraph()
_TYPE: Final = RDF.type
_AREA: Final = LSP.area
_BODY: Final = LSP.body
_CODE: Final = LSP.gssCode
_EVIDENCE: Final = LSP.evidence
_RESPONSIBLE: Final = LSP.responsibleAuthority
_RULE: Final = LSP.derivedBy
_COVERAGE: Final = LSP.Coverage
_AUTHORITY: Final = LSP.LocalAuthority
_PARTNER: Final = LSP.NamedPartner
_ACCOUNTABILITY: Final = LSP.Accountability
_WHOLE: Final = frozenset([_COVERAGE, _AUTHORITY])
"""What concerns an area with all that lies in it."""

_AROUND: Final = GRAPH.neighbourhood
_NAME: Final = re.compile(r"\blsp:(\w+)")
_EVERYWHERE: Final = (LSP.Duty, LSP.Minister)
"""What the rules look at for every area."""

_SHORTCUTS: Final = frozenset([LSP.covers, LSP.actsIn, LSP.answersTo, LSP.isAccountableFor])
_UP: Final = (LSP.within, LSP.county)


def affected_areas(
    backend: EmbeddedBackend, came: Iterable[ox.Quad], went: Iterable[ox.Quad]
) -> frozenset[ox.NamedNode]:
    """The areas for which a rule may derive something else once these quads have come and gone."""
    coming, going = relevant(came), relevant(went)
    looks = _Looks(backend, coming, ())
    sides = (looks, _Looks(backend, going, ())) if going else (looks,)
    moved = [quad.triple for quad in (*coming, *going)]
    things = {one.subject for one in moved}
    if any(looks.has(one, _TYPE, kind) for one in things for kind in _EVERYWHERE):
        return frozenset(looks.all_areas())
    found: set[ox.NamedNode] = set()
    larger: set[ox.NamedNode] = set()
    found |= {one.object for one in moved if one.predicate == _AREA and isinstance(one.object, ox.NamedNode)}
    # What nothing was known of before has its areas in what comes, and needs no looking up.
    whole_of = {one.subject for one in moved if one.object in _WHOLE or one.predicate == _CODE}
    known = {one for one in things if looks.is_known(one)}
    for thing in known | whole_of:
        for look in sides:
            reached, whole = look.areas_of(thing)
            found |= reached
            larger |= whole
    for area in larger:
        found |= looks.within(area)
    return frozenset(found)


@cache
def _looked_at() -> frozenset[ox.NamedNode]:
    """The properties and classes that the rules name; and what things are called, for labels are made of labels."""
    folders = (QUERIES / "derive", QUERIES / "derive" / "shortcuts")
    texts = (rule.read_text(encoding="utf-8") for folder in folders for rule in files(folder))
    return frozenset(LSP[name] for text in texts for name in _NAME.findall(text)) | {RDFS.label}


def relevant(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads that a rule may look at."""
    named = _looked_at()
    return [quad for quad in quads if _matters(quad, named)]


def _matters(triple: ox.Quad, named: Set[ox.NamedNode]) -> bool:
    return (triple.object if triple.predicate == _TYPE else triple.predicate) in named


class _Looks:
    """The view of all periods, with quads that come put to it and those that go taken out."""

    def __init__(self, backend: EmbeddedBackend, came: Iterable[ox.Quad], went: Iterable[ox.Quad]) -> None:
        self._backend, self._view = backend, backend.view(None)
        self._more = ox.Store()
        self._more.bulk_extend(in_graph(quad.triple, _HERE) for quad in came)
        losing = list(went)
        self._gone = {quad.triple for quad in losing if not self._stays(quad, losing)}

    def _stays(self, quad: ox.Quad, losing: list[ox.Quad]) -> bool:
        """Whether another graph states it too."""
        lost = {one.graph_name for one in losing if one.triple == quad.triple}
        if not isinstance(quad.subject, ox.NamedNode):
            return False
        held = self._backend.about(quad.subject)
        return any(one.triple == quad.triple and one.graph_name not in lost for one in held)

    def triples(self, subject: Any, predicate: Any, value: Any) -> Iterator[ox.Triple]:
        """The triples that fit."""
        for store in (self._view, self._more):
            for quad in store.quads_for_pattern(subject, predicate, value, _HERE):
                triple = quad.triple
                if not self._gone or triple not in self._gone:
                    yield triple

    def is_known(self, thing: Any) -> bool:
        """Whether the graph said something of it before."""
        return next(self._view.quads_for_pattern(thing, None, None, _HERE), None) is not None

    def has(self, subject: Any, predicate: Any, value: Any) -> bool:
        """Whether one fits."""
        return next(self.triples(subject, predicate, value), None) is not None

    def objects(self, subject: Any, predicate: Any) -> Iterator[ox.NamedNode]:
        """The things that a property leads to."""
        for triple in self.triples(subject, predicate, None):
            if isinstance(triple.object, ox.NamedNode):
                yield triple.object

    def all_areas(self) -> set[ox.NamedNode]:
        """All areas."""
        return {one.subject for one in self.triples(None, _CODE, None) if isinstance(one.subject, ox.NamedNode)}

    def areas_of(self, thing: Any) -> tuple[set[ox.NamedNode], set[ox.NamedNode]]:
        """The areas that a thing is about, and those of them that it is about with all that lies in them."""
        facts = [thing, *(one.subject for one in self.triples(None, _EVIDENCE, thing))]
        found: set[ox.NamedNode] = set()
        larger: set[ox.NamedNode] = set()
        for fact in facts:
            own = set(self.objects(fact, _AREA))
            if self.has(fact, _CODE, None) and isinstance(fact, ox.NamedNode):
                own.add(fact)
                larger.add(fact)
            covered = self._covered(fact)
            if covered or self.has(fact, _TYPE, _COVERAGE) or self.has(fact, _TYPE, _AUTHORITY):
                larger |= covered | own
            found |= own
            for agreement in self.triples(None, _RESPONSIBLE, fact):
                found |= set(self.objects(agreement.subject, _AREA))
        return found | larger, larger

    def _covered(self, body: Any) -> set[ox.NamedNode]:
        """The areas that a body covers, or in which it is a named partner."""
        return {area for fact in self.triples(None, _BODY, body) for area in self._area_of(fact.subject)}

    def _area_of(self, fact: Any) -> Iterator[ox.NamedNode]:
        if any(self.has(fact, _TYPE, kind) for kind in (_COVERAGE, _PARTNER)):
            yield from self.objects(fact, _AREA)

    def within(self, area: ox.NamedNode) -> set[ox.NamedNode]:
        """An area with all that lies in it, the counties of these and the districts of a county."""
        found, waiting = {area}, [area]
        while waiting:
            one = waiting.pop()
            for up in _UP:
                for triple in self.triples(None, up, one):
                    if isinstance(triple.subject, ox.NamedNode) and triple.subject not in found:
                        found.add(triple.subject)
                        waiting.append(triple.subject)
        return found | {county for one in found for county in self.objects(one, LSP.county)}

    def around(self, areas: Iterable[ox.NamedNode]) -> set[ox.NamedNode]:
        """Areas with all those that they lie in, their counties, and the districts of these that are counties."""
        found = set(areas)
        waiting = list(found)
        while waiting:
            one = waiting.pop()
            for up in _UP:
                for larger in self.objects(one, up):
                    if larger not in found:
                        found.add(larger)
                        waiting.append(larger)
        for one in tuple(found):
            found |= {
                triple.subject
                for triple in self.triples(None, LSP.county, one)
                if isinstance(triple.subject, ox.NamedNode)
            }
        return found


class Neighbourhood:
    """All that the rules look at to derive for some areas, after a change."""

    def __init__(
        self,
        backend: EmbeddedBackend,
        came: Iterable[ox.Quad],
        went: Iterable[ox.Quad],
        areas: Iterable[ox.NamedNode],
    ) -> None:
        self._looks, self._areas = _Looks(backend, relevant(came), relevant(went)), areas

    def quads(self) -> Iterator[ox.Quad]:
        """What is said there, all in one graph."""
        for thing in self._things():
            for triple in self._looks.triples(thing, None, None):
                if triple.predicate not in _SHORTCUTS:
                    yield in_graph(triple, _AROUND)

    def _things(self) -> set[Any]:
        looks = self._looks
        areas = looks.around(self._areas)
        facts = {one.subject for area in areas for one in looks.triples(None, _AREA, area)}
        facts = {one for one in facts if self._is_looked_at(one)}
        bodies = {body for one in facts for body in (*looks.objects(one, _BODY), *self._responsible(one))}
        everywhere = {one.subject for kind in _EVERYWHERE for one in looks.triples(None, _TYPE, kind)}
        proofs = {proof for one in facts | bodies for proof in looks.objects(one, _EVIDENCE)}
        return areas | facts | bodies | everywhere | proofs

    def _responsible(self, agreement: Any) -> Iterator[ox.NamedNode]:
        return self._looks.objects(agreement, _RESPONSIBLE)

    def _is_looked_at(self, thing: Any) -> bool:
        """Whether it is of a class that the rules name, and was not derived by them."""
        types = {one.object for one in self._looks.triples(thing, _TYPE, None)}
        if _ACCOUNTABILITY in types or types.isdisjoint(_looked_at()):
            return False
        return not self._looks.has(thing, _RULE, None)
