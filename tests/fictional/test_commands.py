"""`--world` asks the invented places, says so in JSON, and keeps their audits apart."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_graph.store import StoreDirectory


@pytest.fixture
def store(real_store: Path, tmp_path: Path) -> Path:
    """A store with a ledger of its own, beside the versions that all share."""
    directory = tmp_path / "store"
    directory.mkdir()
    for path in real_store.iterdir():
        if path.name in ("FORMAT", "CURRENT", "versions"):
            (directory / path.name).symlink_to(path)
    return directory


def run(store: Path, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lsp_graph", *words],
        capture_output=True,
        text=True,
        input=stdin,
        env={"LSP_GRAPH_STORE": str(store), "PATH": "/usr/bin:/bin", **environment},
        timeout=120,
        check=False,
    )


def test_who_is_asked_of_a_world_and_says_so(store: Path) -> None:
    done = run(store, "who", "burglaries", "--area", "Ambershire", "--world", "fictional", "--format", "json")

    told = json.loads(done.stdout)
    assert next(iter(told)) == "world"
    assert told["world"] == "fictional"
    assert told["answers"][0]["accountable"]["label"] == "Fenmark Constabulary (fictional)"


def test_an_answer_of_the_real_world_names_none(store: Path) -> None:
    done = run(store, "who", "community strategy", "--area", "Southwark", "--format", "json")

    assert "world" not in json.loads(done.stdout)


def test_a_question_is_asked_of_a_world_and_says_so(store: Path) -> None:
    done = run(store, "ask", "Q12", "--area", "Quillhaven", "--world", "fictional", "--format", "records")

    told = json.loads(done.stdout)
    assert told["world"] == "fictional"
    assert len(told["records"]) == 8


def test_sparql_is_asked_of_a_world(store: Path) -> None:
    query = "SELECT (COUNT(?lsp) AS ?n) { ?lsp a <https://w3id.org/lsp/ont#LocalStrategicPartnership> }"
    done = run(store, "sparql", "-", "--world", "fictional", "--format", "csv", stdin=query)

    assert done.stdout.split() == ["n", "5"]


def test_an_audit_of_a_world_ends_as_its_findings_say_and_is_kept_apart(store: Path) -> None:
    good = run(store, "audit", "--world", "fictional", "--rule", "S01", "--format", "json")
    bad = run(store, "audit", "--world", "fictional-breaches", "--rule", "S01", "--format", "json")

    assert (good.returncode, bad.returncode) == (0, 1)
    assert json.loads(good.stdout)["world"] == "fictional"
    assert [finding["area"]["code"] for finding in json.loads(bad.stdout)["findings"]] == ["F06000001"]
    kept = sorted(path.relative_to(store / "audits").as_posix() for path in (store / "audits").rglob("*.json"))
    assert kept == ["fictional-breaches/000001.json", "fictional/000001.json"]


@pytest.mark.parametrize(
    ("form", "told"),
    [("table", "Audit of the world fictional as of 2008-06-30"), ("html", "Invented places (the world fictional)")],
)
def test_a_report_for_people_says_of_which_world_it_is(store: Path, form: str, told: str) -> None:
    done = run(store, "audit", "--world", "fictional", "--rule", "S01", "--format", form)

    assert told in done.stdout


def test_an_audit_of_a_world_is_compared_with_the_one_before(store: Path) -> None:
    run(store, "audit", "--world", "fictional-breaches", "--rule", "S01")
    done = run(
        store, "audit", "--world", "fictional-breaches", "--rule", "S01", "--since", "latest", "--format", "json"
    )

    assert json.loads(done.stdout)["since"]["new"] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("who", "crime", "--world", "wales"), "'wales' is no world; expected fictional or fictional-breaches"),
        (("who", "crime", "--world", "fictional", "--backend", "http://127.0.0.1:9/"), "--world asks the store"),
        (("audit", "--world", "fictional", "--changed-since", "1"), "leave out --area, --world and --backend"),
    ],
)
def test_what_cannot_be_asked_of_a_world_is_misuse(store: Path, words: tuple[str, ...], told: str) -> None:
    done = run(store, *words)

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_from_before_there_were_worlds_says_how_to_get_them(tmp_path: Path) -> None:
    StoreDirectory(tmp_path / "old").commit([], "nothing")

    done = run(tmp_path / "old", "who", "crime", "--world", "fictional")

    assert done.returncode == 3
    assert "tells nothing of the world fictional; `lsp-graph build` adds it" in done.stderr
