"""Every route of the API answers over a store elsewhere as over its own, or says clearly why it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lsp_graph.boundaries import Origin, ingest_boundaries
from lsp_graph.settings import DEFAULT_AS_OF, Settings
from lsp_graph.store import StoreDirectory, open_store
from lsp_graph.store.publish import publish
from tests.places import WORLD, published
from tests.serve.conftest import Server as Service
from tests.serve.conftest import running

from .servers import STARTS, wait_for

OUTLINES = Path(__file__).parent.parent / "boundaries" / "good" / "misfits.geojson"

FOUND = [
    "areas",
    "areas?type=unitary",
    "areas?text=quilhaven",
    "areas?region=Fenmark (fictional)",
    "areas?limit=2&offset=2",
    "areas/F07000001",
    "areas/52.641,-1.48",
    "bodies?limit=1000",
    "bodies?class=CountyCouncil",
    "bodies?area=F06000001",
    "bodies?text=fire",
    "bodies/authority/F06000001",
    "search?q=quill",
    "search?q=staithbi&kind=area",
    "compare?area=F07000001&other=F07000002",
    "compare?type=unitary",
    "gaps",
    "gaps?area=F10000001",
    "network",
    "network?region=F12000001",
    "accountability?for=young people&area=F06000001&explain=true",
    "accountability?for=community strategy&lat=52.641&lon=-1.48",
    "accountability?for=local area agreement&lat=52.642&lon=-1.93",
    "questions",
    "questions/Q12?area=F06000001",
]
REFUSED = {
    "areas?type=hamlet": 404,
    "areas/nowhere": 404,
    "bodies/nobody": 404,
    "bodies?class=Nothing": 404,
    "search": 400,
    "compare?area=F07000001": 400,
    "gaps?area=nowhere": 404,
    "network?region=nowhere": 404,
    "accountability?for=quagmires": 404,
    "accountability?lat=54": 400,
    "accountability?lat=54&lon=-1": 400,
    "accountability?lat=52.6426&lon=-1.86": 400,
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented places, as if they were real, with outlines."""
    made = tmp_path_factory.mktemp("places")
    StoreDirectory(made).commit(published(), "the invented places, as if real")
    ingest_boundaries([OUTLINES], StoreDirectory(made), Origin("Map", "https://example.org/licence", "The map."))
    return made


@pytest.fixture(scope="module")
def service(directory: Path) -> Iterator[Service]:
    with running(Settings(store=directory, port=0)) as one:
        wait_for(f"{one.url}/health", one.process)
        yield one


@pytest.fixture(scope="module")
def relay(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over an Oxigraph server, to which the same graph was published."""
    with STARTS["oxigraph"](tmp_path_factory.mktemp("oxigraph")) as behind:
        publish(open_store(directory), behind.graphs, [DEFAULT_AS_OF])
        with running(Settings(store=directory, port=0, backend=behind.queries)) as one:
            wait_for(f"{one.url}/health", one.process)
            yield one


def in_order(told: Any) -> Any:
    """An answer with the parts of each text that lists things sorted: in which order a store joins them is its own."""
    if isinstance(told, dict):
        return {name: in_order(value) for name, value in told.items()}
    if isinstance(told, list):
        return [in_order(value) for value in told]
    return sorted(told.replace(": ", "; ").split("; ")) if isinstance(told, str) else told


@pytest.mark.parametrize("path", FOUND)
def test_a_route_answers_as_over_its_own_store(relay: Service, service: Service, path: str) -> None:
    here, there = (one.http.get(f"/api/v1/{path}") for one in (service, relay))

    assert there.status_code == here.status_code == 200, there.text
    assert in_order(json.loads(there.text.replace(relay.url, service.url))) == in_order(here.json())
    assert any(isinstance(value, list) and value for value in here.json().values()) or here.json().get("iri")


@pytest.mark.parametrize("path", REFUSED)
def test_what_cannot_be_answered_is_told_alike(relay: Service, service: Service, path: str) -> None:
    here, there = (one.http.get(f"/api/v1/{path}") for one in (service, relay))

    assert there.status_code == here.status_code == REFUSED[path], there.text
    assert there.headers["content-type"] == "application/problem+json"
    assert there.json() == here.json()


@pytest.mark.parametrize(
    "path", ["areas", "bodies", "search?q=fire", "gaps", "network", "accountability?for=crime", "compare?type=unitary"]
)
def test_worlds_and_days_that_are_not_there_are_refused_with_the_reason(relay: Service, path: str) -> None:
    joint = "&" if "?" in path else "?"

    world = relay.http.get(f"/api/v1/{path}{joint}world={WORLD}")
    day = relay.http.get(f"/api/v1/{path}{joint}as-of=2009-06-30")

    assert (world.status_code, day.status_code) == (400, 503)
    assert "worlds of a store elsewhere are not kept here" in world.json()["detail"]
    assert "--as-of 2009-06-30" in day.json()["detail"]
