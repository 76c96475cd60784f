"""Search finds what goes by the words typed so far, says by which name, and offers nothing that lacks a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_graph.errors import InputError
from lsp_graph.names import Index, Thing, folded
from lsp_graph.search import KINDS, search
from lsp_graph.store import EmbeddedBackend

WORDS = ["police", "authority", "council", "county", "kent", "trust", "children", "crime"]
THINGS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("Aford", "area", "Aford"),
        ("afo", "area", "Aford"),
        ("a1", "area", "Aford"),
        ("Afrod Together", "partnership", "Aford Together"),
        ("together aford", "partnership", "Aford Together"),
        ("aford pol", "body", "Aford Police"),
        ("submit a draft", "duty", "prepare the agreement"),
        ("q20", "question", "Which bodies sit in most partnerships?"),
    ],
)
def test_a_thing_is_found_misspelt_half_typed_or_by_another_name(
    place: EmbeddedBackend, text: str, kind: str, label: str
) -> None:
    hit = search(place, text)[0]

    assert (hit.kind, hit.label) == (kind, label)


def test_a_hit_says_by_which_name_and_how_well_it_fits(place: EmbeddedBackend) -> None:
    (hit,) = search(place, "local area agreement", ["duty"])

    assert (hit.label, hit.matched, hit.score) == ("prepare the agreement", "Local Area Agreement", 100)


@pytest.mark.parametrize("text", ["", "  ?!", "zzzz", "aford zzzz", "A9"])
def test_nothing_is_offered_that_lacks_a_word(place: EmbeddedBackend, text: str) -> None:
    assert search(place, text) == ()


def test_only_the_kinds_asked_for_are_found_and_no_more_than_wanted(place: EmbeddedBackend) -> None:
    assert {hit.kind for hit in search(place, "aford", ["body", "area"], limit=50)} == {"body", "area"}
    assert len(search(place, "aford", limit=2)) == 2


def test_an_unknown_kind_is_refused_with_those_there_are(place: EmbeddedBackend) -> None:
    with pytest.raises(InputError, match=", ".join(KINDS)):
        search(place, "aford", ["village"])


@given(things=THINGS, chosen=st.data())
def test_a_thing_is_always_found_by_its_whole_name_and_first(things: list[list[str]], chosen: st.DataObject) -> None:
    names = [" ".join(words) for words in things]
    index = Index(Thing(str(number), name, "body", frozenset({name})) for number, name in enumerate(names))
    name = chosen.draw(st.sampled_from(names))

    found = index.find(name.upper())

    assert found[0].name == name
    assert found[0].score == 100
    assert {match.name for match in found if match.score == 100} == {name}


@given(things=THINGS, text=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
def test_whatever_is_found_has_every_word_or_one_that_it_begins(things: list[list[str]], text: list[str]) -> None:
    names = [" ".join(words) for words in things]
    index = Index(Thing(str(number), name, "body", frozenset({name})) for number, name in enumerate(names))

    having = {name for name in names if set(text) <= set(name.split())}

    assert {match.name for match in index.find(" ".join(text))} == having


@given(st.text())
def test_any_text_may_be_searched_for(text: str) -> None:
    index = Index([Thing("1", "Kent", "area", frozenset({"Kent"}))])

    assert {match.thing.label for match in index.find(text, typing=True)} <= {"Kent"}
    assert folded(folded(text)) == folded(text)
