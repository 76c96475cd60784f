"""A table says the same in every form, and harms nobody who opens it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_graph.errors import InputError, LspGraphError
from lsp_graph.tables import Table, of_records

TABLE = Table(
    "A <title>",
    ("name", "number", "share", "known", "mixed"),
    (("Ærø & <b>", 1, 0.5, True, "x"), ("=HYPERLINK(1)", None, 2.0, None, 7)),
    ("As of 2008-06-30.",),
)


def test_rows_are_dictionaries_and_columns_are_lists() -> None:
    assert len(TABLE) == 2
    assert next(iter(TABLE))["number"] == 1
    assert TABLE.column("share") == [0.5, 2.0]
    with pytest.raises(KeyError, match="the columns are name, number"):
        TABLE.column("shares")


def test_data_frames_hold_what_the_table_holds() -> None:
    frame = TABLE.to_polars()
    assert frame.columns == list(TABLE.columns)
    assert frame["number"].to_list() == [1, None]
    assert frame["mixed"].to_list() == ["x", "7"]
    assert TABLE.to_pandas()["name"].tolist() == TABLE.column("name")


def test_a_parquet_file_is_read_back_as_it_was() -> None:
    assert polars.read_parquet(io.BytesIO(TABLE.to_bytes("parquet"))).equals(TABLE.to_polars())


def test_json_tells_no_from_not_recorded() -> None:
    assert [row["known"] for row in json.loads(TABLE.to_bytes("json"))] == [True, None]


def test_a_spreadsheet_has_no_formulas_in_it() -> None:
    book = openpyxl.load_workbook(io.BytesIO(TABLE.to_bytes("xlsx")))
    cells = {cell.value: cell.data_type for row in book["data"].iter_rows() for cell in row}
    assert cells["=HYPERLINK(1)"] == "s"
    assert cells[0.5] == "n"
    assert [row[0].value for row in book["about"].iter_rows()] == ["A <title>", "As of 2008-06-30."]


@given(st.sampled_from("=+-@\t\r"), st.text(max_size=5))
def test_no_cell_of_a_csv_file_is_taken_for_a_formula(sign: str, rest: str) -> None:
    written = of_records("t", [{"cell": sign + rest}]).to_bytes("csv").decode()
    assert written.splitlines()[1].lstrip('"').startswith("'") or "\r" in sign


def test_a_notebook_shows_text_as_text() -> None:
    shown = TABLE._repr_html_()
    assert "Ærø &amp; &lt;b&gt;" in shown
    assert "A &lt;title&gt;" in shown
    assert "<b>" not in shown
    assert "As of 2008-06-30." in shown


def test_people_are_not_shown_columns_without_anything_in_them() -> None:
    table = of_records("t", [{"full": "x", "void": None}])
    assert "void" not in str(table)
    assert table.columns == ("full", "void")


def test_a_long_table_says_what_it_leaves_out() -> None:
    table = of_records("t", [{"number": number} for number in range(201)])
    assert "200 of 201 rows are shown." in str(table)
    assert "200 of 201 rows are shown." in table._repr_html_()


def test_a_form_that_there_is_not_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one of csv, xlsx, parquet, json"):
        TABLE.write(tmp_path / "table.doc")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(LspGraphError, match="cannot be written"):
        TABLE.write(tmp_path / "nowhere" / "table.csv")
