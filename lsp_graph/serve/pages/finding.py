"""
`/search`: what goes by a text.

    text  ->  areas, bodies, partnerships, themes, duties and questions, the best first

The one thing that has just this name needs no list: the reader goes straight to it.
"""

from __future__ import annotations

from typing import Final

from lsp_graph.search import KINDS, Hit, search
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend

MOST: Final = 50
"""Hits that one page shows."""


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The hits for a text, by kind; an empty form where there is no text."""
    text, kind = asked.one("q"), asked.choice("kind", KINDS)
    hits = search(backend, text, (kind,) if kind else (), min(MOST, asked.most), asked.as_of) if text else ()
    return Page(
        template="search.html",
        title=f"Search: {text}" if text else "Search",
        shown={
            "text": text,
            "kind": kind,
            "kinds": KINDS,
            "hits": [(hit, _where(asked, hit)) for hit in hits],
            "most": MOST,
        },
        formats=(Format("JSON", asked.url("/api/v1/search", q=text, kind=kind), "application/json"),) if text else (),
    )


def _where(asked: Asked, hit: Hit) -> str | None:
    """Where a hit leads: to its page."""
    if hit.kind == "question":
        return asked.url(f"/questions/{hit.iri}")
    return asked.to(hit.iri)
