"""The engine passes the project's own cases, in the form of the W3C SHACL test suite: adding one is adding a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import URIRef

from bench.w3c_shacl import Case, cases, difference, opened
from lsp_graph.namespaces import SH
from lsp_graph.shacl import Validation, read_shapes
from tests.shacl import oracle

FOLDER = Path(__file__).parent / "cases"
CASES = cases(FOLDER)
VALIDATED = [case for case in CASES if not case.name.startswith("refused/")]

COMPONENTS = {
    "AndConstraintComponent",
    "ClassConstraintComponent",
    "ClosedConstraintComponent",
    "DatatypeConstraintComponent",
    "DisjointConstraintComponent",
    "EqualsConstraintComponent",
    "HasValueConstraintComponent",
    "InConstraintComponent",
    "LanguageInConstraintComponent",
    "LessThanConstraintComponent",
    "LessThanOrEqualsConstraintComponent",
    "MaxCountConstraintComponent",
    "MaxExclusiveConstraintComponent",
    "MaxInclusiveConstraintComponent",
    "MaxLengthConstraintComponent",
    "MinCountConstraintComponent",
    "MinExclusiveConstraintComponent",
    "MinInclusiveConstraintComponent",
    "MinLengthConstraintComponent",
    "NodeConstraintComponent",
    "NodeKindConstraintComponent",
    "NotConstraintComponent",
    "OrConstraintComponent",
    "PatternConstraintComponent",
    "QualifiedMaxCountConstraintComponent",
    "QualifiedMinCountConstraintComponent",
    "SPARQLConstraintComponent",
    "UniqueLangConstraintComponent",
    "XoneConstraintComponent",
}
"""All of the Recommendation that give results of their own."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_gives_the_results_that_it_expects(case: Case) -> None:
    with oracle.quiet():
        assert difference(case) == ""


@pytest.mark.parametrize("case", VALIDATED, ids=lambda case: case.name)
def test_a_case_has_nodes_that_pass_and_nodes_that_fail(case: Case) -> None:
    with oracle.quiet():
        files = opened(case)
        shapes = read_shapes(files.shapes)
        validation = Validation(shapes, files.select, files.name)
        focused = {(shape.node, node) for shape in shapes.targeted for node in validation.focus_nodes(shape.node)}
        failed = {(result.root, result.root_focus) for result in validation.results()}

    assert failed
    assert {node for _, node in focused} - {node for _, node in failed}, "no node passes every shape"


def test_every_component_breaks_in_some_case() -> None:
    with oracle.quiet():
        broken = {
            str(name).removeprefix(SH)
            for case in VALIDATED
            for name in opened(case).entry.objects(None, URIRef(SH.sourceConstraintComponent.value))
        }

    assert COMPONENTS - broken == set()


def test_every_file_is_reached_by_the_manifest() -> None:
    files = {file for file in FOLDER.rglob("*.ttl") if file.name != "manifest.ttl"}

    assert files == {case.file for case in CASES}
