"""
Write the page about the record format, from the table schemas.

    lsp_graph/record/schema/  ->  record-format.md

Run as `python docs/build_record_page.py FILE`; a test keeps docs/record-format.md the same as what this writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from lsp_graph.record import Format, Table, read_format
from lsp_graph.record.described import held

HEAD = """\
# The record of a partnership, as tables

A partnership's own record is a folder of CSV files (UTF-8, first line the names of the columns), one file for each
table below. Only `partnership.csv` and `sources.csv` must be there; a table or column without facts may be left out.
Two complete examples of invented places are in [data/fictional/records](../data/fictional/records): a borough, and a
county with its districts.

- **Keys.** A row goes by a `key` of your own (letters, digits, `.`, `_`, `-`). Other rows refer to it by that key;
  where a cell may refer to several kinds of thing, the kind comes first: `group/board`, `person/leader`. What
  national registers list goes by its code: `authority/E09000028`, `body/E23000001`. `partnership` is the partnership
  itself, `people/E09000028` the people of an area.
- **Several values** in one cell are separated by `;`, where the table says *several*.
- **Dates** are written YYYY-MM-DD, numbers with a point and without signs between the thousands, truth as `true` or
  `false`.
- **Who says so.** Every row cites a document, as a key of `sources.csv`, and the place in it.
- **Periods.** `from` is the first day on which something was so, `until` the last; an empty cell means that it is not
  recorded.
- **What is missing** is no mistake of the format: a record may be partial. `completeness.csv` says what it means to
  cover in full, and only there does an audit count what is missing as a breach. A record is refused only for what
  cannot be read, and then with every problem at once: file, line, column, what stands there, and what would be right.

The tables are declared as [Table Schema](https://specs.frictionlessdata.io/table-schema/) in
`lsp_graph/record/schema/`, with the property that each column states; this page is written from there.
"""


def quoted(text: str) -> str:
    """What is typed as it stands."""
    return f"`{text}`"


def page(form: Format) -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, *(line for table in form.tables.values() for line in section(table, form))])


def section(table: Table, form: Format) -> Iterator[str]:
    """The section about one table."""
    yield f"## {table.title}: `{table.file}`\n"
    yield f"{table.description}\n"
    yield "| column | what it says | what it holds | example | states |"
    yield "| --- | --- | --- | --- | --- |"
    for column in table.columns:
        needed = " **Needed.**" if column.required else ""
        stated = ", ".join(f"`{one}`" for one in dict.fromkeys(column.properties.values()))
        example = f"`{column.example}`" if column.example else ""
        holds = held(column, form, quoted)
        yield f"| `{column.name}` | {column.description}{needed} | {holds} | {example} | {stated} |"
    yield ""


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(page(read_format()), encoding="utf-8")
    print(target)
