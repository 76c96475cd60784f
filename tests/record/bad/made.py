"""
The bad files that are made: those that are binary, large, or a folder.

    case  ->  a file or folder, spoilt in the way that the case names

The good record that they are made from is in `good/` and `good.ttl`.
"""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl

from lsp_graph.record import limits, read_format

HERE: Final = Path(__file__).parent
GOOD: Final = HERE / "good"
SIGNS: Final = {"¶": "\n", "→": "\t", "␀": "\0", "␇": "\a", "░": "x" * (limits.CELL_CHARACTERS + 1)}
"""What stands in the tables of cases for what would not be seen there."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_ENTITIES: Final = (
    '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>\n<x>&j;</x>"
)


def seen(text: str) -> str:
    """A text of a table of cases as it is meant."""
    for sign, meant in SIGNS.items():
        text = text.replace(sign, meant)
    return text


def tables() -> dict[str, list[list[str]]]:
    """The tables of the good record, header first."""
    found = {}
    for path in sorted(GOOD.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as text:
            found[path.stem] = list(csv.reader(text))
    return found


def workbook() -> openpyxl.Workbook:
    """The good record as a workbook: sheets and columns by their titles, days as days, numbers as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    form = read_format()
    for name, rows in tables().items():
        table = form.tables[name]
        columns = [next(one for one in table.columns if one.name == column) for column in rows[0]]
        sheet = book.create_sheet(table.title)
        sheet.append([column.title for column in columns])
        for row in rows[1:]:
            cells: list[Any] = []
            for column, text in zip(columns, row, strict=True):
                typed: Any = text or None
                if text and column.value == "date":
                    typed = date.fromisoformat(text)
                elif text and column.value == "number":
                    typed = float(text)
                cells.append(typed)
            sheet.append(cells)
    return book


def spoilt_workbook(case: Mapping[str, str]) -> bytes:
    """The workbook with what a row of `sheets.csv` says done to it."""
    book, name, value = workbook(), case["sheet"], seen(case["value"])
    do, _, what = case["cell"].partition(":")
    sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
    match do:
        case "insert":
            sheet.insert_rows(int(what))
            sheet["A1"] = value or None
        case "merge":
            sheet.merge_cells(what)
        case "rename":
            sheet.title = value
        case "copy":
            for row in book[what].iter_rows(values_only=True):
                sheet.append(row)
        case "hide":
            sheet.sheet_state = "hidden"
        case "hide-well":
            sheet.sheet_state = "veryHidden"
        case "remove":
            book.remove(sheet)
        case "append":
            sheet.append([cell or None for cell in next(csv.reader([value]))])
        case _:
            sheet[do] = typed(value)
            if value.startswith("number:"):
                sheet[do].number_format = "General"
    return saved(book)


def typed(value: str) -> Any:
    """A value of `sheets.csv` as the cell has it."""
    kind, _, text = value.partition(":")
    match kind:
        case "number":
            return float(text)
        case "date":
            return date.fromisoformat(text)
        case "time":
            return datetime.fromisoformat(text)
        case _:
            return value


def saved(book: openpyxl.Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    """The files in an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return written.getvalue()


def excel(changed: Mapping[str, bytes] | None = None) -> bytes:
    """The good workbook with files in it replaced or added."""
    return zipped(parts(saved(workbook())) | dict(changed or {}))


def ods(cells: str = "", attributes: str = "", styles: str = "", files: Mapping[str, bytes] | None = None) -> bytes:
    """A spreadsheet with one sheet, of members, in which `cells` is a row."""
    head = "".join(_string(title) for title in ("Key", "Member of", "Member", "Source", "Place"))
    content = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">
<office:automatic-styles>{styles}</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Members" {attributes}>
<table:table-row>{head}</table:table-row>{cells}
</table:table></office:spreadsheet></office:body></office:document-content>"""
    made = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<manifest/>",
        "content.xml": content.encode(),
    }
    return zipped(made | dict(files or {}))


def spreadsheet() -> bytes:
    """The good record as an OpenDocument spreadsheet: days as days, all else as text."""
    form, sheets = read_format(), []
    for name, rows in tables().items():
        table = form.tables[name]
        head = "".join(_string(next(one.title for one in table.columns if one.name == column)) for column in rows[0])
        lines = [head, *("".join(_string(text) if text else "<table:table-cell/>" for text in row) for row in rows[1:])]
        body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
        # As programs save it: what is below and beside is one cell, many times.
        below = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell'
        below += ' table:number-columns-repeated="16384"/></table:table-row>'
        sheets.append(f'</table:table><table:table table:name="{table.title}">{body}{below}')
    content = parts(ods())["content.xml"].decode()
    before, _, after = content.partition("</table:table>")
    begins = before[: before.index('<table:table table:name="Members"')]
    text = begins + "".join(sheets).removeprefix("</table:table>") + "</table:table>" + after
    return ods(files={"content.xml": text.encode()})


