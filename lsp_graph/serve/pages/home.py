"""
`/`: what the graph answers, how much of it there is, and where to begin.

    graph + day  ->  figures of coverage, each saying what it counts
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from lsp_graph.names import Kept
from lsp_graph.serve.pages import hexagons
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import rows
from lsp_graph.store import EmbeddedBackend

_KEPT: Final = Kept[Mapping[str, int]]()


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The first page."""
    return Page(
        template="home.html",
        title="Who is accountable for what in England's Local Strategic Partnerships",
        shown={"coverage": coverage(backend, asked.as_of), **hexagons.fragment(backend, asked, "#coverage")},
        formats=(
            Format("What the dataset is (VoID, Turtle)", f"{asked.base}/void.ttl", "text/turtle"),
            Format("The whole graph", f"{asked.base}/dumps/", "text/html"),
        ),
    )


def coverage(backend: EmbeddedBackend, day: date) -> Mapping[str, int]:
    """How many things of each kind are recorded as of a day; a kind of which there is none is not in it."""
    return _KEPT.of(
        backend,
        (backend.version, day),
        lambda: {row["kind"]: int(row["number"]) for row in rows(backend, "coverage", {}, day)},
    )
