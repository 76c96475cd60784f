"""A file that cannot be used is refused with a message for each fault in it, and nothing of it is kept."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from lsp_graph.boundaries import Limits, Origin, ingest_boundaries
from lsp_graph.errors import InputError
from lsp_graph.store import StoreDirectory
from tests.places import WORLD

from .conftest import BAD, GOOD, SAYS, SURVEY

with (BAD / "expected.csv").open(encoding="utf-8", newline="") as _file:
    EXPECTED: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for _row in csv.DictReader(_file):
        EXPECTED[_row["file"]].append(_row)

OPTIONS = {"--crs": "crs", "--code-column": "code_column"}


def test_every_bad_file_has_its_message() -> None:
    assert set(EXPECTED) == {path.name for path in BAD.iterdir()} - {"expected.csv"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_file_is_refused_with_its_messages_and_changes_nothing(name: str, store: StoreDirectory) -> None:
    given = EXPECTED[name][0]["options"].split()
    options = {OPTIONS[option]: value for option, value in zip(given[::2], given[1::2], strict=True)}

    with pytest.raises(InputError) as refused:
        ingest_boundaries([BAD / name], store, SURVEY, world=WORLD, **options)  # type: ignore[arg-type]

    lines = str(refused.value).splitlines()
    assert len(lines) == len(refused.value.problems)
    for row in EXPECTED[name]:
        assert any(line.startswith(str(BAD / name)) and row["message"] in line for line in lines), lines
    assert store.current() == "1"


def test_all_files_are_read_before_any_is_refused_and_none_is_taken_in(store: StoreDirectory) -> None:
    files = [BAD / "nothing.geojson", GOOD / "places.geojson", BAD / "a-point.geojson"]

    with pytest.raises(InputError) as refused:
        ingest_boundaries(files, store, SURVEY, world=WORLD)

    assert {Path(problem.file).name for problem in refused.value.problems} == {"nothing.geojson", "a-point.geojson"}
    assert store.current() == "1"


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(file_bytes=1000), "at most 1,000: generalised outlines will do"),
        (Limits(features=4), "5 features; expected at most 4"),
        (Limits(points=20), "lines of 29 points in all; expected at most 20"),
    ],
)
def test_what_is_too_large_is_refused(store: StoreDirectory, limits: Limits, message: str) -> None:
    with pytest.raises(InputError) as refused:
        ingest_boundaries([GOOD / "places.geojson"], store, SURVEY, world=WORLD, limits=limits)

    assert message in str(refused.value)


def test_no_outline_is_taken_in_without_a_source() -> None:
    with pytest.raises(InputError) as refused:
        Origin("?", "CC BY 4.0", " ")

    assert [problem.file for problem in refused.value.problems] == ["--attribution", "--licence", "--source"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([str(GOOD / "places.geojson")], "boundaries need --source TITLE, --licence URI and --attribution TEXT"),
        (
            [str(BAD / "expected.csv"), str(GOOD / "places.geojson"), *SAYS],
            "expected.csv: no boundaries; expected records or boundaries, not both at once (.geojson, .json",
        ),
        ([str(BAD / "missing.geojson"), *SAYS], "cannot be read (No such file or directory); expected a file of"),
        ([str(BAD / "twice.geojson"), *SAYS, "--world", WORLD], "has an outline already"),
    ],
)
def test_the_command_says_what_is_wrong_in_a_line(store: StoreDirectory, arguments: list[str], message: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lsp_graph", "ingest", "--store", str(store.path), *arguments],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
