"""Rows read from the store's table are the rows that it gives one by one."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from lsp_graph.namespaces import RDF, XSD
from lsp_graph.store.rows import Terms, read_rows

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
DATATYPES = st.sampled_from([XSD.integer, XSD.decimal, XSD.double, XSD.float, XSD.boolean, XSD.date, XSD.string])
NUMBERS = st.sampled_from(["0", "-7", "1.50", "-.5", "1e3", "1.0E-10", "INF", "NaN", "true", "0", "none", "2008-06-30"])
TERMS = st.one_of(
    st.sampled_from(["https://w3id.org/lsp/id/area/E09000028", "urn:x:é"]).map(ox.NamedNode),
    st.just(ox.BlankNode("b")),
    TEXT.map(ox.Literal),
    st.builds(lambda text: ox.Literal(text, language="en-GB"), TEXT),
    st.builds(lambda text, name: ox.Literal(text, datatype=name), NUMBERS, DATATYPES),
)


@given(st.sets(TERMS, max_size=8))
def test_every_kind_of_term_is_read_as_the_store_gives_it(terms: set[ox.NamedNode | ox.BlankNode | ox.Literal]) -> None:
    store = ox.Store()
    store.extend(ox.Quad(RDF.nil, RDF.value, term) for term in terms)
    query = "SELECT ?term ?other WHERE { ?any ?is ?term OPTIONAL { ?term ?is ?other } }"
    one_by_one = store.query(query)
    at_once = store.query(query)
    assert isinstance(one_by_one, ox.QuerySolutions)
    assert isinstance(at_once, ox.QuerySolutions)

    assert sorted(read_rows(at_once), key=str) == sorted((tuple(row) for row in one_by_one), key=str)


def test_a_column_that_is_bound_nowhere_still_has_its_rows() -> None:
    found = ox.Store().query("SELECT ?nothing WHERE { VALUES ?some { 1 2 } }")
    assert isinstance(found, ox.QuerySolutions)

    assert read_rows(found, Terms()) == [(None,), (None,)]
