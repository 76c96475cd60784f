"""The map, the central question, the library and comparisons as pages: of real, invented and hostile places."""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import httpx
import openpyxl
import polars
import pytest

from lsp_graph.questions import library
from lsp_graph.serve.pages.measures import MEASURES
from tests.serve.conftest import Server

from .html import wrong

SVG = "{http://www.w3.org/2000/svg}"
BROWSER = {"accept": "text/html"}
INVENTED = {"area": "F06000001", "other": "F10000001", "target": "id:target/F06000001/1", "subject": "id:lsp/F06000001"}


def get(server: Server, path: str, **parameters: str) -> httpx.Response:
    """A page; where an audit has to be made first, as soon as that is done."""
    for _ in range(20):
        page = server.http.get(path, params=parameters or None, headers=BROWSER, timeout=60)
        if page.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(float(page.headers["retry-after"]))
    return page


def drawing(page: httpx.Response, kind: str) -> ElementTree.Element:
    """The drawing of a kind on a page."""
    found = re.search(rf'<svg [^>]*class="drawing {kind}[^>]*>.*?</svg>', page.text, re.DOTALL)
    assert found is not None
    return ElementTree.fromstring(found[0])  # noqa: S314  # made by the service


@pytest.mark.parametrize("measure", MEASURES)
def test_each_measure_colours_all_388_areas_and_tells_the_same_in_a_legend_and_a_table(
    real_server: Server, measure: str
) -> None:
    page = get(real_server, "/map", measure=measure)
    map_ = drawing(page, "hexagons")
    links = list(map_.iter(f"{SVG}a"))
    assert len(links) == 388
    assert all(link.get("href") and link.findtext(f"{SVG}title") for link in links)
    assert page.text.count('<th scope="row">') == 388
    legend = re.findall(r'swatch (\w+)".*?\((\d+) areas?\)', page.text, re.DOTALL)
    assert sum(int(number) for _, number in legend) == 388
    shown = {path.get("class", "").removeprefix("hex ") for path in map_.iter(f"{SVG}path") if path.get("class")}
    assert {colour for colour, _ in legend} <= shown


def test_the_map_is_of_the_day_that_is_asked_for(real_server: Server) -> None:
    after = drawing(get(real_server, "/map", **{"as-of": "2009-06-30"}), "hexagons")
    titles = {link.findtext(f"{SVG}title", "").partition(":")[0] for link in after.iter(f"{SVG}a")}
    assert {"Cornwall", "Wiltshire", "Bedford"} <= titles
    assert not {"Caradon", "Cornwall (county)"} & titles
    assert "as-of=2009-06-30" in next(after.iter(f"{SVG}a")).get("href", "")


def test_invented_places_have_no_place_on_the_map_but_stand_in_the_table(real_server: Server) -> None:
    page = get(real_server, "/map", world="fictional")
    assert "None of these areas has a place on the map" in page.text
    assert "Quillhaven" in page.text
    assert '<svg class="drawing' not in page.text


def test_an_audit_is_shown_on_the_map_by_rule_and_by_outcome(real_server: Server) -> None:
    counted = get(real_server, "/map/audit", outcome="not-recorded")
    rule = get(real_server, "/map/audit", rule="c01")
    assert len(list(drawing(counted, "hexagons").iter(f"{SVG}a"))) == 388
    assert "Rule C01" in rule.text
    assert re.search(r"not recorded <span class=\"aside\">\(3\d\d areas\)", rule.text)
    assert get(real_server, "/map/audit", rule="Z99").status_code == 404


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_governance_diagram_is_to_be_had_by_itself(real_server: Server, form: str, begins: bytes) -> None:
    reply = get(real_server, f"/areas/Southwark/governance.{form}")
    assert reply.status_code == 200
    assert reply.content.startswith(begins)
    assert reply.headers["content-type"].startswith("image/")
    assert "governance-E09000028-2008-06-30" in reply.headers["content-disposition"]


def test_the_boxes_of_a_diagram_lead_to_pages_about_the_same_day_in_the_same_world(real_server: Server) -> None:
    drawn = get(real_server, "/areas/F06000001/governance.svg", world="fictional", **{"as-of": "2008-09-30"}).text
    links = re.findall(r'xlink:href="([^"]+)"', drawn)
    assert links
    assert all("world=fictional" in link and "as-of=2008-09-30" in link for link in links if "/bodies/" in link)
    assert get(real_server, "/areas/Narnia/governance.svg").status_code == 404


