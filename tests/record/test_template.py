"""A template says what the format says, fills in what is known with its sources, and runs nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from lsp_graph.errors import InputError
from lsp_graph.namespaces import resource
from lsp_graph.record import Known, Origin, Record, RecordRow, known_things, read_format, read_submission
from lsp_graph.record.codes import code_lists
from lsp_graph.record.recalled import Rows, choices_of_area, key_of_area, recalled
from lsp_graph.record.sheets import HOW_TO, LISTS
from lsp_graph.record.template import GUIDE, Prefilled, choices_of, csv_files, workbook
from lsp_graph.store import EmbeddedBackend
from tests.record.conftest import GOOD

FORM = read_format()
HARMFUL = ('=HYPERLINK("http://example.org")', "+1+1", "-2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0")
ORIGIN = Origin("record/x", "Record", "", "CC0-1.0", "None needed", "A partnership")


@cache
def blank() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(FORM, Prefilled())))


@pytest.fixture(scope="module")
def world(real: EmbeddedBackend) -> EmbeddedBackend:
    return real.world("fictional")


@pytest.fixture(scope="module")
def known(world: EmbeddedBackend) -> Known:
    return known_things(world)


def filled(world: EmbeddedBackend, key: str) -> Prefilled:
    return Prefilled(recalled(world, key, FORM), choices_of_area(world, resource("area", key)))


def stated(path: Path, known: Known) -> set[str]:
    """What a record states, without the places of its rows."""
    quads = read_submission(path, known).quads(ORIGIN, known)
    return {str(quad.triple) for quad in quads if "/evidence/" not in str(quad) and "/table/" not in str(quad)}


def test_there_is_a_sheet_for_each_table_with_its_columns_and_their_help() -> None:
    book = blank()

    assert book.sheetnames == [HOW_TO, *(table.title for table in FORM.tables.values()), LISTS]
    for table in FORM.tables.values():
        head = book[table.title][1]
        assert [cell.value for cell in head] == [column.title for column in table.columns]
        for cell, column in zip(head, table.columns, strict=True):
            assert cell.comment is not None
            assert cell.comment.text.startswith(column.description)


def test_every_column_has_a_prompt_and_those_with_a_list_offer_all_of_it() -> None:
    book = blank()
    for table in FORM.tables.values():
        sheet = book[table.title]
        rules = {
            str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation
        }
        for index, column in enumerate(table.columns, 1):
            rule = rules[get_column_letter(index)]
            assert rule.promptTitle == column.title
            choices = [value for value, _ in choices_of(column, FORM, {})]
            if choices:
                first, _, last = str(rule.formula1).partition("!")[2].replace("$", "").partition(":")
                cells = book[LISTS][f"{first}:{last or first}"]
                assert [row[0].value for row in cells] == choices


@pytest.mark.parametrize("scheme", sorted(code_lists()))
def test_a_code_list_that_a_column_takes_is_offered_with_what_it_means(scheme: str) -> None:
    columns = [one for table in FORM.tables.values() for one in table.columns if one.scheme == scheme]
    for column in columns:
        choices = choices_of(column, FORM, {})

        assert [value for value, _ in choices] == list(code_lists()[scheme])
        assert all(meaning for _, meaning in choices)


def test_the_guide_names_every_column_of_every_table() -> None:
    rows = [tuple(row[:3]) for row in blank()[HOW_TO].iter_rows(values_only=True)]
    guide = csv_files(FORM, Prefilled())[GUIDE]

    for table in FORM.tables.values():
        assert (table.title, None, table.description) in rows
        for column in table.columns:
            assert any(row[1] == column.title and str(row[2]).startswith(column.description) for row in rows)
            assert f"- `{column.name}`: {column.description}" in guide


@pytest.mark.parametrize("form", ["xlsx", "folder"])
def test_a_blank_template_lacks_only_what_must_be_filled_in(form: str, tmp_path: Path) -> None:
    path = written(tmp_path, form, Prefilled())

    with pytest.raises(InputError) as refused:
        read_submission(path)

    assert {(problem.value, problem.expected) for problem in refused.value.problems} == {
        ("0 rows", "one row"),
        ("no row", "at least one row"),
    }


def written(folder: Path, form: str, prefilled: Prefilled) -> Path:
    if form == "xlsx":
        (folder / "record.xlsx").write_bytes(workbook(FORM, prefilled))
        return folder / "record.xlsx"
    for name, text in csv_files(FORM, prefilled).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("form", ["xlsx", "folder"])
@pytest.mark.parametrize("place", ["quillhaven", "ambershire"])
def test_a_template_filled_in_from_the_graph_is_the_record_that_the_graph_has(
    place: str, form: str, world: EmbeddedBackend, known: Known, tmp_path: Path
) -> None:
    accepted = GOOD.parent / place
    key = read_submission(accepted).key

    path = written(tmp_path, form, filled(world, key))

    assert read_submission(path, known).key == key
    assert stated(path, known) == stated(accepted, known)


def test_what_is_known_of_a_real_place_is_filled_in_with_who_says_so(real: EmbeddedBackend) -> None:
    area = resource("area", "E09000028")
    rows = recalled(real, key_of_area(real, area), FORM)

    (partnership,) = rows["partnership"]
    assert (partnership["name"], partnership["areas"], partnership["lead_council"]) == (
        "Southwark Alliance",
        "E09000028",
        "E09000028",
    )
    (agreement,) = rows["agreements"]
    assert agreement["confidence"] == "derived"
    sources = {row["key"] for row in rows["sources"]}
    cited = {row["source"] for table, some in rows.items() if table != "sources" for row in some}
    assert cited
    assert cited <= sources


def test_the_bodies_that_act_in_a_place_are_offered_and_those_of_elsewhere_are_not(real: EmbeddedBackend) -> None:
    choices = choices_of_area(real, resource("area", "E09000028"))

    assert resource("authority", "E09000028").value in choices
    assert resource("body", "environment-agency").value in choices
    assert resource("authority", "E09000022").value not in choices
    assert resource("indicator", "NI-1").value in choices


@pytest.mark.parametrize("text", HARMFUL)
def test_a_text_like_a_formula_is_written_as_text(text: str) -> None:
    rows: Rows = {"groups": [{"key": "board", "name": text}]}
    known: Mapping[str, str] = {resource("area", "E09000028").value: text}

    book = openpyxl.load_workbook(io.BytesIO(workbook(FORM, Prefilled(rows, known))))

    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    assert book["Groups"]["B2"].value == text
    written = csv_files(FORM, Prefilled(rows, known))["groups.csv"]
    assert f"'{text[:2]}" in written
    assert f",{text[:2]}" not in written


def test_what_is_guarded_in_csv_is_read_without_its_guard(tmp_path: Path) -> None:
    rows: Rows = {"groups": [{"key": "board", "name": "+44 board", "kind": "Board", "source": "s", "place": "- 1 -"}]}
    path = written(tmp_path, "folder", Prefilled({**rows, **MINIMAL}))

    (group,) = [row for row in read_rows(path) if row.table.name == "groups"]

    assert (group.one("name"), group.one("place")) == ("+44 board", "- 1 -")


MINIMAL: Rows = {
    "partnership": [{"areas": "E1", "name": "A", "evidence_level": "a", "source": "s", "place": "p. 1"}],
    "sources": [{"key": "s", "name": "A document"}],
}


def read_rows(path: Path) -> list[RecordRow]:
    content = read_submission(path).content
    assert isinstance(content, Record)
    return list(content.rows)
