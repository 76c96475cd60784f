"""
What two versions of the store differ in, in words.

    version + another  ->  facts that came, went or have another value, by what they are called

How a fact is proved (rows, periods as nodes, activities) is no fact about the world, and left out. What follows from
other facts is told as such: it came or went with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyoxigraph as ox

from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import GRAPH, ID, LSP, PROV, RDF, RDFS, SKOS
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.changes import Change, joined
from lsp_graph.store.worlds import FICTIONAL

Kind = Literal["added", "removed", "changed"]
Line = tuple[bytes, ox.Quad]

_PROOF: Final = tuple(f"{ID}{kind}/" for kind in ("activity", "day", "evidence", "period", "software", "table"))
_OF_PROOF: Final = frozenset([LSP.evidence, LSP.during, LSP.derivedBy, PROV.wasDerivedFrom, LSP.datePrecision])
_FOLLOW: Final = ("inferred", "derived")
_NAMES: Final = (RDFS.label, SKOS.prefLabel)


@dataclass(frozen=True)
class Named:
    """A thing and what it is called."""

    iri: str
    label: str


@dataclass(frozen=True)
class Difference:
    """What is said of one thing by one property in one source: the values that only one of the versions has.

    `follows` tells what is concluded from other facts.
    """

    kind: Kind
    thing: Named
    property: Named
    before: tuple[str, ...]
    after: tuple[str, ...]
    source: Named
    follows: bool


@dataclass(frozen=True)
class Differences:
    """Two versions and all that they differ in: what is stated first, by the names of things.

    `elsewhere` counts the quads, come and gone, of graphs with invented places.
    """

    before: str
    after: str
    facts: tuple[Difference, ...]
    elsewhere: int

    @property
    def stated(self) -> tuple[Difference, ...]:
        """What sources state."""
        return tuple(fact for fact in self.facts if not fact.follows)

    def counts(self) -> dict[str, int]:
        """How many facts came, went, have another value; and how many follow from others."""
        counted: dict[str, int] = dict.fromkeys(("added", "removed", "changed"), 0)
        for fact in self.stated:
            counted[fact.kind] += 1
        return counted | {"following": len(self.facts) - len(self.stated)}

    def as_json(self) -> dict[str, Any]:
        """As commands and the API tell it."""
        return {
            "from": self.before,
            "to": self.after,
            "counts": self.counts(),
            "inventedPlaces": self.elsewhere,
            "facts": [
                {
                    "change": fact.kind,
                    "thing": vars(fact.thing),
                    "property": vars(fact.property),
                    "before": list(fact.before),
                    "after": list(fact.after),
                    "source": vars(fact.source),
                    "follows": fact.follows,
                }
                for fact in self.facts
            ],
        }


def differences(
    directory: StoreDirectory, before: str, after: str, labelled: EmbeddedBackend | None = None
) -> Differences:
    """What the version `after` has otherwise than `before`; either may be the later one.

    `labelled` is the current version, where the caller has it in memory. Raises `StoreUnavailable` where a version is
    not kept or damaged.
    """
    change = _net(directory, before, after)
    lines = [*change.came, *change.went]
    elsewhere = sum(_graph(quad).startswith(FICTIONAL) for _, quad in lines)
    told = _Labels(labelled or directory.open(), lines)
    found: dict[tuple[str, str, str], tuple[list[ox.Quad], list[ox.Quad]]] = defaultdict(lambda: ([], []))
    for place, side in enumerate((change.went, change.came)):
        for _, quad in side:
            if _is_fact(quad):
                found[str(quad.subject), str(quad.predicate), _graph(quad)][place].append(quad)
    facts = [_difference(gone, come, told) for gone, come in found.values()]
    return Differences(before, after, tuple(sorted(facts, key=_order)), elsewhere)


def _net(directory: StoreDirectory, before: str, after: str) -> Change:
    """What leads from one version to another: put together of the changes between where there are only such."""
    earlier, later = sorted((before, after), key=_number)
    between = directory.changes_between(earlier, later)
    if between is None:
        texts = [directory.open(version).texts() for version in (earlier, later)]
        change = Change.between(*(published + left_out for published, _, left_out in texts))
    else:
        came, went = set[bytes](), set[bytes]()
        for manifest in between:
            step = directory.change(manifest)
            for line in step.removed.splitlines():
                came.discard(line) if line in came else went.add(line)
            for line in step.added.splitlines():
                went.discard(line) if line in went else came.add(line)
        change = Change(joined(came), joined(went))
    return change if earlier == before else Change(change.removed, change.added)


def _number(version: str) -> int:
    if not version.isdigit() or not version.isascii():
        raise StoreUnavailable(f"{version!r} is no version; expected the number of one, as `lsp-graph versions` lists")
    return int(version)


def _is_fact(quad: ox.Quad) -> bool:
    subject = quad.subject
    if not isinstance(subject, ox.NamedNode) or isinstance(quad.object, ox.BlankNode):
        return False
    if subject.value.startswith(_PROOF) or quad.predicate in _OF_PROOF or subject == quad.graph_name:
        return False
    return not _graph(quad).startswith(FICTIONAL)


def _difference(gone: list[ox.Quad], come: list[ox.Quad], told: _Labels) -> Difference:
    one = (gone or come)[0]
    kind: Kind = "changed" if gone and come else "added" if come else "removed"
    before, after = (tuple(sorted(told.value(quad.object) for quad in side)) for side in (gone, come))
    graph = _graph(one)
    return Difference(
        kind,
        told.named(one.subject),
        told.named(one.predicate),
        before,
        after,
        Named(graph, told.source(one.graph_name)),
        graph.removeprefix(str(GRAPH)) in _FOLLOW,
    )


def _order(fact: Difference) -> tuple[object, ...]:
    return (
        fact.follows,
        fact.thing.label,
        fact.thing.iri,
        fact.property.label,
        fact.source.iri,
        fact.before,
        fact.after,
    )


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


class _Labels:
    """What things are called: in the current version, else in what came and went."""

    def __init__(self, backend: EmbeddedBackend, lines: Iterable[Line]) -> None:
        self._view = backend.view(None)
        self._said: Mapping[str, str] = {
            str(quad.subject): quad.object.value
            for _, quad in lines
            if quad.predicate in _NAMES and isinstance(quad.object, ox.Literal)
        }

    def named(self, term: object) -> Named:
        """A thing with its name."""
        iri = getattr(term, "value", str(term))
        return Named(iri, self._label(term))

    def value(self, term: object) -> str:
        """A value in words."""
        return term.value if isinstance(term, ox.Literal) else self._label(term)

    def source(self, graph: object) -> str:
        """What a named graph is called."""
        return self._label(graph) if isinstance(graph, ox.NamedNode) else "the store's own default graph"

    def _label(self, term: object) -> str:
        if not isinstance(term, ox.NamedNode):
            return str(term)
        if term == RDF.type:
            return "is a"
        known = (self._first(term, name) for name in _NAMES)
        return next((one for one in known if one), None) or self._said.get(str(term)) or _last_part(term.value)

    def _first(self, term: ox.NamedNode, name: ox.NamedNode) -> str | None:
        found = self._view.quads_for_pattern(term, name, None, ox.DefaultGraph())
        return min((quad.object.value for quad in found if isinstance(quad.object, ox.Literal)), default=None)


def _last_part(iri: str) -> str:
    return iri.rstrip("/").replace("#", "/").rpartition("/")[2].replace("-", " ") or iri