def test_the_central_question_is_answered_with_proof_and_with_what_is_missing(real_server: Server) -> None:
    page = get(real_server, "/ask", **{"for": "local area agreement", "area": "Dover"})
    assert "Kent County Council" in page.text
    assert "draft the Local Area Agreement and send it to the Secretary of State" in page.text
    assert "A lower bound: there may be more." in page.text
    assert "Youth offending team: no list of bodies" in page.text
    assert "The proof: how it follows" in page.text
    assert "central government" in page.text
    assert re.search(
        r'href="[^"]*/id/document/000[^"]*"[^>]*><bdi>Understanding Local Strategic Partnerships', page.text
    )
    assert 'class="confidence derived"' in page.text
    assert 'class="not-recorded">not recorded' in page.text


def test_the_number_of_answers_is_that_of_the_api(real_server: Server) -> None:
    asked = {"for": "community strategy", "area": "Hartlepool"}
    total = real_server.http.get("/api/v1/accountability", params=asked).json()["total"]
    assert f"{total} accountabilit" in get(real_server, "/ask", **asked).text


def test_a_misspelt_area_is_told_with_those_that_are_near_each_a_link(real_server: Server) -> None:
    page = get(real_server, "/ask", **{"for": "crime", "area": "Sothwark", "as-of": "2008-09-30"})
    assert page.status_code == 404
    link = re.search(r'href="([^"]+)"><bdi>Southwark \(E09000028\)</bdi>', page.text)
    assert link is not None
    assert "area=E09000028" in link[1]
    assert "as-of=2008-09-30" in link[1]


def test_a_name_that_fits_several_is_told_with_all_of_them(real_server: Server) -> None:
    page = get(real_server, "/ask", **{"for": "community strategy", "area": "Durham"})
    assert page.status_code == 400
    assert "Which one?" in page.text
    assert page.text.count("area=E") >= 2


def test_an_invented_record_is_complete_and_says_whose_word_it_is(real_server: Server) -> None:
    page = get(real_server, "/ask", **{"for": "young people", "area": "Quillhaven", "world": "fictional"})
    assert "Complete: nothing is known to be absent." in page.text
    assert "Invented places" in page.text
    assert 'name="world" value="fictional"' in page.text


def test_the_library_lists_every_question(real_server: Server) -> None:
    page = get(real_server, "/questions", **{"as-of": "2008-09-30"})
    assert all(f"/questions/{name}?as-of=2008-09-30" in page.text for name in library())


@pytest.mark.parametrize("name", library())
def test_each_question_has_a_form_its_query_and_an_answer_or_an_example(real_server: Server, name: str) -> None:
    question = library()[name]
    bare = get(real_server, f"/questions/{name}", world="fictional")
    needed = {one.name: INVENTED.get(one.name, one.example or "") for one in question.parameters if one.required}
    page = get(real_server, f"/questions/{name}", world="fictional", **needed)
    for one in question.parameters:
        assert f'name="{one.name}"' in bare.text
    assert "SELECT" in bare.text
    assert ("For example:" in bare.text) == bool(needed)
    expected = 404 if name == "what-is-a-body-accountable-for" else 200  # its usual body is a real one
    assert page.status_code == expected, page.text[:3000]
    if expected == 200:
        assert "/answer.csv" in page.text


@pytest.mark.parametrize(("number", "kind"), [("Q14", "bars"), ("Q16", "hexagons"), ("Q26", "hexagons")])
def test_an_answer_is_drawn_where_its_columns_allow(real_server: Server, number: str, kind: str) -> None:
    assert len(list(drawing(get(real_server, f"/questions/{number}"), kind).iter())) > 50


def test_the_bars_of_a_chart_are_the_numbers_of_the_answer(real_server: Server) -> None:
    answer = real_server.http.get("/api/v1/questions/Q14").json()["records"]
    chart = drawing(get(real_server, "/questions/Q14", chart="partnerships"), "bars")
    values = [text.text for text in chart.iter(f"{SVG}text") if text.get("class") == "value"]
    assert sorted(map(str, values)) == sorted(f"{one['partnerships']}" for one in answer)


def test_a_name_will_do_where_a_question_wants_an_iri(real_server: Server) -> None:
    page = get(real_server, "/questions/Q06", body="Natural England", area="E10000016")
    assert page.status_code == 200
    assert "Natural England" in page.text
    several = get(real_server, "/questions/Q06", body="police authority")
    assert several.status_code == 400
    assert "Did you mean" in several.text


