"""Each file of `cases/` is a claim about the sources: a query, and the rows it must give."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions

from lsp_graph.headers import read_query
from lsp_graph.store import EmbeddedBackend

CASES = sorted((Path(__file__).parent / "cases").glob("*.rq"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_sources_state(case: Path, stated: EmbeddedBackend) -> None:
    header, text = read_query(case)
    answer = stated.query(text)
    assert isinstance(answer, QuerySolutions)
    rows = [[value.value for value in solution if value is not None] for solution in answer]
    assert rows == header["rows"], header["claim"]
