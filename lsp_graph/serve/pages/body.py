"""
`/bodies/{key}`: one body: where it is a partner and on what basis, what it answers for, and what is answered to it.

    key + day  ->  seats by kind, matters by direction, counts; the same in every format
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph import accountability
from lsp_graph.namespaces import ID
from lsp_graph.serve import bodies
from lsp_graph.serve.addresses import FORMATS
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.bodies import class_labels
from lsp_graph.serve.pages.concepts import concepts
from lsp_graph.serve.pages.listing import Listing
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import local, rows
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.facts import Facts

SHOWN: Final = 100
"""Seats that one page shows."""


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page of a body of the day. Raises `UnknownName` and `AmbiguousName`."""
    told = bodies.described(backend, asked.key, asked.as_of)
    body = NamedNode(told["iri"])
    known = concepts(backend)
    matters = rows(backend, "body-matters", {"_body": body}, asked.as_of)
    return Page(
        template="body.html",
        title=told["label"],
        shown={
            "body": told,
            "classes": list(class_labels(backend, told["classes"]).values()),
            "seats": Listing.of(asked, told["seats"], SHOWN),
            "matters": [
                {
                    "iri": row["matter"],
                    "label": row.get("matterLabel"),
                    "direction": known.of("direction", local(row.get("direction"))),
                    "number": int(row["number"]),
                    "leads": int(row["leads"]),
                    "areas": int(row["areas"]),
                }
                for row in matters
            ],
            "known": known,
            "cited": accountability.cited(Facts(backend, None), [body])[body],
        },
        formats=tuple(_formats(asked, told["iri"])),
    )


def _formats(asked: Asked, iri: str) -> Iterator[Format]:
    """Where a body is to be had as data; the documents of linked data are about the real world alone."""
    key = iri.removeprefix(str(ID))
    yield Format("JSON", asked.url(f"/api/v1/bodies/{key}"), "application/json")
    yield Format("What it answers for (JSON)", asked.url("/api/v1/accountability", by=iri), "application/json")
    yield Format("What is answered to it (JSON)", asked.url("/api/v1/accountability", to=iri), "application/json")
    if asked.world is None:
        for suffix, media_type in FORMATS.items():
            if suffix not in ("html", "json"):
                yield Format(f"Linked data (.{suffix})", f"{asked.base}/doc/{key}.{suffix}", media_type)
