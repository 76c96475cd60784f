"""Names and texts that try to be something else are shown as they are, and do nothing."""

from __future__ import annotations

import pytest

from tests.serve.conftest import Server

from .conftest import LONG
from .html import Read, wrong
from .test_frame import get

AREA = "/areas/E07000991"
PATHS = [
    "/",
    "/about",
    "/areas",
    "/areas?sort=-region",
    AREA,
    f"{AREA}?direction=upwards",
    f"{AREA}/governance",
    "/areas/E07000992",
    "/areas/E10000991",
    "/bodies",
    "/bodies/body/x",
    "/bodies/body/nameless",
    "/bodies/authority/E07000991",
    "/search?q=script",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/map",
    "/ask",
    "/areas/%3Cscript%3E",
    "/bodies/%22%3E%3Cscript%3E",
    "/nowhere/%3Cscript%3E",
    "/areas?text=%22%3E%3Cscript%3E&region=%22%3E%3Cscript%3E",
    "/doc/area/E07000991",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_hostile_name_is_neither_markup_nor_script_nor_link(hostile: Server, path: str) -> None:
    page = get(hostile, path)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.status_code < 500
    assert wrong(page.text) == []


def test_a_hostile_name_is_shown_as_it_is(hostile: Server) -> None:
    shown = Read(get(hostile, AREA).text).text

    assert "<script>alert(5)</script>" in shown
    assert "&lt;b&gt;&amp;copy;" in shown
    assert "</summary></details><script>alert(12)</script>" in shown
    assert "<script>alert(9)</script>" in shown


def test_what_has_no_name_is_told_to_have_none(hostile: Server) -> None:
    assert "(no name recorded)" in Read(get(hostile, "/bodies").text).text
    assert "<h1><bdi>(no name recorded)</bdi></h1>" in get(hostile, "/areas/E07000992").text


def test_a_name_of_another_direction_is_kept_apart_from_the_text_around_it(hostile: Server) -> None:
    assert "<bdi>\u202e" in get(hostile, AREA).text


def test_a_name_of_thousands_of_letters_is_shown(hostile: Server) -> None:
    assert LONG in get(hostile, AREA).text


def test_an_address_that_a_browser_would_run_is_no_link(hostile: Server) -> None:
    assert 'href="javascript' not in get(hostile, "/about").text
    assert 'href="javascript' not in get(hostile, AREA).text
