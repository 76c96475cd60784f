"""A constraint in SPARQL asked of all focus nodes at once finds what it finds asked of each by itself."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_graph.namespaces import RDF, RDFS, SH
from lsp_graph.shacl import Validation, read_shapes
from lsp_graph.shacl.paths import Predicate
from lsp_graph.shacl.terms import Term, graph_of
from tests.shacl.invented import EX, WORLDS, Triples, data

FOLDER = Path(__file__).parent / "queries"
TEXTS = sorted(FOLDER.rglob("*.rq"))
Row = tuple[str, str, str]

_GROUP = re.compile(r"\{(?!\s*SELECT)")
"""Where a group begins; one that holds a sub-select holds nothing else."""


def found_at_once(triples: Triples, text: str) -> Counter[Row]:
    """Focus node, value and path of what the engine finds."""
    constraint, shape = ox.BlankNode(), EX.Shape
    shapes = [
        ox.Triple(shape, RDF.type, SH.NodeShape),
        ox.Triple(shape, SH.targetClass, EX.A),
        ox.Triple(shape, SH.targetSubjectsOf, EX.p),
        ox.Triple(shape, SH.targetObjectsOf, EX.q),
        ox.Triple(shape, SH.targetNode, EX.one),
        ox.Triple(shape, SH.sparql, constraint),
        ox.Triple(constraint, SH.select, ox.Literal(text)),
    ]
    store = stored(triples)

    def select(query: str) -> ox.QuerySolutions:
        rows = store.query(query)
        assert isinstance(rows, ox.QuerySolutions)
        return rows

    validation = Validation(read_shapes(graph_of(shapes)), select)
    rows = ((one.focus, one.value, one.path) for one in validation.results())
    return Counter(
        (shown(focus), shown(value), path.iri if isinstance(path, Predicate) else "") for focus, value, path in rows
    )


def found_one_by_one(triples: Triples, text: str) -> Counter[Row]:
    """The same, by plain SPARQL: the text is asked for each focus node, which every group begins with (Appendix A)."""
    store = stored(triples)
    found: Counter[Row] = Counter()
    for node in (f"{{ VALUES ?this {{ {one} }} " for one in focus_nodes(triples)):
        bound = node.join(_GROUP.split(text))
        rows = store.query(bound)
        assert isinstance(rows, ox.QuerySolutions)
        names = [variable.value for variable in rows.variables]
        for row in rows:
            value = row["value"] if "value" in names and row["value"] is not None else row["this"]
            path = row["path"] if "path" in names else None
            found[shown(row["this"]), shown(value), "" if path is None else path.value] += 1
    return found


def focus_nodes(triples: Triples) -> set[str]:
    """What the targets pick out, told without the engine."""
    below = {str(EX.A)}
    while more := {
        str(one.subject) for one in triples if one.predicate == RDFS.subClassOf and str(one.object) in below
    }:
        if more <= below:
            break
        below |= more
    picked = {str(EX.one)}
    for one in triples:
        picked |= {str(one.subject)} if one.predicate == EX.p else set()
        picked |= {str(one.object)} if one.predicate == EX.q else set()
        picked |= {str(one.subject)} if one.predicate == RDF.type and str(one.object) in below else set()
    return picked


def named(triples: Triples) -> Triples:
    """The same triples without blank nodes, which no query can name."""
    return [
        ox.Triple(
            EX[one.subject.value] if isinstance(one.subject, ox.BlankNode) else one.subject,
            one.predicate,
            EX[one.object.value] if isinstance(one.object, ox.BlankNode) else one.object,
        )
        for one in triples
    ]


def stored(triples: Triples) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
    return store


def shown(term: Term | None) -> str:
    return f"<{EX}{term.value}>" if isinstance(term, ox.BlankNode) else str(term)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
@given(triples=st.sampled_from(WORLDS).flatmap(data))
@settings(max_examples=20, deadline=None)
def test_all_at_once_is_one_by_one(file: Path, triples: Triples) -> None:
    text = file.read_text(encoding="utf-8")
    known = named(triples)
    held = known if file.parent.name == "one-by-one" else triples

    assert found_at_once(held, text) == found_one_by_one(known, text)
