"""
What kind of file a record is, and whether it may be opened at all.

    bytes + name  ->  Form, or why not

What a file is, its bytes say; a name that says otherwise is told. Archives are looked over before anything is unpacked:
how much is in them, whether they carry programs, passwords or links to other files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from enum import Enum
from pathlib import PurePath
from typing import Final

from lsp_graph.errors import InputError, Problem
from lsp_graph.record import limits


class Form(Enum):
    """The forms of a record that is one file; the value is what its name ends with."""

    EXCEL = "xlsx"
    OPEN_DOCUMENT = "ods"
    ZIP = "zip"
    TURTLE = "ttl"
    N_TRIPLES = "nt"
    N_QUADS = "nq"
    TRIG = "trig"
    JSON_LD = "jsonld"


FORMS: Final = (
    "a workbook (.xlsx, .ods), a folder of CSV files or a .zip of them, Turtle (.ttl), TriG (.trig) or JSON-LD"
)
"""What is read, in words."""

_ZIPPED: Final = (Form.EXCEL, Form.OPEN_DOCUMENT, Form.ZIP)
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER: Final = {
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_HEAD: Final = 2_000
_MARKUP: Final = (b"<!doctype html", b"<html", b"<?xml", b"<rdf:rdf")


def form_of(data: bytes, name: str) -> Form:
    """The form of a file, as its bytes and its name say.

    Raises `InputError` where it is none, or one that may not be read.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise _refused(name, "an empty file", FORMS)
    if len(data) > limits.FILE_BYTES:
        raise too_large(name, len(data))
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise _refused(name, "a workbook with a password", "one without a password")
        raise _refused(name, "an Excel 97 workbook (.xls)", "it saved as an Excel workbook (.xlsx)")
    for begins, what in _OTHER.items():
        if data.startswith(begins):
            raise _refused(name, what, FORMS)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise _refused(name, "RDF/XML" if b"rdf:RDF" in data[:_HEAD] else "a web page or other XML", FORMS)
    said = _said(name)
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        found = _zipped(data, name)
        if said is not found:
            raise _refused(name, f"{_words(found)} by another name", f"a name that ends with .{found.value}")
        return found
    if said in _ZIPPED:
        raise _refused(name, f"no {_words(said).partition(' ')[2]}, nor any archive", f"a whole .{said.value} file")
    if said is None:
        if PurePath(name).suffix.lower() in (".csv", ".tsv", ".txt"):
            raise _refused(name, "one table alone", "a folder with all tables of the record, or a .zip of it")
        raise _refused(name, f"a file of the kind {PurePath(name).suffix or 'that has no ending'}", FORMS)
    return said


def too_large(name: str, size: int) -> InputError:
    """The refusal of a file of this many bytes."""
    return _refused(name, f"{size:,} bytes", f"at most {limits.FILE_BYTES:,}")


def members(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The files in an archive that was looked over, but for folders and what systems add; each with its name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            hidden = any(part.startswith((".", "__MACOSX")) for part in PurePath(info.filename).parts)
            if not info.is_dir() and not hidden:
                yield info.filename, _unpacked(archive, info, name)


def member(data: bytes, name: str, path: str) -> bytes | None:
    """One file in an archive that was looked over; None where it is not there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            return _unpacked(archive, archive.getinfo(path), name)
        except KeyError:
            return None


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """A file's bytes. What an archive says of sizes may be a lie: no more is unpacked than it says."""
    try:
        with archive.open(info) as opened:
            unpacked = opened.read(info.file_size + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _refused(name, f"{info.filename} in it is damaged", "a whole file") from error
    except Exception as error:
        # The decompressors raise errors of their own (zlib.error, LZMAError).
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            raise _refused(name, f"{info.filename} in it is damaged", "a whole file") from error
        raise
    if len(unpacked) > info.file_size:
        raise _refused(name, f"{info.filename} in it is larger than the archive says", "a whole file")
    return unpacked


def _zipped(data: bytes, name: str) -> Form:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _refused(name, "an archive that is cut off or damaged", "the whole file") from error
    _look_over(parts, name)
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        if any(part.endswith("vbaProject.bin") for part in names):
            raise _refused(name, "a workbook with macros", "one without (save it as .xlsx)")
        if any(part.startswith("xl/externalLinks/") for part in names):
            raise _refused(name, "a workbook that takes values from other files", "one that holds its values itself")
        return Form.EXCEL
    if "xl/workbook.bin" in names:
        raise _refused(name, "a binary Excel workbook (.xlsb)", "it saved as an Excel workbook (.xlsx)")
    if "mimetype" in names:
        return _open_document(data, name, names)
    if any(part.startswith("word/") for part in names):
        raise _refused(name, "a Word document", FORMS)
    return Form.ZIP


def _open_document(data: bytes, name: str, names: set[str]) -> Form:
    kind = (member(data, name, "mimetype") or b"").decode("ascii", "replace").strip()
    if not kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        raise _refused(name, f"a document of the type {kind[:80]!r}", FORMS)
    if b"encryption-data" in (member(data, name, "META-INF/manifest.xml") or b""):
        raise _refused(name, "a spreadsheet with a password", "one without a password")
    if any(part.startswith(("Basic/", "Scripts/")) for part in names):
        raise _refused(name, "a spreadsheet with macros", "one without")
    return Form.OPEN_DOCUMENT


def _look_over(parts: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits.PARTS:
        raise _refused(name, f"{len(parts):,} files in one archive", f"at most {limits.PARTS:,}")
    if unpacked > limits.UNPACKED_BYTES:
        raise _refused(name, f"{unpacked:,} bytes when unpacked", f"at most {limits.UNPACKED_BYTES:,}")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(name, "an archive with a password", "one without a password")
    called = [part.filename for part in parts]
    out = next((one for one in called if one.startswith("/") or ".." in PurePath(one).parts), None)
    if out is not None:
        raise _refused(name, f"{out} in it leads out of it", "files within it")
    twice = sorted({one for one in called if called.count(one) > 1})
    if twice:
        raise _refused(name, f"{twice[0]} is in it twice", "each file once")


def _said(name: str) -> Form | None:
    """The form that a file's name tells."""
    ends = PurePath(name).suffix.lower().removeprefix(".")
    return Form.JSON_LD if ends == "json" else next((form for form in Form if form.value == ends), None)


def _words(form: Form) -> str:
    if form is Form.EXCEL:
        return "an Excel workbook"
    return "an OpenDocument spreadsheet" if form is Form.OPEN_DOCUMENT else "a zip archive"


def _refused(name: str, what: str, expected: str) -> InputError:
    return InputError([Problem(name, None, what, expected)])
