"""The API tells of areas, bodies, searches, comparisons, gaps and the network in the shapes that are promised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from lsp_graph.serve import jobs, models, place_models
from lsp_graph.serve.places import MOST
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

from .conftest import Server
from .test_protocol import problem

PATHS = (
    "/api/v1/accountability",
    "/api/v1/areas",
    "/api/v1/areas/{code}",
    "/api/v1/bodies",
    "/api/v1/bodies/{key}",
    "/api/v1/search",
    "/api/v1/compare",
    "/api/v1/gaps",
    "/api/v1/network",
)


def get(server: Server, path: str, **parameters: Any) -> dict[str, Any]:
    response = server.http.get(f"/api/v1/{path}", params={name.replace("_", "-"): v for name, v in parameters.items()})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def examples(document: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The example requests of an operation: parameters whose examples have one name belong together."""
    requests: dict[str, tuple[str, dict[str, Any]]] = {}
    for parameter in document["paths"][path]["get"]["parameters"]:
        for name, example in parameter.get("examples", {}).items():
            address, query = requests.get(name, (path, {}))
            if parameter["in"] == "path":
                address = address.replace(f"{{{parameter['name']}}}", quote(example["value"]))
            else:
                query = {**query, parameter["name"]: example["value"]}
            requests[name] = (address, query)
    yield from requests.values()


@pytest.mark.parametrize("path", PATHS)
def test_every_example_of_the_document_is_answered_in_the_shape_it_promises(real_server: Server, path: str) -> None:
    document = real_server.http.get("/api/openapi.json").json()
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    model = getattr(place_models, name, None) or getattr(models, name)
    asked = list(examples(document, path))

    assert asked
    for address, query in asked:
        response = real_server.http.get(address, params=query)
        assert response.status_code == 200, (address, query, response.text)
        model.model_validate_json(response.content)
        assert response.headers["etag"]


@pytest.mark.parametrize("path", PATHS)
def test_each_takes_a_day_and_a_world(real_server: Server, path: str) -> None:
    document = real_server.http.get("/api/openapi.json").json()
    parameters = {one["name"] for one in document["paths"][path]["get"]["parameters"]}

    assert {"as-of", "world"} <= parameters


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("areas/Nowhere", 404, "'Nowhere' is no area"),
        ("areas/Cornwal", 404, "nearest: Cornwall"),
        ("areas?type=castle", 404, "nearest: city-of-london"),
        ("areas?region=Southwark", 404, "nearest: East Midlands"),
        ("areas?level=e", 400, "level: 'e'"),
        ("areas?as-of=2008-02-31", 400, "expected YYYY-MM-DD"),
        (f"areas?limit={MOST + 1}", 400, f"less than or equal to {MOST}"),
        ("areas?limit=0", 400, "greater than or equal to 1"),
        ("areas?offset=-1", 400, "greater than or equal to 0"),
        ("areas?world=atlantis", 404, "nearest: fictional"),
        ("bodies/Environment Agence", 404, "nearest: Environment Agency"),
        ("bodies/body/environment-agency?as-of=x", 400, "expected YYYY-MM-DD"),
        ("bodies?class=Castle", 404, "'Castle' is no class of body"),
        ("bodies?class=a b>", 404, "no class of body"),
        ("bodies?area=Nowhere", 404, "'Nowhere' is no area"),
        ("search", 400, "q: "),
        ("search?q=", 400, "at least 1 character"),
        ("search?q=crime&kind=fish", 400, "kind: 'fish'"),
        ("compare", 400, "expected area and other"),
        ("compare?area=Southwark", 400, "expected area and other"),
        ("compare?area=Southwark&other=Lambeth&region=London", 400, "give one pair only"),
        ("compare?area=Southwark&other=E09000028", 400, "are both Southwark"),
        ("compare?type=castle", 404, "castle"),
        ("gaps?kind=fish", 400, "kind: 'fish'"),
        ("gaps?area=Nowhere", 404, "'Nowhere' is no area"),
        ("network?region=Nowhere", 404, "'Nowhere' is no area"),
        ("accountability?for=crime&lat=51.5", 400, "both lat and lon"),
        ("accountability?for=crime&area=Kent&lat=51.5&lon=-0.08", 400, "both lat and lon"),
        ("accountability?for=crime&lat=100&lon=0", 400, "lat: '100'"),
        ("accountability?for=crime&limit=1000000000000000000000", 400, "less than or equal to 10000"),
        ("accountability?for=crime&area=Southwark&policy=hearsay", 404, "nearest: all, best, newest"),
    ],
)
def test_what_cannot_be_answered_is_told_with_what_would_be_right(
    real_server: Server, path: str, status: int, said: str
) -> None:
    assert said in problem(real_server.http.get(f"/api/v1/{path}"), status)["detail"]


