"""
`/areas/{code}/governance`: how an area is governed, as a diagram whose boxes lead on, and the same in words.

    area + day  ->  diagram, table

It is a page of its own, as drawing it takes longer than all the rest that is told of an area.
"""

from __future__ import annotations

from lsp_graph import areas
from lsp_graph.serve import placing
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.drawn import FORMS, governed
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The diagram of an area of any period. Raises `UnknownName` and `AmbiguousName`."""
    area = areas.resolve(backend, asked.key, asked.as_of)
    told = placing.described(backend, area, asked.as_of)
    code = told["code"] or area.value
    label = told["label"] or code
    drawn = governed(backend, asked, area, code, label)
    return Page(
        template="area_governance.html",
        title=f"Governance of {label}",
        shown={"code": code, "label": label, "governed": drawn},
        formats=tuple(Format(form.upper(), href, FORMS[form]) for form, href in drawn.files.items()),
    )
