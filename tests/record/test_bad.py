"""Every bad record is refused with its precise message, within its limits, and changes nothing.

The cases are `bad/texts.csv` (one text of the good record replaced), `bad/sheets.csv` (one thing done to its workbook)
and `bad/files.csv` (what `bad/made.py` makes). `told` is all that is told, a line for each problem.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_graph.errors import InputError
from lsp_graph.layout import ROOT
from lsp_graph.record import Known, Origin, known_things, read_submission
from lsp_graph.store import EmbeddedBackend
from tests.copies import copy_of
from tests.record.bad import made

ORIGIN = Origin("record/F06000001", "Record", "", "CC0-1.0", "None needed", "A partnership")
MOST_SECONDS = 20
MOST_MEGABYTES = 700
"""What reading any one file may take, of processor time and of memory; the interpreter and its libraries in it."""


@pytest.fixture(scope="module")
def known(real: EmbeddedBackend) -> Known:
    """What a record of the invented country may refer to."""
    return known_things(real.world("fictional"))


def cases(name: str) -> list[dict[str, str]]:
    with (made.HERE / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


TEXTS, SHEETS, FILES = cases("texts"), cases("sheets"), cases("files")


def told(path: Path, known: Known | None, name: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_submission(path, known, name=name)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case["case"])
def test_a_spoilt_text_is_refused_with_its_message(case: dict[str, str], known: Known, tmp_path: Path) -> None:
    path, name = tmp_path / "record", "record"
    if case["file"].endswith(".csv"):
        shutil.copytree(made.GOOD, path)
    else:
        path.mkdir()
        shutil.copy(made.HERE / case["file"], path)
    file = path / case["file"]
    text, put = file.read_text(encoding="utf-8"), made.seen(case["put"])
    spoilt = put if case["find"] == "*" else text.replace(made.seen(case["find"]), put)
    assert spoilt != text
    file.write_text(spoilt, encoding="utf-8")
    if not case["file"].endswith(".csv"):
        path, name = file, case["file"]

    assert told(path, known, name) == made.seen(case["told"]).split("\n")


@pytest.mark.parametrize("case", SHEETS, ids=lambda case: case["case"])
def test_a_spoilt_workbook_is_refused_with_its_message(case: dict[str, str], known: Known, tmp_path: Path) -> None:
    path = tmp_path / "record.xlsx"
    path.write_bytes(made.spoilt_workbook(case))

    assert told(path, known, "record.xlsx") == made.seen(case["told"]).split("\n")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", FILES, ids=lambda case: case["case"])
def test_a_bad_file_is_refused_with_its_message(case: dict[str, str], known: Known, tmp_path: Path) -> None:
    path = made.make(case["case"], tmp_path)

    assert told(path, known, case["case"]) == made.seen(case["told"]).split("\n")


def test_there_are_cases_for_all_that_is_made_and_each_once() -> None:
    assert {case["case"] for case in FILES} == {*made.FILES, *made.FOLDERS, "no such file.xlsx"}
    assert len(TEXTS) + len(SHEETS) + len(FILES) > 150
    for some in (TEXTS, SHEETS, FILES):
        assert len({case["case"] for case in some}) == len(some)


@pytest.mark.parametrize("form", ["folder", "zip", "xlsx", "ods"])
def test_the_good_record_is_read_alike_in_every_form(form: str, known: Known, tmp_path: Path) -> None:
    path = tmp_path / f"record.{form}"
    match form:
        case "folder":
            path = made.GOOD
        case "zip":
            path.write_bytes(made.archive())
        case "xlsx":
            path.write_bytes(made.saved(made.workbook()))
        case _:
            path.write_bytes(made.spreadsheet())

    def stated(where: Path) -> set[str]:
        quads = read_submission(where, known).quads(ORIGIN, known)
        return {str(quad.triple) for quad in quads if "/evidence/" not in str(quad) and "/table/" not in str(quad)}

    assert len(stated(path)) > 50
    assert stated(path) == stated(made.GOOD)


@pytest.mark.parametrize("file", ["good.ttl", "good.jsonld"])
def test_the_good_record_in_rdf_is_read(file: str, known: Known) -> None:
    quads = read_submission(made.HERE / file, known).quads(ORIGIN, known)

    assert {str(quad.graph_name) for quad in quads} == {"<https://w3id.org/lsp/graph/record/F06000001>"}


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_all_bad_files_at_once_change_nothing_in_the_store(real_store: Path, tmp_path: Path) -> None:
    names = [case["case"] for case in FILES]
    for name in names:
        made.make(name, tmp_path)
    store = copy_of(real_store, tmp_path / "store")
    before = digest(store)

    done = subprocess.run(
        [sys.executable, "-m", "lsp_graph", "check", "--world", "fictional", "--store", str(store), *names],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert sorted(done.stderr.splitlines()) == sorted(
        line for case in FILES for line in made.seen(case["told"]).split("\n")
    )
    assert digest(store) == before


MEASURED = """
import resource, sys
from pathlib import Path
from lsp_graph.errors import InputError
from lsp_graph.record import read_submission
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
try:
    print(read_submission(Path(sys.argv[1])).size)
except InputError as error:
    print(len(error.problems))
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
(peak,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.parametrize(
    "case",
    [
        "a bomb with a false size.zip",
        "a value a million times.ods",
        "more rows than may be.xlsx",
        "a folder with too many rows",
        "nested without end.jsonld",
        "too many triples.nt",
        "a million empty rows.xlsx",
        "cells as long as may be.xlsx",
    ],
)
def test_reading_is_bounded_in_time_and_memory(case: str, tmp_path: Path) -> None:
    path = made.make(case, tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )

    size, seconds, megabytes = done.stdout.splitlines()
    assert size == "13 rows in 9 tables" if "empty rows" in case else int(size) > 0
    assert float(seconds) < MOST_SECONDS
    assert int(megabytes) < MOST_MEGABYTES