def test_a_long_answer_comes_in_parts_that_lead_from_one_to_the_next(real_server: Server) -> None:
    first = get(real_server, "/questions/Q06")
    total = int(re.search(r"of ([\d,]+)</p>", first.text)[1].replace(",", ""))  # type: ignore[index]
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert total > 200
    assert following is not None
    second = real_server.http.get(following[1].replace("&amp;", "&"), headers=BROWSER)
    assert "Rows 201 to" in second.text


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "srj", "xlsx", "parquet"])
def test_an_answer_is_to_be_had_as_a_file_of_every_form_with_all_its_rows(real_server: Server, form: str) -> None:
    reply = get(real_server, f"/questions/Q14/answer.{form}")
    assert reply.status_code == 200
    assert (
        f'filename="how-many-partnership-areas-by-type-and-region-2008-06-30.{form}"'
        in reply.headers["content-disposition"]
    )
    rows = {
        "csv": lambda body: len(body.decode().splitlines()) - 1,
        "tsv": lambda body: len(body.decode().splitlines()) - 1,
        "json": lambda body: len(json.loads(body)),
        "srj": lambda body: len(json.loads(body)["results"]["bindings"]),
        "xlsx": lambda body: openpyxl.load_workbook(io.BytesIO(body))["data"].max_row - 1,
        "parquet": lambda body: polars.read_parquet(io.BytesIO(body)).height,
    }
    assert rows[form](reply.content) == 17


def test_two_areas_are_compared_by_what_differs_and_not_recorded_is_no_no(real_server: Server) -> None:
    page = get(real_server, "/compare", area="Southwark", other="Lambeth")
    assert "Western Riverside Waste Authority" in page.text
    assert "not recorded" in page.text
    assert '<span class="no">' not in page.text


def test_a_group_is_compared_with_the_rest(real_server: Server) -> None:
    page = get(real_server, "/compare", type="london-borough")
    assert "London borough and the rest" in page.text
    assert page.text.count('class="drawing bars"') >= 3


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"area": "Southwark"}, 400),
        ({"area": "Southwark", "other": "E09000028"}, 400),
        ({"area": "Southwark", "other": "Lambeth", "type": "county"}, 400),
        ({"area": "Narnia", "other": "Dover"}, 404),
        ({"type": "dragon"}, 404),
    ],
)
def test_half_a_comparison_is_told_beside_the_form(real_server: Server, given: dict[str, str], status: int) -> None:
    page = get(real_server, "/compare", **given)
    assert page.status_code == status
    assert 'role="alert"' in page.text
    assert "Compare the two" in page.text


PAGES = [
    "/",
    "/map",
    "/map?as-of=2009-06-30&measure=region",
    "/map?world=fictional",
    "/map/audit",
    "/map/audit?rule=C01",
    "/ask",
    "/ask?for=local+area+agreement&area=Dover",
    "/ask?for=young+people&area=Quillhaven&world=fictional",
    "/ask?for=crime&area=Sothwark",
    "/questions",
    "/questions/Q01",
    "/questions/Q14",
    "/questions/Q16",
    "/questions/Q06?body=police+authority",
    "/compare",
    "/compare?area=Southwark&other=Lambeth",
    "/compare?region=E12000001",
    "/compare?area=Narnia&other=Dover",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_and_has_neither_styles_nor_scripts_of_its_own(real_server: Server, path: str) -> None:
    assert wrong(get(real_server, path).text) == []


@pytest.mark.parametrize(
    "path",
    [
        "/map?measure=type",
        "/map/audit?rule=C01",
        "/ask?area=E07000991",
        "/ask?for=%3Cscript%3Ealert(9)%3C/script%3E&area=%22%3E%3Cscript%3E",
        "/questions/Q01?area=E07000991",
        "/questions/who-says-so?subject=id:area/E07000991",
        "/questions/Q06?body=%22%3E%3Cscript%3Ealert(9)%3C/script%3E",
        "/questions/%3Cscript%3E",
        "/compare?type=non-metropolitan-district",
        "/compare?area=E07000991&other=E10000991",
        "/compare?area=E07000991&other=%22%3E%3Cscript%3E",
    ],
)
def test_hostile_labels_and_parameters_are_text_on_every_page(hostile: Server, path: str) -> None:
    page = get(hostile, path)
    assert page.status_code < 500
    assert wrong(page.text) == []


def test_a_diagram_with_hostile_labels_is_well_formed_and_inert(hostile: Server) -> None:
    reply = get(hostile, "/areas/E07000991/governance.svg")
    assert reply.status_code == 200
    drawn = ElementTree.fromstring(reply.content)  # noqa: S314  # made by the service
    assert not [one for one in drawn.iter() if one.tag.endswith(("script", "foreignObject", "image"))]
    links = [value for one in drawn.iter() for name, value in one.attrib.items() if name.endswith("href")]
    assert links
    assert all(link.startswith(("http://", "https://", "/")) for link in links)


def test_pages_stay_within_bounds(real_server: Server) -> None:
    for path in ("/map", "/ask?area=E10000016", "/questions/Q06", "/questions/which-partnerships-share-a-place"):
        page = real_server.http.get(path, headers=BROWSER)
        assert len(page.content) < 500_000, path


def test_the_file_of_the_map_goes_with_the_package() -> None:
    assert "hexagons.csv" in (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
