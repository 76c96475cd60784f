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
    """The `lsp-graph` lines of the README, without their comments; a query of one's own is not there to be run."""
    lines = re.findall(r"^\$ (lsp-graph .*)$", README, re.MULTILINE)
    return [line.partition("  #")[0].strip() for line in lines if "my-query.rq" not in line]


def test_the_readme_names_both_commands() -> None:
    assert "$ make serve" in README
    assert "$ make test" in README


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(command: str, real_store: Path, tmp_path: Path) -> None:
    words = shlex.split(command)[1:]

    done = subprocess.run(
        [sys.executable, "-m", "lsp_graph", *words],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"LSP_GRAPH_STORE": str(real_store)},
        check=False,
    )

    assert done.returncode in (0, FINDINGS), done.stderr
    assert done.stdout or (tmp_path / "findings.csv").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_points_only_to_what_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_every_setting_is_in_the_readme() -> None:
    named = set(re.findall(r'environment\.get\("(\w+)"|number\("(\w+)"', (ROOT / "lsp_graph/settings.py").read_text()))

    for names in named:
        name = "".join(names).removeprefix("LSP_GRAPH_")
        assert f"`LSP_GRAPH_{name}`" in README, name
