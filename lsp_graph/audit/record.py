"""
The record that is audited: the graph as of a day, and what an audit must know of it beside the shapes.

    view  ->  areas, where each thing stands, what is declared complete

A whole record reads that for all things at once, a local one for those that are asked about.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache, partial
from typing import Any, Final

import pyoxigraph as ox

from lsp_graph.audit.findings import AuditedArea, Reference
from lsp_graph.binding import bind
from lsp_graph.errors import StoreUnavailable
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import RDFS
from lsp_graph.shacl.columns import Codes, Columns, Numbered, Pairs, among, starts, tally, together, union
from lsp_graph.shacl.compile import SUBCLASSES
from lsp_graph.shacl.join import possible
from lsp_graph.shacl.looks import Group, Step, Variable, read_group
from lsp_graph.shacl.terms import Term
from lsp_graph.shacl.walk import TooFar, Walk
from lsp_graph.store import View
from lsp_graph.store.rows import Terms, read_rows, table

Places = tuple[AuditedArea, ...]

_DEFAULT: Final = ox.DefaultGraph()
_THING: Final = Variable("thing")
_CODE: Final = Variable("code")
_KEPT: Final = 200_000
"""So many nodes are remembered with what is said of them."""

_MANY: Final = 8
"""More areas than these are looked up all at once."""


class Record(ABC):
    """What is known of the things in a view."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._terms = Terms()
        self.columns = Columns(partial(table, view), self._terms) if isinstance(view, ox.Store) else None

    @abstractmethod
    def places(self, thing: Term) -> Places:
        """The areas with a council in which a thing stands: those stated nearest to it."""

    @abstractmethod
    def declared(self, holder: Term, aspect: str) -> bool:
        """Whether a record, or that of an area's partnership, is declared complete for an aspect."""

    def select(self, sparql: str) -> Iterable[Sequence[Any]]:
        """Ask the view a SELECT query. Of a view in memory several threads may ask at a time."""
        found = self.view.query(sparql)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError("a validation asks SELECT queries only")
        if isinstance(self.view, ox.Store):
            return read_rows(found, self._terms)
        return found if sparql == SUBCLASSES else _named_only(found)

    def is_complete(self, focus: Term, aspect: str) -> bool:
        """Whether the thing, its area, or the partnership of its area is declared complete for the aspect."""
        if self.declared(focus, aspect):
            return True
        return any(self.declared(ox.NamedNode(area.iri), aspect) for area in self.places(focus))

    def named(self, thing: Term) -> Reference:
        """The thing with its label, in English where there is a choice."""
        if isinstance(thing, ox.Literal):
            return Reference(thing.value, thing.value)
        labels = self._labels(thing)
        best = min(labels, key=lambda label: (label.language not in (None, "en"), label.value), default=None)
        return Reference(thing.value, best.value if best else thing.value)

    def _labels(self, thing: ox.NamedNode | ox.BlankNode) -> Iterable[ox.Literal]:
        if not isinstance(self.view, ox.Store):
            return self._called.get(thing, ())
        said = (quad.object for quad in self.view.quads_for_pattern(thing, RDFS.label, None, _DEFAULT))
        return [label for label in said if isinstance(label, ox.Literal)]

    @cached_property
    def _called(self) -> Mapping[Term, Sequence[ox.Literal]]:
        """All labels at once, for a view that is only queried."""
        called: dict[Term, list[ox.Literal]] = defaultdict(list)
        for row in _rows(self.view, "labels"):
            if isinstance(row["label"], ox.Literal):
                called[row["thing"]].append(row["label"])
        return called


class WholeRecord(Record):
    """A record read at once; `areas` are all that have a council."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        known = read_areas(view)
        self.areas = tuple(sorted(known.values()))
        self._standing = _Standing(view, known) if self.columns is None else _Numbered(self.columns, known)
        self._complete = frozenset((row["record"], row["aspect"].value) for row in _rows(view, "completeness"))

    def places(self, thing: Term) -> Places:
        """See `Record`."""
        return self._standing.places(thing)

    def things(self, area: AuditedArea) -> Iterable[Term]:
        """All that stands in the area."""
        return self._standing.things(area)

    def numbers(self, things: Numbered) -> Iterable[tuple[AuditedArea, int]]:
        """How many of the things stand in each area."""
        if isinstance(self._standing, _Numbered):
            return self._standing.numbers(things.codes)
        return Counter(area for thing in things for area in self.places(thing)).items()

    def declared(self, holder: Term, aspect: str) -> bool:
        """See `Record`."""
        return (holder, aspect) in self._complete

    def aspects(self, holder: Term) -> frozenset[str]:
        """What a record, or that of an area's partnership, is declared complete for."""
        return frozenset(aspect for one, aspect in self._complete if one == holder)


