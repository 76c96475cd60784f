"""
The SPARQL 1.1 Graph Store HTTP Protocol: one graph, read and written as a whole.

    address -> the graph it names;   graph + GET -> its triples;   graph + PUT, POST, DELETE -> a change of the store

`?graph=IRI` and `?default` name a graph (§4.2), and so does an address below /graphs/, by being its IRI (§4.1). The
default graph is the store's own, of queries without a dataset only where the service is strict. A graph without triples
is not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad, Store, Triple

from lsp_graph.literals import in_graph
from lsp_graph.namespaces import PREFIXES
from lsp_graph.serve import payloads
from lsp_graph.serve.addresses import encoded
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.problems import NOT_ACCEPTABLE, NOT_FOUND, PRECONDITION, Refusal
from lsp_graph.serve.protocol import iri, malformed, parameters, values
from lsp_graph.serve.results import Rendered, graph
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change

PATH: Final = "/graphs"

_CREATED, _NO_CONTENT = 201, 204


@dataclass(frozen=True)
class Outcome:
    """What a request to write comes to: the change, and the status and headers of the reply once it is made."""

    change: Change
    status: int = _NO_CONTENT
    location: str | None = None


def named(address: str, query_string: str, base: str, fresh: str | None = None) -> NamedNode | DefaultGraph:
    """The graph that a request is about. `address` is the path below /graphs, `base` the address of the service.

    `fresh` is the IRI of a graph to be made where the address names none (§5.5: POST to the store itself).
    Raises `Refusal` (400) where it names none or several.
    """
    if address.strip("/"):
        asked = f"?{query_string}" if query_string else ""
        if {name for name, _ in parameters(query_string.encode("latin-1"))} & {"graph", "default"}:
            raise malformed(f"a graph below {PATH}/ and one in the parameters; expected one of them")
        return NamedNode(iri(f"{base}{PATH}{address}{asked}"))
    pairs = parameters(query_string.encode("latin-1"))
    graphs, default = values(pairs, "graph"), values(pairs, "default")
    if fresh is not None and not graphs and not default:
        return NamedNode(fresh)
    if len(graphs) + len(default) != 1:
        raise malformed(f"{len(graphs)} graph and {len(default)} default parameters; expected ?graph=IRI or ?default")
    return NamedNode(iri(graphs[0])) if graphs else DefaultGraph()


def read(backend: EmbeddedBackend, request: Message) -> Rendered:
    """The triples of a graph, in the format that the client likes best.

    Raises `Refusal`: 404 where there is no such graph, 406 where no format will do.
    """
    head = request.head
    name = named(head["address"], head["queryString"], head["base"])
    media_type = choose(head["accept"], tuple(payloads.FORMATS))
    if media_type is None:
        offered = ", ".join(payloads.FORMATS)
        raise Refusal(NOT_ACCEPTABLE.reply(f"{head['accept']!r} is not offered; there are {offered}"))
    triples = [quad.triple for quad in _held(backend, name)]
    return Rendered(media_type, graph(triples, media_type, payloads.FORMATS[media_type], PREFIXES))


def write(backend: EmbeddedBackend, request: Message) -> Outcome:
    """What a PUT, POST or DELETE changes.

    Raises `Refusal`: 400 and 415 for a body that cannot be read, 404 for the deletion of what is not there.
    """
    head, method = request.head, request.head["method"]
    fresh = head["fresh"] if method == "POST" else None
    name = named(head["address"], head["queryString"], head["base"], fresh)
    if method == "DELETE":
        return Outcome(Change.of((), _held(backend, name)))
    here = name.value if isinstance(name, NamedNode) else f"{head['base']}{PATH}"
    sent = _stored(in_graph(triple, name) for triple in payloads.triples(request.body, head["contentType"], here))
    held = backend.graph(name)
    if head["ifNoneMatch"] == "*" and held:
        raise Refusal(PRECONDITION.reply("the graph is there, and was to be made only where it is not"))
    made = not held and bool(sent) and isinstance(name, NamedNode)
    status = _CREATED if made else _NO_CONTENT
    if method == "PUT":
        change = Change() if _same(held, sent) else Change.of(sent - set(held), set(held) - sent)
        return Outcome(change, status)
    location = encoded(name.value) if made and isinstance(name, NamedNode) and name.value == fresh else None
    return Outcome(Change.of(sent - set(held), ()), status, location)


def _held(backend: EmbeddedBackend, name: NamedNode | DefaultGraph) -> list[Quad]:
    """The quads of a graph that is there; the default graph always is."""
    quads = backend.graph(name)
    if not quads and isinstance(name, NamedNode):
        raise Refusal(NOT_FOUND.reply(f"{name.value}: there is no graph of this name"))
    return quads


def _stored(quads: Iterable[Quad]) -> set[Quad]:
    """The quads as a store gives them back: it writes numbers and dates in its own way, and compares by that."""
    store = Store()
    store.bulk_extend(quads)
    return set(store)


def _same(held: Iterable[Quad], sent: Iterable[Quad]) -> bool:
    """Whether two graphs say the same, whatever their blank nodes are called."""
    before, after = set(held), set(sent)
    blank_before, blank_after = before - after, after - before
    if len(before) != len(after) or not all(_is_blank(quad) for quad in blank_before | blank_after):
        return False
    return _canonical(blank_before) == _canonical(blank_after)


def _canonical(quads: Iterable[Quad]) -> Dataset:
    made = Dataset(quads)
    made.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return made


def _is_blank(quad: Quad) -> bool:
    return any(_has_blank(term) for term in quad.triple)


def _has_blank(term: object) -> bool:
    return isinstance(term, BlankNode) or (isinstance(term, Triple) and any(_has_blank(part) for part in term))
