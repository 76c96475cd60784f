"""What follows from a record that is handed in is just what a build would conclude from all that is stated then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Quad

from lsp_graph.intake import plan
from lsp_graph.intake.accept import read_all
from lsp_graph.record import known_things
from lsp_graph.store import EmbeddedBackend
from tests.intake.worlds import RECORDS, WORLD, Country, after, concluded, edited, graph_of_record, quads_of

Rows = list[dict[str, str]]
Edit = Callable[[Rows], Rows]


def none(rows: Rows) -> Rows:
    return []


def but(**cells: str) -> Edit:
    return lambda rows: [row | {name: cell for name, cell in cells.items() if name in row} for row in rows]


def fewer(rows: Rows) -> Rows:
    return rows[: len(rows) // 2]


@pytest.fixture(scope="module")
def places(real: EmbeddedBackend) -> set[Quad]:
    return quads_of(real.world(WORLD))


@pytest.fixture(scope="module")
def without(places: set[Quad]) -> dict[str, Country]:
    """The country as it is without the record of Quillhaven, a borough, or without that of Ambershire, a county."""
    return {
        name: Country(concluded(quad for quad in places if quad.graph_name != graph_of_record(key)), f"without {key}")
        for name, key in (("quillhaven", "F06000001"), ("ambershire", "F10000001"))
    }


def handed_in(country: Country, path: Path) -> tuple[set[Quad], str]:
    known = known_things(country.places)
    made = plan(country, read_all([path], known), "ann", "2010-01-01T00:00:00+00:00", world=WORLD, known=known)
    return after(country, made), made.received[0].outcome


EDITS: dict[str, tuple[str, dict[str, Edit]]] = {
    "a county": ("ambershire", {}),
    "no coverage": ("quillhaven", {"coverage": none}),
    "a body of another kind": ("quillhaven", {"bodies": but(kind="PrimaryCareTrust", partner_class="")}),
    "a county's agreement that ends early": ("ambershire", {"agreements": but(until="2009-03-31")}),
    "fewer accountabilities": ("quillhaven", {"accountabilities": fewer}),
}


@pytest.mark.parametrize(("name", "edits"), EDITS.values(), ids=EDITS.keys())
def test_what_follows_is_what_a_build_concludes(
    name: str, edits: dict[str, Edit], without: dict[str, Country], tmp_path: Path
) -> None:
    """The record of one place is handed in where there was none, then the edited one in its place."""
    first, outcome = handed_in(without[name], RECORDS / name)
    assert outcome == "new"
    if not edits:
        assert first == concluded(first)
        return
    country = Country(first, f"with {name}")
    second, outcome = handed_in(country, edited(name, tmp_path / "second", **edits))
    assert outcome == "replaced"
    assert second == concluded(second)
