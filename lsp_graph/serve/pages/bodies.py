"""
`/bodies`: the bodies of a day, chosen by name, class and area, a part at a time.

    filters  ->  table of bodies, and how many there are of each class
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from lsp_graph.names import Thing
from lsp_graph.namespaces import LSP
from lsp_graph.serve import bodies
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.listing import Listing, in_order
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.pages.words import spaced
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.facts import Facts

SHOWN: Final = 100
"""Bodies that one page shows."""

_FILTERS: Final = ("text", "class", "area")
_SORTS: Final[dict[str, Callable[[Thing], Any]]] = {"name": lambda one: one.label, "class": lambda one: one.kind}


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The bodies that fit. Raises `UnknownName` for a class that none is of, or an area that there is not."""
    filters = {name: asked.one(name) for name in _FILTERS}
    found = bodies.chosen(backend, filters, asked.as_of)
    if asked.one("sort") or not filters["text"]:
        found = in_order(found, asked, _SORTS)
    counts = bodies.classes(bodies.chosen(backend, {**filters, "class": None}, asked.as_of))
    named = class_labels(backend, counts)
    given = {name: value for name, value in filters.items() if value is not None}
    return Page(
        template="bodies.html",
        title="Bodies",
        shown={
            "filters": filters,
            "classes": sorted(((name, named[name], number) for name, number in counts.items()), key=lambda one: one[1]),
            "named": named,
            "listing": Listing.of(asked, found, SHOWN),
        },
        formats=(Format("JSON", asked.url("/api/v1/bodies", **given), "application/json"),),
    )


def class_labels(backend: EmbeddedBackend, names: Iterable[str]) -> Mapping[str, str]:
    """What these classes of the ontology are called."""
    ever = Facts(backend, None)
    iris = {name: LSP[name] for name in names}
    ever.read_labels(iris.values())
    labels = {name: ever.label(iri) for name, iri in iris.items()}
    return {name: spaced(name) if label == iris[name].value else label for name, label in labels.items()}
