"""Names that try to be something else do nothing in a browser, and do not push the page apart."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.serve.conftest import Server

from .conftest import NARROW, Opening

QUERY = quote("SELECT ?x ?name { ?x <http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY DESC(STRLEN(?name))")
PATHS = [
    "/areas/E07000991",
    "/areas/E07000991/governance",
    "/areas/E07000992",
    "/bodies",
    "/bodies/body/x",
    "/audit/areas/E07000991",
    "/doc/area/E07000991",
    f"/sparql?query={QUERY}",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_hostile_name_runs_nothing_and_stays_in_its_place(opened: Opening, hostile: Server, path: str) -> None:
    while hostile.http.get("/api/v1/audits/latest", timeout=60).status_code == 503:
        pass  # the audit is being made
    page = opened(url=hostile.url, wide=False).go(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.locator("main script, main style, main iframe, main [onerror], main [onload]").count() == 0
    assert (
        page.evaluate("[...document.links].map(one => one.protocol).filter(one => !/^https?:|^mailto:/.test(one))")
        == []
    )


def test_a_hostile_name_is_read_as_it_was_written(opened: Opening, hostile: Server) -> None:
    page = opened(url=hostile.url).go(f"/sparql?query={QUERY}")

    expect(page.locator("#results")).to_contain_text("<script>alert(5)</script>")
