"""Every term and every concept is documented; each rule of hygiene has a graph that fails by it alone."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef

from lsp_graph.layout import SHAPES

from .conftest import CASES, merged

VOCABULARY = SHAPES / "vocabulary.ttl"
PREFIX = "https://w3id.org/lsp/shapes#vocabulary-"
CASE_FILES = sorted((CASES / "hygiene").glob("*.ttl"))


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return merged([VOCABULARY])


def rules(shapes: Graph) -> set[str]:
    """The names of the shapes that have a target."""
    targets = (SH.targetClass, SH.targetSubjectsOf)
    return {str(s).removeprefix(PREFIX) for target in targets for s in shapes.subjects(target) if isinstance(s, URIRef)}


def broken(data: Graph, shapes: Graph) -> set[str]:
    """The names of the named shapes that a graph breaks, told from the property shapes inside them."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, Graph)
    sources = set(report.objects(predicate=SH.sourceShape))
    owners = {shape for inner in sources for shape in shapes.subjects(SH.property, inner)}
    return {str(shape).removeprefix(PREFIX) for shape in sources | owners if isinstance(shape, URIRef)}


def test_the_ontology_keeps_every_rule(ontology: Graph, shapes: Graph) -> None:
    conforms, _, text = pyshacl.validate(ontology, shacl_graph=shapes)

    assert conforms, text


@pytest.mark.parametrize("case", CASE_FILES, ids=lambda path: path.stem)
def test_a_case_breaks_the_rule_of_its_name_and_no_other(shapes: Graph, case: Path) -> None:
    assert broken(merged([case]), shapes) == {case.stem}


def test_every_rule_has_a_case(shapes: Graph) -> None:
    assert rules(shapes) == {case.stem for case in CASE_FILES}


def test_every_rule_has_a_name_and_a_message(shapes: Graph) -> None:
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        assert (shape, SH.name, None) in shapes
        if str(shape).removeprefix(PREFIX) in rules(shapes):
            assert (shape, SH.message, None) in shapes


def test_there_is_something_to_look_at(ontology: Graph) -> None:
    ours = {s for s in ontology.subjects(RDF.type) if str(s).startswith("https://w3id.org/lsp/ont#")}

    assert len(ours) > 250
