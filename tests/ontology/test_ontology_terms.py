"""The vocabulary is whole and well-formed: every term in use is defined, each as one kind of thing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef

from lsp_graph.layout import QUERIES, ROOT, SHAPES

LSP = Namespace("https://w3id.org/lsp/ont#")
IRI = URIRef("https://w3id.org/lsp/ont")
TERM = re.compile(r"(?<![\w/:-])lsp:([A-Za-z]\w*)")

KINDS = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
BUILT_IN = (str(OWL), str(RDF), str(RDFS))


def terms_in(text: str) -> set[str]:
    """The local names of the lsp: terms that a text uses."""
    return set(TERM.findall(text))


def defined(ontology: Graph) -> set[str]:
    return {str(s).removeprefix(str(LSP)) for s in ontology.subjects(RDF.type) if str(s).startswith(str(LSP))}


def test_every_term_of_the_model_page_is_defined(ontology: Graph) -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")

    assert len(terms_in(page)) > 100
    assert terms_in(page) <= defined(ontology)


@pytest.mark.parametrize(
    "file", [*sorted(SHAPES.glob("*.ttl")), *sorted(QUERIES.rglob("*.rq"))], ids=lambda path: path.name
)
def test_every_term_of_a_shape_or_a_question_is_defined(ontology: Graph, file: Path) -> None:
    assert terms_in(file.read_text(encoding="utf-8")) <= defined(ontology)


def test_the_header_states_name_version_licence_and_prefix(ontology: Graph) -> None:
    stated = {str(p).rpartition("/")[2].rpartition("#")[2] for p in ontology.predicates(IRI)}
    version = str(ontology.value(IRI, OWL.versionInfo))

    assert {"versionIRI", "title", "description", "creator", "license", "preferredNamespacePrefix"} <= stated
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert ontology.value(IRI, OWL.versionIRI) == URIRef(f"{IRI}/{version}")


def test_every_property_is_of_one_kind(ontology: Graph) -> None:
    kinds: defaultdict[object, set[object]] = defaultdict(set)
    for kind in KINDS:
        for term in ontology.subjects(RDF.type, kind):
            kinds[term].add(kind)

    assert {term: found for term, found in kinds.items() if len(found) > 1} == {}


def test_every_property_in_use_is_declared(ontology: Graph) -> None:
    declared = {term for kind in KINDS for term in ontology.subjects(RDF.type, kind)}
    used = {p for p in set(ontology.predicates()) if not str(p).startswith(BUILT_IN)}

    assert used - declared == set()


def test_every_class_in_use_is_declared(ontology: Graph) -> None:
    declared = set(ontology.subjects(RDF.type, OWL.Class))
    used = set(ontology.objects(None, RDF.type)) | set(ontology.objects(None, RDFS.subClassOf))
    used |= set(ontology.objects(None, RDFS.domain))

    assert {c for c in used if isinstance(c, URIRef) and not str(c).startswith(BUILT_IN)} - declared == set()


def test_subproperties_are_of_the_kind_of_their_superproperty(ontology: Graph) -> None:
    for term, above in ontology.subject_objects(RDFS.subPropertyOf):
        if not str(above).startswith(BUILT_IN):
            assert KINDS & set(ontology.objects(term, RDF.type)) == KINDS & set(ontology.objects(above, RDF.type))


def test_properties_with_text_or_numbers_are_not_used_with_iris(ontology: Graph) -> None:
    for term in ontology.subjects(RDF.type, OWL.DatatypeProperty):
        assert not [o for o in ontology.objects(None, URIRef(str(term))) if isinstance(o, URIRef)]


def test_properties_that_many_kinds_share_have_no_domain(ontology: Graph) -> None:
    for name in ("area", "from", "until", "during", "theme", "body", "evidence", "basis", "direction", "confidence"):
        assert (LSP[name], RDFS.domain, None) not in ontology


def test_no_range_turns_an_unknown_reference_into_a_known_thing(ontology: Graph) -> None:
    assert list(ontology.subject_objects(RDFS.range)) == []


def test_values_that_are_classes_or_properties_stand_in_annotations(ontology: Graph) -> None:
    for name in ("bearerClass", "concernsKind", "bodyClass", "statesProperty", "relation", "relatedKind"):
        assert (LSP[name], RDF.type, OWL.AnnotationProperty) in ontology


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("LocalStrategicPartnership", "NonStatutoryBody"),
        ("CountyCouncil", "ResponsibleAuthority"),
        ("CrimeAndDisorderReductionPartnership", "SubPartnership"),
        ("SustainableCommunityStrategy", "CommunityStrategy"),
        ("LocalAreaAgreement", "Plan"),
        ("DesignatedTarget", "Target"),
        ("PrimaryCareTrust", "CommunitySafetyBearer"),
        ("Board", "Group"),
    ],
)
def test_one_class_lies_within_another(ontology: Graph, narrow: str, wide: str) -> None:
    assert LSP[wide] in set(ontology.transitive_objects(LSP[narrow], RDFS.subClassOf))
