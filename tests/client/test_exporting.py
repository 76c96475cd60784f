"""What is exported is what was asked for, in forms that other programs read."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import networkx
import polars
import pytest
from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from lsp_graph.errors import InputError
from lsp_graph.exporting import export
from lsp_graph.namespaces import ID, LSP
from lsp_graph.questions import find
from lsp_graph.store import EmbeddedBackend, Kind, StoreDirectory, in_memory

FORMATS = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}


@pytest.fixture(scope="module")
def small() -> EmbeddedBackend:
    """A partnership with one partner, in two graphs."""
    file = Path(__file__).with_name("small.trig")
    return in_memory(quad for quad in parse(path=file, format=RdfFormat.TRIG) if isinstance(quad, Quad))


@pytest.mark.parametrize("form", ["nq", "trig"])
def test_the_graph_comes_with_its_named_graphs(small: EmbeddedBackend, form: str) -> None:
    named = {quad for quad in small.own() if quad.graph_name != DefaultGraph()}
    assert set(parse(export(small, form), format=FORMATS[form])) == named


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_the_graph_comes_merged(small: EmbeddedBackend, form: str) -> None:
    read = parse(export(small, form), format=FORMATS[form])
    assert {quad.triple for quad in read} == {quad.triple for quad in small.view(None, Kind.MERGED)}


def test_an_area_comes_with_what_stands_in_it_and_nothing_of_another(real: EmbeddedBackend) -> None:
    triples = {quad.triple for quad in parse(export(real, "ttl", area="Southwark"), format=RdfFormat.TURTLE)}
    subjects = {triple.subject for triple in triples}
    assert ID["lsp/E09000028"] in subjects
    assert ID["area/E09000028"] in subjects
    areas = {triple.object for triple in triples if triple.predicate == LSP.area}
    assert areas == {ID["area/E09000028"]}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_answer_comes_as_a_table(real: EmbeddedBackend, form: str) -> None:
    data = io.BytesIO(export(real, form, question=find("Q12"), arguments={"area": "Southwark"}))
    frame = polars.read_csv(data) if form == "csv" else polars.read_parquet(data)
    assert "Young Southwark" in frame["subPartnershipLabel"].to_list()


def test_the_accountabilities_of_an_area_come_as_a_table(real: EmbeddedBackend) -> None:
    frame = polars.read_parquet(io.BytesIO(export(real, "parquet", area="Southwark")))
    assert "London Borough of Southwark" in frame["accountable"].to_list()


def test_how_an_area_is_governed_comes_as_graphml(real: EmbeddedBackend) -> None:
    graph = networkx.read_graphml(io.BytesIO(export(real, "graphml", area="Southwark")), force_multigraph=True)
    kinds: Mapping[str, str] = dict(graph.nodes(data="kind"))
    assert kinds[ID["lsp/E09000028"].value] == "partnership"
    assert (ID["authority/E09000028"].value, ID["body/secretary-of-state"].value) in set(graph.edges())


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        ("doc", {}, "others with an area or a question"),
        ("doc", {"area": "Southwark"}, "one of nq, trig"),
        ("csv", {}, "for the whole graph"),
        ("ttl", {"question": find("Q14")}, "for a question one of csv, xlsx, parquet, json"),
    ],
)
def test_a_form_that_does_not_go_with_it_is_told(
    real: EmbeddedBackend, form: str, given: dict[str, str], expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        export(real, form, **given)  # type: ignore[arg-type]  # as parametrised


def lsp_graph(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lsp_graph", *arguments], capture_output=True, text=True, check=False)


def test_the_command_writes_the_form_that_the_file_s_name_says(real_store: Path, tmp_path: Path) -> None:
    file = tmp_path / "southwark.xlsx"
    done = lsp_graph("export", "--store", str(real_store), "--area", "Southwark", "--output", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert file.read_bytes().startswith(b"PK")
    nowhere = lsp_graph("export", "--store", str(real_store), "--output", str(tmp_path / "none" / "all.nq"))
    assert nowhere.returncode == 2
    assert "cannot be written" in nowhere.stderr
    assert StoreDirectory(real_store).exists()
