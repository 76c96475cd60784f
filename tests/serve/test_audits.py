"""/api/v1/audits: the latest is made once and kept, findings are filtered, paged and explained, two audits compared."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pyoxigraph as ox
import pytest
from fastapi import FastAPI

from lsp_graph import audit
from lsp_graph.layout import ONTOLOGY
from lsp_graph.literals import in_graph
from lsp_graph.serve import audits, models
from lsp_graph.serve.wire import UNAUDITED, Message
from lsp_graph.serve.workers import Pool
from lsp_graph.settings import DEFAULT_AS_OF, Settings
from lsp_graph.store import StoreDirectory, open_store

from .conftest import Server, running
from .test_protocol import problem

RECORDS = Path(__file__).resolve().parent.parent / "audit" / "records"
MILLBROOK, NORHAM = "E06000901", "E06000902"
RULES = ("S01", "S04", "B06")
LATEST = "/api/v1/audits/latest"


def commit(directory: Path, *records: str) -> None:
    """A new version of a store: some records of the audit's tests, with the labels of the ontology."""
    graph = ox.NamedNode("https://w3id.org/lsp/graph/records")
    files = [*(RECORDS / f"{name}.ttl" for name in records), *sorted(ONTOLOGY.glob("*.ttl"))]
    quads = [quad for file in files for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE)]
    StoreDirectory(directory).commit((in_graph(quad.triple, graph) for quad in quads), "records")


def keep(directory: Path, *, as_of: date = DEFAULT_AS_OF, areas: Sequence[str] = (), rules: Sequence[str] = ()) -> str:
    """The id of an audit as the command makes and keeps it."""
    report = audit.audit(open_store(directory), as_of=as_of, areas=areas, rules=rules)
    return audit.keep(directory / audit.FOLDER, report, areas=areas).id