class LocalRecord(Record):
    """A record read as far as it is asked about; what leads too far for that is read whole."""

    def __init__(self, view: ox.Store) -> None:
        super().__init__(view)
        self.graph = Walk(view)
        self._known: dict[Term, AuditedArea | None] = {}
        self._places: dict[Term, Places] = {}
        self._declared: dict[Term, frozenset[str]] = {}
        self._things: dict[AuditedArea, tuple[Term, ...]] = {}

    @cached_property
    def _whole(self) -> WholeRecord:
        return WholeRecord(self.view)

    def areas(self, wanted: Iterable[Term]) -> dict[Term, AuditedArea]:
        """Those of the areas that have a council."""
        asked = list(wanted)
        new = [area for area in asked if area not in self._known]
        if len(new) > _MANY:
            self._known = defaultdict(lambda: None, read_areas(self.view))
        else:
            self._known.update({area: self._area(area) for area in new})
        return {area: known for area in asked if (known := self._known[area]) is not None}

    def places(self, thing: Term) -> Places:
        """See `Record`."""
        if thing not in self._places:
            try:
                self._places[thing] = self._nearest(thing)
            except TooFar:
                self._places[thing] = self._whole.places(thing)
        return self._places[thing]

    def declared(self, holder: Term, aspect: str) -> bool:
        """See `Record`."""
        return aspect in self.aspects(holder)

    def aspects(self, holder: Term) -> frozenset[str]:
        """What a record, or that of an area's partnership, is declared complete for."""
        if holder not in self._declared:
            try:
                rows = possible(self.graph, looks_of("completeness"), {"record": holder})
                self._declared[holder] = frozenset(row["aspect"].value for row in rows)
            except TooFar:
                self._declared[holder] = self._whole.aspects(holder)
        return self._declared[holder]

    def things(self, area: AuditedArea) -> tuple[Term, ...]:
        """All that stands in the area."""
        if area not in self._things:
            try:
                self._things[area] = tuple(self._standing(area))
            except TooFar:
                self._things[area] = tuple(self._whole.things(area))
        return self._things[area]

    def _standing(self, area: AuditedArea) -> Iterator[Term]:
        distances: dict[Term, int] = {}
        for row in _rows(self.view, "things-of-area", _area=ox.NamedNode(area.iri)):
            thing, distance = row["thing"], int(row["distance"].value)
            distances[thing] = min(distance, distances.get(thing, distance))
        self.graph.read(distances)
        for thing, distance in distances.items():
            if not any(near < distance for near, _ in self._stated(thing, distance)):
                yield thing

    def _area(self, area: Term) -> AuditedArea | None:
        looks = looks_of("areas")
        try:
            if not any(True for _ in possible(self.graph, looks, {"area": area})):
                return None
            (codes,) = (self.graph.along(step.path, [area]) for step in looks.steps if step.end == _CODE and step.path)
            labels = self.graph.values(area, RDFS.label.value)
        except TooFar:
            return read_areas(self.view).get(area)
        if len(codes) > 1 or len(labels) > 1:
            return read_areas(self.view)[area]  # which code and label come first is for the query to say
        (code,) = codes
        return AuditedArea(code.value, labels[0].value if labels else code.value, area.value)

    def _nearest(self, thing: Term) -> Places:
        near: dict[int, set[Term]] = defaultdict(set)
        for distance, area in self._stated(thing):
            near[distance].add(area)
        for distance in sorted(near):
            if known := self.areas(near[distance]):
                return tuple(sorted(known.values()))
        return ()

    def _stated(self, thing: Term, before: int | None = None) -> Iterator[tuple[int, Term]]:
        """The areas stated for a thing, with their distance; `before` leaves out those at this distance and beyond.

        Areas without a council are among them, unless `before` is said.
        """
        for distance, way in _ways():
            if before is not None and distance >= before:
                break
            if all(self._begun(thing, step) for step in way.steps):
                found = {row["area"] for row in possible(self.graph, way, {"thing": thing})}
                yield from ((distance, area) for area in (found if before is None else self.areas(found)))

    def _begun(self, thing: Term, step: Step) -> bool:
        """Whether a way can begin so at a thing."""
        if step.start != _THING or step.path is None:
            return True
        if isinstance(step.end, Variable):
            return self.graph.begins(thing, step.path)
        return self.graph.leads(thing, step.path, step.end)


def local_record(view: ox.Store) -> LocalRecord:
    """The local record of a view: what was read of it before, for the last few views, is not read again."""
    record = _local_record(view)
    if record.graph.size > _KEPT:
        _local_record.cache_clear()
        record = _local_record(view)
    return record


def forget() -> None:
    """Forget what was read of views: for one that was written to, which those of a backend never are."""
    _local_record.cache_clear()


@lru_cache(maxsize=4)
def _local_record(view: ox.Store) -> LocalRecord:
    return LocalRecord(view)


@cache
def _ways() -> tuple[tuple[int, Group], ...]:
    """The ways in which a thing can stand in an area, with their distance, the nearest first."""
    (choice,) = looks_of("places").parts
    found = [(_distance(way), way) for way in choice.groups]
    return tuple(sorted(found, key=lambda pair: pair[0]))


