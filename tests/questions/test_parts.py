"""What is asked of one area is that area's part of what is asked of all, however the query goes about it."""

from __future__ import annotations

from functools import cache

import pytest

from bench.country import invent
from bench.questions import SEED, backend
from lsp_graph.namespaces import resource
from lsp_graph.questions import ask, find
from lsp_graph.store import EmbeddedBackend

SCALE = 0.04
PARTS = (
    "how-many-accountabilities-are-amiss",
    "what-is-a-body-accountable-for",
    "which-accountabilities-are-amiss",
    "which-actions-lack-what",
    "which-body-leads-most-of-an-area",
    "which-duty-holders-have-no-seat",
    "which-partnerships-share-a-place",
    "which-targets-and-actions-are-orphans",
)
ALL = {
    "what-is-a-body-accountable-for": {"body": "id:body/SYN-sport-england"},
    "which-body-leads-most-of-an-area": {"percent": "10"},
}
"""What else is asked for, where what is usual finds nothing in the invented country."""


@cache
def country() -> EmbeddedBackend:
    """An invented country in which many records have a defect: so there is something to find."""
    graph, _ = backend(SCALE, 0.5)
    return graph


@cache
def rows(name: str, area: str | None) -> frozenset[frozenset[tuple[str, str]]]:
    """The rows of an answer; a cell that lists several has them in order."""
    asked = ALL.get(name, {}) | ({} if area is None else {"area": area})
    answer = ask(country(), find(name), asked)
    told = ([(column, _cell(term)) for column, term in zip(answer.variables, row, strict=True)] for row in answer.rows)
    return frozenset(frozenset(row) for row in told if ("per", "all") not in row)


def _cell(term: object) -> str:
    return "" if term is None else "; ".join(sorted(str(getattr(term, "value", term)).split("; ")))


@pytest.mark.parametrize("name", PARTS)
def test_the_answer_of_an_area_is_its_part_of_the_answer_of_all(name: str) -> None:
    found = 0
    for area in invent(SCALE, SEED).areas:
        iri = resource("area", area.key).value
        own = {row for row in rows(name, None) if not row.isdisjoint({("area", iri), ("withArea", iri)})}
        assert rows(name, iri) == own
        found += len(own)
    assert found, "nothing was compared"
