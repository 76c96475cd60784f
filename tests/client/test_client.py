"""The client answers as the command line and the API do, from the store or from a service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lsp_graph.accountability import who
from lsp_graph.client import Graph, connect
from lsp_graph.errors import InputError, QueryRefused, UnknownName
from lsp_graph.settings import Settings
from lsp_graph.store import EmbeddedBackend
from tests.serve.conftest import running


@pytest.fixture(scope="module", params=["store", "service"])
def graph(request: pytest.FixtureRequest, real_store: Path) -> Iterator[Graph]:
    if request.param == "store":
        yield connect(real_store)
        return
    with running(Settings(store=real_store, port=0)) as server:
        yield connect(server.url)


def test_who_gives_the_accountabilities_as_a_table(graph: Graph, real: EmbeddedBackend) -> None:
    answers = graph.who("local area agreement", area="Dover")
    assert answers.found == who(real, text="local area agreement", area="Dover")
    assert answers.column("accountable")[0] == "Kent County Council"
    assert any("NHS foundation trust: no list of bodies" in note for note in answers.notes)


def test_a_question_is_asked_by_its_number_with_its_parameters(graph: Graph) -> None:
    answer = graph.ask("Q12", area="E09000028")
    assert sorted(map(str, answer.column("subPartnershipLabel"))) == [
        "Employment and Skills Partnership",
        "Enterprise Partnership",
        "Healthy Southwark",
        "Safer Southwark Partnership",
        "Stronger Community Task Group",
        "Young Southwark",
    ]
    assert graph.area("Southwark").ask("Q12").rows == answer.rows


def test_the_library_lists_its_questions(graph: Graph) -> None:
    assert {"Q01, Q11", "Q12"} & set(graph.questions().column("competency"))


def test_sparql_gives_rows_triples_or_truth(graph: Graph) -> None:
    assert graph.sparql("SELECT (1 + 1 AS ?two) {}").rows == ((2,),)
    assert graph.sparql("ASK { ?s ?p ?o }", as_of="2008-06-30").rows == ((True,),)
    assert graph.sparql("CONSTRUCT { <urn:a> <urn:b> 'c' } {}").rows == (("urn:a", "urn:b", "c"),)
    with pytest.raises(QueryRefused):
        graph.sparql("SELECT")


def test_an_audit_of_an_area_gives_findings_and_how_each_rule_fared(graph: Graph) -> None:
    findings = graph.area("Southwark").audit(rule=["E01", "E04"])
    assert findings.report is not None
    assert findings.rules().column("rule") == ["E01", "E04"]
    assert len(findings) == len(findings.report.findings)


def test_an_area_goes_by_its_old_code_too(graph: Graph) -> None:
    assert graph.area("00BE", as_of=date(2008, 6, 30)).iri == graph.area("E09000028").iri


def test_what_is_not_known_is_told(graph: Graph) -> None:
    with pytest.raises(UnknownName):
        graph.area("Nowhere-upon-Sea")
    with pytest.raises(UnknownName):
        graph.ask("no-such-question")
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        graph.who("crime", as_of="30.6.2008")
    for limit in (0, -1):
        with pytest.raises(InputError, match=f"{limit}; expected a number of answers"):
            graph.who("crime", limit=limit)


def test_the_invented_places_are_asked_as_a_world_of_their_own(real_store: Path) -> None:
    invented = connect(real_store, world="fictional")
    assert "Quillhaven" in invented.area("Quillhaven").label
    assert invented.area("Quillhaven").draw().things
    with pytest.raises(UnknownName):
        invented.area("Southwark")
    with pytest.raises(InputError, match="none with a service"):
        connect("http://127.0.0.1:9", world="fictional")
