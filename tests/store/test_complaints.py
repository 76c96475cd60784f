"""What the parser complains of is told in short."""

from __future__ import annotations

import pytest

from lsp_graph.errors import QueryRefused
from lsp_graph.store import in_memory


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * { ?s foaf:name ?o }", "Prefix not found"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", "The SELECT contains a variable that is unbound"),
        ("SELECT * { ?s <http://a b> ?o }", "IRI parsing failed"),
        ("SELECT * { ?s ?p ?o", 'expected ",", ".", ";", '),
        ("SELECT * { ?s ?p ?o } BINDINGS", "expected HAVING, OFFSET, OPTIONAL, VALUES"),
        ("SELECT * { BIND (1 AS ?x) BIND (2 AS ?x) }", "the text is not well-formed up to here"),
    ],
)
def test_a_complaint_is_one_line_without_classes_of_characters(query: str, said: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        in_memory([]).query(query)

    assert refused.value.reason.startswith(said)
    assert len(refused.value.reason) < 160
    assert "\n" not in refused.value.reason
