"""Binding changes the variable that is meant and nothing else, and no value can become part of the query."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from lsp_graph.binding import Term, bind, variables
from lsp_graph.questions import Question, library

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
INJECTIONS = st.sampled_from(
    [
        '" . ?s ?p ?o . "',
        '""" } UNION { ?s ?p ?o } #',
        "\\u0022 . ?s ?p ?o . \\u0022",
        "\\",
        '\\"',
        "?_value",
        "> <http://example.org/",
        "\n} ; DROP ALL #",
    ]
)
LANGUAGES = st.sampled_from(["en", "de-ch"])
TERMS: st.SearchStrategy[Term] = st.one_of(
    (TEXTS | INJECTIONS).map(Literal),
    st.builds(lambda text, language: Literal(text, language=language), TEXTS, LANGUAGES),
    st.integers().map(Literal),
    st.from_regex(r"[A-Za-z0-9/?=&._-]*(#[A-Za-z0-9?_-]*)?", fullmatch=True).map(
        lambda path: NamedNode(f"http://example.org/{path}")
    ),
)

AROUND = """
PREFIX ex: <http://example.org/?_value#>  # ?_value in a comment, "with a quote
SELECT (?_value AS ?bound) ("?_value" AS ?a) ('''it's ?_value''' AS ?b) ("\\\\" AS ?c) ('\\'?_value' AS ?d)
       (<http://example.org/?_value> AS ?e) (ex:x\\?_value AS ?f) (?_valued AS ?g) (?_value2 AS ?h)
WHERE { VALUES (?_valued ?_value2) { (1 2) } }
"""


def solution(query: str) -> list[str | None]:
    solutions = Store().query(query)
    assert isinstance(solutions, QuerySolutions)
    (row,) = list(solutions)
    return [None if (term := row[variable]) is None else str(term) for variable in solutions.variables]


@given(TERMS)
def test_the_bound_value_arrives_and_everything_else_stays(term: Term) -> None:
    free, bound = solution(AROUND), solution(bind(AROUND, {"_value": term}))

    assert free[0] is None
    assert bound[0] == str(term)
    assert bound[1:] == free[1:]


@given(TERMS)
def test_a_value_is_one_token_in_the_text(term: Term) -> None:
    assert bind("FILTER (?x = ?_value)", {"_value": term}) == f"FILTER (?x = {term})"


@given(TEXTS)
def test_without_values_no_text_changes(text: str) -> None:
    assert bind(text, {}) == text


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True))
def test_a_variable_is_known_by_either_mark(name: str) -> None:
    term = Literal("x")

    assert bind(f"?{name} ${name}", {name: term}) == f"{term} {term}"
    assert list(variables(f"?{name} ${name}")) == [name, name]


@pytest.mark.parametrize("question", library().values(), ids=lambda question: question.name)
def test_a_question_parses_whichever_parameters_are_given(question: Question) -> None:
    for given_names in ([], *([parameter.name] for parameter in question.parameters), None):
        names = [parameter.name for parameter in question.parameters] if given_names is None else given_names
        terms: dict[str, Term] = {f"_{name}": Literal("2008-06-30") for name in names}

        bound = bind(question.text, terms)

        assert isinstance(Store().query(bound), QuerySolutions)
        assert not [name for name in names if re.search(rf"[?$]_{name}\b", _without_comments(bound))]


def _without_comments(query: str) -> str:
    return "\n".join(line for line in query.splitlines() if not line.startswith("#"))
