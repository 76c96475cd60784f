"""
What follows from a record, and no longer from the one whose place it takes.

    stored quads + what is stated anew and no longer  ->  Change: that, and the inferred and derived quads that
    come and go with it

Both closure and rules conclude from what stands near each other: from what is said of a thing, of the areas it is in,
of those around and within them, and of the bodies that act there. So what follows is concluded twice, from what is near
with the record and without, and the difference is the change. A test holds this to a build of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from lsp_graph.derive import apply_rules, closure
from lsp_graph.namespaces import GRAPH, ID, LSP
from lsp_graph.store.changes import Change
from lsp_graph.store.worlds import COMMON, prefix

_AREA: Final = f"{ID}area/"
_HUBS: Final = tuple(f"{ID}{kind}/" for kind in ("document", "period", "day", "table", "activity", "software"))
"""Things that all kinds of others refer to: of these nothing is concluded from who does."""

_SHARED: Final = (f"{ID}period/", f"{ID}day/")
"""What many things that are derived share, and those before the days that these refer to."""


def change_of(store: Store, added: Iterable[Quad], removed: Iterable[Quad], world: str | None = None) -> Change:
    """The whole change that comes with stating some quads and no longer stating others.

    `store` holds all quads as they are stored (`EmbeddedBackend.own`), `world` is named where they are of invented
    places.
    """
    begins = str(GRAPH) if world is None else prefix(world)
    inferred, derived = NamedNode(f"{begins}inferred"), NamedNode(f"{begins}derived")
    came, went = set(added), set(removed)
    near = _near(store, came | went, begins) - came - went
    before = _concluded(near | (went - came) | (came & went), inferred, derived)
    after = _concluded(near | came, inferred, derived)
    gone = (went - came) | (before - after)
    return Change.of((came - went) | (after - before), gone - _still_told_of(store, gone, derived))


def _still_told_of(store: Store, gone: set[Quad], derived: NamedNode) -> set[Quad]:
    """What describes periods and their days, of what would go, that something else derived still refers to."""
    kept: set[Quad] = set()
    for begins in _SHARED:
        shared = {quad.subject for quad in gone if quad.graph_name == derived and _begins(quad.subject, begins)}
        for thing in shared:
            holders = store.quads_for_pattern(None, None, thing, derived) if isinstance(thing, NamedNode) else ()
            if any(quad not in gone or quad in kept for quad in holders):
                kept |= {quad for quad in gone if quad.subject == thing and quad.graph_name == derived}
    return kept


def _begins(term: object, begins: str) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(begins)


def _concluded(stated: set[Quad], inferred: NamedNode, derived: NamedNode) -> set[Quad]:
    closed = closure(stated, inferred)
    return closed | apply_rules(stated | closed, derived)


def _near(store: Store, changed: Iterable[Quad], begins: str) -> set[Quad]:
    """What is stated near what is changed."""
    own = {
        graph
        for graph in store.named_graphs()
        if isinstance(graph, NamedNode) and _is_stated(graph, begins) and graph not in COMMON
    }
    reader = _Reader(store, own)
    things = {
        term
        for quad in changed
        for term in (quad.subject, quad.object)
        if isinstance(term, NamedNode) and term.value.startswith(str(ID))
    }
    areas = reader.around({thing for thing in things if thing.value.startswith(_AREA)})
    standing = {quad.subject for area in areas for quad in reader.saying(LSP.area, area)} | areas
    bodies = {quad.object for thing in standing for quad in reader.of(thing) if quad.predicate == LSP.body}
    whole = things | {thing for thing in standing | bodies if isinstance(thing, NamedNode)}
    found = {quad for thing in whole for quad in reader.of(thing)}
    found |= {quad for thing in things if not thing.value.startswith((_AREA, *_HUBS)) for quad in reader.to(thing)}
    evidence = {quad.object for quad in found if quad.predicate == LSP.evidence}
    found |= {quad for one in evidence if isinstance(one, NamedNode) for quad in reader.of(one)}
    return found | {quad for graph in COMMON for quad in store.quads_for_pattern(None, None, None, graph)}


def _is_stated(graph: NamedNode, begins: str) -> bool:
    """Whether a graph is one of those that are asked together, and states what it holds."""
    local = graph.value.removeprefix(begins)
    is_own = graph.value.startswith(begins) and not local.startswith("fictional/")
    return is_own and local not in ("inferred", "derived", "shortcuts", "unverified")


class _Reader:
    """What the stating graphs of a store say."""

    def __init__(self, store: Store, graphs: set[NamedNode]) -> None:
        self._store, self._graphs = store, graphs

    def of(self, thing: object) -> Iterator[Quad]:
        """What is said of a thing."""
        if isinstance(thing, NamedNode):
            yield from self._stated(self._store.quads_for_pattern(thing, None, None, None))

    def to(self, thing: NamedNode) -> Iterator[Quad]:
        """What refers to a thing."""
        yield from self._stated(self._store.quads_for_pattern(None, None, thing, None))

    def saying(self, property: NamedNode, value: NamedNode) -> Iterator[Quad]:
        """What has this value of a property."""
        yield from self._stated(self._store.quads_for_pattern(None, property, value, None))

    def around(self, areas: set[NamedNode]) -> set[NamedNode]:
        """Areas with those that lie in them, and with all that these lie in."""
        within = {
            quad.subject
            for area in areas
            for quad in self.to(area)
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_AREA)
        }
        found, ahead = set(areas | within), list(areas | within)
        while ahead:
            for quad in self.of(ahead.pop()):
                larger = quad.object
                if isinstance(larger, NamedNode) and larger.value.startswith(_AREA) and larger not in found:
                    found.add(larger)
                    ahead.append(larger)
        return found

    def _stated(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        return (quad for quad in quads if quad.graph_name in self._graphs)
