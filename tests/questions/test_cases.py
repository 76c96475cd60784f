"""Each question gives the answer that was worked out by hand, on a graph small enough to read, in any SPARQL engine."""

from __future__ import annotations

import pytest
import rdflib
from pyoxigraph import RdfFormat

from lsp_graph.answers import sparql_results
from lsp_graph.binding import bind
from lsp_graph.questions import Answer, ask, find, library
from lsp_graph.store.embedded import Kind

from .cases import Case, cases, rows

CASES = [pytest.param(case, id=case.name) for case in cases()]


def answer(case: Case) -> Answer:
    return ask(case.backend(), find(case.question), case.arguments, case.as_of)


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_one_worked_out_by_hand(case: Case) -> None:
    found = answer(case)

    assert rows(sparql_results(found, "csv").decode()) == case.expected
    assert (found.completeness, found.missing) == (case.completeness, case.missing)


@pytest.mark.parametrize("case", CASES)
def test_another_sparql_engine_gives_the_same_answer(case: Case) -> None:
    question = find(case.question)
    view = case.backend().view(case.as_of if question.view == "as-of" else None, Kind.NAMED)
    dataset = rdflib.Dataset()
    dataset.parse(data=view.dump(format=RdfFormat.N_QUADS), format="nquads")
    terms = {f"_{name}": argument.term for name, argument in answer(case).arguments.items()}

    found = dataset.query(bind(question.text, terms)).serialize(format="csv")

    assert found is not None
    assert rows(found.decode()) == case.expected


def test_every_question_has_a_case() -> None:
    assert set(library()) - {case.question for case in cases()} == set()


def test_every_case_has_a_question() -> None:
    assert {case.question for case in cases()} - set(library()) == set()
