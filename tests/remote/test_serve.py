"""An `lsp-graph serve` can be asked by another one and by every command, and can itself ask a store elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, parse

from lsp_graph.audit import audit
from lsp_graph.errors import QueryRefused, StoreUnavailable
from lsp_graph.questions import ask, library
from lsp_graph.settings import DEFAULT_AS_OF, Settings
from lsp_graph.store import EmbeddedBackend, StoreDirectory, open_store
from lsp_graph.store.publish import publish
from lsp_graph.store.remote import connect
from tests.serve.conftest import Server as Service
from tests.serve.conftest import running

from .conftest import RECORDS
from .servers import STARTS, wait_for

OTHER_DAY = date(2009, 6, 30)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds some records."""
    made = tmp_path_factory.mktemp("recorded")
    names = ("millbrook", "norham", "joint", "complete-sub-partnerships")
    StoreDirectory(made).commit(
        (quad for name in names for quad in parse(path=RECORDS / f"{name}.ttl", format=RdfFormat.TURTLE)), "records"
    )
    return made


@pytest.fixture(scope="module")
def graph(directory: Path) -> EmbeddedBackend:
    return open_store(directory)


@pytest.fixture(scope="module")
def service(directory: Path) -> Iterator[Service]:
    with _listening(Settings(store=directory, port=0)) as one:
        yield one


@pytest.fixture(scope="module")
def relay(graph: EmbeddedBackend, directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over an Oxigraph server."""
    with STARTS["oxigraph"](tmp_path_factory.mktemp("oxigraph")) as behind:
        publish(graph, behind.graphs, [DEFAULT_AS_OF])
        with _listening(Settings(store=directory, port=0, backend=behind.queries)) as one:
            yield one


@contextmanager
def _listening(settings: Settings) -> Iterator[Service]:
    with running(settings) as one:
        wait_for(f"{one.url}/health", one.process)
        yield one


@pytest.mark.parametrize("day", [DEFAULT_AS_OF, OTHER_DAY])
def test_questions_and_audits_are_answered_alike_on_any_day(
    service: Service, graph: EmbeddedBackend, day: date
) -> None:
    there = connect(f"{service.url}/sparql")
    open_questions = [
        one
        for one in library().values()
        if not any(p.required or (p.default and p.type in ("iri", "concept")) for p in one.parameters)
    ]

    assert there.version == graph.version
    assert audit(there, as_of=day) == audit(graph, as_of=day)
    assert len(open_questions) > 5
    for question in open_questions:
        assert ask(there, question, {}, day).rows == ask(graph, question, {}, day).rows


def test_graphs_are_asked_by_name_on_any_day(service: Service, graph: EmbeddedBackend) -> None:
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"

    assert told(connect(f"{service.url}/sparql").query(query, as_of=OTHER_DAY)) == told(
        graph.query(query, as_of=OTHER_DAY)
    )


def told(answer: object) -> list[str]:
    assert isinstance(answer, QuerySolutions)
    return [str(row) for row in answer]


def test_an_answer_cut_at_the_row_limit_is_none(directory: Path) -> None:
    with _listening(Settings(store=directory, port=0, max_rows=5)) as service:
        there = connect(f"{service.url}/sparql")

        with pytest.raises(StoreUnavailable, match=r"left out a part.*rows=5"):
            there.query("SELECT * { ?s ?p ?o }")


def test_a_service_over_a_store_elsewhere_answers_as_over_its_own(relay: Service, service: Service) -> None:
    for path in (
        f"/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D+ORDER+BY+%3Fs+%3Fp+%3Fo&as-of={DEFAULT_AS_OF}",
        "/api/v1/accountability?area=Millbrook",
        "/api/v1/questions/how-many-partnership-areas-by-type-and-region",
    ):
        here = service.http.get(path)
        assert here.status_code == 200
        assert relay.http.get(path).text == here.text


def test_a_stranger_s_query_calls_no_third_party(relay: Service) -> None:
    refused = relay.get("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")

    assert (refused.status_code, refused.json()["column"]) == (403, 12)


def test_a_day_that_is_not_published_cannot_be_had(relay: Service) -> None:
    refused = relay.get("ASK { ?s ?p ?o }", **{"as-of": OTHER_DAY.isoformat()})

    assert refused.status_code == 503
    assert "--as-of 2009-06-30" in refused.json()["detail"]


def test_the_place_of_a_mistake_comes_through(service: Service) -> None:
    with pytest.raises(QueryRefused) as refused:
        connect(f"{service.url}/sparql").query("SELECT *\n{ ?s ?p }")

    assert (refused.value.line, refused.value.column) == (2, 10)
