"""What one client asks cannot harm another, nor reach beyond the graph."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from lsp_graph.settings import Settings

from .conftest import DATA, Server, alive, children, running
from .test_protocol import problem

SMALL = "ASK { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o } ORDER BY ?c ?f ?i ?l ?o"
REFUSED = sorted((DATA / "service" / "refused").glob("*.rq"))


@pytest.fixture(scope="module")
def narrow(small: Settings) -> Iterator[Server]:
    """A server with one worker, which may take little memory."""
    with running(replace(small, workers=1, timeout=2.0, worker_memory_mb=60)) as server:
        yield server


def post(server: Server, query: str) -> httpx.Response:
    return server.http.post("/sparql", content=query, headers={"content-type": "application/sparql-query"})


def test_a_query_that_takes_too_long_is_ended_while_others_are_answered(server: Server) -> None:
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(server.get, ENDLESS)
        answered = 0
        while not slow.done():
            asked = server.get(f"{SMALL} # {answered}")  # of which no answer is kept yet
            assert asked.json()["boolean"] is True
            answered += not slow.done()
    assert answered > 1
    assert "3 seconds" in problem(slow.result(), 504)["detail"]


def test_after_more_endless_queries_than_workers_the_next_small_one_is_answered(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(server.get, [ENDLESS] * 3))
    assert {answer.status_code for answer in answers} <= {503, 504}
    assert server.get(SMALL).json()["boolean"] is True


@pytest.mark.parametrize("sign", ["{", "(", "UNION", "+", "!"])
@pytest.mark.parametrize("depth", [3000, 60_000])
def test_a_query_nested_however_deep_breaks_nobody_else(server: Server, sign: str, depth: int) -> None:
    query = {
        "{": "SELECT * " + "{" * depth,
        "(": "SELECT (" + "(" * depth + "1" + ")" * depth + " AS ?x) {}",
        "UNION": "SELECT * { {} " + "UNION {} " * depth + "}",
        "+": "SELECT (" + "+".join(["1"] * depth) + " AS ?x) {}",
        "!": "SELECT * { FILTER(" + "!" * depth + "true) }",
    }[sign]
    response = post(server, query)
    assert response.status_code == 200 or problem(response, response.status_code)["status"] in (400, 503, 504, 507)
    assert server.get(SMALL).json()["boolean"] is True


def test_a_query_that_breaks_its_worker_is_told_so(server: Server) -> None:
    assert "nested" in problem(post(server, "SELECT * " + "{" * 400_000), 503)["detail"]


def test_a_query_that_takes_too_much_memory_is_ended(narrow: Server) -> None:
    assert "60 MB" in problem(narrow.get(GREEDY), 507)["detail"]
    assert narrow.get(SMALL).json()["boolean"] is True


def test_more_requests_than_can_wait_are_sent_away_with_a_time_to_return(narrow: Server) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(narrow.get, [ENDLESS] * 45))
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) > 10
    assert all(answer.headers["retry-after"] == "1" for answer in busy)
    assert narrow.get(SMALL).status_code == 200


def test_a_query_whose_client_has_gone_does_not_keep_its_worker(small: Settings) -> None:
    with running(replace(small, workers=1, timeout=60.0)) as server:
        with pytest.raises(httpx.ReadTimeout):
            server.http.get("/sparql", params={"query": ENDLESS}, timeout=0.4)
        started = time.monotonic()
        assert server.get(SMALL).status_code == 200
        assert time.monotonic() - started < 15  # and not the minute that was left to it


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in REFUSED])
def test_no_query_reaches_another_server(server: Server, path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.05)
        port = other.getsockname()[1]
        problem(post(server, path.read_text(encoding="utf-8").replace(":9/", f":{port}/")), 403)
        with pytest.raises(TimeoutError):
            other.accept()


@pytest.mark.parametrize("measure", ["cut_off_network", "no_new_descriptors"])
def test_each_measure_alone_keeps_a_query_from_another_server(measure: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.05)
        plain = (DATA / "service" / "refused" / "plain.rq").read_text(encoding="utf-8")
        query = plain.replace(":9/", f":{other.getsockname()[1]}/")
        program = f"""
import pyoxigraph
from lsp_graph.serve.confinement import {measure}
taken = {measure}()
if taken is False:
    print("not offered here")
    raise SystemExit
if taken is not True:
    taken.__enter__()
try:
    list(pyoxigraph.Store().query({query!r}))
except OSError as error:
    print("kept")
"""
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
        assert ended.stdout in ("kept\n", "not offered here\n"), ended.stderr
        with pytest.raises(TimeoutError):
            other.accept()


def test_a_dataset_on_the_web_is_not_fetched(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.05)
        source = f"http://127.0.0.1:{other.getsockname()[1]}/data.ttl"
        query = f"SELECT * FROM <{source}> FROM NAMED <{source}> {{ ?s ?p ?o }}"
        found = server.get(query).json()
        assert found["results"]["bindings"] == []
        with pytest.raises(TimeoutError):
            other.accept()


def test_no_client_notices_that_idle_workers_are_killed(server: Server) -> None:
    for _ in range(10):
        for worker in workers(server):
            os.kill(worker, signal.SIGKILL)
        answers = [server.get(SMALL) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200] * 4


def test_a_query_whose_worker_is_killed_in_its_midst_is_told_so(server: Server) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(server.get, ENDLESS)
        time.sleep(0.5)
        for worker in workers(server):
            os.kill(worker, signal.SIGKILL)
        problem(asked.result(), 507)
    assert server.get(SMALL).status_code == 200


def test_a_keeper_that_is_killed_is_started_again(narrow: Server) -> None:
    (keeper,) = children(narrow.process.pid)
    os.kill(keeper, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while children(narrow.process.pid) in ([], [keeper]) or narrow.get(SMALL).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_keeper_has_one_thread_so_that_its_forks_are_safe(server: Server) -> None:
    (keeper,) = children(server.process.pid)
    assert os.listdir(f"/proc/{keeper}/task") == [str(keeper)]


def test_the_end_of_the_server_is_the_end_of_all_its_processes(small: Settings) -> None:
    with running(small) as server:
        assert server.get(SMALL).status_code == 200
        family = all_processes(server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=5) == 0
        assert gone(family)


def test_a_server_that_is_killed_takes_all_its_processes_with_it(small: Settings) -> None:
    with running(small) as server:
        family = all_processes(server)
        server.process.kill()
        assert gone(family)


def workers(server: Server) -> list[int]:
    return [worker for keeper in children(server.process.pid) for worker in children(keeper)]


def all_processes(server: Server) -> list[int]:
    """The keeper and its two workers; while workers are renewed there may for a moment be one less or more."""
    deadline = time.monotonic() + 5
    while len(family := [*children(server.process.pid), *workers(server)]) != 3:
        assert time.monotonic() < deadline, family
        time.sleep(0.01)
    return family


def gone(processes: list[int]) -> bool:
    deadline = time.monotonic() + 5
    while any(alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_no_two_workers_draw_the_same_at_random(server: Server) -> None:
    query = "SELECT (UUID() AS ?id) (STR(RAND()) AS ?number) (BNODE() AS ?node) {}"

    def drawn(_: int) -> list[str]:
        return server.get(query, "text/csv").text.splitlines()[1].split(",")

    with ThreadPoolExecutor(4) as clients:
        columns = list(zip(*clients.map(drawn, range(40)), strict=True))

    assert [len(set(column)) for column in columns] == [40, 40, 40]
