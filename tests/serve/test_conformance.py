"""The service keeps to the standards on the project's own cases, which have the form of those of the W3C."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph

from bench.w3c_manifest import MF, Case, cases
from bench.w3c_service import Service, serving
from bench.w3c_sparql import difference

CASES = Path(__file__).parent / "cases"
ERRORS = sorted((CASES / "errors").iterdir())
EXPECTED = re.compile(r"#\+ expected: (\d+)(?: at (\d+):(\d+))?\n")

OWN = [case for manifest in sorted(CASES.glob("*/manifest.ttl")) for case in cases(CASES, manifest.parent.name)]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A service on an empty store that may be written to."""
    with serving() as one:
        yield one


@pytest.mark.parametrize("case", OWN, ids=lambda case: f"{case.suite}-{case.name}")
def test_the_service_says_what_the_standard_says(service: Service, case: Case) -> None:
    assert difference(case, service) == ""


@pytest.mark.parametrize("file", ERRORS, ids=lambda file: file.name)
def test_what_is_wrong_with_a_text_is_told_with_its_place(service: Service, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    expected = EXPECTED.match(text)
    assert expected is not None

    reply = service.query(text) if file.suffix == ".rq" else service.update(text)

    document = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (int(expected[1]), "application/problem+json")
    assert [document.get("line"), document.get("column")] == [one and int(one) for one in expected.groups()[1:]]


def test_a_case_that_expects_something_else_fails(service: Service) -> None:
    bound, filtered = (next(case for case in OWN if case.name == name) for name in ("bound", "filtered"))
    swapped = Graph() + bound.manifest
    swapped.set((bound.node, MF.result, filtered.one(filtered.node, MF.result) or bound.node))

    assert difference(replace(bound, manifest=swapped), service).startswith("missing")
