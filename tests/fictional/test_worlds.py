"""Invented places are complete, keep every rule or break each as planted, and are never counted with the real ones."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from lsp_graph import questions
from lsp_graph.accountability import who
from lsp_graph.audit import AuditReport, audit, read_rulebook
from lsp_graph.errors import InputError, StoreUnavailable, UnknownName
from lsp_graph.fictional import changed, read_changes, read_folders, read_worlds
from lsp_graph.layout import DATA, ROOT
from lsp_graph.namespaces import GRAPH, ID, LSP, ORG, PROV, RDF, RDFS
from lsp_graph.store import EmbeddedBackend, Kind, StoreDirectory
from lsp_graph.store.content import left_out
from lsp_graph.store.embedded import in_memory
from lsp_graph.store.worlds import FICTIONAL, WORLDS

DAY = date(2008, 6, 30)
BREACHES = DATA / "fictional" / "breaches"
PLANTED = list(csv.DictReader((BREACHES / "breaches.csv").open(encoding="utf-8", newline="")))
ALL_PLACES = 5


@pytest.fixture(scope="module")
def fictional(real: EmbeddedBackend) -> EmbeddedBackend:
    return real.world("fictional")


@pytest.fixture(scope="module")
def breached(real: EmbeddedBackend) -> EmbeddedBackend:
    return real.world("fictional-breaches")


@pytest.fixture(scope="module")
def good_audit(fictional: EmbeddedBackend) -> AuditReport:
    return audit(fictional, as_of=DAY)


@pytest.fixture(scope="module")
def bad_audit(breached: EmbeddedBackend) -> AuditReport:
    return audit(breached, as_of=DAY)


def failures(report: AuditReport) -> set[tuple[str, str]]:
    return {(finding.rule, finding.focus.iri.removeprefix(str(ID))) for finding in report.of_outcome("failed")}


def count(backend: EmbeddedBackend, cls: str, day: date | None = None) -> int:
    answer = backend.query(f"SELECT ?thing {{ ?thing a <{LSP[cls].value}> }}", as_of=day)
    assert isinstance(answer, QuerySolutions)
    return len(list(answer))


def test_the_good_places_break_no_rule_and_lack_nothing(good_audit: AuditReport) -> None:
    assert good_audit.findings == ()
    assert len(good_audit.areas) == ALL_PLACES


def test_the_rules_that_the_good_places_pass_had_something_to_look_at(good_audit: AuditReport) -> None:
    idle = {rule.code for rule in good_audit.rules if rule.tested == 0}

    # Transport for London belongs to London, a metropolitan transport authority to a metropolitan county.
    assert idle == {"D02", "D04"}
    assert {rule.code for rule in good_audit.rules} == set(read_rulebook().codes)


def test_a_breach_of_every_rule_is_planted() -> None:
    assert {breach["rule"] for breach in PLANTED} == set(read_rulebook().codes)


@pytest.mark.parametrize("code", read_rulebook().codes)
def test_a_rule_finds_what_is_planted_for_it_and_nothing_else(code: str, bad_audit: AuditReport) -> None:
    planted = {(breach["rule"], breach["focus"]) for breach in PLANTED if breach["rule"] == code}

    assert {failure for failure in failures(bad_audit) if failure[0] == code} == planted


def test_nothing_is_merely_not_recorded_in_the_breached_places(bad_audit: AuditReport) -> None:
    assert bad_audit.of_outcome("not-recorded") == ()


def test_every_change_belongs_to_a_breach_and_every_breach_has_one() -> None:
    changes = {change.rule for change in read_changes(BREACHES / "changes.csv", read_folders(DATA / "fictional"))}
    updates = {path.stem for path in BREACHES.glob("*.ru")}

    assert changes | updates == {breach["rule"] for breach in PLANTED}
    assert changes & updates == set()


def test_every_change_changes_something() -> None:
    folders = {folder.name: folder for folder in read_folders(DATA / "fictional")}
    for change in read_changes(BREACHES / "changes.csv", folders.values()):
        folder = folders[change.record]
        before = [row.cells for row in folder.tables[change.table]]
        after = [row.cells for row in changed(folder, [change], "changes.csv").tables[change.table]]

        assert after != before, change


def test_a_breach_is_found_where_it_is_written(breached: EmbeddedBackend) -> None:
    view = breached.view(DAY)
    (evidence,) = [
        quad.object
        for quad in view.quads_for_pattern(NamedNode(f"{ID}meeting/F06000001/board-2008-01-22"), LSP.evidence, None)
    ]
    assert isinstance(evidence, NamedNode)
    said = {quad.predicate: quad.object for quad in view.quads_for_pattern(evidence, None, None)}
    file, row = said[LSP.file], said[LSP.row]
    assert isinstance(file, Literal)
    assert isinstance(row, Literal)

    assert "board-2008-01-22" in (ROOT / file.value).read_text(encoding="utf-8").splitlines()[int(row.value) - 1]
    assert file.value == "data/fictional/breaches/changes.csv"


@pytest.mark.parametrize("world", WORLDS)
def test_everything_invented_says_so(real: EmbeddedBackend, world: str) -> None:
    view = real.world(world).view(None, Kind.NAMED)
    named = (LSP.Area, LSP.LocalAuthority, LSP.Body, LSP.Partnership, LSP.Group, LSP.Plan, LSP.Person, LSP.Post)
    for kind in named:
        for quad in view.quads_for_pattern(None, RDF.type, kind, None):
            labels = [one.object for one in view.quads_for_pattern(quad.subject, RDFS.label, None, None)]
            assert labels, quad.subject
            assert all(isinstance(label, Literal) and "(fictional)" in label.value for label in labels), labels
    for quad in view.quads_for_pattern(None, RDF.type, LSP.Document, None):
        if isinstance(quad.subject, NamedNode) and "/document/F" in quad.subject.value:
            (label,) = {one.object for one in view.quads_for_pattern(quad.subject, RDFS.label, None, None)}
            assert isinstance(label, Literal)
            assert "(fictional)" in label.value


def test_no_code_can_be_a_real_one(fictional: EmbeddedBackend, real: EmbeddedBackend) -> None:
    codes = {quad.object for quad in fictional.view(None).quads_for_pattern(None, LSP.gssCode, None)}
    real_codes = {quad.object for quad in real.view(None).quads_for_pattern(None, LSP.gssCode, None)}

    assert all(isinstance(code, Literal) and code.value.startswith("F") for code in codes)
    assert codes.isdisjoint(real_codes)


def test_the_names_of_the_places_stand_nowhere_in_the_real_register(real: EmbeddedBackend) -> None:
    for name in ("Quillhaven", "Ambershire", "Dunmarrow", "Pellowfen", "Staithby", "Fenmark", "Loria"):
        labels = real.view(None).quads_for_pattern(None, RDFS.label, None)
        assert not [quad for quad in labels if isinstance(quad.object, Literal) and name in quad.object.value]


def test_what_a_place_has_is_complete(fictional: EmbeddedBackend) -> None:
    view = fictional.view(DAY)

    def of(agreement: str, kind: NamedNode) -> int:
        targets = [
            q.subject for q in view.quads_for_pattern(None, LSP.agreement, NamedNode(f"{ID}agreement/{agreement}"))
        ]
        return sum(next(view.quads_for_pattern(target, RDF.type, kind), None) is not None for target in targets)

    for agreement in ("F06000001-2008", "F10000001-2008"):
        assert of(agreement, LSP.DesignatedTarget) == 35
        assert of(agreement, LSP.LocalTarget) >= 3
    assert {quad.object for quad in view.quads_for_pattern(None, LSP.stage, None)} == {
        NamedNode(f"https://w3id.org/lsp/scheme/strategy-stage/{stage}")
        for stage in ("baseline", "evidence", "strategy", "local-area-agreement", "action-plan", "refresh-and-renew")
    }
    assert count(fictional, "LocalStrategicPartnership", DAY) == ALL_PLACES


def test_membership_changes_over_time(fictional: EmbeddedBackend) -> None:
    def members(day: date) -> set[object]:
        view = fictional.view(day)
        seats = [q.subject for q in view.quads_for_pattern(None, ORG.organization, NamedNode(f"{ID}lsp/F06000001"))]
        return {quad.object for seat in seats for quad in view.quads_for_pattern(seat, ORG.member, None)}

    traders = NamedNode(f"{ID}body/F06000001-traders")
    assert traders in members(date(2004, 1, 1))
    assert traders not in members(DAY)


def test_the_duties_of_law_fall_on_invented_bodies(fictional: EmbeddedBackend) -> None:
    found = who(fictional, text="crime and disorder strategy", area="Quillhaven", as_of=DAY)

    assert {answer.accountable.label for answer in found.answers} >= {
        "Fenmark Constabulary (fictional)",
        "Quillhaven Borough Council (fictional)",
    }
    assert {answer.derived_by for answer in found.answers} == {"crime-and-disorder-duty"}
    assert found.completeness == "complete"


def test_an_agreed_accountability_is_told_with_all_that_is_recorded(fictional: EmbeddedBackend) -> None:
    found = who(fictional, text=f"{ID}target/F06000001/7", as_of=DAY)
    lead = found.answers[0]

    assert (lead.lead, lead.confidence, lead.derived_by) == (True, "sourced", None)
    assert lead.accountable.label == "Fenmark Constabulary (fictional)"
    assert lead.resources is not None
    assert lead.timescale is not None
    assert lead.monitoring is not None
    assert [one.lead for one in found.answers] == [True, False]


def test_questions_are_asked_of_a_world_as_of_the_real_one(fictional: EmbeddedBackend) -> None:
    answer = questions.ask(fictional, questions.find("Q12"), {"area": "F06000001"}, DAY)

    assert len(answer.rows) == 8
    assert answer.completeness == "complete"


def test_the_real_world_counts_no_invented_place(real: EmbeddedBackend) -> None:
    assert count(real, "LocalStrategicPartnership", DAY) >= 388
    answer = questions.ask(real, questions.find("how-many-partnership-areas-by-type-and-region"), {}, DAY)
    assert not [cell for row in answer.rows for cell in row if cell is not None and "Fenmark" in cell.value]
    with pytest.raises(UnknownName):
        who(real, text="local area agreement", area="Quillhaven", as_of=DAY)
    for graph in real.view(None, Kind.NAMED).named_graphs():
        assert not left_out(graph)


def test_without_the_invented_places_the_real_world_is_the_same(real: EmbeddedBackend) -> None:
    published, merged, outside = real.texts()

    assert FICTIONAL.encode() not in published
    assert FICTIONAL.encode() not in merged
    assert FICTIONAL.encode() in outside
    assert b"(fictional)" not in merged


def test_a_world_has_none_of_the_real_register(fictional: EmbeddedBackend) -> None:
    text = fictional.texts()[1]

    for kind in ("area/E", "authority/E", "lsp/E", "body/E", "sub-partnership/southwark"):
        assert f"<{ID}{kind}".encode() not in [
            line.split(b" ", 1)[0][: len(f"<{ID}{kind}")] for line in text.splitlines()
        ]


def test_an_invented_graph_is_reached_by_its_name(real: EmbeddedBackend) -> None:
    answer = real.query(
        f"SELECT ?area {{ ?area a <{LSP.Area.value}> }}", default_graphs=[f"{FICTIONAL}places/register"]
    )
    assert isinstance(answer, QuerySolutions)

    assert len(list(answer)) == 8


def test_everything_derived_in_a_world_leads_to_evidence(fictional: EmbeddedBackend) -> None:
    view: Store = fictional.view(None, Kind.NAMED)
    derived = {
        quad.subject for quad in view.quads_for_pattern(None, LSP.derivedBy, None, GRAPH["fictional/places/derived"])
    }

    def proven(node: object) -> bool:
        assert isinstance(node, NamedNode)
        if next(view.quads_for_pattern(node, LSP.evidence, None, None), None):
            return True
        facts = {quad.object for quad in view.quads_for_pattern(node, PROV.wasDerivedFrom, None, None)}
        return bool(facts) and all(proven(fact) for fact in facts)

    assert len(derived) > 100
    assert [node for node in derived if not proven(node)] == []


@pytest.mark.parametrize("world", WORLDS)
def test_every_evidence_of_a_world_points_to_a_row_that_is_there(real: EmbeddedBackend, world: str) -> None:
    view = real.world(world).view(None)
    lines: dict[str, int] = {}
    for quad in view.quads_for_pattern(None, RDF.type, LSP.Evidence):
        (file,) = [one.object for one in view.quads_for_pattern(quad.subject, LSP.file, None)]
        (row,) = [one.object for one in view.quads_for_pattern(quad.subject, LSP.row, None)]
        assert isinstance(file, Literal)
        assert isinstance(row, Literal)
        if file.value not in lines:
            lines[file.value] = len((ROOT / file.value).read_text(encoding="utf-8").splitlines())
        assert 2 <= int(row.value) <= lines[file.value]


def test_an_unknown_world_is_told_with_those_there_are(real: EmbeddedBackend) -> None:
    with pytest.raises(UnknownName, match="'wales' is no world that is known here; nearest: fictional"):
        real.world("wales")


def test_a_store_without_worlds_says_how_to_get_them() -> None:
    with pytest.raises(StoreUnavailable, match="`lsp-graph build` adds it"):
        in_memory([]).world("fictional")


def test_a_world_whose_files_are_wrong_is_refused_with_all_problems(tmp_path: Path) -> None:
    for path in (DATA / "fictional").rglob("*.*"):
        copy = tmp_path / "fictional" / path.relative_to(DATA / "fictional")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for place in ("staithby", "pellowfen"):
        groups = tmp_path / "fictional" / "records" / place / "groups.csv"
        groups.write_text(groups.read_text(encoding="utf-8").replace(",Board,", ",Bord,"), encoding="utf-8")

    with pytest.raises(InputError) as refused:
        read_worlds(tmp_path, [])

    assert {Path(one.file).parent.name for one in refused.value.problems if one.column == "kind"} == {
        "staithby",
        "pellowfen",
    }


def test_changes_of_what_is_not_there_are_refused_all_at_once(tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    file.write_text(
        "rule,record,table,key,column,value\n"
        "A01,nowhere,groups,board,kind,Forum\n"
        "A01,staithby,group,board,kind,Forum\n"
        "A01,staithby,groups,board,kinds,Forum\n"
        "A01,staithby,coverage,body/cvs,note,one part of the key\n"
        "A01,staithby,groups\n"
    )

    with pytest.raises(InputError) as refused:
        read_changes(file, read_folders(DATA / "fictional"))

    assert [problem.line for problem in refused.value.problems] == [2, 3, 4, 5, 6]


def test_a_version_counts_the_invented_graphs_by_name(real_store: Path) -> None:
    manifest = StoreDirectory(real_store).manifest(StoreDirectory(real_store).current())

    for begins in WORLDS.values():
        assert sum(number for name, number in manifest.graphs.items() if name.startswith(begins)) > 10_000
