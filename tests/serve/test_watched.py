"""What operators see of the service, and what browsers are told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from lsp_graph.settings import Settings
from tests.serve.conftest import Server, running

SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"


def figure(server: Server, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", server.http.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_the_figures_count_what_was_answered(server: Server) -> None:
    name = 'lsp_graph_request_seconds_count{path="sparql",status="200"}'
    before = figure(server, name)
    server.get("ASK {}")

    assert figure(server, name) == before + 1


def test_the_figures_count_queries_that_were_ended(server: Server) -> None:
    name = 'lsp_graph_workers_ended_total{why="timeout"}'
    before = figure(server, name)

    assert server.get(SLOW).status_code == httpx.codes.GATEWAY_TIMEOUT
    assert figure(server, name) == before + 1


def test_the_figures_name_the_version_of_the_data(server: Server) -> None:
    version = server.http.get("/health").json()["version"]

    assert f'lsp_graph_data_info{{version="{version}"}} 1.0' in server.http.get("/metrics").text


def test_a_service_with_workers_is_ready(server: Server) -> None:
    assert server.http.get("/ready").status_code == httpx.codes.OK


@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/api/v1/questions", "/nowhere", "/api/docs", "/metrics"])
def test_every_answer_is_guarded(server: Server, path: str) -> None:
    headers = server.http.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]


def test_the_documentation_page_has_no_script_of_its_own(server: Server) -> None:
    page = server.http.get("/api/docs").text
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)

    assert scripts
    assert all("src=" in attributes and not text.strip() for attributes, text in scripts)
    for attributes, _ in scripts:
        address = httpx.URL(f"{server.url}/api/docs").join(re.search(r'src="([^"]+)"', attributes)[1])  # type: ignore[index]
        assert server.http.get(address).status_code == httpx.codes.OK


def test_the_access_log_has_a_line_for_each_exchange_and_neither_tokens_nor_long_queries(
    small: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    long = "ASK {} # " + "a comment without end " * 100
    with running(replace(small, access_log=str(log), timeout=20)) as one:
        one.http.get("/sparql", params={"query": "ASK {}"}, headers={"authorization": "Bearer secret-token"})
        one.get(long)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    assert [(line["path"], line["status"]) for line in lines] == [("/sparql", 200), ("/sparql", 200)]
    assert lines[0]["query"] == "query=ASK {}"
    assert lines[1]["query"].endswith(" characters")
    assert "secret-token" not in log.read_text(encoding="utf-8")
