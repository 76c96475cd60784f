"""The hexagon map: each area one cell, neighbours kept, and nothing that a label says can change it."""

from __future__ import annotations

import random
from collections import Counter
from xml.etree import ElementTree

import numpy as np
import pytest

from lsp_graph.layout import MAPS
from lsp_graph.pictures.hexagons import Tile, cells, hexagon_map
from maps import build

from . import kinds_of_markup

SVG = "{http://www.w3.org/2000/svg}"
AXIAL = {code: (column - row // 2, row) for code, (column, row) in cells().items()}


@pytest.fixture(scope="module")
def measured() -> build.Quality:
    return build.measured(AXIAL)


def drawn(*tiles: Tile) -> ElementTree.Element:
    return ElementTree.fromstring(hexagon_map(tiles, "A map", {"north": "North"}, "ordered"))  # noqa: S314  # ours


def test_every_area_that_had_a_council_has_a_cell_and_none_else_has() -> None:
    known, _, _ = build.read()
    assert cells().keys() == known.keys()
    assert len(known) == 397


def test_the_388_areas_before_2009_have_a_cell_each_and_the_nine_after_take_one_of_those_they_follow() -> None:
    _, _, follows = build.read()
    before = [cell for code, cell in cells().items() if code not in follows]
    after = [cells()[code] for code in follows]
    assert len(before) == len(set(before)) == 388
    assert len(after) == len(set(after)) == 9
    for code, ground in follows.items():
        assert cells()[code] in {cells()[one] for one in ground}


def test_no_region_and_no_county_is_in_more_than_one_piece(measured: build.Quality) -> None:
    assert (measured.split_regions, measured.split_counties) == (0, 0)


def test_most_neighbours_are_side_by_side_and_most_directions_kept(measured: build.Quality) -> None:
    assert measured.kept > 0.7
    assert measured.kept_border > 0.7
    assert measured.same_side > 0.8
    assert measured.moved_median < 1.5


def test_the_figures_in_the_readme_are_those_of_the_map(measured: build.Quality) -> None:
    told = (MAPS / "README.md").read_text(encoding="utf-8")
    for figure in (measured.kept, measured.kept_border, measured.same_side):
        assert f"{figure:.1%}".replace("%", " %") in told
    assert f"{measured.moved_median:.1f}; {measured.moved_most:.1f}" in told


def test_no_land_is_without_an_area() -> None:
    taken = set(AXIAL.values())
    around = Counter(side for cell in taken for side in build.beside(cell) if side not in taken)
    assert max(around.values()) < 6


def test_exchanging_cells_brings_neighbours_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "STEPS", 4000)
    monkeypatch.setattr(build, "LAST", 1000)
    places = [build.Place(f"E{n}", n % 5 * 20.0, n // 5 * 20.0, f"E12-{n // 10}", None) for n in range(25)]
    borders = {(n, n + 1): 1.0 for n in range(24) if n % 5 < 4} | {(n, n + 5): 1.0 for n in range(20)}
    shuffled = [(n * 7 % 25 % 5, n * 7 % 25 // 5) for n in range(25)]
    at = np.array([(place.x / 20, place.y / 20) for place in places])
    arranged = build.Arrangement(places, borders, at, shuffled)
    begun = build.quality(arranged, borders)
    arranged.improve(random.Random(1))  # noqa: S311  # no secret
    improved = build.quality(arranged, borders)
    assert improved.kept > begun.kept + 0.3
    assert sorted(arranged.held.values()) == list(range(25))


def test_a_tile_is_a_link_that_says_what_it_shows() -> None:
    map_ = drawn(Tile("E09000028", "Southwark", "c3", "17 partners", "/areas/E09000028", "north"))
    link = next(map_.iter(f"{SVG}a"))
    assert link.get("href") == "/areas/E09000028"
    assert link.findtext(f"{SVG}title") == "Southwark: 17 partners"
    assert [one.text for one in map_.iter(f"{SVG}text")] == ["North"]


def test_an_area_without_a_cell_is_left_out_and_a_cell_without_an_area_is_empty() -> None:
    map_ = drawn(Tile("F06000001", "Quillhaven", "c1", "invented", None))
    assert not list(map_.iter(f"{SVG}a"))
    assert len([one for one in map_.iter(f"{SVG}path") if one.get("class") == "hex ended"]) == 388


@pytest.mark.parametrize(
    "label",
    [
        "<script>alert(1)</script>",
        '"><svg onload="x">',
        "a\x00b\x0b\ud7ff",
        "\u202etxet\u202c",
        "x" * 5000,
        "",
        "]]>&amp;",
    ],
)
def test_a_hostile_label_is_text(label: str) -> None:
    text = hexagon_map([Tile("E09000028", label, "c0", label, "/x", "north")], label, {"north": label}, "kinds")
    assert kinds_of_markup(text) <= {
        *("svg", "g", "path", "a", "title", "text"),
        *(
            "viewBox",
            "width",
            "height",
            "role",
            "aria-label",
            "aria-hidden",
            "class",
            "d",
            "href",
            "x",
            "y",
            "text-anchor",
        ),
    }
    assert len(text) < 60_000 + 6 * min(len(label), 300)
