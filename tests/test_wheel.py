"""The wheel carries the ontology, the shapes, the questions and the data, and works without the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)], cwd=ROOT, check=True)
    return next(made.glob("*.whl"))


@pytest.mark.parametrize("folder", ["ontology", "shapes", "queries", "data"])
def test_the_wheel_carries(wheel: Path, folder: str) -> None:
    carried = {name.split("resources/")[1] for name in zipfile.ZipFile(wheel).namelist() if "resources/" in name}
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()}

    assert kept <= carried


def test_the_wheel_carries_every_file_of_the_package(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "lsp_graph").rglob("*") if path.is_file()}

    assert {name for name in kept if "__pycache__" not in name} <= carried
    assert "lsp_graph/audit/templates/report.html" in carried


def test_an_installed_wheel_lists_its_questions(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)

    listing = "import lsp_graph.layout as l; from lsp_graph.cli import main; print(l.ROOT); main()"

    done = subprocess.run(
        [sys.executable, "-c", listing, "questions"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        check=False,
    )

    assert done.stdout.splitlines()[0] == str(tmp_path / "lsp_graph" / "resources")
    assert "Q03" in done.stdout
