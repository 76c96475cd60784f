"""The code lists are whole, and say what the sources say."""

from __future__ import annotations

from collections import Counter

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

LSP = Namespace("https://w3id.org/lsp/ont#")
SCHEME = "https://w3id.org/lsp/scheme/"

SIZES = {
    "agreement-round": 4,
    "area-type": 10,
    "aspect": 10,
    "confidence": 4,
    "counterpart": 5,
    "direction": 3,
    "discrepancy-kind": 3,
    "duty-type": 13,
    "evidence-level": 4,
    "funding-stream": 8,
    "governance-item": 9,
    "indicator-theme": 7,
    "laa-block": 4,
    "list-status": 2,
    "lsp-role": 2,
    "partner-class": 27,
    "partner-scope": 3,
    "rule-level": 3,
    "sector": 4,
    "statement-topic": 21,
    "strategy-stage": 6,
    "theme": 8,
    "tier": 3,
    "well-being": 3,
}


def scheme(name: str) -> URIRef:
    return URIRef(SCHEME + name)


def concept(name: str) -> URIRef:
    return URIRef(SCHEME + name)


def test_the_schemes_are_these(ontology: Graph) -> None:
    found = {str(s).removeprefix(SCHEME) for s in ontology.subjects(RDF.type, SKOS.ConceptScheme)}

    assert found == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_a_scheme_has_all_its_concepts(ontology: Graph, name: str) -> None:
    concepts = set(ontology.subjects(SKOS.inScheme, scheme(name)))

    assert len(concepts) == SIZES[name]
    assert concepts == set(ontology.subjects(SKOS.topConceptOf, scheme(name)))


def test_partner_classes_are_spread_as_the_rulebook_needs(ontology: Graph) -> None:
    spread = Counter(str(scope).rsplit("/", 1)[1] for scope in ontology.objects(None, LSP.partnerScope))

    assert spread == {"national": 10, "area-bound": 8, "somewhere": 9}


def test_the_five_classes_without_a_list_say_so(ontology: Graph) -> None:
    unlisted = ontology.subjects(LSP.listStatus, concept("list-status/none"))

    assert {str(c).rsplit("/", 1)[1] for c in unlisted} == {
        "joint-waste-authority",
        "national-health-service-trust",
        "nhs-foundation-trust",
        "probation-trust",
        "youth-offending-team",
    }


def test_every_partner_class_names_a_class_of_body(ontology: Graph) -> None:
    for partner_class in ontology.subjects(SKOS.inScheme, scheme("partner-class")):
        body_class = ontology.value(partner_class, LSP.bodyClass)

        assert LSP.Body in set(ontology.transitive_objects(body_class, RDFS.subClassOf))


def test_the_six_stages_are_in_order_and_the_fifth_asks_for_four_statements(ontology: Graph) -> None:
    stages = set(ontology.subjects(SKOS.inScheme, scheme("strategy-stage")))
    fifth = ontology.value(None, LSP.order, Literal(5))

    assert sorted(int(str(ontology.value(stage, LSP.order))) for stage in stages) == [1, 2, 3, 4, 5, 6]
    assert fifth == concept("strategy-stage/strategy")
    assert len(set(ontology.objects(fifth, LSP.requiresStatement))) == 4


def test_only_the_fourth_block_begins_later_and_the_disagreement_is_told(ontology: Graph) -> None:
    blocks = set(ontology.subjects(SKOS.inScheme, scheme("laa-block")))
    dated = {block for block in blocks if (block, LSP["from"], None) in ontology}

    assert dated == {concept("laa-block/economic-development-and-enterprise")}
    assert "001" in str(ontology.value(scheme("laa-block"), SKOS.scopeNote))
    assert "003" in str(ontology.value(scheme("laa-block"), SKOS.scopeNote))


def test_aspects_are_terms_of_the_ontology(ontology: Graph) -> None:
    for aspect in ontology.subjects(SKOS.inScheme, scheme("aspect")):
        assert str(aspect).startswith(str(LSP))
        assert (aspect, RDF.type, LSP.Aspect) in ontology


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("crime and disorder", "theme/community-safety"),
        ("health", "theme/healthy-communities"),
        ("PCT", "partner-class/primary-care-trust"),
        ("NRF", "funding-stream/neighbourhood-renewal-fund"),
        ("business sector", "sector/private"),
    ],
)
def test_a_concept_is_found_by_another_word(ontology: Graph, words: str, name: str) -> None:
    assert (concept(name), SKOS.altLabel, Literal(words, lang="en")) in ontology