def patient(directory: Path) -> Settings:
    return Settings(store=directory, port=0, timeout=120.0, workers=2)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose ledger holds an audit of its version before, and of some rules only."""
    directory = tmp_path_factory.mktemp("audits") / "store"
    commit(directory, "millbrook", "complete-sub-partnerships")
    keep(directory)
    commit(directory, "millbrook", "norham", "sourced", "hostile")
    keep(directory, rules=RULES)
    return directory


@pytest.fixture(scope="module")
def audited(directory: Path) -> Iterator[Server]:
    with running(patient(directory)) as one:
        one.http.timeout = httpx.Timeout(120)
        yield one


def get(server: Server, path: str = LATEST, accept: str | None = None, **parameters: Any) -> httpx.Response:
    response = server.http.get(path, params=parameters or None, headers={"accept": accept} if accept else {})
    assert response.status_code == 200, response.text
    return response


def told(server: Server, path: str = LATEST, **parameters: Any) -> Any:
    return get(server, path, **parameters).json()


def test_the_latest_audit_is_made_when_first_asked_for_and_kept(audited: Server) -> None:
    first, again = told(audited), told(audited)

    models.Audit.model_validate(first)
    assert first == again
    assert (first["version"], first["asOf"], first["scope"]["areas"]) == ("2", "2008-06-30", None)
    assert told(audited, f"/api/v1/audits/{first['id']}") == first
    assert first["id"] in [one["id"] for one in told(audited, "/api/v1/audits")["audits"]]


def test_an_audit_of_some_rules_or_areas_is_not_the_latest(audited: Server, directory: Path) -> None:
    partial = keep(directory, areas=(MILLBROOK,))

    assert told(audited)["id"] not in (partial, "000002")


def test_an_audit_by_rules_that_have_changed_since_is_not_the_latest(tmp_path: Path) -> None:
    commit(tmp_path, "millbrook")
    kept = keep(tmp_path)
    file = tmp_path / audit.FOLDER / f"{kept}.json"
    text = file.read_text(encoding="utf-8")
    for hash_ in (audit.load(file.parent, kept).rules["S04"], json.loads(text)["content"]):
        text = text.replace(hash_, "of other rules")
    file.write_text(text, encoding="utf-8")

    with running(patient(tmp_path)) as server:
        server.http.timeout = httpx.Timeout(120)
        assert told(server)["id"] != kept


@pytest.mark.parametrize("place", [MILLBROOK, "00ZA", "millbrook", "https://w3id.org/lsp/id/area/E06000901"])
def test_one_area_is_told_as_the_command_tells_it(audited: Server, directory: Path, place: str) -> None:
    backend = open_store(directory)
    report = audit.audit(backend, as_of=DEFAULT_AS_OF, areas=(MILLBROOK,))
    expected = audit.to_json(report, explained=audit.explain(backend, report))
    document = told(audited, area=place, limit=1000)

    assert document["rules"] == expected["rules"]
    assert [{**one, "since": None} for one in document["findings"]] == expected["findings"]
    assert document["total"] == len(expected["findings"]) > 0


def test_a_finding_is_told_with_law_source_and_mend(audited: Server) -> None:
    (finding,) = told(audited, rule="S01", area=MILLBROOK)["findings"]

    assert (finding["rule"], finding["level"], finding["outcome"]) == ("S01", "law", "not-recorded")
    assert finding["focus"]["label"] == "Millbrook Together"
    assert finding["area"] == {"code": MILLBROOK, "label": "Millbrook"}
    assert finding["fix"]
    assert finding["basis"]
    assert finding["wanted"] != finding["message"]


@pytest.mark.parametrize(
    ("name", "value"), [("rule", "S04"), ("level", "guidance"), ("outcome", "failed"), ("outcome", "not-recorded")]
)
def test_findings_are_filtered(audited: Server, name: str, value: str) -> None:
    everything = told(audited, limit=1000)["findings"]
    document = told(audited, limit=1000, **{name: value})

    assert document["findings"] == [finding for finding in everything if finding[name] == value]
    assert 0 < document["total"] < len(everything)
    if name != "outcome":
        field = {"rule": "code"}.get(name, name)
        assert {rule[field] for rule in document["rules"]} == {value}


def test_pages_lead_from_one_to_the_next_and_hold_each_finding_once(audited: Server) -> None:
    everything = told(audited, area=MILLBROOK, limit=1000)["findings"]
    collected, path = [], f"{LATEST}?area={MILLBROOK}&limit=7"
    while path:
        response = get(audited, path)
        document = response.json()
        assert response.headers["x-total-count"] == str(document["total"]) == str(len(everything))
        assert (response.links["next"]["url"] if "next" in response.links else None) == document["next"]
        assert len(document["findings"]) <= 7
        collected += document["findings"]
        path = document["next"]

    assert collected == everything
    assert len(everything) > 14


def test_findings_come_as_csv(audited: Server) -> None:
    response = get(audited, accept="text/csv", rule="S04", limit=1)
    rows = list(csv.DictReader(io.StringIO(response.text)))

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["rule"] for row in rows] == ["S04"]
    assert "rule=S04" in response.links["next"]["url"]


def test_an_audit_of_another_version_is_told_unexplained(audited: Server) -> None:
    document = told(audited, "/api/v1/audits/1", rule="S01")

    assert document["version"] == "1"
    assert [finding["outcome"] for finding in document["findings"]] == ["failed"]
    assert document["findings"][0]["sources"] == []
    assert "Millbrook" in document["findings"][0]["fix"]
    assert "{" not in document["findings"][0]["fix"]


def test_two_audits_are_compared(audited: Server) -> None:
    told(audited)
    document = told(audited, "/api/v1/audits/diff", **{"from": "1", "limit": 2})

    models.AuditComparison.model_validate(document)
    assert document["before"]["version"] == "1"
    assert document["after"]["id"] == told(audited)["id"]
    assert document["counts"]["new"] > 2
    assert len(document["new"]) == 2
    assert "S01" in [finding["rule"] for finding in document["turned"]]
    following = told(audited, document["next"])
    assert not {one["id"] for one in following["new"]} & {one["id"] for one in document["new"]}


def test_another_day_is_told_once_somebody_has_audited_it(audited: Server, directory: Path) -> None:
    refused = problem(audited.http.get(LATEST, params={"as-of": "2007-01-01"}), 404)
    kept = keep(directory, as_of=date(2007, 1, 1))

    assert "lsp-graph audit --as-of 2007-01-01" in refused["detail"]
    assert told(audited, **{"as-of": "2007-01-01"})["id"] == kept


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/v1/audits/999999", 404, "is no audit"),
        ("/api/v1/audits/..%2F..%2FCURRENT", 404, ""),
        ("/api/v1/audits/first", 404, "is no audit"),
        (f"{LATEST}?area=Nowhere", 404, "is no area"),
        ("/api/v1/audits/000002?rule=X99", 404, "is no rule"),
        (f"{LATEST}?level=advice", 400, "level"),
        (f"{LATEST}?outcome=passed", 400, "outcome"),
        (f"{LATEST}?limit=0", 400, "limit"),
        (f"{LATEST}?offset=-1", 400, "offset"),
        (f"{LATEST}?as-of=tomorrow", 400, "YYYY-MM-DD"),
        ("/api/v1/audits/diff", 400, "from"),
        ("/api/v1/audits/diff?from=77", 404, "is no audit"),
    ],
)
def test_what_is_not_there_is_a_problem_document(audited: Server, path: str, status: int, said: str) -> None:
    assert said in problem(audited.http.get(path), status)["detail"]


def test_a_form_that_is_not_offered_is_refused(audited: Server) -> None:
    problem(audited.http.get("/api/v1/audits/1", headers={"accept": "image/png"}), 406)


def test_the_routes_are_described_with_examples(audited: Server) -> None:
    paths = told(audited, "/api/openapi.json")["paths"]

    described = {name: paths[f"/api/v1/audits{name}"]["get"] for name in ("", "/latest", "/diff", "/{id}")}
    examples = {
        one["name"]: one.get("schema", {}).get("examples") or one.get("examples")
        for one in described["/latest"]["parameters"]
    }
    assert examples["area"]
    assert examples["rule"]
    assert "text/csv" in described["/latest"]["responses"]["200"]["content"]


def test_the_view_of_a_day_says_which_day_it_is_before_and_after_an_audit(audited: Server) -> None:
    told(audited)

    for _ in range(4):
        found = audited.get("SELECT ?day { ?view <https://w3id.org/lsp/ont#asOf> ?day }", **{"as-of": "2008-06-30"})
        assert [row["day"]["value"] for row in found.json()["results"]["bindings"]] == ["2008-06-30"]


@pytest.fixture
def unwritable(tmp_path: Path) -> Path:
    """A store in which nothing can be kept, not even by an administrator: a file stands where the ledger would be."""
    commit(tmp_path, "millbrook")
    (tmp_path / audit.FOLDER).write_text("", encoding="utf-8")
    return tmp_path


def test_a_store_that_cannot_be_written_is_audited_all_the_same(unwritable: Path) -> None:
    with running(patient(unwritable)) as server:
        server.http.timeout = httpx.Timeout(120)
        first = told(server, limit=3)
        following = told(server, first["next"])

    assert first["id"] is None
    assert (first["created"], first["total"]) == (following["created"], following["total"])
    assert not {one["id"] for one in first["findings"]} & {one["id"] for one in following["findings"]}


def test_waivers_of_the_store_and_damaged_audits_are_told(tmp_path: Path) -> None:
    commit(tmp_path, "millbrook")
    (tmp_path / "waivers.csv").write_text("finding,reason,who,until\nS04/*,old record,A. Clerk,9999-12-31\n")
    (tmp_path / audit.FOLDER).mkdir()
    (tmp_path / audit.FOLDER / "000001.json").write_text("{", encoding="utf-8")

    with running(patient(tmp_path)) as server:
        server.http.timeout = httpx.Timeout(120)
        (finding,) = told(server, rule="S04")["findings"]
        listed = told(server, "/api/v1/audits")
        damaged = problem(server.http.get("/api/v1/audits/1"), 503)

    assert (finding["waived"]["who"], finding["waived"]["until"]) == ("A. Clerk", "9999-12-31")
    assert listed["audits"][0]["counts"]["waived"] == 1
    assert "000001.json: damaged" in listed["unreadable"][0]
    assert "000001.json: damaged" in damaged["detail"]


def test_waivers_that_cannot_be_used_are_no_fault_of_the_clients(tmp_path: Path) -> None:
    commit(tmp_path, "millbrook")
    (tmp_path / "waivers.csv").write_text("finding,reason,who,until\nS04/*,old record,A. Clerk,never\n")

    with running(patient(tmp_path)) as server:
        server.http.timeout = httpx.Timeout(120)
        assert "waivers.csv:2: 'never'" in problem(server.http.get(LATEST), 503)["detail"]


class SlowPool:
    """Stands for a pool whose audit takes as long as the test wants."""

    plan = SimpleNamespace(store="store")
    version, timeout = "1", 0.01

    def __init__(self) -> None:
        self.may_end, self.made = asyncio.Event(), 0

    async def ask(self, request: Message, timeout: float | None = None) -> Message:
        if request.head["kind"] == "new-audit":
            self.made += 1
            await self.may_end.wait()
            return Message({"status": 200, "headers": {}}, b"the audit")
        answered = {"status": 200, "headers": {"content-type": "application/json"}}
        return Message(answered if request.body else {**answered, UNAUDITED: True}, b'"%s"' % request.body)


def test_an_audit_is_made_once_and_those_who_wait_too_long_are_asked_to_come_again() -> None:
    async def ask() -> tuple[list[httpx.Response], httpx.Response, int]:
        pool = SlowPool()
        app = FastAPI()
        app.include_router(audits.router(audits.Auditors(cast(Pool, pool), "")))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            early = await asyncio.gather(*(http.get(LATEST) for _ in range(5)))
            pool.may_end.set()
            pool.timeout = 60.0
            return list(early), await http.get(LATEST), pool.made

    early, late, made = asyncio.run(ask())
    assert {(response.status_code, response.headers["retry-after"]) for response in early} == {(503, "5")}
    assert (late.status_code, late.json(), made) == (200, "the audit", 1)


def test_a_kept_file_is_one_json_document_with_its_head_on_the_first_line(directory: Path) -> None:
    file = directory / audit.FOLDER / "000001.json"
    whole = json.loads(file.read_text(encoding="utf-8"))
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0].removesuffix(",") + "}")

    assert whole.items() >= first.items()
    assert "findings" not in first
