"""A query that reaches for another endpoint is recognised, however it is written; one that does not is let through."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from lsp_graph.serve.lexer import line_and_column, service_clause

CASES = Path(__file__).parent / "data" / "service"


def cases(kind: str) -> list[object]:
    return [pytest.param(path, id=path.stem) for path in sorted((CASES / kind).glob("*.rq"))]


@pytest.mark.parametrize("path", cases("refused"))
def test_a_service_clause_is_found(path: Path) -> None:
    assert service_clause(path.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("path", cases("allowed"))
def test_what_only_looks_like_a_service_clause_is_let_through(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    Store().query(text)  # it is a query
    assert service_clause(text) is None


def test_the_place_of_a_clause_is_that_of_its_keyword() -> None:
    text = "SELECT *\nWHERE { SERVICE <http://x/> {} }"
    place = service_clause(text)
    assert place is not None
    assert line_and_column(text, place) == (2, 9)


@given(st.text(alphabet="'\"<>#\\{}?: \nservice.u0", max_size=60))
def test_no_prefix_hides_a_clause_that_starts_a_line_of_its_own_where_a_query_may_stand(before: str) -> None:
    """Whatever stands before: if the store reads the whole as a query with a service in it, the clause is found."""
    text = f"{before}\nSELECT * {{ SERVICE <http://127.0.0.1:9/> {{ ?s ?p ?o }} }}"
    try:
        list(Store().query(text))  # type: ignore[arg-type]  # a SELECT, if it is a query at all
    except SyntaxError:
        return
    except OSError:
        assert service_clause(text) is not None


def test_a_long_text_of_open_quotes_is_read_in_no_time() -> None:
    assert service_clause("SERVICE" + "'''a\"\"\"b<c#d'" * 20_000) is None
