"""An answer reads the same in every form."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console

from lsp_graph import answers
from lsp_graph.questions import Answer, ask, find

from .cases import Case, cases

CASES = [pytest.param(case, id=case.name) for case in cases()]


def answer(case: Case) -> Answer:
    return ask(case.backend(), find(case.question), case.arguments, case.as_of)


def one(name: str) -> Answer:
    return answer(next(case for case in cases() if case.name == name))


@pytest.mark.parametrize("case", CASES)
def test_every_form_has_every_row(case: Case) -> None:
    found = answer(case)

    document = json.loads(answers.sparql_results(found, "json"))
    comma = list(csv.reader(io.StringIO(answers.sparql_results(found, "csv").decode())))
    tab = answers.sparql_results(found, "tsv").decode().splitlines()

    assert document["head"]["vars"] == list(found.variables) == comma[0]
    assert (
        len(document["results"]["bindings"])
        == len(answers.records(found))
        == len(comma) - 1
        == len(tab) - 1
        == len(found.rows)
    )


@pytest.mark.parametrize("case", CASES)
def test_a_table_shows_no_iri_where_a_label_stands_beside_it(case: Case) -> None:
    found = answer(case)

    drawn = answers.table(found)

    records = answers.records(found)
    headings = [str(column.header) for column in drawn.columns]
    assert drawn.row_count == len(found.rows)
    for name in found.variables:
        label = f"{name}Label"
        if label in found.variables and answers.heading(name) in headings:
            column = drawn.columns[headings.index(answers.heading(name))]
            assert answers.heading(label) not in headings
            assert list(column.cells) == [str(record[label] or record[name] or "") for record in records]


def test_records_hold_plain_values() -> None:
    (record,) = answers.records(one("is-the-community-strategy-duty-in-force"))

    assert record["inForce"] is False
    assert record["accountable"] == 0
    assert record["until"] == "2015-05-25"


def test_a_document_tells_how_the_question_was_understood() -> None:
    found = answers.document(one("who-is-accountable-for-the-community-strategy"))

    assert found["competency"] == "Q01"
    assert found["arguments"]["area"] == {
        "value": "https://w3id.org/lsp/id/area/E09000028",
        "label": "Southwark",
    }
    assert (found["asOf"], found["completeness"], found["missing"]) == ("2008-06-30", "complete", [])
    assert found["records"][0]["to"] == "the people of Southwark"


def test_a_table_says_yes_and_no_and_words() -> None:
    console = Console(width=400, record=True, file=io.StringIO())

    console.print(answers.table(one("is-the-community-strategy-duty-in-force")))

    text = console.export_text()
    assert "in force" in text
    assert "no" in text
    assert "false" not in text
