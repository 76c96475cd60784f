from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from lsp_graph.errors import InputError
from lsp_graph.ingest.sources import ingest
from lsp_graph.layout import DATA
from lsp_graph.namespaces import GRAPH, LSP, concept, resource
from tests.ingest.register.facts import SOURCES, Facts

BAD = sorted((Path(__file__).parent / "bad").glob("*/*/*.csv"))
SCAFFOLD = tuple(f"{resource(kind).value}/" for kind in ("evidence", "table", "period", "day", "activity", "software"))


def test_every_subject_that_a_row_states_has_evidence(register: Facts, unverified: Facts) -> None:
    for facts in (register, unverified):
        subjects = {subject for known in facts.by_predicate.values() for subject in known}
        stated = {subject for subject in subjects if not subject.value.startswith((*SCAFFOLD, str(GRAPH)))}
        assert stated - facts.subjects(LSP.evidence) == set()


def test_every_document_cited_is_in_the_register_of_documents(register: Facts, unverified: Facts) -> None:
    documents = {document.value for document in register.of_type(LSP.Document)}
    for facts in (register, unverified):
        assert {cited for _, cited in facts.pairs(LSP.document)} <= documents


def test_the_seed_documents_are_known_by_their_numbers(register: Facts) -> None:
    assert {resource("document", f"00{number}") for number in range(5)} <= register.of_type(LSP.Document)


def test_only_the_unverified_graph_holds_unverified_facts(register: Facts, unverified: Facts) -> None:
    doubtful = concept("confidence", "unverified").value
    assert doubtful not in {confidence for _, confidence in register.pairs(LSP.confidence)}
    assert {confidence for _, confidence in unverified.pairs(LSP.confidence)} == {doubtful}
    assert {cited for _, cited in unverified.pairs(LSP.document)} == {resource("document", "none-found").value}


def test_what_is_sourced_is_not_repeated_as_unverified(register: Facts, unverified: Facts) -> None:
    assert register.of_type(LSP.Coverage).isdisjoint(unverified.of_type(LSP.Coverage))
    assert register.subjects(LSP["from"]).isdisjoint(unverified.subjects(LSP["from"]))


def test_every_council_but_one_has_a_first_day_sourced_or_not(register: Facts, unverified: Facts) -> None:
    begun = register.subjects(LSP["from"]) | unverified.subjects(LSP["from"])
    councils = register.subjects(LSP.tier)
    assert councils - begun == {resource("authority", "E09000001")}


def test_the_unverified_graph_holds_what_no_source_confirms(unverified: Facts) -> None:
    kinds = (LSP.Coverage, LSP.FundingAward, LSP.NationalIndicator, LSP.NameClaim, LSP.NationalAgency)
    assert [len(unverified.of_type(kind)) for kind in kinds] == [75, 111, 199, 1, 1]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.stem)
def test_a_source_with_one_wrong_row_is_refused_whole(case: Path, tmp_path: Path) -> None:
    table, source = case.parent.name, case.parent.parent.name
    folder = tmp_path / source
    shutil.copytree(DATA / source, folder)
    wrong = case.read_text(encoding="utf-8").splitlines(keepends=True)[1]
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write(wrong)
    column, expected = case.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    with pytest.raises(InputError) as refused:
        ingest(folder)
    (problem,) = refused.value.problems
    assert (problem.value.split()[0], problem.expected) == (column, expected)
    assert problem.line == len((folder / f"{table}.csv").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("source", [*SOURCES, "unverified"])
def test_tables_are_in_the_order_of_their_keys(source: str) -> None:
    for table in sorted((DATA / source).glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            keys = [next(iter(row)) for row in csv.reader(file)][1:]
        assert keys == sorted(keys), table.name


def test_names_of_bodies_are_found_by_their_evidence(register: Facts) -> None:
    trust = resource("body", "E16000059")
    places = {
        (register.value(LSP.file, NamedNode(row)), register.value(LSP.place, NamedNode(row)))
        for row in register.values(LSP.evidence, trust)
    }
    assert ("data/ons-code-history/bodies.csv", "entity E16") in places
