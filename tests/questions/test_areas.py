"""An area is found by whatever it goes by, and never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from lsp_graph.areas import resolve
from lsp_graph.errors import AmbiguousName, UnknownName
from lsp_graph.store import EmbeddedBackend, in_memory

BEFORE, AFTER = date(2008, 6, 30), date(2009, 6, 30)


@pytest.fixture(scope="module")
def country() -> EmbeddedBackend:
    graph = Path(__file__).with_name("country.ttl")
    return in_memory(parse(graph.read_bytes(), format=RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("E09000028", "E09000028"),
        ("e09000028", "E09000028"),
        (" Southwark ", "E09000028"),
        ("SOUTHWARK", "E09000028"),
        ("London Borough of Southwark", "E09000028"),
        ("00BE", "E09000028"),
        ("https://w3id.org/lsp/id/area/E09000028", "E09000028"),
        ("15", "E10000005"),
        ("E07000242", "E07000097"),
        ("Kingston upon Hull", "E06000010"),
        ("City of Kingston-upon-Hull", "E06000010"),
        ("Hammersmith & Fulham", "E09000013"),
        ("st albans", "E07000240"),
    ],
)
def test_an_area_is_found_by_code_name_or_iri(country: EmbeddedBackend, text: str, code: str) -> None:
    assert resolve(country, text, BEFORE).value == f"https://w3id.org/lsp/id/area/{code}"


@pytest.mark.parametrize(("day", "code"), [(BEFORE, "E10000005"), (AFTER, "E06000052"), (date.max, "E06000052")])
def test_a_name_means_the_area_that_stood_on_the_day(country: EmbeddedBackend, day: date, code: str) -> None:
    assert resolve(country, "Cornwall", day).value.endswith(code)


def test_a_code_means_its_area_on_any_day(country: EmbeddedBackend) -> None:
    assert resolve(country, "E06000052", BEFORE).value.endswith("E06000052")


@pytest.mark.parametrize(("name", "day"), [("Durham", BEFORE), ("cornwall", None)])
def test_a_name_of_several_areas_is_refused_with_the_list_of_them(
    country: EmbeddedBackend, name: str, day: date | None
) -> None:
    with pytest.raises(AmbiguousName) as refusal:
        resolve(country, name, day)

    assert len(refusal.value.candidates) == 2
    assert all(code in str(refusal.value) for code, _, _ in refusal.value.candidates)


def test_an_unknown_name_is_refused_with_the_nearest(country: EmbeddedBackend) -> None:
    with pytest.raises(UnknownName) as refusal:
        resolve(country, "Sothwark", BEFORE)

    assert refusal.value.nearest[0] == "Southwark (E09000028)"


@pytest.mark.parametrize("text", ["", "E99999999", "https://w3id.org/lsp/id/lsp/E09000028", '" } #'])
def test_what_names_no_area_is_refused(country: EmbeddedBackend, text: str) -> None:
    with pytest.raises(UnknownName):
        resolve(country, text, BEFORE)
