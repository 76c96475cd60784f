"""The ontology can be true, and what cannot be true is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from lsp_graph.errors import InputError, StoreUnavailable
from lsp_graph.reasoning import check_consistency

from .conftest import CASES

CONTRADICTIONS = sorted((CASES / "contradictions").glob("*.ttl"))


def test_the_ontology_is_consistent_and_every_class_can_have_a_member(ontology: Graph) -> None:
    found = check_consistency(ontology)

    assert found.holds
    assert not found.inconsistent
    assert found.unsatisfiable == ()
    assert found.seconds > 0


@pytest.mark.parametrize("case", CONTRADICTIONS, ids=lambda path: path.stem)
def test_a_contradiction_is_found(ontology_files: list[Path], case: Path) -> None:
    found = check_consistency([*ontology_files, case])

    assert found.inconsistent
    assert not found.holds


def test_a_class_that_can_have_no_member_is_named(ontology_files: list[Path]) -> None:
    found = check_consistency([*ontology_files, CASES / "impossible-class.ttl"])

    assert not found.inconsistent
    assert found.unsatisfiable == ("https://w3id.org/lsp/ont#StatutoryStrategicPartnership",)
    assert not found.holds


def test_the_model_page_data_are_consistent_with_dates_and_outlines(ontology_files: list[Path]) -> None:
    assert check_consistency([*ontology_files, CASES / "southwark.ttl"]).holds


def test_without_java_the_check_fails_and_says_so(ontology: Graph, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="needs Java") as raised:
        check_consistency(ontology, java=tmp_path / "java")

    assert raised.value.exit_code == 3
    assert "\n" not in str(raised.value)


def test_a_java_that_does_not_work_is_no_consistency(ontology: Graph, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'no such option' >&2\nexit 1\n")
    java.chmod(0o755)

    with pytest.raises(StoreUnavailable, match="failed in Java"):
        check_consistency(ontology, java=java)


def test_a_java_that_cannot_be_started_is_no_consistency(ontology: Graph, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("not a program")

    with pytest.raises(StoreUnavailable, match="cannot start Java"):
        check_consistency(ontology, java=java)


def test_a_file_that_is_not_turtle_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("@prefix a: <urn:a#> .\n\na:b a:c .\n")

    with pytest.raises(InputError) as raised:
        check_consistency([broken])

    assert str(raised.value).startswith(f"{broken}:3: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.ttl"):
        check_consistency([tmp_path / "absent.ttl"])


def test_an_axiom_that_is_not_owl_dl_is_refused() -> None:
    with pytest.raises(InputError, match="OWL 2 DL"):
        check_consistency([CASES / "not-dl.ttl"])
