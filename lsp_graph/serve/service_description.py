"""
What /sparql says of itself where it is asked nothing.

    graph + address + Accept  ->  a service description, in the format of RDF that is wanted

Languages, formats, features, functions beyond the standard, and the dataset with its named graphs.
Source: SPARQL 1.1 Service Description, sections 2 (access) and 3 (vocabulary).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from lsp_graph.binding import Term
from lsp_graph.namespaces import BASE
from lsp_graph.serve.describing import DATASET
from lsp_graph.serve.description import constructed
from lsp_graph.serve.prefixes import PREFIXES
from lsp_graph.serve.results import Rendered, described
from lsp_graph.store import EmbeddedBackend

_SERVICE: Final = NamedNode(f"{BASE}void#service")
_DEFAULT_GRAPH: Final = NamedNode(f"{BASE}void#default-graph")


def service_description(backend: EmbeddedBackend, address: str, accept: str | None, **options: Any) -> Rendered:
    """The description of the service at an address, of the view that `options` of a query choose.

    Raises `Refusal` (406) listing the formats there are.
    """
    said = set(_said(backend, address, options))
    return described(sorted(said, key=str), accept, PREFIXES)


def _said(backend: EmbeddedBackend, address: str, options: dict[str, Any]) -> Iterator[Triple]:
    about: dict[str, Term | Sequence[Term]] = {
        "_service": _SERVICE,
        "_endpoint": NamedNode(address),
        "_dataset": DATASET,
        "_graph": _DEFAULT_GRAPH,
        "_union": Literal(not options.get("strict", False)),
    }
    yield from constructed(backend, "service-description", about, **options)
    yield from constructed(backend, "service-graphs", about, **options)
    if isinstance(backend, EmbeddedBackend):  # another store has functions of its own
        yield from constructed(backend, "service-functions", about)
