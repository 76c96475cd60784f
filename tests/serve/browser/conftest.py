"""A browser, and a service for it to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, expect

from tests.serve.conftest import Server
from tests.serve.pages.conftest import hostile as hostile

from . import programs
from .examples import PROBLEMS

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


PATIENCE = 30_000
"""Milliseconds that something may take to appear: other tests run at the same time."""

expect.set_options(timeout=PATIENCE)


@dataclass
class Seen:
    """A page of the browser, and what it complained of: errors, broken policies, what it wanted from elsewhere."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the service, with all that it loads."""
        answer = self.page.goto(f"{self.url}{path}", wait_until="load")
        assert answer is not None
        assert answer.status == PROBLEMS.get(path, 200)
        return self.page

    def heard(self, message: ConsoleMessage) -> None:
        """Note what the console says, but for a page that is a problem, which the browser tells of itself."""
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def asked(self, request: Request) -> None:
        """Note a request to anybody else."""
        if not request.url.startswith((self.url, "data:")):
            self.complaints.append(f"a request to {request.url}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser, ended before any other test of the process: it keeps an event loop running, and one can be but one."""
    with programs.browsing() as one:
        yield one


@pytest.fixture(scope="session")
def audited(real_server: Server) -> str:
    """The address of a service of which the real places and the invented ones have been audited."""
    for world in ({}, {"world": "fictional"}, {"world": "fictional-breaches"}):
        told = latest(real_server, world)
        while told.status_code == 503:
            told = latest(real_server, world)
        assert told.status_code == 200, told.text
    return real_server.url


@pytest.fixture(scope="session")
def finding(audited: str, real_server: Server) -> str:
    """The number of a finding of the latest audit."""
    return str(latest(real_server, {"rule": "A06"}).json()["findings"][0]["id"])


def latest(server: Server, asked: dict[str, str]) -> httpx.Response:
    """The latest audit, which takes its time where it must be made first."""
    return server.http.get("/api/v1/audits/latest", params={**asked, "limit": "1"}, timeout=60)


Opening = Callable[..., Seen]


@pytest.fixture
def opened(browser: Browser, audited: str) -> Iterator[Opening]:
    """Open a fresh browser window; what it complained of by the end fails the test."""
    contexts: list[BrowserContext] = []
    seen: list[Seen] = []

    def opening(*, url: str = audited, wide: bool = True, script: bool = True) -> Seen:
        context = browser.new_context(viewport=WIDE if wide else NARROW, java_script_enabled=script)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        one = Seen(page, url)
        page.on("console", one.heard)
        page.on("pageerror", lambda error: one.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: one.complaints.append(f"a dialog: {dialog.message}"))
        page.on("request", one.asked)
        seen.append(one)
        return one

    yield opening
    for context in contexts:
        context.close()
    assert [complaint for one in seen for complaint in one.complaints] == []
