"""The service passes the W3C's SPARQL 1.1 suite over HTTP, where LSP_GRAPH_W3C names a folder with it (`sparql11`)."""

from __future__ import annotations

import pytest

from bench.w3c_service import serving
from bench.w3c_sparql import PARTS, Told, known, run
from tests import w3c


@pytest.fixture(scope="module")
def told() -> list[Told]:
    """What is amiss in each case of the suite."""
    with serving() as service:
        return run(w3c.folder(w3c.SPARQL), service)


def test_every_case_passes_but_those_that_the_store_library_cannot(told: list[Told]) -> None:
    assert len(told) > 500
    assert {f"{one.case.suite}/{one.case.name}": one.amiss for one in told if one.amiss}.keys() == known().keys()


@pytest.mark.parametrize("part", [part for part in PARTS if not part.startswith("query")])
def test_all_else_than_queries_passes_in_full(told: list[Told], part: str) -> None:
    cases = [one for one in told if one.part == part]
    assert cases
    assert [one for one in cases if one.amiss] == []


def test_of_the_queries_as_many_pass_as_the_store_library_itself_passes(told: list[Told]) -> None:
    queries = [one for one in told if one.part in ("query: evaluation and syntax", "result formats")]
    assert len(queries) == 341
    assert sum(not one.amiss for one in queries) >= 329


def test_no_case_is_answered_by_an_error_of_the_service(told: list[Told]) -> None:
    assert [one for one in told if one.amiss.startswith("5")] == []