def _distance(way: Group) -> int:
    (distance,) = (end.value for name, end in way.made if name == "distance" and isinstance(end, ox.Literal))
    return int(distance)


def _named_only(found: ox.QuerySolutions) -> ox.QuerySolutions:
    """The rows, if every node in them has a name: elsewhere a blank node has another one in each answer.

    Raises `StoreUnavailable` where one has none.
    """
    held = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
    if b'"bnode"' in held:
        raise StoreUnavailable(
            "the audit meets a node without a name, which cannot be told from others in a store elsewhere; "
            "audit the embedded store, or give the node an IRI"
        )
    rows = ox.parse_query_results(held, format=ox.QueryResultsFormat.JSON)
    assert isinstance(rows, ox.QuerySolutions)  # noqa: S101  # as they were before
    return rows


@cache
def looks_of(query: str) -> Group:
    """The patterns of one of the audit's own questions."""
    group = read_group(_text(query))
    if group is None:
        raise TypeError(f"queries/audit/{query}.rq says more than triple patterns in groups can")
    return group


def read_areas(view: View) -> dict[Term, AuditedArea]:
    """All areas that have a council."""
    areas: dict[Term, AuditedArea] = {}
    for row in _rows(view, "areas"):
        code = row["code"].value
        areas.setdefault(
            row["area"], AuditedArea(code, row["label"].value if "label" in row else code, row["area"].value)
        )
    return areas


class _Standing:
    """Where each thing stands, as a view tells that is only queried."""

    def __init__(self, view: View, areas: Mapping[Term, AuditedArea]) -> None:
        nearest: dict[Term, tuple[str, set[AuditedArea]]] = {}
        for row in _rows(view, "places"):
            area = areas.get(row["area"])
            if area is None:
                continue
            distance = row["distance"].value
            known = nearest.get(row["thing"])
            if known is None or distance < known[0]:
                nearest[row["thing"]] = distance, {area}
            elif distance == known[0]:
                known[1].add(area)
        self._places = {thing: tuple(sorted(near)) for thing, (_, near) in nearest.items()}

    def places(self, thing: Term) -> Places:
        """The areas of a thing."""
        return self._places.get(thing, ())

    def things(self, area: AuditedArea) -> Iterable[Term]:
        """All that stands in the area."""
        return (thing for thing, places in self._places.items() if area in places)


class _Numbered:
    """The same in columns: the ways that the query tells, walked from all things at once."""

    def __init__(self, columns: Columns, areas: Mapping[Term, AuditedArea]) -> None:
        self._columns = columns
        known, by_distance = columns.codes(areas), defaultdict(list)
        self._areas = {columns.number(term): area for term, area in areas.items()}
        for distance, way in _ways():
            by_distance[distance].append(_walked(columns, way))
        nearer: list[Pairs] = []
        for distance in sorted(by_distance):
            pairs = together(by_distance[distance])
            stated = pairs.which(among(pairs.end, known))
            done = union([one.start for one in nearer])
            nearer.append(stated.which(~among(stated.start, done)))
        self._pairs = together(nearer)
        self._known: dict[int, Places] = {}

    def places(self, thing: Term) -> Places:
        """The areas of a thing."""
        number = self._columns.number(thing)
        if number is None:
            return ()
        if number not in self._known:
            self._known[number] = tuple(sorted(self._areas[area] for area in self._pairs.ends_of(number)))
        return self._known[number]

    def things(self, area: AuditedArea) -> Iterable[Term]:
        """All that stands in the area."""
        number = self._columns.number(ox.NamedNode(area.iri))
        return self._columns.terms(starts(self._pairs, self._pairs.end == number))

    def numbers(self, things: Codes) -> Iterable[tuple[AuditedArea, int]]:
        """How many of the things stand in each area."""
        return ((self._areas[area], number) for area, number in tally(things, self._pairs))


def _walked(columns: Columns, way: Group) -> Pairs:
    """All things with the areas that one of the ways leads to: its patterns go on from each other."""
    pairs: Pairs | None = None
    for step in way.steps:
        if isinstance(step.end, ox.NamedNode):  # of that class: the thing is the area
            instances = columns.instances([step.end])
            pairs = Pairs(instances, instances)
        elif step.path is not None:
            pairs = columns.everywhere(step.path) if pairs is None else columns.onwards(pairs, step.path)
    assert pairs is not None  # noqa: S101  # every way has a pattern
    return pairs


def _rows(view: View, query: str, **values: ox.NamedNode) -> Iterator[dict[str, Term]]:
    """The rows of one of the audit's own questions, with what is bound."""
    solutions = view.query(bind(_text(query), values))
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError(f"queries/audit/{query}.rq is no SELECT query")
    names = [variable.value for variable in solutions.variables]
    for row in read_rows(solutions) if isinstance(view, ox.Store) else solutions:
        yield {name: term for name, term in zip(names, row, strict=True) if term is not None}


@cache
def _text(query: str) -> str:
    return (QUERIES / "audit" / f"{query}.rq").read_text(encoding="utf-8")
