"""The store of `data/linked.trig`: things that ended, and things that are awkward to serve."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import rdflib

from lsp_graph.layout import ONTOLOGY
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import BASE, GRAPH, ID, LSP, SCHEME
from lsp_graph.store import EmbeddedBackend, StoreDirectory

FILE = Path(__file__).parent / "data" / "linked.trig"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
POPULAR = ID["body/popular"]
POINTING = 60
"""How many statements point to it by one property; by another it is one."""


def commit(directory: Path) -> Path:
    """A store of the file, the ontology, and many statements about one thing."""
    stated = [quad for quad in ox.parse(path=FILE, format=ox.RdfFormat.TRIG) if isinstance(quad, ox.Quad)]
    for path in sorted(ONTOLOGY.glob("*.ttl")):
        read = ox.parse(path=path, format=ox.RdfFormat.TURTLE)
        stated += [in_graph(quad.triple, GRAPH.ontology) for quad in read]
    claims = (ID[f"claim/popular/{number}"] for number in range(POINTING))
    stated += [ox.Quad(claim, LSP.about, POPULAR, GRAPH.awkward) for claim in claims]
    directory.mkdir(exist_ok=True)
    StoreDirectory(directory).commit(stated, "linked")
    return directory


def read(response: httpx.Response, form: str = "turtle") -> rdflib.Graph:
    """The graph of a response."""
    assert response.status_code == 200, response.text
    return rdflib.Graph().parse(data=response.content, format=form, publicID=str(response.url))


def same(one: rdflib.Graph, other: rdflib.Graph) -> bool:
    """Whether two graphs are isomorphic, by their canonical forms."""
    return canonical(one) == canonical(other)


def canonical(graph: rdflib.Graph) -> ox.Dataset:
    written = graph.serialize(format="nt")
    dataset = ox.Dataset(ox.parse(written, format=ox.RdfFormat.N_TRIPLES))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def minted(backend: EmbeddedBackend) -> set[str]:
    """The IRIs of the graph that are ours."""
    nodes: set[Any] = {node for quad in backend.view(None) for node in quad.triple}
    return {node.value for node in nodes if isinstance(node, ox.NamedNode) and node.value.startswith(BASE)}


def things(backend: EmbeddedBackend) -> set[str]:
    """Those of them that are looked up one by one."""
    return {iri for iri in minted(backend) if iri.startswith((ID, SCHEME, GRAPH))}


def links(response: httpx.Response) -> dict[tuple[str, str | None], str]:
    """The targets of a Link header by relation and type."""
    found = {}
    for target, parameters in re.findall(r"<([^>]*)>((?:; \w+=\"[^\"]*\")*)", response.headers["link"]):
        said = dict(re.findall(r"(\w+)=\"([^\"]*)\"", parameters))
        found[said["rel"], said.get("type")] = target
    return found
