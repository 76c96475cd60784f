"""Property paths keep their meaning from SHACL to SPARQL text and back."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import BNode, Graph, URIRef

from lsp_graph.namespaces import LSP
from lsp_graph.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence, read, text, triples

AREA, PART_OF = Predicate(LSP.area.value), Predicate(LSP.partOf.value)

PATHS: dict[str, Path] = {
    "lsp:area": AREA,
    "<https://example.org/p>": Predicate("https://example.org/p"),
    "^lsp:area": Inverse(AREA),
    "lsp:partOf/lsp:area": Sequence((PART_OF, AREA)),
    "^(lsp:partOf/lsp:area)": Inverse(Sequence((PART_OF, AREA))),
    "lsp:partOf+/^lsp:area": Sequence((Repeat(PART_OF, "+"), Inverse(AREA))),
    "lsp:partOf*": Repeat(PART_OF, "*"),
    "(^lsp:partOf)?": Repeat(Inverse(PART_OF), "?"),
    "(lsp:area|^lsp:area)/lsp:partOf": Sequence((Alternative((AREA, Inverse(AREA))), PART_OF)),
}


@pytest.mark.parametrize(("written", "path"), PATHS.items())
def test_a_path_is_written_as_sparql_writes_it(written: str, path: Path) -> None:
    assert text(path) == written


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_path_survives_being_written_as_triples(path: Path) -> None:
    node, described = triples(path)
    graph = Graph().parse(data=(ox.serialize(described, format=ox.RdfFormat.N_TRIPLES) or b"").decode(), format="nt")
    (named,) = [URIRef(node.value)] if isinstance(node, ox.NamedNode) else [_head(graph)]

    assert read(graph, named) == path


def _head(graph: Graph) -> BNode:
    """The one blank node that no other leads to."""
    (head,) = {s for s in graph.subjects() if isinstance(s, BNode)} - set(graph.objects())
    return head


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(ValueError, match="no property path"):
        read(Graph(), BNode())
