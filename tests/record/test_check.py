"""A record is read whole or not at all; every problem is told at once, with its place and what would be right."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_graph.errors import InputError, Problem
from lsp_graph.record import Known, Tables, TextRow, check_tables, read_format, read_record, read_tables
from tests.record.conftest import GOOD

CASES = list(csv.DictReader((Path(__file__).parent / "bad-cells.csv").open(encoding="utf-8", newline="")))
FORM = read_format()


def spoilt(tables: Tables, table: str, key: str, column: str, value: str) -> tuple[Tables, TextRow]:
    """The tables with one cell changed, and the row that it is in."""
    names = FORM.tables[table].primary_key or ("areas",)
    rows = list(tables[table])
    (place,) = [n for n, row in enumerate(rows) if "+".join(row.cells[name] for name in names) == key]
    cells = {**rows[place].cells, column: value}
    rows[place] = replace(rows[place], cells={name: cell for name, cell in cells.items() if cell})
    return {**tables, table: rows}, rows[place]


def problems(tables: Tables, known: Known | None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refused:
        check_tables(tables, FORM, known, key="F06000001")
    return refused.value.problems


@pytest.mark.parametrize("place", sorted(GOOD.parent.iterdir()), ids=lambda path: path.name)
def test_a_complete_record_has_no_problem(place: Path, known: Known) -> None:
    record = read_record(place, known)

    assert {row.table.name for row in record.rows} >= {"partnership", "members", "strategies", "accountabilities"}
    assert len(record.of("partnership")) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['table']}-{case['column']}-{case['value']}")
def test_a_bad_cell_is_told_with_its_place_and_what_would_be_right(
    case: dict[str, str], good: Tables, known: Known
) -> None:
    tables, row = spoilt(good, case["table"], case["key"], case["column"], case["value"])

    found = [problem for problem in problems(tables, known) if (problem.file, problem.line) == (row.file, row.line)]

    assert f"{row.file}:{row.line}: {case['column']}: {case['told']}" in [str(problem) for problem in found]
    assert {problem.column for problem in found} == {case["column"]}


def test_the_cases_have_every_kind_of_value() -> None:
    tried = {(case["table"], case["column"]) for case in CASES}
    kinds = {column.value for table in FORM.tables.values() for column in table.columns} - {"text", "none"}

    assert kinds == {
        column.value for table in FORM.tables.values() for column in table.columns if (table.name, column.name) in tried
    } - {"text", "none"}


def test_all_problems_of_all_tables_are_told_at_once(good: Tables, known: Known) -> None:
    tables = good
    for case in CASES[:1] + [case for case in CASES if case["table"] in ("targets", "meetings", "sources")][:4]:
        tables, _ = spoilt(tables, case["table"], case["key"], case["column"], case["value"])

    found = problems(tables, known)

    assert len({problem.file for problem in found}) >= 2
    assert list(found) == sorted(found, key=lambda one: (one.file, one.line or 0, one.column or "", one.value))


def test_a_key_given_twice_is_told_with_the_line_that_has_it(good: Tables, known: Known) -> None:
    rows = list(good["groups"])
    rows.append(replace(rows[0], line=99))

    (problem,) = problems({**good, "groups": rows}, known)

    assert (problem.line, problem.column) == (99, "key")
    assert problem.expected == f"a key that no other row has; line {rows[0].line} has it"


def test_what_stands_outside_is_not_looked_up_without_a_register(good: Tables) -> None:
    tables, _ = spoilt(good, "partnership", "F06000001", "lead_council", "E09000028")

    record = check_tables(tables, FORM, None, key="F06000001")

    assert str(record.of("partnership")[0].one("lead_council")).endswith("/authority/E09000028>")


def told(folder: Path) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_record(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in refused.value.problems]


def test_a_file_that_is_no_table_is_told_with_the_one_that_was_meant(folder: Path) -> None:
    (folder / "groups.csv").rename(folder / "group.csv")

    assert any(line.startswith("group.csv: no table of this format; expected groups.csv") for line in told(folder))


def test_a_file_that_is_not_utf_8_is_told(folder: Path) -> None:
    (folder / "funding.csv").write_bytes("key,amount\nfund,£5\n".encode("latin-1"))

    assert told(folder)[0].startswith("funding.csv:2: byte 16 (A3) is not UTF-8; expected UTF-8 text")


def test_a_byte_order_mark_and_blank_lines_are_no_problem(folder: Path, known: Known) -> None:
    path = folder / "meetings.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b",,,,\r\n\r\n")

    assert read_record(folder, known).of("meetings") != []


def test_an_unknown_column_a_missing_one_and_a_cell_too_many_are_told(folder: Path) -> None:
    (folder / "meetings.csv").write_text("key,held_bye,source,place\nm1,partnership,terms-2008,p. 1,more\n")

    found = [line for line in told(folder) if line.startswith("meetings.csv")]

    assert found[0] == "meetings.csv:1: column 'held_bye'; expected held_by or held_on?"
    assert any("no column 'held_by'; expected the column: Who meets." in line for line in found)
    assert "meetings.csv:2: 5 cells; expected 4 cells, as in the header" in found


def test_a_quotation_that_does_not_end_is_told(folder: Path) -> None:
    (folder / "meetings.csv").write_text('key,held_by,source,place\nm1,"partnership,terms-2008,p. 1\n')

    assert any(line.startswith("meetings.csv: unexpected end of data") for line in told(folder))


def test_a_record_needs_one_partnership_and_a_source(folder: Path) -> None:
    (folder / "partnership.csv").unlink()
    (folder / "sources.csv").write_text("key,name\n")

    found = told(folder)

    assert "partnership.csv: 0 rows; expected one row" in found
    assert "sources.csv: no row; expected at least one row" in found


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_record(tmp_path / "nowhere")


def test_the_line_told_is_that_on_which_a_row_begins(folder: Path) -> None:
    (folder / "meetings.csv").write_text(
        'key,held_by,held_on,source,place\nm1,partnership,,terms-2008,"p. 1\np. 2"\n'
        "m2,partnership,soon,terms-2008,p. 1\n"
    )
    tables, _ = read_tables(folder, FORM)

    assert [row.line for row in tables["meetings"]] == [2, 4]
    assert "meetings.csv:4: held_on: 'soon'; expected a date YYYY-MM-DD" in told(folder)
