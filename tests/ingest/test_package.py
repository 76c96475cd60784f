"""A source folder is read whole or not at all, and every bad row is told at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lsp_graph.errors import InputError
from lsp_graph.ingest.package import read_package

HEADER = "key,begins,number,document,place,confidence\n"
GOOD = HEADER + "a,2009-04-01,3,000,page 1,sourced\nb,,,000,,derived\n"
DESCRIPTOR = {
    "name": "demo",
    "title": "A demonstration",
    "licenses": [{"name": "OGL-UK-3.0", "path": "https://example.org/ogl"}],
    "sources": [{"title": "nowhere"}],
    "attribution": "Made for a test.",
    "publisher": "LSP Graph",
    "resources": [
        {
            "name": "things",
            "path": "things.csv",
            "schema": {
                "fields": [
                    {"name": "key", "type": "string", "constraints": {"required": True, "pattern": "[a-z]+"}},
                    {"name": "begins", "type": "date"},
                    {"name": "number", "type": "integer", "constraints": {"minimum": 1}},
                    {"name": "document", "type": "string", "constraints": {"required": True}},
                    {"name": "place", "type": "string"},
                    {"name": "confidence", "type": "string", "constraints": {"enum": ["sourced", "derived"]}},
                ],
                "primaryKey": ["key"],
            },
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "demo"
    made.mkdir()
    (made / "datapackage.json").write_text(json.dumps(DESCRIPTOR))
    (made / "things.csv").write_text(GOOD)
    return made


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_package(folder)
    return [str(p).removeprefix(f"{folder}/") for p in refused.value.problems]


def test_rows_are_typed_and_know_their_file_and_line(folder: Path) -> None:
    first, second = read_package(folder).tables["things"]

    assert (first.text("key"), first["number"], str(first.day("begins")), first.line) == ("a", 3, "2009-04-01", 2)
    assert (second.day("begins"), second["place"], second.line) == (None, None, 3)
    assert first.file.endswith("things.csv")


def test_a_cell_that_is_missing_where_text_is_wanted_names_its_row(folder: Path) -> None:
    _, second = read_package(folder).tables["things"]

    with pytest.raises(InputError, match=r"things\.csv:3: place is empty"):
        second.text("place")


def test_all_bad_rows_are_told_with_what_would_be_right(folder: Path) -> None:
    (folder / "things.csv").write_text(
        HEADER + "a,Sepember 2008,x,000,,sourced\nA9,,0,000,,memory\na,,,000,,sourced\nc,,,,,derived\n"
    )

    assert problems(folder) == [
        "things.csv:2: begins 'Sepember 2008'; expected a date YYYY-MM-DD",
        "things.csv:2: number 'x'; expected a whole number, at least 1",
        "things.csv:3: confidence 'memory'; expected one of sourced, derived",
        "things.csv:3: key 'A9'; expected text of the form [a-z]+, not empty",
        "things.csv:3: number '0'; expected a whole number, at least 1",
        "things.csv:4: row 'a, 000, sourced'; expected a key that no other row has",
        "things.csv:5: document ''; expected text, not empty",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEADER + "a,,,000\n", "too few cells"),
        (HEADER + "a,,,000,,sourced,more\n", "more cells than columns"),
        (HEADER + "a,,,000,,sourced\n,,,,,\n", "an empty line"),
        ("key,place\na,b\n", "no column"),
        ("", "cannot be read"),
    ],
)
def test_a_table_of_the_wrong_form_is_refused(folder: Path, text: str, told: str) -> None:
    (folder / "things.csv").write_text(text)

    assert any(told in line for line in problems(folder)), problems(folder)


def test_a_table_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / "things.csv").write_bytes(GOOD.encode() + b"\xff\xfe,,,000,,sourced\n")

    assert problems(folder) == ["things.csv: not UTF-8; expected UTF-8 text"]


def test_a_table_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "things.csv").unlink()

    assert problems(folder)[0].startswith("things.csv: cannot be read; expected a CSV file")


@pytest.mark.parametrize(
    ("descriptor", "told"),
    [
        ("{", "datapackage.json:1: "),
        ("[]", "datapackage.json:1: list; expected a JSON object"),
        (json.dumps({**DESCRIPTOR, "licenses": []}), "datapackage.json: licenses is missing"),
        (json.dumps({**DESCRIPTOR, "name": "other"}), "datapackage.json: name 'other'; expected 'demo'"),
    ],
)
def test_a_descriptor_that_is_wrong_is_told(folder: Path, descriptor: str, told: str) -> None:
    (folder / "datapackage.json").write_text(descriptor)

    assert problems(folder)[0].startswith(told)


def test_a_table_that_does_not_say_who_says_so_is_refused(folder: Path) -> None:
    described = json.loads(json.dumps(DESCRIPTOR))
    described["resources"][0]["schema"]["fields"].pop()
    (folder / "datapackage.json").write_text(json.dumps(described))

    assert problems(folder) == ["datapackage.json: table 'things' has no column 'confidence'; expected the column"]
