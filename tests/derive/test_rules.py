"""What the rules derive from a small country is what a person works out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad, QueryResultsFormat, QuerySolutions, RdfFormat, parse

from lsp_graph.derive import apply_rules, rules
from lsp_graph.namespaces import GRAPH
from lsp_graph.store import EmbeddedBackend, in_memory

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def stated() -> set[Quad]:
    triples = parse(path=str(HERE / "country.ttl"), format=RdfFormat.TURTLE)
    return {Quad(t.subject, t.predicate, t.object, GRAPH.demo) for t in triples}


@pytest.fixture(scope="module")
def country(stated: set[Quad]) -> EmbeddedBackend:
    return in_memory(stated | apply_rules(stated))


@pytest.mark.parametrize("case", sorted(HERE.glob("*.rq")), ids=lambda path: path.stem)
def test_the_rules_derive_what_is_written_down(country: EmbeddedBackend, case: Path) -> None:
    answer = country.query(case.read_text(encoding="utf-8"))

    assert isinstance(answer, QuerySolutions)
    csv = answer.serialize(format=QueryResultsFormat.CSV)
    assert csv is not None
    assert csv.decode().splitlines() == case.with_suffix(".csv").read_text(encoding="utf-8").splitlines()


def test_every_rule_derives_something(stated: set[Quad], country: EmbeddedBackend) -> None:
    derived = apply_rules(stated)
    fired = {quad.object for quad in derived if quad.predicate.value.endswith("#derivedBy")}

    assert fired == {rule.iri for rule in rules()}


def test_deriving_again_derives_the_same(stated: set[Quad]) -> None:
    assert apply_rules(stated) == apply_rules(stated)
