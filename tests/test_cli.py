"""The command keeps its contract: what it prints, where errors go, and with which status it ends."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_graph.store import StoreDirectory
from tests.copies import copy_of

Run = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = (
    *("build", "serve", "audit", "who", "ask", "questions", "sparql", "publish", "search", "network", "export"),
    *("template", "check", "ingest", "versions", "diff", "restore", "backup", "compact", "token", "validate"),
)


@pytest.fixture
def run(real_store: Path, tmp_path: Path) -> Run:
    """Run `lsp-graph` as a user does, on the real graph."""

    def run_it(*words: str, store: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lsp_graph", *words],
            capture_output=True,
            text=True,
            input=stdin,
            cwd=tmp_path,
            env={"LSP_GRAPH_STORE": str(store or real_store), "PATH": "/usr/bin:/bin"},
            timeout=120,
            check=False,
        )

    return run_it


def refused(done: subprocess.CompletedProcess[str], status: int) -> str:
    """The one line of an error."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")

    assert done.returncode == 0
    assert set(COMMANDS) <= {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}


def test_help_is_quick_because_it_loads_none_of_the_large_libraries() -> None:
    program = """
import sys
from lsp_graph.cli import commands
commands(["--help"], standalone_mode=False)
large = {"fastapi", "networkx", "openpyxl", "pandas", "pyoxigraph", "pyshacl", "rdflib", "shapely"}
print(sorted(large & {*sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_who_sums_up_on_one_screen_what_many_answer_for_alike(run: Run) -> None:
    summed = run("who", "local area agreement", "--area", "Dover").stdout
    full = run("who", "local area agreement", "--area", "Dover", "--full").stdout

    assert "93 accountabilities" in summed
    assert len(summed.splitlines()) < 60 < len(full.splitlines())
    assert summed.count("Kent County Council (lead), to Secretary of State") == 1
    assert "and 23 more, to Kent County Council" in summed
    assert all("says who: " in block for block in summed.split("\n\n")[1:-1])
    assert "Dover District Council\n" in full


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    done = run(command, "--help")

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 4


def test_who_names_the_county_for_the_agreement_that_covers_dover(run: Run) -> None:
    done = run("who", "local area agreement", "--area", "Dover")

    assert done.returncode == 0
    assert "\x1b[" not in done.stdout
    first = done.stdout.split("\n\n")[1]
    assert first.startswith("Kent County Council (lead)")
    assert "Local Government and Public Involvement in Health Act 2007 s.106" in first
    assert "Secretary of State" in first


def test_who_as_json_has_the_shape_of_the_contract(run: Run) -> None:
    told = json.loads(run("who", "community strategy", "--area", "E09000028", "--format", "json").stdout)

    (answer,) = told["answers"]
    assert told["asOf"] == "2008-06-30"
    assert told["completeness"] == "complete"
    assert answer["accountable"] == {
        "iri": "https://w3id.org/lsp/id/authority/E09000028",
        "label": "London Borough of Southwark",
        "class": "LondonBoroughCouncil",
    }
    assert answer["area"] == {"code": "E09000028", "label": "Southwark"}
    assert answer["direction"] == "to-citizens"
    assert answer["lead"] is True
    assert [basis["label"] for basis in answer["basis"]] == ["Local Government Act 2000 s.4"]
    assert [who["label"] for who in answer["to"]] == ["the people of Southwark"]
    assert [who["label"] for who in answer["approvedBy"]] == ["London Borough of Southwark"]
    assert answer["derivedBy"] == "community-strategy-duty"
    assert any("information sheet" in cited["source"] for cited in answer["evidence"])


def test_who_explains_how_an_answer_came_about_and_where_it_leads(run: Run) -> None:
    words = ("who", "community strategy", "--area", "Southwark", "--explain")
    told = run(*words).stdout
    (answer,) = json.loads(run(*words, "--format", "json").stdout)["answers"]

    assert "binds every principal local authority" in told
    assert "[citizens]" in told
    assert "\x1b[" not in told
    assert [hop["end"] for hop in answer["chain"]["hops"]] == ["citizens"]
    assert answer["chain"]["derivation"]["facts"][0]["kind"] == "duty"


def test_search_finds_what_is_misspelt_and_says_when_there_is_nothing(run: Run) -> None:
    assert "https://w3id.org/lsp/id/area/E09000028" in run("search", "sothwark", "--kind", "area").stdout
    assert "Nothing goes by 'quagmire'" in run("search", "quagmire").stdout
    assert "one of area, body" in refused(run("search", "Kent", "--kind", "village"), 2)


def test_network_tells_what_it_is_computed_from(run: Run) -> None:
    told = json.loads(run("network", "--limit", "3", "--format", "json").stdout)

    assert len(told["standings"]) == 3
    assert told["computedFrom"] == ["named partners of agreements"]
    assert "Southwark Primary Care Trust" in run("network", "--between", "Southwark", "Lambeth").stdout


def test_who_as_csv_has_a_line_for_each_accountability(run: Run) -> None:
    rows = list(csv.DictReader(run("who", "crime", "--area", "Dover", "--format", "csv").stdout.splitlines()))

    assert {row["direction"] for row in rows} == {"between-partners"}
    assert {"Dover District Council", "Kent County Council", "Kent Police"} <= {row["accountable"] for row in rows}


def test_no_area_is_a_word_misspelt_but_a_matter_may_be(run: Run) -> None:
    assert "Children Act 2004 s.10" in run("who", "childrens trst", "--area", "Southwark").stdout


def test_ask_says_that_an_answer_is_a_lower_bound_and_what_is_missing(run: Run) -> None:
    done = run("ask", "Q03", "--area", "E09000028")

    assert "A lower bound" in done.stdout
    assert "missing: Youth offending team: no list of bodies" in done.stdout
    assert "Southwark Primary Care Trust" in done.stdout


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "records"])
def test_ask_answers_in_every_form(run: Run, form: str) -> None:
    done = run("ask", "Q12", "--area", "Southwark", "--format", form)

    assert done.returncode == 0
    assert "Healthy Southwark" in done.stdout


def test_questions_are_listed_with_their_parameters(run: Run) -> None:
    listed = run("questions").stdout

    assert "Q03" in listed
    assert "who-must-co-operate-in-an-agreement" in listed
    assert "--area" in listed


def test_sparql_answers_from_standard_input(run: Run) -> None:
    query = (
        "PREFIX lsp: <https://w3id.org/lsp/ont#> SELECT (COUNT(*) AS ?n) { ?a lsp:termFrom ?d ; lsp:agreementRound ?r }"
    )

    done = run("sparql", "-", "--format", "csv", stdin=query)

    assert done.stdout.split() == ["n", "150"]


@pytest.mark.parametrize("form", ["turtle", "nt", "rdf"])
def test_sparql_gives_triples(run: Run, form: str) -> None:
    query = "CONSTRUCT WHERE { <https://w3id.org/lsp/id/area/E09000028> ?p ?o }"

    done = run("sparql", "-", "--format", form, stdin=query)

    assert "E09000028" in done.stdout


def test_a_malformed_query_is_refused_with_its_place(run: Run) -> None:
    assert "line 2, column" in refused(run("sparql", "-", stdin="SELECT *\nWHERE { ?s ?p }"), 2)


def test_a_form_that_the_answer_does_not_have_is_refused(run: Run) -> None:
    line = refused(run("sparql", "-", "--format", "turtle", stdin="SELECT * { ?s ?p ?o } LIMIT 1"), 2)

    assert "for solutions one of json, xml, csv, tsv" in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("who", "crime", "--area", "Atlantis"), "'Atlantis' is no area that is known here"),
        (
            ("who", "xyzzy", "--area", "Southwark"),
            "'xyzzy' is no matter of accountability of 2008-06-30 that is known here",
        ),
        (("who", "crime", "--as-of", "30/6/2008"), "'30/6/2008' is no date; expected YYYY-MM-DD"),
        (("who", "crime", "--by", "Nobody At All"), "'Nobody At All' is no body that is known here"),
        (("ask", "Q99"), "'Q99' is no question that is known here"),
        (("ask", "Q03"), "area"),
        (("ask", "Q03", "--area"), "--area has no value"),
        (("ask", "Q03", "--area", "Dover", "--place", "Dover"), "place"),
        (("audit", "--rule", "Z99"), "Z99"),
        (("sparql", "nowhere.rq"), "nowhere.rq"),
        (("build", "--frobnicate"), "No such option"),
    ],
)
def test_misuse_is_one_clear_line_and_status_2(run: Run, words: tuple[str, ...], told: str) -> None:
    assert told in refused(run(*words), 2)


def test_a_name_that_fits_several_areas_is_refused_with_the_list(run: Run) -> None:
    line = refused(run("who", "crime", "--area", "Durham"), 2)

    assert "E07000056 Durham (non metropolitan district)" in line
    assert "E10000010 Durham (county)" in line


def test_a_day_that_no_calendar_has_is_refused(run: Run) -> None:
    assert "a date YYYY-MM-DD" in refused(run("ask", "Q29", "--area", "Bedford", "--date", "2005-02-30"), 2)


def test_a_store_of_a_newer_format_is_status_3(run: Run, tmp_path: Path, real_store: Path) -> None:
    store = copy_of(real_store, tmp_path / "newer")
    (store / "FORMAT").write_text("99")

    assert "store of format 99" in refused(run("who", "crime", "--area", "Dover", store=store), 3)


def test_a_damaged_store_is_status_3(run: Run, tmp_path: Path, real_store: Path) -> None:
    store = copy_of(real_store, tmp_path / "damaged")
    damaged = store / "versions" / StoreDirectory(store).current() / "merged.nt"
    damaged.write_bytes(damaged.read_bytes()[:-100])

    assert "merged.nt: damaged" in refused(run("ask", "Q14", store=store), 3)


def test_a_command_that_finds_no_store_builds_it_and_says_so(run: Run, tmp_path: Path) -> None:
    done = run("ask", "Q05", store=tmp_path / "fresh")

    assert done.returncode == 0
    assert "no store here yet, building it" in done.stderr
    assert StoreDirectory(tmp_path / "fresh").exists()


def test_a_reader_that_goes_away_is_no_error(real_store: Path) -> None:
    words = [sys.executable, "-m", "lsp_graph", "ask", "Q14", "--store", str(real_store), "--format", "csv"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        assert asking.stderr is not None
        asking.stdout.close()
        told = asking.stderr.read()

    assert "Traceback" not in told