def test_the_areas_are_told_page_by_page_each_once(real_server: Server) -> None:
    first = real_server.http.get("/api/v1/areas", params={"limit": 150})
    codes, pages, address = [], 0, "/api/v1/areas?limit=150"
    while address:
        told = real_server.http.get(address).json()
        codes += [area["iri"] for area in told["areas"]]
        pages, address = pages + 1, told["next"]

    assert len(codes) == len(set(codes)) == int(first.headers["x-total-count"]) == told["total"]
    assert pages == -(-told["total"] // 150)
    assert re.fullmatch(r'<[^>]+offset=150>; rel="next"', first.headers["link"])
    assert re.search(r"<[^>]+offset=0>; rel=\"prev\"", real_server.http.get(first.json()["next"]).headers["link"])


def test_areas_with_a_partnership_are_counted_by_type_and_region(real_server: Server) -> None:
    areas = get(real_server, "areas", limit=MOST)["areas"]
    led = [area for area in areas if area["partnerships"]]
    london = get(real_server, "areas", region="London", type="London borough", limit=1)

    assert len(led) == 388
    assert london["total"] == london["facets"]["type"]["london-borough"] == 32
    assert sum(london["facets"]["evidenceLevel"].values()) == 32
    assert len(london["areas"]) == 1


def test_areas_are_found_by_what_is_typed_of_them(real_server: Server) -> None:
    assert [area["label"] for area in get(real_server, "areas", text="sothwark")["areas"]] == ["Southwark"]
    assert get(real_server, "areas", text="xyzzy")["areas"] == []


def test_an_area_is_told_with_its_partnership_agreement_and_what_else_can_be_asked(real_server: Server) -> None:
    area = get(real_server, "areas/Southwark")
    (partnership,) = area["partnerships"]
    (agreement,) = area["agreements"]

    assert (area["code"], area["onsCodes"], area["type"]) == ("E09000028", ["00BE"], "london-borough")
    assert area["region"] == {"code": "E12000007", "label": "London"}
    assert (area["stood"], area["standing"], area["successors"]) == (True, [], [])
    assert (partnership["label"], partnership["evidenceLevel"]) == ("Southwark Alliance", "a")
    assert [council["label"] for council in partnership["councils"]] == ["London Borough of Southwark"]
    assert agreement["label"] == "Local Area Agreement of Southwark, 2008 to 2011"
    assert area["recorded"]["namedPartners"] == 17
    for name, address in area["links"].items():
        if name == "audit":  # the first audit takes seconds, and the tests of audits ask for it
            assert address == "/api/v1/audits/latest?area=E09000028"
            continue
        assert real_server.http.get(address, follow_redirects=True).status_code == 200, address


def test_a_district_is_covered_by_its_countys_agreement(real_server: Server) -> None:
    (agreement,) = get(real_server, "areas/Dover")["agreements"]

    assert agreement["area"] == {"code": "E10000016", "label": "Kent"}
    assert [one["label"] for one in agreement["authorities"]] == ["Kent County Council"]


def test_an_area_of_another_period_is_told_with_those_that_stood_in_its_place(real_server: Server) -> None:
    before = get(real_server, "areas/E06000052")
    after = get(real_server, "areas/E06000052", as_of="2009-04-01")

    assert (before["stood"], after["stood"], before["from"]) == (False, True, "2009-04-01")
    assert {"code": "E10000005", "label": "Cornwall"} in before["standing"]
    assert len(before["predecessors"]) == 7
    assert before["partnerships"] == []


def test_a_body_is_told_with_its_seats_and_for_how_much_it_answers(real_server: Server) -> None:
    agency = get(real_server, "bodies/body/environment-agency")
    owed = get(real_server, "accountability", by=agency["iri"], limit=1)
    (answers,) = agency["answersFor"]

    assert agency["classes"] == ["NationalAgency"]
    assert {(seat["how"], seat["derivedBy"]) for seat in agency["seats"]} == {("named partner", "named-partners")}
    assert len(agency["seats"]) == answers["areas"] == 150
    assert answers["accountabilities"] == owed["total"]
    for address in agency["links"].values():
        assert real_server.http.get(address, follow_redirects=True).status_code == 200, address


def test_a_council_is_known_by_its_key_code_and_name(real_server: Server) -> None:
    told = [
        get(real_server, f"bodies/{key}") for key in ("authority/E09000028", "E09000028", "London Borough of Southwark")
    ]

    assert told[0] == told[1] == told[2]
    assert [seat["how"] for seat in told[0]["seats"]] == ["lead council"]


def test_bodies_are_chosen_by_class_area_and_text(real_server: Server) -> None:
    trusts = get(real_server, "bodies", **{"class": "PrimaryCareTrust", "area": "Kent"})
    wider = get(real_server, "bodies", **{"class": "StatutoryBody", "area": "Kent"})
    typed = get(real_server, "bodies", text="eastern coast", area="Kent")

    assert [body["label"] for body in trusts["bodies"]] == [
        "Eastern and Coastal Kent Primary Care Trust",
        "West Kent Primary Care Trust",
    ]
    assert {body["iri"] for body in trusts["bodies"]} < {body["iri"] for body in wider["bodies"]}
    assert typed["bodies"] == trusts["bodies"][:1]


def test_search_goes_by_kind_and_half_typed_words(real_server: Server) -> None:
    hits = get(real_server, "search", q="southw", limit=3)["hits"]
    duties = get(real_server, "search", q="strateg", kind=["duty", "theme"])["hits"]

    assert (hits[0]["label"], hits[0]["kind"], len(hits)) == ("Southwark", "area", 3)
    assert {hit["kind"] for hit in duties} <= {"duty", "theme"}
    assert duties


def test_two_areas_are_compared_as_the_question_does(real_server: Server) -> None:
    told = get(real_server, "compare", area="Quillhaven", other="F07000001", world="fictional")
    asked = get(real_server, "questions/Q19", area="Quillhaven", other="F07000001", world="fictional")

    assert told["records"] == asked["records"] != []
    assert told["completeness"] == asked["completeness"]


def test_a_group_of_areas_is_compared_with_the_rest(real_server: Server) -> None:
    measures = {one["measure"]: one for one in get(real_server, "compare", type="london-borough")["records"]}

    assert measures["accountabilities"]["groupAreas"] == 32
    assert measures["accountabilities"]["restAreas"] == 388 - 32


def test_gaps_are_one_list_of_several_questions_and_say_how_complete_each_is(real_server: Server) -> None:
    told = get(real_server, "gaps", area="E09000028", limit=MOST)
    asked = {one["question"]: one for one in told["asked"]}
    seats = get(real_server, "questions/which-duty-holders-have-no-seat", area="E09000028")

    assert asked["which-duty-holders-have-no-seat"]["found"] == len(seats["records"]) > 0
    assert sum(one["found"] for one in told["asked"]) == told["total"] == len(told["gaps"])
    assert told["completeness"] == "not-recorded"
    assert {gap["area"]["code"] for gap in told["gaps"]} == {"E09000028"}
    assert set(seats["missing"]) <= set(told["missing"])


def test_only_gaps_of_the_kinds_asked_for_are_looked_for(real_server: Server) -> None:
    told = get(real_server, "gaps", world="fictional-breaches", kind=["action-lacks", "two-leads"], limit=MOST)

    assert {gap["kind"] for gap in told["gaps"]} <= {"action-lacks", "two-leads"}
    assert [gap for gap in told["gaps"] if gap["kind"] == "action-lacks"]
    assert len(told["asked"]) == 2


def test_a_complete_record_has_no_gaps(real_server: Server) -> None:
    told = get(real_server, "gaps", world="fictional", area="Quillhaven", kind=["action-lacks", "orphan"])

    assert (told["total"], told["completeness"], told["missing"]) == (0, "complete", [])


def test_the_network_of_a_region_is_measured(real_server: Server) -> None:
    told = get(real_server, "network", region="North East", limit=2)

    assert len(told["standings"]) == 2
    assert sum(told["components"]) == told["nodes"]


def test_an_accountability_is_explained_by_its_chain_when_asked_for(real_server: Server) -> None:
    asked = {"for": "local area agreement", "area": "Dover", "by": "Kent County Council", "limit": 1}
    plain = get(real_server, "accountability", **asked)
    explained = get(real_server, "accountability", **asked, explain="true")
    (answer,) = explained["answers"]

    assert plain["answers"][0]["chain"] is None
    assert answer["chain"]["accountability"] == answer["iri"]
    assert answer["chain"]["derivation"]["facts"]
    assert [hop["to"]["label"] for hop in answer["chain"]["hops"]] == [to["label"] for to in answer["to"]]


def test_a_point_is_an_area_where_boundaries_are_loaded(real_server: Server) -> None:
    refused = real_server.http.get("/api/v1/accountability", params={"for": "crime", "lat": 51.5, "lon": -0.08})

    assert "positions nearest: City of London" in problem(refused, 400)["detail"]


def test_a_small_store_is_told_as_it_is(server: Server) -> None:
    areas, bodies = get(server, "areas"), get(server, "bodies")
    after = get(server, "areas", as_of="2009-04-01")
    council = get(server, "bodies/authority/E09000901")

    assert [area["label"] for area in areas["areas"]] == ["Southwick", "Northwick"]
    assert [area["label"] for area in after["areas"]] == ["Northwick"]
    assert [body["key"] for body in bodies["bodies"]] == [
        "authority/E09000901",
        "authority/E07000902",
        "public/E09000901",
    ]
    assert council["answersFor"] == [{"direction": "to-citizens", "accountabilities": 1, "leads": 1, "areas": 1}]
    assert get(server, "search", q="northw", kind="area")["hits"][0]["label"] == "Northwick"


@pytest.mark.parametrize(
    ("few", "many"),
    [
        ({"kind": "areas", "limit": 1}, {"kind": "areas", "limit": 500}),
        ({"kind": "bodies", "limit": 1}, {"kind": "bodies", "limit": 500}),
        ({"kind": "body", "key": "authority/E09000028"}, {"kind": "body", "key": "body/environment-agency"}),
        ({"kind": "area", "code": "Penwith"}, {"kind": "area", "code": "Kent"}),
        ({"kind": "gaps", "limit": 1}, {"kind": "gaps", "limit": 500}),
    ],
)
def test_more_to_tell_takes_no_more_queries(
    real: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch, few: dict[str, Any], many: dict[str, Any]
) -> None:
    asked: list[str] = []
    query = EmbeddedBackend.query

    def counted(self: EmbeddedBackend, sparql: str, **options: Any) -> Any:
        asked.append(sparql)
        return query(self, sparql, **options)

    filters = dict.fromkeys(("type", "tier", "funding", "region", "level", "text", "class", "area", "asOf", "world"))
    common = {**filters, "kinds": ["duty-holder-without-seat"], "offset": 0, "base": "", "path": "", "query": []}

    def queries(head: dict[str, Any]) -> int:
        before = len(asked)
        reply = jobs.answer(real, Message({**common, **head}), 10_000)
        assert reply.head["status"] == 200, reply.body
        return len(asked) - before

    queries(few)  # what is read once for all requests
    monkeypatch.setattr(EmbeddedBackend, "query", counted)

    assert queries(few) == queries(many) <= 6
