"""The library tells all that is wrong with a question's file or an argument at once, and where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from lsp_graph.errors import AmbiguousName, InputError, UnknownName
from lsp_graph.questions import Question, ask, find, library, read
from lsp_graph.store import EmbeddedBackend, in_memory

HEADER = """\
#+ summary: Which areas are there?
#+ description: One row per area.
#+ theme: structure
"""
QUERY = "SELECT ?area\nWHERE { ?area a <https://w3id.org/lsp/ont#Area> }\n"
TYPED = """\
#+ parameters:
#+   _area: {type: area, required: true, description: an area, example: E09000028}
#+   _day: {type: date, description: a day, default: as-of}
#+   _count: {type: integer, description: a number}
#+   _about: {type: iri, description: a thing}
#+   _kind: {type: concept, scheme: area-type, description: a kind}
#+   _word: {type: text, description: a word}
"""
ECHO = """\
SELECT (?_area AS ?area) (?_day AS ?day) (?_count AS ?count) (?_about AS ?about) (?_kind AS ?kind) (?_word AS ?word)
WHERE { }
"""
LIBRARY = "https://w3id.org/lsp/"


def write(folder: Path, text: str, name: str = "which-areas.rq") -> Path:
    path = folder / "structure" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def echo(tmp_path: Path) -> Question:
    """A question that answers with its own arguments."""
    return read(write(tmp_path, HEADER + TYPED + ECHO))


@pytest.fixture(scope="module")
def country() -> EmbeddedBackend:
    graph = Path(__file__).with_name("country.ttl")
    return in_memory(parse(graph.read_bytes(), format=RdfFormat.TURTLE))


def test_the_library_is_sound() -> None:
    assert library()


@pytest.mark.parametrize("name", ["Q03", "q03", "Q04", "who-must-co-operate-in-an-agreement"])
def test_a_question_is_found_by_its_name_or_number(name: str) -> None:
    assert find(name).name == "who-must-co-operate-in-an-agreement"


def test_an_unknown_question_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="who-must-co-operate-in-an-agreement"):
        find("who-must-cooperate")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (QUERY, "no summary; expected a summary"),
        (HEADER.replace("structure", "strategy") + QUERY, ":3: strategy; expected the name of its folder, structure"),
        (HEADER + "#+ colour: red\n" + QUERY, ":4: colour; expected one of"),
        (HEADER + "#+ view: yesterday\n" + QUERY, ":4: yesterday; expected as-of or all"),
        (HEADER + "#+ missing: nothing\n" + QUERY, ":4: nothing; expected the name of a query in missing/"),
        (HEADER + "#+ parameters: {_area: {type: area, description: x}}\n" + QUERY, ":4: _area; expected to be both"),
        (HEADER + QUERY.replace("?area a", "?_area a"), ":5: _area; expected to be both declared and used"),
        (HEADER + "#+ parameters: {area: {type: area, description: x}}\n" + QUERY, ":4: area; expected a parameter's"),
        (HEADER + "#+ parameters: {_a: {type: colour, description: x}}\n" + QUERY, ":4: {'type': 'colour'"),
        (HEADER + "#+ parameters: {_a: {type: text, description: x, required: true}}\n" + QUERY, ":4: no example"),
        (HEADER + "#+ parameters: {_a: {type: text, description: x, more: y}}\n" + QUERY, ":4: more; expected"),
        (
            HEADER + "#+ parameters: {_a: {type: text, description: x}}\nSELECT ?_a ?area\nWHERE { ?area ?p ?_a }\n",
            "a bare parameter in SELECT; expected (?_parameter AS ?name)",
        ),
        (HEADER + "ASK { ?s ?p ?o }\n", "no SELECT; expected a SELECT query"),
        (HEADER + "#+ view: [all\n" + QUERY, "expected a header in YAML"),
    ],
)
def test_a_faulty_header_is_told_by_file_line_and_what_would_be_right(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)

    with pytest.raises(InputError) as refusal:
        library(tmp_path)

    assert "which-areas.rq" in str(refusal.value)
    assert message in str(refusal.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, QUERY, "one.rq")
    write(tmp_path, HEADER + "#+ view: yesterday\n#+ colour: red\n" + QUERY, "two.rq")
    write(tmp_path, HEADER + "#+ competency: Q01\n" + QUERY, "three.rq")
    write(tmp_path, HEADER + "#+ competency: Q01, Q02\n" + QUERY, "two-of-one-number.rq")

    with pytest.raises(InputError) as refusal:
        library(tmp_path)

    assert len(refusal.value.problems) == 4 + 2 + 1


def test_arguments_arrive_as_terms_of_their_types(country: EmbeddedBackend, echo: Question) -> None:
    arguments = {"area": "Southwark", "count": "3", "about": "id:area/E09000028", "word": '" } #'}

    (row,) = ask(country, echo, arguments, date(2008, 6, 30)).rows

    assert [None if term is None else str(term) for term in row] == [
        f"<{LIBRARY}id/area/E09000028>",
        '"2008-06-30"^^<http://www.w3.org/2001/XMLSchema#date>',
        '"3"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f"<{LIBRARY}id/area/E09000028>",
        None,
        '"\\" } #"',
    ]


def test_the_answer_says_how_the_arguments_were_understood(country: EmbeddedBackend, echo: Question) -> None:
    understood = ask(country, echo, {"area": "00be"}, date(2008, 6, 30)).arguments

    assert {name: argument.label for name, argument in understood.items()} == {"area": "Southwark", "day": "2008-06-30"}


def test_all_misfit_arguments_are_told_at_once(country: EmbeddedBackend, echo: Question) -> None:
    arguments = {"day": "June", "count": "many", "about": "no iri", "kind": "hamlet", "colour": "red"}

    with pytest.raises(InputError) as refusal:
        ask(country, echo, arguments)

    assert len(refusal.value.problems) == 6
    for text in ("parameter area", "'June'", "'many'", "'no iri'", "hamlet", "'colour'"):
        assert text in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"area": "Atlantis"}, UnknownName),
        ({"area": "Durham"}, AmbiguousName),
        ({"area": "Southwark", "about": "id:area/nowhere"}, UnknownName),
        ({"area": "Southwark", "colour": "red"}, UnknownName),
        ({"area": "Southwark", "about": "id:lsp/<x>"}, InputError),
        ({}, InputError),
    ],
)
def test_the_one_misfit_argument_is_refused_in_its_own_way(
    country: EmbeddedBackend, echo: Question, arguments: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(country, echo, arguments)


def test_a_concept_may_be_given_by_its_bare_name(echo: Question) -> None:
    kind = f"<{LIBRARY}scheme/area-type/county> <http://www.w3.org/2004/02/skos/core#prefLabel> 'County' ."
    area = f"<{LIBRARY}id/area/E1> a <{LIBRARY}ont#Area> ; <http://www.w3.org/2000/01/rdf-schema#label> 'Kent' ."
    backend = in_memory(parse((kind + area).encode(), format=RdfFormat.TURTLE))

    assert ask(backend, echo, {"area": "Kent", "kind": "county"}).arguments["kind"].label == "County"
