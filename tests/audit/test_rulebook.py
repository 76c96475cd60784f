"""Shapes that cannot be used are refused: an audit never conforms because it checked nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_graph.audit import AuditReport
from lsp_graph.audit.rulebook import read_rulebook
from lsp_graph.errors import InputError
from lsp_graph.layout import SHAPES

REFUSED = Path(__file__).parent / "refused"


def test_a_folder_without_shapes_is_refused(tmp_path: Path, audited: Callable[..., AuditReport]) -> None:
    with pytest.raises(InputError, match="no shape that has a target"):
        audited("millbrook", shapes=tmp_path)


def test_the_shapes_that_check_the_vocabulary_are_no_rulebook(tmp_path: Path) -> None:
    shutil.copy(SHAPES / "C.ttl", tmp_path / "vocabulary.ttl")

    with pytest.raises(InputError, match="no shape that has a target"):
        read_rulebook(tmp_path)


@pytest.mark.parametrize("file", sorted(REFUSED.glob("*.ttl")), ids=lambda file: file.stem)
def test_a_bad_shape_is_refused_with_its_file_and_what_would_be_right(file: Path, tmp_path: Path) -> None:
    shutil.copy(file, tmp_path)
    expected = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")

    with pytest.raises(InputError, match=rf"{file.name}.*{expected}"):
        read_rulebook(tmp_path)


def test_every_bad_file_is_named_at_once(tmp_path: Path) -> None:
    for file in REFUSED.glob("*.ttl"):
        shutil.copy(file, tmp_path)

    with pytest.raises(InputError) as refused:
        read_rulebook(tmp_path)

    assert {Path(problem.file).name for problem in refused.value.problems} == {f.name for f in REFUSED.glob("*.ttl")}
    assert next(p.line for p in refused.value.problems if p.file.endswith("no-turtle.ttl")) == 6


def test_a_shape_the_validator_cannot_use_is_refused(tmp_path: Path, audited: Callable[..., AuditReport]) -> None:
    shutil.copy(Path(__file__).parent / "unusable" / "bad-query.ttl", tmp_path)

    with pytest.raises(InputError, match="a query without MINUS, which SHACL does not allow here"):
        audited("millbrook", shapes=tmp_path)


def test_a_shape_says_its_severity_as_its_level_does() -> None:
    severities = {"law": "Violation", "guidance": "Warning", "practice": "Info"}
    rulebook = read_rulebook()
    stated = {
        shape.iri: str(value).rpartition("#")[2]
        for shape in rulebook.shapes
        for predicate, value in rulebook.graph.predicate_objects(shape.iri)
        if str(predicate).endswith("#severity")
    }

    assert stated == {shape.iri: severities[shape.level] for shape in rulebook.shapes}


def test_a_shape_is_named_after_its_rule() -> None:
    assert all(shape.iri.rpartition("#")[2].startswith(f"{shape.code}-") for shape in read_rulebook().shapes)


def test_a_rule_has_one_level() -> None:
    rulebook = read_rulebook()

    assert len({(shape.code, shape.level) for shape in rulebook.shapes}) == len(rulebook.codes)
