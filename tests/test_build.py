"""A build is whole, the same each time, or refused with all that is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lsp_graph import derive
from lsp_graph.build import build, steps
from lsp_graph.errors import InputError
from lsp_graph.layout import DATA
from lsp_graph.store import StoreDirectory


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the smaller sources."""
    for name in ("documents", "published-counts", "indicators"):
        shutil.copytree(DATA / name, tmp_path / "data" / name)
    return tmp_path / "data"


def test_two_builds_give_the_same_content(real_store: Path, tmp_path: Path) -> None:
    again = build(StoreDirectory(tmp_path / "store"))

    first = StoreDirectory(real_store).manifest(StoreDirectory(real_store).current())
    assert again.manifest.content == first.content
    assert again.manifest.files == first.files


def test_building_again_makes_no_new_version(data: Path, tmp_path: Path) -> None:
    store = StoreDirectory(tmp_path / "store")

    assert build(store, data=data).new
    assert not build(store, data=data).new


def test_every_step_is_told(data: Path, tmp_path: Path) -> None:
    told: list[str] = []

    build(StoreDirectory(tmp_path / "store"), told.append, data)

    assert len(told) == steps(data)
    assert told[0] == "ontology"
    assert told[-1] == "write"


def test_bad_rows_of_several_sources_are_told_at_once_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    for name, table in (("published-counts", "counts.csv"), ("indicators", "indicators.csv")):
        path = next((data / name).glob("*.csv")) if not (data / name / table).exists() else data / name / table
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + ",one cell too many\n", encoding="utf-8")
    store = StoreDirectory(tmp_path / "store")

    with pytest.raises(InputError) as refused:
        build(store, data=data)

    assert {Path(problem.file).parent.name for problem in refused.value.problems} == {"published-counts", "indicators"}
    assert not store.exists()


def test_no_sources_are_no_empty_graph(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    with pytest.raises(InputError, match="no source folders"):
        build(StoreDirectory(tmp_path / "store"), data=tmp_path / "data")


def test_a_source_without_a_module_is_named(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "indicators", data / "hearsay")
    descriptor = data / "hearsay" / "datapackage.json"
    descriptor.write_text(descriptor.read_text().replace('"name": "indicators"', '"name": "hearsay"', 1))

    with pytest.raises(InputError, match=r"no module lsp_graph/ingest/hearsay\.py"):
        build(StoreDirectory(tmp_path / "store"), data=data)


def test_rules_name_their_law_and_document() -> None:
    for rule in derive.rules():
        assert rule.label
        assert rule.document
        assert rule.place
