"""Every fact in the default dataset leads to a source: document and place, or file and row, or a rule and its facts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from lsp_graph.layout import DATA, ROOT
from lsp_graph.namespaces import DCTERMS, GRAPH, ID, LSP, PROV, RDF, SCHEME
from lsp_graph.store import EmbeddedBackend, Kind

MADE = (GRAPH.ontology, GRAPH.inferred, GRAPH.derived, GRAPH.shortcuts)
DESCRIBED_BY_ITSELF = ("evidence", "table", "period", "day", "activity", "software")
"""Resources that are no facts about the world: the evidence itself, what names a day, what this program did."""


@pytest.fixture(scope="module")
def view(real: EmbeddedBackend) -> Store:
    return real.view(None, Kind.NAMED)


def itself(node: object) -> bool:
    iri = node.value if isinstance(node, NamedNode) else ""
    return any(iri.startswith(f"{ID}{kind}/") for kind in DESCRIBED_BY_ITSELF) or iri.startswith(str(GRAPH))


def sources(view: Store) -> Iterator[NamedNode]:
    for graph in view.named_graphs():
        assert isinstance(graph, NamedNode)
        if graph not in MADE:
            yield graph


def test_every_stated_triple_leads_to_the_row_of_a_table_that_states_it(view: Store) -> None:
    stated_by: dict[object, set[object]] = {}
    for quad in view.quads_for_pattern(None, LSP.statesProperty, None, None):
        stated_by.setdefault(quad.subject, set()).add(quad.object)
    orphans = []
    for graph in sources(view):
        proven: dict[object, set[object]] = {}
        for quad in view.quads_for_pattern(None, LSP.evidence, None, graph):
            assert isinstance(quad.object, NamedNode)
            (table,) = {q.object for q in view.quads_for_pattern(quad.object, LSP.table, None, graph)}
            proven.setdefault(quad.subject, {LSP.evidence}).update(stated_by[table])
        orphans += [
            quad
            for quad in view.quads_for_pattern(None, None, None, graph)
            if not itself(quad.subject) and quad.predicate not in proven.get(quad.subject, ())
        ]

    assert orphans == []


def test_every_evidence_names_file_row_document_and_confidence(view: Store) -> None:
    for quad in view.quads_for_pattern(None, RDF.type, LSP.Evidence, DefaultGraph()):
        for needed in (LSP.file, LSP.row, LSP.document, LSP.confidence):
            assert len(list(view.quads_for_pattern(quad.subject, needed, None, DefaultGraph()))) == 1, quad.subject


def test_every_cited_document_is_described(view: Store) -> None:
    cited = {quad.object for quad in view.quads_for_pattern(None, LSP.document, None, None)}
    described = {quad.subject for quad in view.quads_for_pattern(None, RDF.type, LSP.Document, None)}

    assert cited <= described


def test_every_evidence_points_to_a_row_that_is_there(view: Store) -> None:
    @cache
    def lines(file: str) -> int:
        return len((ROOT / file).read_text(encoding="utf-8").splitlines())

    for evidence in view.quads_for_pattern(None, RDF.type, LSP.Evidence, DefaultGraph()):
        (file,) = [q.object for q in view.quads_for_pattern(evidence.subject, LSP.file, None, DefaultGraph())]
        (row,) = [q.object for q in view.quads_for_pattern(evidence.subject, LSP.row, None, DefaultGraph())]
        assert isinstance(file, Literal)
        assert isinstance(row, Literal)
        assert (ROOT / file.value).is_relative_to(DATA)
        assert 2 <= int(row.value) <= lines(file.value)


def test_everything_derived_names_its_rule_and_facts_that_lead_to_evidence(view: Store) -> None:
    @cache
    def proven(node: NamedNode) -> bool:
        if next(view.quads_for_pattern(node, LSP.evidence, None, None), None):
            return True
        facts = [q.object for q in view.quads_for_pattern(node, PROV.wasDerivedFrom, None, None)]
        ruled = next(view.quads_for_pattern(node, LSP.derivedBy, None, None), None) is not None
        return ruled and bool(facts) and all(isinstance(fact, NamedNode) and proven(fact) for fact in facts)

    subjects = {quad.subject for quad in view.quads_for_pattern(None, None, None, GRAPH.derived)}
    rules = {quad.subject for quad in view.quads_for_pattern(None, RDF.type, LSP.DerivationRule, None)}
    unproven = [s for s in subjects - rules if not itself(s) and not (isinstance(s, NamedNode) and proven(s))]

    assert len(rules) >= 7
    assert unproven == []


def test_what_is_inferred_or_a_shortcut_is_about_something_that_is_stated(view: Store) -> None:
    for graph in (GRAPH.inferred, GRAPH.shortcuts):
        for subject in {quad.subject for quad in view.quads_for_pattern(None, None, None, graph)}:
            stated = {
                quad.graph_name
                for quad in view.quads_for_pattern(subject, None, None, None)
                if quad.graph_name != graph
            }
            assert itself(subject) or any(isinstance(name, NamedNode) for name in stated), subject


def test_every_own_term_and_concept_cites_a_source_or_says_that_the_list_is_our_own(view: Store) -> None:
    for quad in view.quads_for_pattern(None, RDF.type, None, GRAPH.ontology):
        term = quad.subject
        if not isinstance(term, NamedNode) or not term.value.startswith((str(LSP), f"{SCHEME}")):
            continue
        assert next(view.quads_for_pattern(term, DCTERMS.source, None, GRAPH.ontology), None), term


def test_nothing_in_the_default_dataset_is_unverified(view: Store) -> None:
    unverified = NamedNode(f"{SCHEME}confidence/unverified")

    assert GRAPH.unverified not in set(view.named_graphs())
    assert not list(view.quads_for_pattern(None, LSP.confidence, unverified, None))
