"""Behind a reverse proxy, and under a path of it, every address that the service tells leads back to it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from rdflib import RDFS, Graph, URIRef

from lsp_graph.settings import Settings
from tests.serve.conftest import Server, running
from tests.serve.proxy import proxy

AREA = "area/E09000901"


@pytest.fixture(scope="module")
def proxied(small: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The public address of a service under a path of a proxy, and its access log."""
    log = tmp_path_factory.mktemp("proxied") / "access.log"
    with proxy("/lsp") as (base, behind):
        settings = replace(small, public_base=base, trusted_proxies="127.0.0.1", access_log=str(log), timeout=20)
        with running(settings) as server:
            behind.append(server.url)
            yield base, log


def test_a_thing_leads_to_its_document_through_the_proxy(proxied: tuple[str, Path]) -> None:
    base, _ = proxied
    reply = httpx.get(f"{base}/id/{AREA}")
    assert reply.status_code == httpx.codes.SEE_OTHER
    assert reply.headers["location"] == f"{base}/doc/{AREA}"
    assert reply.headers["link"] == f'<{base}/doc/{AREA}>; rel="describedby"'
    assert httpx.get(reply.headers["location"]).status_code == httpx.codes.OK


def test_rdflib_follows_its_nose_through_the_proxy(proxied: tuple[str, Path]) -> None:
    base, _ = proxied
    graph = Graph().parse(f"{base}/id/{AREA}")
    assert str(graph.value(URIRef(f"https://w3id.org/lsp/id/{AREA}"), RDFS.label)) == "Northwick"


def test_every_link_of_a_document_leads_through_the_proxy(proxied: tuple[str, Path]) -> None:
    base, _ = proxied
    reply = httpx.get(f"{base}/doc/{AREA}.html", timeout=20)
    linked = re.findall(r'<([^>]+)>; rel="(?:canonical|alternate)"', reply.headers["link"])
    assert len(linked) > 5
    linked += [urljoin(str(reply.url), found) for found in re.findall(r'(?:href|src)="([^"#]+)"', reply.text)]
    ours = sorted({found for found in linked if found.startswith("http://127.0.0.1")})
    assert all(found.startswith(f"{base}/") for found in ours)
    assert {httpx.get(found, follow_redirects=True, timeout=20).status_code for found in ours} == {httpx.codes.OK}


def test_the_next_page_of_an_audit_is_under_the_path(proxied: tuple[str, Path]) -> None:
    base, _ = proxied
    first = httpx.get(f"{base}/api/v1/audits/latest?limit=1", timeout=60)
    assert first.links["next"]["url"].startswith(f"{base}/api/v1/audits/")
    assert httpx.get(first.links["next"]["url"], timeout=60).status_code == httpx.codes.OK


def test_the_documentation_works_under_the_path(proxied: tuple[str, Path]) -> None:
    base, _ = proxied
    page = httpx.get(f"{base}/api/docs")
    for found in re.findall(r'(?:href|src)="([^"]+)"', page.text):
        assert httpx.get(urljoin(str(page.url), found)).status_code == httpx.codes.OK, found
    document = httpx.get(f"{base}/api/openapi.json").json()
    assert document["servers"] == [{"url": base}]


@pytest.mark.parametrize("path", ["/api/v1/questions", "/void", "/ont", "/shapes", "/sparql?query=ASK%7B%7D"])
def test_what_is_served_is_served_under_the_path(proxied: tuple[str, Path], path: str) -> None:
    base, _ = proxied
    assert httpx.get(f"{base}{path}", timeout=20).status_code == httpx.codes.OK


def test_the_log_names_the_client_and_not_the_proxy(proxied: tuple[str, Path]) -> None:
    base, log = proxied
    httpx.get(f"{base}/health", headers={"x-forwarded-for": "ignored"})
    assert logged(log)["client"] == "127.0.0.1"


def logged(log: Path) -> dict[str, str]:
    """The last line of the access log, which is written once the answer was sent."""
    until = time.monotonic() + 5
    while not (lines := log.read_text(encoding="utf-8").splitlines()):
        assert time.monotonic() < until
        time.sleep(0.01)
    line = json.loads(lines[-1])
    assert isinstance(line, dict)
    return line


def test_a_stranger_is_not_believed_whom_it_speaks_for(small: Settings, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with running(replace(small, access_log=str(log))) as server:
        told = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example"}
        reply = server.http.get(f"/id/{AREA}", headers=told)
    assert reply.headers["location"] == f"{server.url}/doc/{AREA}"
    assert logged(log)["client"] == "127.0.0.1"


def test_a_trusted_proxy_tells_who_asks_and_how(small: Settings, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with running(replace(small, access_log=str(log), trusted_proxies="127.0.0.0/8")) as server:
        told = {"x-forwarded-for": "198.51.100.9, 192.0.2.7", "x-forwarded-proto": "https", "host": "lsp.example"}
        reply = server.http.get(f"/id/{AREA}", headers=told)
    assert reply.headers["location"] == f"https://lsp.example/doc/{AREA}"
    assert logged(log)["client"] == "192.0.2.7"


@pytest.mark.parametrize("path", [f"/doc/{AREA}.html", "/void.html"])
def test_what_is_kept_for_one_address_is_not_given_at_another(server: Server, path: str) -> None:
    for host in ("one.example", "two.example", "one.example"):
        text = server.http.get(path, headers={"host": host}).text
        assert f"http://{host}/" in text
        assert ({"one.example", "two.example"} - {host}).pop() not in text


def test_what_is_kept_in_one_form_is_not_given_in_another(server: Server) -> None:
    forms = ["text/turtle", "application/n-triples", "text/csv", "text/turtle"]
    for form in forms:
        reply = server.http.get(f"/doc/{AREA}", headers={"accept": form})
        assert reply.headers["content-type"].startswith(form)
    twice = httpx.Headers([("accept", "text/csv"), ("accept", "text/turtle")])
    other = httpx.Headers([("accept", "application/n-triples"), ("accept", "text/turtle")])
    told = [server.http.get(f"/doc/{AREA}", headers=fields).headers["content-type"] for fields in (twice, other, twice)]
    assert told[0] == told[2] != told[1]


def test_what_is_kept_for_a_page_elsewhere_is_not_given_to_others(server: Server) -> None:
    told = [
        server.http.get("/api/v1/questions", headers=fields).headers for fields in ({"origin": "https://a.example"}, {})
    ]
    assert ["access-control-allow-origin" in fields for fields in told] == [True, False]
