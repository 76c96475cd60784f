"""Histories, charts and diagrams for pages: what they say, how large they are, and that labels are only text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from lsp_graph.areas import resolve
from lsp_graph.namespaces import ID
from lsp_graph.pictures import Governance, Line, Thing, governance
from lsp_graph.pictures.charts import MOST, Bar, bars
from lsp_graph.pictures.timeline import Period, history, timeline, told
from lsp_graph.store import EmbeddedBackend

from . import kinds_of_markup

DAY = date(2008, 6, 30)
SVG = "{http://www.w3.org/2000/svg}"
FORBIDDEN = {"script", "style", "foreignObject", "image", "use", "set", "animate", "id", "target", "onload", "onclick"}


def diagram(label: str) -> str:
    one, other = Thing("https://example.org/1", label, "partner", label), Thing("javascript:alert(1)", label, "council")
    lines = (Line(one.iri, other.iri, "answers upwards", 3), Line(one.iri, other.iri, "member", 1))
    return Governance(label, DAY, (one, other), lines).inline(str)


def line(label: str) -> str:
    return timeline([Period("area", "urn:x", label, "2001-01-01", None, "year")], label, DAY, lambda iri: None)


def chart(label: str) -> str:
    return bars([Bar(label, 1, "/x"), Bar("other", 2)], label)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
@pytest.mark.parametrize("draw", [diagram, line, chart])
@pytest.mark.parametrize("frame", ["{}", "<script>{}</script>", '" onload="{}', "&{};]]>", "{}\x00\x08\x1f"])
def test_whatever_a_label_says_is_text(draw: Callable[[str], str], frame: str, text: str) -> None:
    svg = draw(frame.format(text))
    assert not kinds_of_markup(svg) & FORBIDDEN
    assert kinds_of_markup(svg) <= kinds_of_markup(draw("plain"))
    assert 'href="javascript:' not in svg


@pytest.mark.parametrize("draw", [diagram, line, chart])
def test_a_very_long_label_does_not_make_a_very_large_picture(draw: Callable[[str], str]) -> None:
    assert len(draw("long " * 10_000)) < len(draw("short")) + 6_000


def partners(number: int) -> Governance:
    """A council with so many partners of five sectors."""
    council = Thing("https://example.org/council", "Council", "council")
    found = [
        Thing(f"https://example.org/{one}", f"Partner number {one} of the partnership", "partner", f"Sector {one % 5}")
        for one in range(number)
    ]
    lines = [Line(one.iri, council.iri, "answers between-partners", 1) for one in found]
    return Governance("Somewhere", DAY, (council, *found), tuple(lines))


def test_forty_partners_can_be_read_on_one_screen() -> None:
    parsed = ElementTree.fromstring(partners(40).inline(str))  # noqa: S314  # ours
    said = " ".join(text.text or "" for text in parsed.iter(f"{SVG}text"))
    assert said.count("Partner number") == 40
    assert float(parsed.get("width", "")) < 1400
    assert float(parsed.get("height", "")) < 1600
    assert len([one for one in parsed.iter(f"{SVG}g") if "edge" in one.get("class", "")]) == 5
    assert "8 of 8" in said


def test_of_very_many_partners_some_are_drawn_and_the_others_counted() -> None:
    said = partners(1000).inline(str)
    assert said.count("Partner number") < 1000 * 2
    assert "and 110 more" in said


def test_what_the_diagram_shows_is_told_in_words(real: EmbeddedBackend) -> None:
    found = governance(real, resolve(real, "Southwark", DAY), "Southwark", DAY)
    by_label = {one.thing.label: one for one in found.told()}
    assert {one.thing for one in found.told()} == set(found.things)
    assert [one.label for one in by_label["Young Southwark"].belongs] == ["Southwark Alliance"]
    council = by_label["London Borough of Southwark"]
    assert ("Secretary of State", "upwards") in {(other.label, way) for other, way, _ in council.answers}


def test_a_history_tells_the_reorganisation_and_what_came_before_it(real: EmbeddedBackend) -> None:
    found = history(real, ID["area/E06000052"])
    assert {"Caradon", "Cornwall Council"} <= {one.label for one in found}
    assert next(one for one in found if one.kind == "change").since == "2009-04-01"
    drawn = timeline(found, "Cornwall", DAY, str)
    assert drawn.count("<a ") == len([one for one in found if one.dated])


def test_an_area_of_which_nothing_is_known_has_no_history(real: EmbeddedBackend) -> None:
    assert not [one for one in history(real, NamedNode("https://example.org/nowhere")) if one.dated]


@pytest.mark.parametrize(
    ("since", "until", "precision", "words"),
    [
        ("2001-01-01", "2006-03-31", None, "from 2001-01-01, until 2006-03-31"),
        (None, "2009-03-31", None, "beginning not recorded, until 2009-03-31"),
        ("2001-01-01", None, "year", "from 2001-01-01, end not recorded, exact to the year"),
        ("2009-04-01", "2009-04-01", None, "on 2009-04-01"),
    ],
)
def test_a_period_is_told_with_what_is_not_recorded_of_it(
    since: str | None, until: str | None, precision: str | None, words: str
) -> None:
    assert told(Period("area", "urn:x", "X", since, until, precision)) == words


@settings(max_examples=40, deadline=None)
@given(st.dates(), st.dates())
def test_any_dates_can_be_drawn(one: date, other: date) -> None:
    found = [Period("area", "urn:x", "X", one.isoformat(), other.isoformat(), None)]
    parsed = ElementTree.fromstring(timeline(found, "X", DAY, str))  # noqa: S314  # ours
    assert all(0 <= float(bar.get("x", "")) <= 760 for bar in parsed.iter(f"{SVG}rect"))


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(-1e9, 1e12)), min_size=1, max_size=60))
@settings(max_examples=30, deadline=None)
def test_a_chart_has_a_bar_for_each_number_and_at_most_so_many(found: list[tuple[str, float]]) -> None:
    svg = bars([Bar(label, number) for label, number in found], "numbers")
    parsed = ElementTree.fromstring(svg)  # noqa: S314  # ours
    assert len([one for one in parsed.iter(f"{SVG}rect") if "rect" in one.get("class", "")]) == min(len(found), MOST)
