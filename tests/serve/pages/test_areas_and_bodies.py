"""Areas and bodies as pages: what is recorded is told with its source, and what is not is told to be not."""

from __future__ import annotations

import csv
import gzip
import io
import re
from urllib.parse import urlsplit

import pytest

from tests.serve.conftest import Server

from .html import Read, wrong
from .test_frame import get

SOUTHWARK = "/areas/E09000028"
INVENTED = "/areas/F06000001?world=fictional"
PATHS = [
    "/",
    "/?world=fictional",
    "/about",
    "/search?q=kent",
    "/areas",
    "/areas?world=fictional",
    SOUTHWARK,
    f"{SOUTHWARK}?direction=upwards",
    f"{SOUTHWARK}/governance",
    "/areas/E07000019?as-of=2009-06-30",
    "/areas/E92000001",
    INVENTED,
    "/bodies",
    "/bodies/body/environment-agency",
    "/bodies/authority/F06000001?world=fictional",
    "/nowhere",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_valid_small_and_leads_nowhere_that_is_not(real_server: Server, path: str) -> None:
    page = get(real_server, path)

    assert wrong(page.text) == []
    assert len(gzip.compress(page.content)) < 100_000


@pytest.mark.parametrize("path", ["/", SOUTHWARK, "/bodies/body/environment-agency", INVENTED])
def test_every_kind_of_link_of_a_page_is_answered(real_server: Server, path: str) -> None:
    found = [tag.attributes["href"] for tag in Read(get(real_server, path).text).all("a")]
    found += [tag.attributes["src"] for tag in Read(get(real_server, path).text).all("img")]
    ours = [one for one in found if one.startswith(real_server.url) and "/audit" not in one]  # which takes its time
    kinds = {re.sub(r"[A-Z]\d{8}|=.*", "", urlsplit(one).path.rpartition("/")[0]): one for one in ours}

    assert len(kinds) > 3
    answers = {one: real_server.http.get(one, follow_redirects=True).status_code for one in kinds.values()}
    assert {one: status for one, status in answers.items() if status != 200} == {}


def test_the_areas_of_a_region_are_counted_and_listed(real_server: Server) -> None:
    page = get(real_server, "/areas?region=E12000007")
    rows = list(csv.DictReader(io.StringIO(get(real_server, "/areas.csv?region=London").text)))

    assert "33 areas of 30 June 2008 that fit, 33 with a Local Strategic Partnership" in page.text
    assert len(rows) == 33
    assert {row["region"] for row in rows} == {"London"}
    assert all(row["label"] in page.text for row in rows)


@pytest.mark.parametrize("field", ["tier", "funding"])
def test_a_facet_tells_how_many_areas_each_choice_leaves(real_server: Server, field: str) -> None:
    page = get(real_server, "/areas").text
    select = re.search(rf'<select id="f-{field}".*?</select>', page, re.DOTALL)
    assert select is not None
    options = re.findall(r'<option value="([^"]+)">[^<]*\((\d+)\)', select[0])

    assert options
    for value, number in options:
        assert f">{number} " in get(real_server, f"/areas?{field}={value}").text


def test_areas_are_sorted_either_way_and_in_parts(real_server: Server) -> None:
    def names(path: str) -> list[str]:
        rows = re.findall(r'<tr>\n<th scope="row"><a [^>]*><bdi>([^<]+)', get(real_server, path).text)
        return [str(one) for one in rows]

    up, down = names("/areas?region=London"), names("/areas?region=London&sort=-name")
    assert up == sorted(up)
    assert down == up[::-1]
    first, second = names("/areas"), names("/areas?offset=100")
    assert len(first) == len(second) == 100
    assert not set(first) & set(second)


def test_an_area_tells_its_partners_duties_and_sources(real_server: Server) -> None:
    shown = Read(get(real_server, SOUTHWARK).text).text

    for told in ("Southwark Alliance", "17 named partners", "Metropolitan Police", "Crime and Disorder Act 1998 s.5"):
        assert told in shown
    assert "Code History Database" in shown
    assert "data/ons-code-history/" in shown
    assert "Neighbourhood Renewal Fund" in shown


def test_not_recorded_and_no_look_different(real_server: Server) -> None:
    real, invented = get(real_server, SOUTHWARK).text, get(real_server, INVENTED).text
    of_real = re.search(r'<th scope="row">Membership</th><td>(.*?)</td><td>(.*?)</td>', real)
    of_invented = re.search(r'<th scope="row">Membership</th><td>(.*?)</td><td>(.*?)</td>', invented)

    assert of_real is not None
    assert of_invented is not None
    assert of_real[1] == '<span class="not-recorded">not recorded</span>'
    assert int(of_invented[1]) > 10
    assert 'class="yes"' in of_invented[2]


def test_accountabilities_are_chosen_by_direction_body_and_theme(real_server: Server) -> None:
    upwards = get(real_server, f"{SOUTHWARK}?direction=upwards").text
    by_body = get(real_server, f"{SOUTHWARK}?body=body/environment-agency").text
    by_theme = get(real_server, f"{INVENTED}&theme=community-safety").text

    assert "1 of 64 accountabilities" in upwards
    assert "3 of 64 accountabilities" in by_body
    assert re.search(r"[1-9]\d* of 182 accountabilities", by_theme)
    assert get(real_server, f"{SOUTHWARK}?direction=sideways").status_code == 404


def test_an_area_that_had_ended_says_what_stood_in_its_place(real_server: Server) -> None:
    page = get(real_server, "/areas/E07000019?as-of=2009-06-30").text

    assert "It did not stand on 30 June 2009" in page
    assert "/areas/E06000052?as-of=2009-06-30" in page


def test_the_page_of_an_invented_place_says_so_and_keeps_its_readers_there(real_server: Server) -> None:
    page = get(real_server, INVENTED)
    inner = page.text[page.text.index("<main") : page.text.index("</main>")]

    assert "Invented places" in page.text
    links = [tag.attributes["href"] for tag in Read(inner).all("a")]
    pages = [one for one in links if "/areas/" in one or "/bodies/" in one]
    assert pages
    assert all("world=fictional" in one for one in pages)
    assert not [one for one in links if one.startswith(f"{real_server.url}/id/")]


def test_a_name_that_fits_no_area_is_answered_with_those_near_it(real_server: Server) -> None:
    page = get(real_server, "/areas/Sothwark")

    assert page.status_code == 404
    assert "Southwark" in page.text


def test_a_name_that_fits_several_areas_offers_each_by_its_code(real_server: Server) -> None:
    several = real_server.http.get("/api/v1/areas/Bedford").json().get("candidates")
    page = get(real_server, "/areas/Bedford")
    if several is None:  # one of that name stood on the day
        assert page.status_code == 200
    else:
        assert all(f"/areas/{one['code']}" in page.text for one in several)


def test_a_body_tells_where_it_takes_part_and_for_what_it_answers(real_server: Server) -> None:
    page = get(real_server, "/bodies/body/environment-agency").text

    assert "150 places" in page
    assert re.search(r"take on the targets.*?<td class=\"number\">150</td>", page, re.DOTALL)
    assert "offset=100" in page


def test_bodies_are_found_by_class_and_area(real_server: Server) -> None:
    trusts = get(real_server, "/bodies?class=PrimaryCareTrust").text
    kent = get(real_server, "/bodies?area=Kent").text

    assert "primary care trust" in trusts
    assert "Environment Agency" not in trusts
    assert "Kent Police" in kent