def _string(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def _row(*texts: str, more: str = "", first: str = "") -> str:
    cells = "".join(_string(text, first if number == 0 else "") for number, text in enumerate(texts))
    return f"<table:table-row {more}>{cells}</table:table-row>"


def folder(target: Path, **files: bytes) -> None:
    """The good record as a folder, some of its tables replaced."""
    shutil.copytree(GOOD, target)
    for name, data in files.items():
        (target / f"{name}.csv").write_bytes(data)


def archive(added: Mapping[str, bytes] | None = None) -> bytes:
    """The good record as a zip archive, with files added."""
    return zipped({path.name: path.read_bytes() for path in sorted(GOOD.glob("*.csv"))} | dict(added or {}))


def _with_password() -> bytes:
    """An archive whose files say that they are encrypted."""
    data = bytearray(archive())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def _false_size() -> bytes:
    """An archive that says of a file of 50 MB that it has 100 bytes."""
    data = bytearray(zipped({"members.csv": bytes(50_000_000)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 100)
    return bytes(data)


def _twice() -> bytes:
    written = io.BytesIO(archive())
    with zipfile.ZipFile(written, "a") as opened:
        opened.writestr("members.csv", "key\n")
    return written.getvalue()


def _damaged(data: bytes) -> bytes:
    """An archive with a bit of one file turned."""
    spoilt = bytearray(data)
    at = spoilt.find(b"xl/worksheets/sheet1.xml") + 60
    spoilt[at : at + 8] = b"\xff" * 8
    return bytes(spoilt)


def _many_rows() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Members")
    for number in range(limits.ROWS + 1):
        sheet.append(["Key" if number == 0 else f"m{number}"])
    return saved(book)


def _empty_rows() -> bytes:
    """The good workbook, with a million rows in one sheet that have a form and no value."""
    files = parts(saved(workbook()))
    sheet = files["xl/worksheets/sheet1.xml"].decode()
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(10, 1_000_000))
    return zipped(files | {"xl/worksheets/sheet1.xml": sheet.replace("</sheetData>", f"{rows}</sheetData>").encode()})


def _long_cells() -> bytes:
    """A workbook with about as many cells of as many characters as the size of what is unpacked lets there be."""
    files = parts(saved(workbook()))
    place = f"xl/worksheets/sheet{1 + sorted(tables()).index('members')}.xml"
    cell = '<c r="G{0}" t="inlineStr"><is><t>' + "x" * (limits.CELL_CHARACTERS - 10) + "</t></is></c>"
    rows = "".join(f'<row r="{n}">{cell.format(n)}</row>' for n in range(10, 9_000))
    sheet = files[place].decode()
    return zipped(files | {place: sheet.replace("</sheetData>", f"{rows}</sheetData>").encode()})


def _nowhere() -> bytes:
    """The first sheet with a cell so far below that a table of all before it would fill any memory."""
    sheet = parts(saved(workbook()))["xl/worksheets/sheet1.xml"]
    return sheet.replace(b'r="A2"', b'r="XFD4294967295"')


def _good(name: str) -> bytes:
    return (HERE / name).read_bytes()


_CSV_ROW: Final = b"m%d,partnership,body/F23000001,terms,section 4\n"
_CSV_HEAD: Final = b"key,of,member,source,place\n"

FILES: Final[dict[str, Callable[[], bytes]]] = {
    "empty.xlsx": lambda: b"",
    "cut off.xlsx": lambda: excel()[:4000],
    "damaged inside.xlsx": lambda: _damaged(excel()),
    "damaged XML.xlsx": lambda: excel({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
    "a cell that is nowhere.xlsx": lambda: excel({"xl/worksheets/sheet1.xml": _nowhere()}),
    "entities.xlsx": lambda: excel({"xl/worksheets/sheet1.xml": _ENTITIES.encode()}),
    "a bomb.xlsx": lambda: excel({"xl/worksheets/sheet1.xml": bytes(limits.UNPACKED_BYTES + 1)}),
    "a bomb with a false size.zip": _false_size,
    "too large.csv.zip": lambda: b"PK\x03\x04" + bytes(limits.FILE_BYTES),
    "more rows than may be.xlsx": _many_rows,
    "macros.xlsx": lambda: excel({"xl/vbaProject.bin": b"macros"}),
    "macros.xlsm": lambda: excel({"xl/vbaProject.bin": b"macros"}),
    "links to other files.xlsx": lambda: excel({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "with a password.xlsx": lambda: _OLE + "EncryptedPackage".encode("utf-16-le"),
    "an old workbook.xls": lambda: _OLE + "Workbook".encode("utf-16-le"),
    "a binary workbook.xlsb": lambda: zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01"}),
    "a letter.docx": lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
    "a report.pdf": lambda: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
    "a page saved as a workbook.xls": lambda: b"<html><table><tr><td>Key</td></tr></table></html>",
    "CSV by the name of a workbook.xlsx": (GOOD / "members.csv").read_bytes,
    "a workbook by the name of CSV.csv": excel,
    "a workbook by another name.ods": excel,
    "a spreadsheet by another name.xlsx": ods,
    "a gzip archive.xlsx": lambda: gzip.compress(b"key,of\n", mtime=0),
    "a formula.ods": lambda: ods(_row("police", "partnership", first='table:formula="of:=CONCATENATE([.A1])"')),
    "merged cells.ods": lambda: ods(_row("police", "partnership", first='table:number-rows-spanned="2"')),
    "a hidden sheet.ods": lambda: ods(
        _row("police", "partnership"),
        attributes='table:style-name="ta1"',
        styles='<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>",
    ),
    "with a password.ods": lambda: ods(files={"META-INF/manifest.xml": b"<manifest><encryption-data/></manifest>"}),
    "macros.ods": lambda: ods(files={"Basic/Standard/Module1.xml": b"<module/>"}),
    "a value a million times.ods": lambda: ods(
        _row("police", "partnership", more='table:number-rows-repeated="1000000"')
    ),
    "entities.ods": lambda: ods(files={"content.xml": _ENTITIES.encode()}),
    "a text document.ods": lambda: ods(files={"mimetype": b"application/vnd.oasis.opendocument.text"}),
    "one table alone.csv": (GOOD / "members.csv").read_bytes,
    "a zip of nothing.zip": lambda: zipped({"letter.txt": b"Dear all"}),
    "a zip with a password.zip": _with_password,
    "a zip of too many files.zip": lambda: zipped({f"{n}.csv": b"" for n in range(limits.PARTS + 1)}),
    "a zip with a file twice.zip": _twice,
    "a zip that leads out.zip": lambda: archive({"../../members.csv": b"key\n"}),
    "a zip of another table.zip": lambda: archive({"menbers.csv": b"key\n"}),
    "RDF-XML.rdf": lambda: b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "RDF-XML by another name.ttl": lambda: b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "entities.rdf": _ENTITIES.encode,
    "two graphs.trig": lambda: b"<x:a> { <x:s> <x:p> <x:o> }\n<x:b> { <x:s> <x:p> <x:o> }\n",
    "two records.trig": lambda: b"".join(
        _good("good.ttl").replace(b"F06000001", code) for code in (b"F06000001", b"F07000001")
    ),
    "no quads.nq": lambda: b"police, member of the partnership\n",
    "nested without end.jsonld": lambda: b'{"a":' + b"[" * 100_000,
    "a context elsewhere.jsonld": lambda: b'{"@context": "https://example.org/context.jsonld", "@id": "x:a"}',
    "not UTF-8.ttl": lambda: _good("good.ttl").replace(b"the police", b"la polici\xe9"),
    "too many triples.nt": lambda: "".join(f"<x:s> <x:p> <x:{n}> .\n" for n in range(limits.TRIPLES + 1)).encode(),
}
"""The files that are made, by case: what is in them."""

LARGE: Final[dict[str, Callable[[], bytes]]] = {
    "a million empty rows.xlsx": _empty_rows,
    "cells as long as may be.xlsx": _long_cells,
}
"""Files that are large within the limits."""

FOLDERS: Final[Mapping[str, Callable[[Path], None]]] = {
    "a folder of nothing": lambda target: target.mkdir(),
    "a folder in UTF-16": lambda target: folder(target, groups="key,name\n".encode("utf-16")),
    "a folder in two encodings": lambda target: folder(
        target,
        groups=(GOOD / "groups.csv").read_bytes() + "café,Board,Board,partnership,,terms,p. 1\n".encode("cp1252"),
    ),
    "a folder with a misspelt file": lambda target: folder(target, menbers=b"key\n"),
    "a folder with too many rows": lambda target: folder(
        target, members=_CSV_HEAD + b"".join(_CSV_ROW % n for n in range(limits.ROWS + 1))
    ),
    "a folder with a huge file": lambda target: folder(target, members=bytes(limits.FILE_BYTES + 1)),
}


def make(case: str, where: Path) -> Path:
    """The file or folder of a case, in a folder. One that is not to be made is not there."""
    target = where / case
    if case in FOLDERS:
        FOLDERS[case](target)
    elif case in FILES or case in LARGE:
        target.write_bytes((FILES | LARGE)[case]())
    return target
