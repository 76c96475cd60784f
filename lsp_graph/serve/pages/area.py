"""
`/areas/{code}`: one area: what is recorded of it, how it is governed, who answers for what, and what nobody wrote down.

    area + day  ->  facts, picture, partners, accountabilities, timeline, verdicts, gaps; the same in every format
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from lsp_graph import accountability, areas
from lsp_graph.namespaces import ID
from lsp_graph.serve import placing
from lsp_graph.serve.addresses import FORMATS
from lsp_graph.serve.pages.accounts import accounts
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.audited import STANDINGS
from lsp_graph.serve.pages.concepts import concepts
from lsp_graph.serve.pages.drawn import historical
from lsp_graph.serve.pages.known import recorded
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.pages.partners import participation
from lsp_graph.serve.pages.verdicts import verdicts
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.facts import Facts


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page of an area of any period. Raises `UnknownName` and `AmbiguousName`."""
    area = areas.resolve(backend, asked.key, asked.as_of)
    told = placing.described(backend, area, asked.as_of)
    code = told["code"] or area.value
    facts, ever, known = Facts(backend, asked.as_of), Facts(backend, None), concepts(backend)
    taking_part = participation(facts, area)
    things = [NamedNode(one["iri"]) for one in (*told["partnerships"], *told["agreements"])]
    listed = placing.listed(backend, asked.as_of).get(area.value)
    standing = verdicts(backend, asked, told["code"])
    return Page(
        template="area.html",
        title=told["label"] or code,
        lasting=standing is not None,  # an audit may come any moment
        shown={
            "area": told,
            "code": code,
            "type": known.of("area-type", told["type"]),
            "tier": known.of("tier", listed.told["tier"]) if listed else None,
            "levels": {one["iri"]: known.of("evidence-level", one["evidenceLevel"]) for one in told["partnerships"]},
            "cited": {one.value: said for one, said in accountability.cited(ever, [area, *things]).items()},
            "taking_part": taking_part,
            "accounts": accounts(backend, asked, area),
            "known": known,
            "history": historical(backend, asked, area, told["label"] or code),
            "verdicts": standing,
            "standings": STANDINGS,
            "recorded": recorded(facts, ever, area, taking_part, known),
            "drawn": bool(told["partnerships"]),
        },
        formats=tuple(_formats(asked, area, code)),
    )


def _formats(asked: Asked, area: NamedNode, code: str) -> Iterator[Format]:
    """Where an area is to be had as data; the documents of linked data are about the real world alone."""
    given: dict[str, Any] = {"area": code}
    yield Format("JSON", asked.url(f"/api/v1/areas/{code}"), "application/json")
    yield Format("Accountabilities (JSON)", asked.url("/api/v1/accountability", **given), "application/json")
    yield Format("Partners (JSON)", asked.url("/api/v1/questions/Q03", **given), "application/json")
    yield Format("Audit (JSON)", asked.url("/api/v1/audits/latest", **given), "application/json")
    if asked.world is None:
        for suffix, media_type in FORMATS.items():
            if suffix not in ("html", "json"):
                key = area.value.removeprefix(str(ID))
                yield Format(f"Linked data (.{suffix})", f"{asked.base}/doc/{key}.{suffix}", media_type)
