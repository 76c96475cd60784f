"""`who` says what it understood, what else was meant, where it looked, and where sources disagree."""

from __future__ import annotations

from datetime import date

import pytest

from lsp_graph.accountability import BEST, NEWEST, Accountabilities, who
from lsp_graph.errors import InputError, UnknownName
from lsp_graph.store import EmbeddedBackend


def bearers(found: Accountabilities) -> set[str]:
    return {answer.accountable.label for answer in found.answers}


@pytest.mark.parametrize("text", ["Local Area Agreement", "duty to submit", "the Act s.106", "local area agrement"])
def test_a_duty_is_meant_by_its_names_and_by_the_provisions_it_rests_on(place: EmbeddedBackend, text: str) -> None:
    assert [matter.label for matter in who(place, text=text).understood] == ["prepare the agreement"]


def test_nothing_matched_is_said_with_the_nearest_names_and_not_guessed(place: EmbeddedBackend) -> None:
    with pytest.raises(UnknownName) as refusal:
        who(place, text="fewer quagmires")

    assert "Fewer fires" in refusal.value.nearest


def test_where_sources_disagree_all_are_told_with_their_ranks(place: EmbeddedBackend) -> None:
    found = who(place, text="fewer fires")

    assert {(one.accountable.label, one.rank) for one in found.answers} == {("Aford Council", 1), ("Aford Fire", 3)}
    assert {other.label for one in found.answers for other in one.contradicts} == {"Aford Council", "Aford Fire"}


@pytest.mark.parametrize(
    ("policy", "kept"),
    [(BEST, {"Aford Council"}), (NEWEST, {"Aford Fire"}), ("the old plan", {"Aford Council"})],
)
def test_a_policy_chooses_between_sources_that_disagree(place: EmbeddedBackend, policy: str, kept: set[str]) -> None:
    assert bearers(who(place, text="fewer fires", policy=policy)) == kept


def test_a_policy_leaves_alone_what_nobody_contradicts(place: EmbeddedBackend) -> None:
    assert bearers(who(place, text="joint patrols", policy=NEWEST)) == {"Aford Police", "Aford Fire"}


def test_a_document_that_nothing_cites_is_refused_with_those_that_are(place: EmbeddedBackend) -> None:
    with pytest.raises(UnknownName) as refusal:
        who(place, text="fewer fires", policy="the lost letter")

    assert {"The old plan", "The new leaflet", BEST, NEWEST} <= set(refusal.value.nearest)


def test_todays_code_means_the_areas_that_stood_there_on_the_day(real: EmbeddedBackend) -> None:
    found = who(real, text="community strategy", area="E06000052", as_of=date(2005, 6, 30))

    assert {area.label for area in found.areas} == {
        "Caradon",
        "Carrick",
        "Cornwall",
        "Kerrier",
        "North Cornwall",
        "Penwith",
        "Restormel",
    }
    assert found.total == len(found.areas)


def test_an_area_that_had_ended_means_the_one_that_took_its_place(real: EmbeddedBackend) -> None:
    found = who(real, text="community strategy", area="Penwith", as_of=date(2009, 4, 1))

    assert [(area.kind, area.label) for area in found.areas] == [("E06000052", "Cornwall")]


@pytest.mark.parametrize(
    ("point", "expected"),
    [("51.47, -0.07", "positions nearest: Southwark"), ("-0.07, 51.47", "in that order"), ("0,0", "in that order")],
)
def test_a_point_without_boundaries_is_refused_with_what_would_be_right(
    real: EmbeddedBackend, point: str, expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        who(real, text="community strategy", area=point)
