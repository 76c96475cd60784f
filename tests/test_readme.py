"""What README.md tells a stranger to do works, and what it points to is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FINDINGS = 1


def commands() -> list[str]:
    """The `lsp-graph` lines of the README, without their comments; files and stores of one's own are not there.

    Those that make tokens build upon each other; `serve/test_tokens.py` runs them in their order.
    `boundaries/test_ingest.py` runs the ones that take something in.
    """
    lines = re.findall(r"^\$ (lsp-graph .*)$", README, re.MULTILINE)
    elsewhere = re.compile(r"my-query\.rq|people\.ttl|store\.example|lsp-graph token|lsp-graph (?:ingest|check)")
    return [line.partition("  #")[0].strip() for line in lines if not elsewhere.search(line)]


def test_the_readme_names_both_commands() -> None:
    assert "$ make serve" in README
    assert "$ make test" in README


def run(command: str, store: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lsp_graph", *shlex.split(command)[1:]],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"LSP_GRAPH_STORE": str(store)},
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the file of waivers that the README shows."""
    (shown,) = re.findall(r"^```csv\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "waivers.csv").write_text(shown, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(command: str, real_store: Path, folder: Path) -> None:
    if "--since" in command:
        run("lsp-graph audit --area Southwark --rule C01", real_store, folder)

    done = run(command, real_store, folder)

    assert done.returncode in (0, FINDINGS), done.stderr
    assert done.stdout or [file for file in folder.glob("findings.*") if file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_points_only_to_what_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_every_setting_is_in_the_readme() -> None:
    named = set(re.findall(r'environment\.get\("(\w+)"|number\("(\w+)"', (ROOT / "lsp_graph/settings.py").read_text()))

    for names in named:
        name = "".join(names).removeprefix("LSP_GRAPH_")
        assert f"`LSP_GRAPH_{name}`" in README, name
