"""
Comparisons of outlines as facts: derived, each with its rule, its outlines and its tolerance.

    what belongs together in the graph  ->  tasks
    comparisons                         ->  quads of a graph of their own, which the rules of the audit look at
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from lsp_graph import areas
from lsp_graph.boundaries.comparison import Comparison, Discrepancy, Member, Outlines, Task, districts_of, together
from lsp_graph.literals import generated, in_graph, interval_of, literal
from lsp_graph.namespaces import GRAPH, ID, LSP, PROV, RDF, RDFS, concept, resource
from lsp_graph.store import Backend
from lsp_graph.store.lookup import looked_up

RULE: Final = resource("rule", "outlines-that-do-not-fit")
_FILE: Final = "lsp_graph/boundaries/comparison.py"


def tasks(backend: Backend, outlines: Outlines) -> Iterator[Task]:
    """What is to be compared, of all that has an outline: what the register and the records say belongs together."""
    known = {one.iri: Member(one.iri, one.label, one.since, one.until) for one in areas.known(backend)}
    yield from _counties(backend, outlines, known)
    yield from _partnerships(backend, outlines, known)
    yield from _sub_partnerships(backend, outlines, known)


def comparison_quads(comparisons: Iterable[Comparison], graph: NamedNode) -> set[Quad]:
    """The comparisons as quads of a graph; none where there are none."""
    triples: set[Triple] = set()
    sources: set[str] = set()
    for comparison in comparisons:
        triples.update(_comparison(comparison, graph))
        sources.add(comparison.source)
    if not triples:
        return set()
    triples.update(_rule())
    inputs = [NamedNode(source) for source in sorted(sources - {""})]
    triples.update(generated(graph, "comparing the outlines in the store", inputs))
    return {in_graph(triple, graph) for triple in triples}


def _counties(backend: Backend, outlines: Outlines, known: Mapping[str, Member]) -> Iterator[Task]:
    districts: dict[str, list[Member]] = {}
    for row in looked_up(backend, "districts", {}, None):
        if row["county"] in known and row["district"] in known:
            districts.setdefault(row["county"], []).append(known[row["district"]])
    for county, lying in districts.items():
        if any(outlines.has(one.iri) for one in lying):
            yield from districts_of(known[county], lying)


def _partnerships(backend: Backend, outlines: Outlines, known: Mapping[str, Member]) -> Iterator[Task]:
    for row in looked_up(backend, "lead-council-areas", {}, None):
        if outlines.has(row["thing"]) and row["area"] in known:
            thing = _member(row)
            yield from together(thing, [known[row["area"]]], [thing], "gap", "excess")


def _sub_partnerships(backend: Backend, outlines: Outlines, known: Mapping[str, Member]) -> Iterator[Task]:
    """By its own outline; else by those of its areas that are no areas of its partnership's."""
    subs: dict[str, Member] = {}
    own: dict[str, set[str]] = {}
    around: dict[str, set[str]] = {}
    for row in looked_up(backend, "sub-partnership-areas", {}, None):
        subs.setdefault(row["thing"], _member(row))
        around.setdefault(row["thing"], set()).add(row["area"])
        own.setdefault(row["thing"], set()).update({row["own"]} if "own" in row else ())
    for iri, thing in subs.items():
        wholes = [known[area] for area in sorted(around[iri]) if area in known]
        other = [known[area] for area in sorted(own[iri] - around[iri]) if area in known and outlines.has(area)]
        parts = [thing] if outlines.has(iri) else other
        if parts and wholes:
            yield from together(thing, wholes, parts, "excess")


def _member(row: Mapping[str, str]) -> Member:
    since, until = row.get("from"), row.get("until")
    return Member(
        row["thing"],
        row.get("label", row["thing"]),
        date.fromisoformat(since) if since else date.min,
        date.fromisoformat(until) if until else date.max,
    )


