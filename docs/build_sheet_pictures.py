"""
Take pictures of the sheets of a template, for the how-to.

    the store + the record of an invented place  ->  docs/images/sheet-*.png

Run as `python docs/build_sheet_pictures.py STORE`. The workbook is the one that `lsp-graph template` makes; LibreOffice
(`soffice`) prints each sheet, and poppler (`pdftoppm`) takes the picture of the upper part of its first page.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

HERE = Path(__file__).resolve().parent
SHEETS = {"How to": 610, "Sources": 170, "Members": 400, "Groups": 100}
"""The sheets that are shown, and how many pixels of the height of the page."""

RESOLUTION = 140
MARGIN = 50
WIDTH = 1540


def picture(book: Path, sheet: str, height: int, folder: Path) -> Path:
    """The picture of one sheet."""
    alone = openpyxl.load_workbook(book)
    for other in set(alone.sheetnames) - {sheet}:
        del alone[other]
    alone[sheet].delete_rows(60, alone[sheet].max_row)
    alone[sheet].page_setup.orientation = "landscape"
    name = f"sheet-{sheet.lower().replace(' ', '-')}"
    single = folder / f"{name}.xlsx"
    alone.save(single)
    own = f"-env:UserInstallation=file://{folder}/office"
    command = ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(single)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # a program of this machine
    target = HERE / "images" / name
    cut = ["-x", str(MARGIN), "-y", str(MARGIN), "-W", str(WIDTH), "-H", str(height)]
    pages = ["-png", "-r", str(RESOLUTION), "-f", "1", "-l", "1", "-singlefile"]
    subprocess.run(["pdftoppm", *pages, *cut, str(single.with_suffix(".pdf")), str(target)], check=True)  # noqa: S603, S607
    return target.with_suffix(".png")


def main(store: str) -> None:
    """Make all pictures from the template of the invented borough."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        book = folder / "quillhaven.xlsx"
        words = ["template", str(book), "--area", "Quillhaven", "--world", "fictional", "--store", store]
        subprocess.run([sys.executable, "-m", "lsp_graph", *words], check=True)  # noqa: S603  # our own command
        for sheet, height in SHEETS.items():
            print(picture(book, sheet, height, folder))


if __name__ == "__main__":
    main(sys.argv[1])
