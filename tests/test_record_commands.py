"""`template` and `check` keep their contract, and the how-to for a partnership officer works as it is written."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from lsp_graph.layout import DATA, ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (ROOT / "docs" / "how-to-record.md").read_text(encoding="utf-8")
GOOD = DATA / "fictional" / "records" / "quillhaven"


@pytest.fixture
def run(real_store: Path, tmp_path: Path) -> Run:
    def run_it(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lsp_graph", *shlex.split(command)[1:]],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"LSP_GRAPH_STORE": str(real_store), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            check=False,
        )

    return run_it


def test_the_how_to_works_as_it_is_written(run: Run, tmp_path: Path) -> None:
    """Its commands say what it says that they do, in its order, with the cells typed that its tables name."""
    steps = re.findall(
        r"^\| sheet \| cell \| what was typed \|\n\|[- |]+\|\n((?:\|[^\n]*\n)+)|^```console\n(.*?)^```",
        PAGE,
        re.M | re.S,
    )
    done = 0
    for typed, shell in steps:
        if typed:
            book = openpyxl.load_workbook(tmp_path / "quillhaven.xlsx")
            for line in typed.splitlines():
                sheet, cell, value = (part.strip() for part in line.strip("|").split("|"))
                book[sheet][cell] = as_typed(value)
            book.save(tmp_path / "quillhaven.xlsx")
            continue
        command, _, shown = shell.removeprefix("$ ").partition("\n")
        ended = run(command)
        assert "Traceback" not in ended.stderr
        if shown:
            assert (ended.stdout + ended.stderr).strip() == shown.strip()
            done += 1
        else:
            assert ended.returncode == 0, ended.stderr
    assert done == 2


def as_typed(value: str) -> str | float | date | None:
    """What a spreadsheet makes of what is typed."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    return float(value) if value.isdigit() else value or None


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.xlsx").write_text("mine")

    done = run("lsp-graph template mine.xlsx")

    assert done.returncode == 2
    assert done.stderr == "mine.xlsx: it is there already; expected a new name: nothing is overwritten\n"
    assert (tmp_path / "mine.xlsx").read_text() == "mine"


def test_a_template_of_another_kind_is_refused(run: Run) -> None:
    done = run("lsp-graph template blank.docx")

    assert done.returncode == 2
    assert "a template of the kind .docx; expected a name that ends with .xlsx" in done.stderr


def test_a_blank_folder_is_made_without_a_store(run: Run, tmp_path: Path) -> None:
    done = run(f"lsp-graph template blank --store {tmp_path / 'nowhere'}")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "blank" / "members.csv").read_text().startswith("key,of,member,sector,")
    assert not (tmp_path / "nowhere").exists()


def test_a_breach_of_the_law_makes_the_status_1_unless_it_is_not_asked_for(run: Run, tmp_path: Path) -> None:
    for path in GOOD.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(
            text.replace(",2008-04-01,2011-03-31,", ",2007-04-01,2011-03-31,"), encoding="utf-8"
        )

    law = run("lsp-graph check . --world fictional --format json")
    never = run("lsp-graph check . --world fictional --fail-on never")

    assert (law.returncode, never.returncode) == (1, 0), law.stderr
    (told,) = json.loads(law.stdout)["records"]
    assert told["key"] == "F06000001"
    new = json.loads(law.stdout)["verdict"]["new"]
    assert any((one["level"], one["outcome"]) == ("law", "failed") for one in new)


def test_problems_are_told_as_json_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "record.zip").write_bytes(b"PK\x03\x04 and no more")

    done = run("lsp-graph check record.zip --world fictional --format json")

    assert done.returncode == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem == {
        "file": "record.zip",
        "sheet": None,
        "line": None,
        "column": None,
        "value": "an archive that is cut off or damaged",
        "expected": "the whole file",
    }
