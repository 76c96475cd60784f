"""The example notebooks run from beginning to end, as a reader would run them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "docs" / "notebooks"


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_runs_and_each_of_its_cells_shows_what_it_is_about(
    name: str, real_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LSP_GRAPH_STORE", str(real_store))
    notebook = read(NOTEBOOKS / f"{name}.ipynb")
    NotebookClient(notebook, timeout=120).execute()
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= 5
    for cell in shown:
        assert all(output.output_type != "error" for output in cell.outputs)


def test_notebooks_are_kept_without_what_they_showed_last() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in read(path).cells)


def read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    return notebook
