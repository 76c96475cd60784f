"""Outlines that should fit are compared; what does not fit is told with its size, and the audit finds it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from lsp_graph import geometry
from lsp_graph.audit import audit, explain
from lsp_graph.boundaries import Ingested, Origin
from lsp_graph.boundaries.comparison import Drawn, Member, Outlines, districts_of, together
from lsp_graph.store import EmbeddedBackend

from .conftest import SURVEY

Take = Callable[..., Ingested]
World = Callable[[], EmbeddedBackend]
DAY = date(2008, 6, 30)
COUNTY, A, B, C = (Member(f"x:{name}", name) for name in ("county", "a", "b", "c"))


def drawn(source: str, **boxes: tuple[float, float, float, float]) -> list[Drawn]:
    return [
        Drawn(NamedNode(f"o:{source}/{name}"), f"x:{name}", source, shapely.box(*(10_000 * edge for edge in box)))
        for name, box in boxes.items()
    ]


def found(outlines: Outlines, *parts: Member) -> dict[str, list[tuple[str, str, float]]]:
    (task,) = districts_of(COUNTY, parts)
    return {
        one.source: [
            ("-".join(who.label for who in each.involved), each.kind, round(each.piece.hectares))
            for each in one.discrepancies
        ]
        for one in outlines.compare(task)
    }


def test_what_does_not_fit_is_told_by_kind_and_size() -> None:
    boxes = {"county": (40, 30, 43, 31), "a": (40, 30, 41.2, 31), "b": (41, 30, 42, 31), "c": (42, 30, 42.9, 31.1)}

    assert found(Outlines(drawn("s", **boxes), 100), A, B, C) == {
        "s": [("a-b", "overlap", 2000), ("county", "gap", 1000), ("c", "excess", 900)]
    }


def test_what_is_nowhere_wider_than_the_tolerance_is_passed_over() -> None:
    boxes = {"county": (40, 30, 42, 31), "a": (40, 30, 41.009, 31), "b": (41, 30, 41.991, 31)}

    assert found(Outlines(drawn("s", **boxes), 100), A, B) == {"s": []}
    assert found(Outlines(drawn("s", **boxes), 80), A, B) == {"s": [("a-b", "overlap", 90), ("county", "gap", 90)]}


def test_without_an_outline_of_the_county_only_overlaps_are_looked_for() -> None:
    outlines = Outlines(drawn("s", a=(40, 30, 41.2, 31), b=(41, 30, 42, 31)), 100)
    (task,) = districts_of(COUNTY, [A, B])

    (made,) = outlines.compare(task)

    assert made.task.looked_for == ("overlap",)
    assert [one.label for one in outlines.lacking(task)] == ["county"]


def test_where_a_district_has_no_outline_nothing_is_compared() -> None:
    assert found(Outlines(drawn("s", county=(40, 30, 42, 31), a=(40, 30, 41, 31)), 100), A, B) == {}


def test_each_source_is_compared_with_itself_and_several_only_where_none_has_all() -> None:
    whole = {"county": (40.0, 30.0, 42.0, 31.0), "a": (40.0, 30.0, 41.0, 31.0), "b": (41.0, 30.0, 42.0, 31.0)}
    wide = {**whole, "a": (40.0, 30.0, 41.1, 31.0)}

    assert found(Outlines([*drawn("s", **whole), *drawn("t", **wide)], 100), A, B) == {
        "s": [],
        "t": [("a-b", "overlap", 1000)],
    }
    mixed = [*drawn("s", county=whole["county"], a=whole["a"]), *drawn("t", b=whole["b"])]
    assert found(Outlines(mixed, 100), A, B) == {"": []}


def test_a_county_is_compared_for_each_time_in_which_its_districts_were_the_same() -> None:
    county = Member("x:county", "county", date(1974, 4, 1), date(2009, 3, 31))
    early = Member("x:a", "a", until=date(2004, 6, 30))
    late = Member("x:c", "c", date(2004, 7, 1))

    told = [
        (task.since, task.until, [part.label for part in task.parts]) for task in districts_of(county, [early, B, late])
    ]

    assert told == [
        (date.min, date(2004, 6, 30), ["a", "b"]),
        (date(2004, 7, 1), date(2009, 3, 31), ["b", "c"]),
    ]


def test_what_was_never_there_at_one_time_is_not_compared() -> None:
    ended, began = Member("x:a", "a", until=date(2004, 1, 1)), Member("x:b", "b", date(2005, 1, 1))

    assert list(together(ended, [began], [ended], "excess")) == []


def star(points: list[float]) -> shapely.Polygon:
    """A polygon around (0, 0) of these radii."""
    turn = 2 * math.pi / len(points)
    return shapely.Polygon([(r * math.cos(turn * i), r * math.sin(turn * i)) for i, r in enumerate(points)])


RADII = st.lists(st.floats(500, 5000), min_size=3, max_size=12)


@settings(max_examples=50, deadline=None)
@given(RADII, RADII, st.floats(1, 500))
def test_a_gap_is_the_land_of_one_and_not_the_other_but_for_what_is_narrow(
    one: list[float], other: list[float], metres: float
) -> None:
    first, second = star(one), star(other)
    piece = geometry.lacking(first, second, metres)
    hectares = 0 if piece is None else piece.hectares

    assert hectares <= first.difference(second).area / 10_000 + 1e-6
    core = first.difference(second).buffer(-metres / 2)
    assert hectares * 10_000 >= core.area - 1e-3
    assert (piece is None) == core.is_empty


def findings(graph: EmbeddedBackend, day: date = DAY) -> dict[str, list[str]]:
    """What is found by rule, but for where the land is."""
    told: dict[str, list[str]] = {}
    for finding in audit(graph, as_of=day, rules=["B01", "B08", "B09"]).of_outcome("failed"):
        said, _, place = finding.message.partition(", around ")
        assert re.fullmatch(r"5\d\.\d{4}, -\d\.\d{4}\.", place)
        told.setdefault(finding.rule, []).append(said)
    return {rule: sorted(messages) for rule, messages in told.items()}


def test_the_audit_of_outlines_that_fit_passes_and_says_that_it_looked(taken: Take, world: World) -> None:
    for name in ("places.geojson", "slivers.geojson"):
        made = taken(name)

        assert findings(world()) == {}
        assert [one.discrepancies for one in made.comparisons] == [()]


def test_the_audit_finds_what_does_not_fit_with_size_and_share(taken: Take, world: World) -> None:
    taken("misfits.geojson")

    assert findings(world()) == {
        "B09": [
            "A part of Ambershire (fictional) is not covered: 500.0 ha, 1.67 % of Ambershire (fictional)",
            "A part of Dunmarrow (fictional) lies beyond the whole: 1,000.0 ha, 9.09 % of Dunmarrow (fictional)",
            "Dunmarrow (fictional) and Pellowfen (fictional) overlap: 1,000.0 ha, 9.09 % of Dunmarrow (fictional)",
        ]
    }


def test_a_finding_about_outlines_names_the_file_that_draws_them(taken: Take, world: World) -> None:
    taken("misfits.geojson")
    graph = world()
    report = audit(graph, as_of=DAY, rules=["B09"])

    explained = explain(graph, report)

    for finding in report.of_outcome("failed"):
        sources = explained.of(finding).sources
        assert {source.document for source in sources} == {"Survey of Loria (misfits.geojson)"}, finding.message
        assert len(sources) == (4 if "is not covered" in finding.message else 2)
        assert {source.rule for source in sources} == {"Outlines that should fit together are compared"}


def test_partnerships_and_sub_partnerships_may_have_outlines_of_their_own(taken: Take, world: World) -> None:
    safer = "Safer Quillhaven Crime and Disorder Reduction Partnership (fictional)"
    taken("places.geojson")
    taken("partnership.geojson", origin=Origin("The partnership's own map", SURVEY.licence, "The partnership."))

    assert findings(world()) == {
        "B01": ["A part of Quillhaven (fictional) is not covered: 1,000.0 ha, 10.00 % of Quillhaven (fictional)"],
        "B08": [
            f"A part of {safer} lies beyond the whole: 1,000.0 ha, 33.33 % of {safer}",
        ],
    }


def test_a_wider_tolerance_passes_over_more(taken: Take, world: World) -> None:
    taken("misfits.geojson", tolerance=1500.0)

    assert findings(world()) == {}


@pytest.mark.parametrize("name", ["EPSG:27700", "EPSG:4326", "OGC:CRS84"])
def test_a_known_system_is_told_by_name_and_code(name: str) -> None:
    assert name.partition(":")[2] in geometry.named(name)
