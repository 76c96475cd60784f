"""What follows by OWL 2 RL: what is wanted, and nothing but."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from lsp_graph.namespaces import LSP, OWL, RDF, RDFS, SKOS, concept, resource
from lsp_graph.reasoning import owl_rl

from .conftest import CASES, triples

SOUTHWARK = resource("authority", "E09000028")
AREA = resource("area", "E09000028")


@pytest.fixture(scope="module")
def given(ontology_files: list[Path]) -> list[ox.Triple]:
    """The ontology with a small record."""
    return triples(*ontology_files, CASES / "southwark.ttl")


@pytest.fixture(scope="module")
def inferred(given: list[ox.Triple]) -> tuple[ox.Triple, ...]:
    return owl_rl(given)


@pytest.mark.parametrize(
    "triple",
    [
        ox.Triple(SOUTHWARK, RDF.type, LSP.ResponsibleAuthority),
        ox.Triple(SOUTHWARK, RDF.type, LSP.CommunitySafetyBearer),
        ox.Triple(SOUTHWARK, RDF.type, LSP.Party),
        ox.Triple(resource("sub-partnership", "E22000001"), RDF.type, LSP.StatutorySubPartnership),
        ox.Triple(AREA, LSP.within, resource("area", "E92000001")),
        ox.Triple(resource("area", "E06000052"), LSP.succeeds, resource("area", "E07000021")),
        ox.Triple(LSP.CountyCouncil, RDFS.subClassOf, LSP.Body),
        ox.Triple(concept("tier", "upper"), RDFS.label, ox.Literal("Upper tier", language="en")),
    ],
    ids=str,
)
def test_it_follows(inferred: tuple[ox.Triple, ...], triple: ox.Triple) -> None:
    assert triple in inferred


@pytest.mark.parametrize(
    "triple",
    [
        ox.Triple(SOUTHWARK, RDF.type, LSP.NonMetropolitanDistrictCouncil),
        ox.Triple(resource("sub-partnership", "southwark-healthy-southwark"), RDF.type, LSP.StatutorySubPartnership),
        ox.Triple(resource("lsp", "E09000028"), RDF.type, LSP.StatutoryBody),
        ox.Triple(resource("area", "E92000001"), RDF.type, LSP.Area),  # it is only pointed to
    ],
    ids=str,
)
def test_it_does_not_follow(inferred: tuple[ox.Triple, ...], triple: ox.Triple) -> None:
    assert triple not in inferred


def test_nothing_is_given_back(given: list[ox.Triple], inferred: tuple[ox.Triple, ...]) -> None:
    assert not set(inferred) & set(given)


def test_every_inferred_triple_is_worth_keeping(given: list[ox.Triple], inferred: tuple[ox.Triple, ...]) -> None:
    vocabulary = {t.subject for t in given if t.predicate == RDF.type and str(t.object).startswith(f"<{OWL}")}
    for triple in inferred:
        assert isinstance(triple.subject, ox.NamedNode)
        assert not isinstance(triple.object, ox.BlankNode)
        assert triple.subject != triple.object
        assert triple.object not in {OWL.Thing, RDFS.Resource}
        if triple.subject in vocabulary:
            assert triple.predicate in {RDFS.subClassOf, RDFS.subPropertyOf}


def test_the_answer_is_sorted_and_does_not_depend_on_the_order_of_what_is_given(
    given: list[ox.Triple], inferred: tuple[ox.Triple, ...]
) -> None:
    assert list(inferred) == sorted(inferred, key=str)
    assert owl_rl(reversed(given)) == inferred


def test_quads_count_as_their_triples(given: list[ox.Triple], inferred: tuple[ox.Triple, ...]) -> None:
    graph = ox.NamedNode("https://w3id.org/lsp/graph/some-source")

    assert owl_rl(ox.Quad(t.subject, t.predicate, t.object, graph) for t in given) == inferred


def test_facts_of_properties_without_axioms_change_nothing(
    given: list[ox.Triple], inferred: tuple[ox.Triple, ...]
) -> None:
    more = [
        ox.Triple(SOUTHWARK, SKOS.note, ox.Literal('a "note"\nof two lines', language="en")),
        ox.Triple(ox.BlankNode(), LSP.resources, ox.Literal("staff")),
        ox.Triple(SOUTHWARK, LSP.about, ox.Triple(SOUTHWARK, LSP.area, AREA)),
    ]

    assert owl_rl([*given, *more]) == inferred


def test_from_nothing_follows_nothing() -> None:
    assert owl_rl([]) == ()
