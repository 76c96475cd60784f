"""Every page has one frame: it is kept by version, safe, readable without script, and tells problems to people."""

from __future__ import annotations

import re

import httpx
import pytest

from lsp_graph.serve.pages.routes import ROUTES
from tests.serve.conftest import Server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGES = [
    route.path for route in ROUTES if not route.audited and "{" not in route.path and not route.path.endswith(".csv")
]
"""Those of one address that need no audit, which has tests of its own."""

KEPT = [route.path for route in ROUTES if "{" not in route.path and route.kept]


def get(server: Server, path: str, accept: str = BROWSER, **headers: str) -> httpx.Response:
    return server.http.get(path, headers={"accept": accept, **headers})


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_heading_landmarks_and_a_strict_policy(real_server: Server, path: str) -> None:
    page = get(real_server, path)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.text.count("<h1") == page.text.count("<main") == 1
    assert '<html lang="en-GB">' in page.text
    assert 'href="#main"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)|javascript:", page.text)


@pytest.mark.parametrize("path", KEPT)
def test_a_page_that_the_reader_has_already_is_not_sent_again(real_server: Server, path: str) -> None:
    tag = get(real_server, path).headers["etag"]

    assert get(real_server, path, **{"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/search"])
def test_invented_places_are_labelled_on_every_page_and_real_ones_are_not(real_server: Server, path: str) -> None:
    assert "Invented places" in get(real_server, f"{path}?world=fictional").text
    assert "<strong>Invented places" not in get(real_server, path).text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/there-is-no-such-page", 404, "There is nothing here"),
        ("/?as-of=yesterday", 400, "yesterday"),
        ("/?as-of=2008-06-30&as-of=2009-06-30", 400, "given more than once"),
        ("/?world=fictional&world=fictional", 400, "given more than once"),
        ("/?world=narnia", 404, "fictional"),
        ("/search?kind=dragon", 400, "expected one of area"),
        (f"/search?q={'x' * 300}", 400, "expected at most 200"),
    ],
)
def test_a_problem_is_a_page_for_people_and_a_document_for_programs(
    real_server: Server, path: str, status: int, told: str
) -> None:
    page, document = get(real_server, path), get(real_server, path, "application/json")

    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert told in page.text
    assert "Skip to the content" in page.text
    assert "Accept" in page.headers["vary"]
    assert (document.status_code, document.headers["content-type"]) == (status, "application/problem+json")


def test_the_api_tells_problems_in_documents_whoever_asks(real_server: Server) -> None:
    assert get(real_server, "/api/v1/areas/nowhere").headers["content-type"] == "application/problem+json"


def test_a_text_that_is_searched_for_is_shown_as_it_is(real_server: Server) -> None:
    page = get(real_server, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22'")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;" in page.text


def test_a_misspelt_name_is_found_and_leads_to_its_page(real_server: Server) -> None:
    assert "/areas/E09000028" in get(real_server, "/search?q=sothwark").text


def test_the_figures_of_the_first_page_are_those_of_the_graph(real_server: Server) -> None:
    query = "PREFIX lsp: <https://w3id.org/lsp/ont#> "
    query += "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a lsp:LocalStrategicPartnership }"
    counted = real_server.get(query, **{"as-of": "2008-06-30"}).json()["results"]["bindings"][0]["n"]["value"]
    figure = re.search(r"<dt>partnerships,[^<]*</dt><dd>([\d,]+)</dd>", get(real_server, "/").text)

    assert figure is not None
    assert figure[1].replace(",", "") == counted
