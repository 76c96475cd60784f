"""On the real sources, the questions come to the answers that the competency questions expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lsp_graph import answers
from lsp_graph.questions import ask, find
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

from .cases import texts

EXPECTATIONS = sorted(Path(__file__).with_name("real").glob("*.yaml"))


def _expectations() -> list[Any]:
    return [
        pytest.param(expected, id=f"{path.stem}-{index}")
        for path in EXPECTATIONS
        for index, expected in enumerate(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("expected", _expectations())
def test_the_answer_is_the_expected_one(real: EmbeddedBackend, expected: dict[str, Any]) -> None:
    found = ask(
        real, find(expected["question"]), texts(expected.get("arguments")), expected.get("as_of", DEFAULT_AS_OF)
    )
    records = answers.records(found)
    where = expected.get("where", {})
    chosen = [record for record in records if all(record[column] == value for column, value in where.items())]

    assert len(chosen) == expected.get("rows", len(chosen))
    assert found.completeness == expected.get("completeness", found.completeness)
    for column, values in expected.get("values", {}).items():
        assert sorted({record[column] for record in chosen}, key=str) == sorted(values, key=str)
    for column, values in expected.get("among", {}).items():
        assert set(values) - {record[column] for record in chosen} == set()
    for column, values in expected.get("lacks", {}).items():
        assert set(values) & {record[column] for record in chosen} == set()
    for column, parts in expected.get("says", {}).items():
        assert [part for part in parts if not any(part in str(record[column]) for record in chosen)] == []
    for start in expected.get("missing", ()):
        assert any(line.startswith(start) for line in found.missing), start
