"""The invented country: the same every time, in the ontology's terms, with its defects listed."""

from __future__ import annotations

import re
from collections import Counter

import pyoxigraph as ox
import pytest

from bench.generate import generate
from bench.schema import Schema
from bench.source import Defect, read_defects
from bench.template import Template, read_templates
from lsp_graph.layout import ONTOLOGY, SHAPES
from lsp_graph.namespaces import LSP, RDF

SMALL = 0.02


def text_of(scale: float = SMALL, seed: int = 1, defect_rate: float = 0.0) -> str:
    """The N-Quads text that the generator writes."""
    pieces: list[str] = []
    generate(scale, seed, defect_rate, pieces.append)
    return "".join(pieces)


@pytest.fixture(scope="module")
def graph() -> ox.Store:
    """The small country without defects."""
    store = ox.Store()
    store.load(text_of().encode(), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="module")
def forms() -> dict[str, Template]:
    """The templates."""
    return read_templates(Schema.of(ONTOLOGY))


@pytest.fixture(scope="module")
def ontology() -> frozenset[str]:
    """Every term that the ontology defines."""
    store = ox.Store()
    for file in ONTOLOGY.glob("*.ttl"):
        store.load(path=str(file), format=ox.RdfFormat.TURTLE)
    return frozenset(quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode))


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert text_of(defect_rate=0.05) == text_of(defect_rate=0.05)


def test_another_seed_gives_another_country() -> None:
    assert text_of(seed=2) != text_of(seed=1)


def test_properties_are_those_of_the_ontology(graph: ox.Store, ontology: frozenset[str]) -> None:
    used = {quad.predicate.value for quad in graph if quad.predicate.value.startswith(LSP)}
    assert used <= ontology


def test_classes_and_concepts_are_those_of_the_ontology(graph: ox.Store, ontology: frozenset[str]) -> None:
    objects = {quad.object.value for quad in graph if isinstance(quad.object, ox.NamedNode)}
    used = {value for value in objects if value.startswith((LSP, "https://w3id.org/lsp/scheme/"))}
    assert used <= ontology


def test_classes_are_written_out_with_those_above_them(graph: ox.Store) -> None:
    counties = {quad.subject for quad in graph.quads_for_pattern(None, RDF.type, LSP.CountyCouncil)}
    assert counties
    for above in (LSP.LocalAuthority, LSP.ResponsibleAuthority, LSP.PrincipalLocalAuthority, LSP.StatutoryBody):
        assert counties <= {quad.subject for quad in graph.quads_for_pattern(None, RDF.type, above)}


def test_every_partnership_has_a_graph_of_its_own(graph: ox.Store) -> None:
    found = [quad.graph_name for quad in graph.quads_for_pattern(None, RDF.type, LSP.LocalStrategicPartnership)]
    assert len(found) == len(set(found)) >= 7


def test_nothing_is_nameless(graph: ox.Store) -> None:
    assert not any(isinstance(term, ox.BlankNode) for quad in graph for term in (quad.subject, quad.object))


def test_every_label_of_a_place_or_body_says_that_it_is_fictional(graph: ox.Store) -> None:
    rows = graph.query(
        """PREFIX lsp: <https://w3id.org/lsp/ont#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?label WHERE {
            GRAPH ?graph { ?thing rdfs:label ?label ; lsp:gssCode|lsp:partnerClass|lsp:leadCouncil ?any }
        }"""
    )
    assert isinstance(rows, ox.QuerySolutions)
    labels = [row["label"].value for row in rows]
    assert labels
    assert all("(fictional)" in label for label in labels)


def test_tables_state_properties_that_the_graph_uses(graph: ox.Store) -> None:
    stated = {quad.object for quad in graph.quads_for_pattern(None, LSP.statesProperty, None)}
    assert stated
    assert stated <= {quad.predicate for quad in graph}


def test_every_evidence_stands_in_a_table_that_is_described(graph: ox.Store) -> None:
    tables = {quad.subject for quad in graph.quads_for_pattern(None, RDF.type, LSP.Table)}
    assert {quad.object for quad in graph.quads_for_pattern(None, LSP.table, None)} == tables


def test_an_agreement_has_35_designated_targets(graph: ox.Store) -> None:
    targets = {quad.subject for quad in graph.quads_for_pattern(None, RDF.type, LSP.DesignatedTarget)}
    agreements = Counter(
        quad.object for target in targets for quad in graph.quads_for_pattern(target, LSP.agreement, None)
    )
    assert set(agreements.values()) == {35}


def test_the_country_of_scale_one_has_388_partnerships() -> None:
    assert (
        len(re.findall(r"/lsp/SYN-\d+> <[^>]+type> <[^>]+LocalStrategicPartnership> <[^>]+record", text_of(1))) == 388
    )


def test_no_defect_is_planted_unasked() -> None:
    assert generate(SMALL, 1, 0.0, lambda piece: None) == []


def test_every_rule_that_can_be_broken_is_and_every_defect_names_a_node_of_the_graph() -> None:
    pieces: list[str] = []
    planted = generate(0.2, 1, 0.05, pieces.append)
    assert {rule for rule, _ in planted} == {defect.rule for defect in read_defects()}
    named = set(re.findall(r"<([^>]*)>", "".join(pieces)))
    assert {focus for _, focus in planted} <= named


@pytest.mark.parametrize("defect", read_defects(), ids=lambda defect: defect.rule)
def test_a_defect_drops_only_what_its_row_states(defect: Defect, forms: dict[str, Template]) -> None:
    stated = {
        quad.predicate.value.removeprefix(LSP) for quad in (forms[defect.row].quads if defect.row in forms else ())
    }
    assert defect.change.drops <= stated | {"evidence"}
    assert defect.is_gone or defect.change.drops or defect.change.adds


def test_every_rule_of_the_rulebook_that_has_a_shape_has_a_defect() -> None:
    store = ox.Store()
    for file in SHAPES.glob("*.ttl"):
        store.load(path=str(file), format=ox.RdfFormat.TURTLE)
    rules = {
        quad.object.value
        for quad in store.quads_for_pattern(None, LSP.ruleCode, None)
        if isinstance(quad.object, ox.Literal)
    }
    assert {rule for rule in rules if re.fullmatch(r"[A-Z][0-9]{2}", rule)} <= {
        defect.rule for defect in read_defects()
    }