def _comparison(made: Comparison, graph: NamedNode) -> Iterator[Triple]:
    task, scope = made.task, graph.value.removeprefix(str(GRAPH))
    key = [scope, task.thing.iri.removeprefix(str(ID)), made.source.rpartition("/")[2] or "several"]
    node = resource("comparison", *key, *([task.since.isoformat()] if task.since > date.min else []))
    yield Triple(node, RDF.type, LSP.OutlineComparison)
    yield Triple(node, RDFS.label, Literal(f"Comparison of outlines: {task.thing.label}", language="en"))
    yield Triple(node, LSP.comparisonOf, NamedNode(task.thing.iri))
    yield Triple(node, LSP.toleranceMetres, literal(made.tolerance))
    for kind in task.looked_for:
        yield Triple(node, LSP.lookedFor, concept("discrepancy-kind", kind))
    yield from _derivation(node, made.task, made.outlines)
    for found in made.discrepancies:
        names = "-".join(one.iri.rpartition("/")[2] for one in found.involved)
        piece = resource("discrepancy", node.value.removeprefix(resource("comparison").value + "/"), found.kind, names)
        yield Triple(node, LSP.discrepancy, piece)
        yield from _discrepancy(piece, found)
        yield from _derivation(piece, made.task, found.outlines)


def _discrepancy(node: NamedNode, found: Discrepancy) -> Iterator[Triple]:
    yield Triple(node, RDF.type, LSP.Discrepancy)
    yield Triple(node, RDFS.label, Literal(_said(found), language="en"))
    yield Triple(node, LSP.discrepancyKind, concept("discrepancy-kind", found.kind))
    for one in found.involved:
        yield Triple(node, LSP.involves, NamedNode(one.iri))
    yield Triple(node, LSP.hectares, literal(round(found.piece.hectares, 1)))
    yield Triple(node, LSP.percent, literal(round(found.percent, 2)))
    yield Triple(node, LSP.shareOf, NamedNode(found.share_of.iri))
    yield Triple(node, LSP.latitude, literal(round(found.piece.latitude, 5)))
    yield Triple(node, LSP.longitude, literal(round(found.piece.longitude, 5)))


def _said(found: Discrepancy) -> str:
    """What does not fit, how much it is, and where to look."""
    first = found.involved[0].label
    match found.kind:
        case "overlap":
            what = f"{first} and {found.involved[1].label} overlap"
        case "gap":
            what = f"A part of {first} is not covered"
        case "excess":
            what = f"A part of {first} lies beyond the whole"
    piece = found.piece
    size = f"{piece.hectares:,.1f} ha, {found.percent:.2f} % of {found.share_of.label}"
    return f"{what}: {size}, around {piece.latitude:.4f}, {piece.longitude:.4f}"


def _derivation(node: NamedNode, task: Task, outlines: Iterable[NamedNode]) -> Iterator[Triple]:
    """The rule and the outlines, and when they were to fit."""
    yield Triple(node, LSP.derivedBy, RULE)
    yield Triple(node, LSP.confidence, concept("confidence", "derived"))
    for outline in outlines:
        yield Triple(node, PROV.wasDerivedFrom, outline)
    begins = task.since if task.since > date.min else None
    ends = task.until if task.until < date.max else None
    if begins or ends:
        interval, described = interval_of(begins, ends)
        yield Triple(node, LSP.during, interval)
        yield from described
    if begins:
        yield Triple(node, LSP["from"], literal(begins))
    if ends:
        yield Triple(node, LSP.until, literal(ends))


def _rule() -> Iterator[Triple]:
    yield Triple(RULE, RDF.type, LSP.DerivationRule)
    yield Triple(RULE, RDFS.label, Literal("Outlines that should fit together are compared", language="en"))
    yield Triple(RULE, LSP.file, Literal(_FILE))
    yield Triple(RULE, LSP.document, resource("document", "001"))
    yield Triple(RULE, LSP.place, Literal("001 1.1.2 and 1.2"))
