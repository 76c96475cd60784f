"""
Compare what a SPARQL service gives with what a test expects.

    bytes + media type  ->  an outcome;   two outcomes are equal where they say the same

Blank nodes are compared by what is said of them, literals as the store holds them ("01" and "1" are one integer), rows
as a bag unless the query orders them. Sources: SPARQL 1.1 Query Results JSON, XML, CSV and TSV Formats; the vocabulary
of result sets of the Data Access Working Group, in which older tests state theirs.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, XSD, Namespace

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = Mapping[str, Term]
Outcome = bool | frozenset[str]
"""The answer to ASK, or lines that are equal where rows, graphs or datasets are."""

MEDIA_TYPES: Final = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
}
"""The media type of a file of the suite by its ending."""

_RS: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_ROWS: Final = Namespace("urn:rows:")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")


def outcome(body: bytes, media_type: str, *, base: str, ordered: bool) -> Outcome:
    """What an answer says. Raises `ValueError` or `SyntaxError` for one that is not of its media type."""
    bare = media_type.partition(";")[0].strip().lower()
    if bare == "text/csv":
        return of_rows(*_csv(body), ordered=ordered)
    table = ox.QueryResultsFormat.from_media_type(bare)
    if table is not None:
        found = ox.parse_query_results(body, format=table)
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        names = [variable.value for variable in found.variables]
        return of_rows(names, [_row(names, solution) for solution in found], ordered=ordered)
    form = ox.RdfFormat.from_media_type(bare)
    if form is None:
        raise ValueError(f"{media_type!r} is no format of results")
    quads = list(ox.parse(body, format=form, base_iri=base, rename_blank_nodes=True))
    return _result_set(quads) if any(quad.object == _RS.ResultSet for quad in quads) else of_quads(quads)


def states_rows(file: Path) -> bool:
    """Whether a file states rows, or a boolean, as a graph."""
    return file.suffix in (".ttl", ".rdf") and _RS.rstrip("#") in file.read_text(encoding="utf-8")


def of_rows(names: Sequence[str], rows: Iterable[Row], *, ordered: bool) -> Outcome:
    """Rows as an outcome; equal ones count as often as they are there."""
    quads = [ox.Quad(RDF.nil, _ROWS.variable, ox.Literal(name)) for name in names]
    told = [tuple(sorted((name, held(term)) for name, term in row.items())) for row in rows]
    counted = (
        [(row, f"at {place}") for place, row in enumerate(told)]
        if ordered
        else [(row, f"{count} times") for row, count in Counter(told).items()]
    )
    for row, note in counted:
        ground = not any(isinstance(term, ox.BlankNode) for _, term in row)
        # A row without blank nodes is known by what it holds, which spares telling apart many that look alike.
        node: ox.NamedNode | ox.BlankNode = _ROWS[f"{abs(hash(row))}"] if ground and not ordered else ox.BlankNode()
        quads.append(ox.Quad(node, _ROWS.note, ox.Literal(note)))
        quads += [ox.Quad(node, _ROWS[f"is:{name}"], term) for name, term in row]
    return of_quads(quads)


def of_quads(quads: Iterable[ox.Quad]) -> Outcome:
    """A graph or dataset as an outcome: its lines with canonical blank nodes."""
    dataset = ox.Dataset(ox.Quad(one.subject, one.predicate, held(one.object), one.graph_name) for one in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(str(quad) for quad in dataset)


@lru_cache(maxsize=4096)
def held(term: Term) -> Term:
    """A term as the store holds it."""
    if not isinstance(term, ox.Literal):
        return term
    store = ox.Store()
    store.add(ox.Quad(RDF.nil, RDF.value, term))
    (quad,) = store
    kept: Term = quad.object
    return kept


def _row(names: Sequence[str], solution: ox.QuerySolution) -> Row:
    found = {name: solution[name] for name in names}
    return {name: term for name, term in found.items() if term is not None}


def _csv(body: bytes) -> tuple[list[str], list[Row]]:
    """CSV says no more than the text of each term: blank nodes and numbers show, absent terms do not."""
    names, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
    rows: list[Row] = [{name: _of_csv(text) for name, text in zip(names, line, strict=True)} for line in lines]
    return names, rows


def _of_csv(text: str) -> Term:
    if text.startswith("_:"):
        return ox.BlankNode(text.removeprefix("_:"))
    return ox.Literal(text, datatype=XSD.double if _NUMBER.fullmatch(text) else XSD.string)


def _result_set(quads: Sequence[ox.Quad]) -> Outcome:
    """The rows, or the boolean, that a graph in the vocabulary of result sets states."""
    said: dict[Term, dict[ox.NamedNode, list[Term]]] = {}
    for quad in quads:
        said.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    (head,) = (node for node, facts in said.items() if _RS.ResultSet in facts.get(RDF.type, []))
    for value in said[head].get(_RS.boolean, []):
        return value == ox.Literal(True)
    names = [_text(name) for name in said[head].get(_RS.resultVariable, [])]
    rows: list[Row] = [
        {_text(said[node][_RS.variable][0]): said[node][_RS.value][0] for node in said[solution].get(_RS.binding, [])}
        for solution in said[head].get(_RS.solution, [])
    ]
    return of_rows(names, rows, ordered=False)


def _text(term: Term) -> str:
    assert isinstance(term, ox.Literal)
    return term.value
