"""A record gets a graph of its own and says who handed it in; the same again changes nothing; others' word stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from lsp_graph.errors import InputError
from lsp_graph.intake import Plan, plan
from lsp_graph.intake.accept import read_all
from lsp_graph.namespaces import PROV, RDFS, resource
from lsp_graph.record import known_things
from lsp_graph.store import EmbeddedBackend
from tests.intake.worlds import BEGINS, RECORDS, WORLD, Country, after, edited, quads_of

TIME = "2010-01-01T00:00:00+00:00"
GRAPH_OF_ANN = NamedNode(f"{BEGINS}record/F06000001/ann")


@pytest.fixture(scope="module")
def country(real: EmbeddedBackend) -> Country:
    return Country(quads_of(real.world(WORLD)), "as built")


def handed_in(country: Country, *paths: Path, submitter: str = "ann", time: str = TIME) -> Plan:
    known = known_things(country.places)
    return plan(country, read_all(paths, known), submitter, time, world=WORLD, known=known)


@pytest.fixture(scope="module")
def with_ann(country: Country) -> Country:
    return Country(after(country, handed_in(country, RECORDS / "quillhaven")), "with ann's")


def test_a_record_says_who_handed_it_in_when_and_as_which_file(with_ann: Country) -> None:
    held = {quad.triple for quad in with_ann.graph(GRAPH_OF_ANN)}
    said = {(triple.predicate, triple.object) for triple in held if triple.subject == GRAPH_OF_ANN}
    (file,) = {value for predicate, value in said if predicate == PROV.wasDerivedFrom}
    assert (PROV.wasAttributedTo, resource("submitter", "ann")) in said
    assert TIME in {
        value.value for predicate, value in said if predicate == PROV.generatedAtTime and isinstance(value, Literal)
    }
    assert isinstance(file, NamedNode)
    assert Triple(file, RDFS.label, Literal("quillhaven")) in held


def test_the_same_file_again_changes_nothing(with_ann: Country) -> None:
    made = handed_in(with_ann, RECORDS / "quillhaven", time="2011-01-01T00:00:00+00:00")
    assert not made.change
    assert [one.outcome for one in made.received] == ["unchanged"]


def test_a_new_record_takes_the_place_of_the_one_before(with_ann: Country, tmp_path: Path) -> None:
    changed = edited("quillhaven", tmp_path, partnership=lambda rows: [row | {"purpose": "to mend"} for row in rows])
    made = handed_in(with_ann, changed)
    assert [(one.outcome, one.added, one.removed) for one in made.received] == [("replaced", 1, 1)]
    assert made.message == "another record of Quillhaven Together (fictional) (F06000001)"


def test_what_another_says_is_kept_and_told(with_ann: Country, tmp_path: Path) -> None:
    changed = edited("quillhaven", tmp_path, partnership=lambda rows: [row | {"purpose": "to mend"} for row in rows])
    made = handed_in(with_ann, changed, submitter="bob")
    (one,) = made.received
    assert one.outcome == "new"
    assert not [quad for _, quad in made.change.went if quad.graph_name == GRAPH_OF_ANN]
    told = {(clash.property, clash.here, clash.source) for clash in one.clashes}
    assert ("purpose", ("to mend",), GRAPH_OF_ANN.value) in told
    assert {clash.property for clash in one.clashes} == {"purpose"}


def test_several_records_are_one_change(country: Country) -> None:
    made = handed_in(country, RECORDS / "quillhaven", RECORDS / "staithby")
    assert [one.outcome for one in made.received] == ["new", "new"]
    assert made.message == "records of 2 partnerships"


def test_two_records_of_one_partnership_are_refused(country: Country, tmp_path: Path) -> None:
    twin = edited("quillhaven", tmp_path)
    with pytest.raises(InputError, match=r"a second record of Quillhaven Together"):
        handed_in(country, RECORDS / "quillhaven", twin)


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "<x>"])
def test_a_name_that_would_break_an_iri_is_refused(country: Country, name: str) -> None:
    with pytest.raises(InputError, match="letters, digits"):
        handed_in(country, RECORDS / "quillhaven", submitter=name)


def test_the_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        read_all([tmp_path / "nothing.xlsx", tmp_path / "empty"], {})
    files = " ".join(problem.file for problem in caught.value.problems)
    assert "nothing.xlsx" in files
    assert "empty" in files
