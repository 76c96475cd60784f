"""Every query of the project is standard SPARQL 1.1, whatever else the embedded store would understand."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from lsp_graph.binding import bind, variables
from lsp_graph.layout import QUERIES

FILES = sorted(QUERIES.rglob("*.rq"))
DATES = frozenset({"_date", "_before", "_after"})


def bound(text: str) -> str:
    """The text with every parameter given: some cannot stand as variables."""
    names = {name for name in variables(text) if name.startswith("_")}
    return bind(text, {name: Literal("2008-06-30") if name in DATES else NamedNode(f"urn:{name}") for name in names})


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(QUERIES)))
def test_another_parser_reads_the_query(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert translateQuery(parseQuery(bound(text))) is not None


def test_what_is_no_standard_sparql_is_noticed() -> None:
    with pytest.raises(Exception, match="Expected"):
        parseQuery("SELECT * { ?s ?p ?o LATERAL { SELECT ?x { ?s ?q ?x } LIMIT 1 } }")
