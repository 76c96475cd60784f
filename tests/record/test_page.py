"""The page about the format is what the schemas say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lsp_graph.layout import ROOT
from lsp_graph.record import read_format


def test_the_page_is_written_from_the_schemas(tmp_path: Path) -> None:
    script = ROOT / "docs" / "build_record_page.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "page.md")], check=True, capture_output=True)

    assert (tmp_path / "page.md").read_text(encoding="utf-8") == (ROOT / "docs/record-format.md").read_text(
        encoding="utf-8"
    )


def test_the_page_has_every_table_and_column() -> None:
    page = (ROOT / "docs" / "record-format.md").read_text(encoding="utf-8")

    for table in read_format().tables.values():
        assert f"`{table.file}`" in page
        assert all(f"| `{column.name}` |" in page for column in table.columns)
