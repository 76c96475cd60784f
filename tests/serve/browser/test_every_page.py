"""No page bars anybody out, breaks its policy or the rules of HTML, or scrolls sideways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from lsp_graph.serve.pages.routes import ROUTES
from tests.serve.conftest import Server

from . import programs
from .conftest import NARROW, Opening
from .examples import LONG, NO_PAGES, OF_ROUTES, PATHS, PROBLEMS, without_example

_TOO_WIDE = """[...document.querySelectorAll("main *, header *, footer *")]
    .filter(one => !one.closest(".scroll, .CodeMirror, .hidden") && one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
HTML = {"accept": "text/html,*/*;q=0.8"}


def barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds on a page, by all its rules or some."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules is not None:
        options["runOnly"] = {"type": "rule", "values": rules}
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def test_every_route_has_a_page_that_is_looked_at() -> None:
    assert [route.path for route in without_example()] == []
    assert {*OF_ROUTES, *NO_PAGES} == {route.path for route in ROUTES}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_bars_nobody_out_in_light_or_dark_on_a_desk_or_a_phone(opened: Opening, finding: str, path: str) -> None:
    page = opened().go(path.replace("{finding}", finding))
    page.evaluate(programs.AXE.read_text(encoding="utf-8"))
    in_light = barriers(page)
    page.emulate_media(color_scheme="dark")
    in_dark = barriers(page, ["color-contrast", "link-in-text-block"])
    page.set_viewport_size(NARROW)

    assert in_light == []
    assert in_dark == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.evaluate(_TOO_WIDE)


def test_the_html_of_every_page_is_valid(audited: str, real_server: Server, finding: str, tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for number, path in enumerate((*PATHS, *LONG, "/audit/report.html?area=E09000028")):
        file = tmp_path / f"{number}.html"
        file.write_text(html_of(real_server, path.replace("{finding}", finding)).text, encoding="utf-8")
        files[file.name] = path
    faults = [
        f"{files[Path(fault['url']).name]}:{fault.get('lastLine')}: {fault['message']} {fault.get('extract', '')[:120]}"
        for fault in programs.faults_of_html([tmp_path / name for name in files])
        if fault["type"] == "error" or fault.get("subType") == "warning"
    ]

    assert faults == []


def html_of(server: Server, path: str) -> httpx.Response:
    """A page as it is sent."""
    response = server.http.get(path, headers=HTML, follow_redirects=True)
    assert response.headers["content-type"] == "text/html; charset=utf-8", path
    assert response.status_code == PROBLEMS.get(path, 200), path
    return response
