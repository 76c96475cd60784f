"""
What a worker does for a picture that is asked for by itself.

    graph + area + day + form  ->  the governance diagram as SVG or PNG
"""

from __future__ import annotations

from lsp_graph import areas
from lsp_graph.pictures import governance
from lsp_graph.serve import problems
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.drawn import FORMS, drawable
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend


def governance_diagram(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The diagram of an area. Raises `UnknownName`, `AmbiguousName`, and `Refusal` (404) where there is none."""
    asked, form = Asked.of(request, backend.version, max_rows), request.head["form"]
    area = areas.resolve(backend, asked.key, asked.as_of)
    label = next((one.label for one in areas.known(backend) if one.iri == area.value), asked.key)
    found = governance(backend, area, label, asked.as_of)
    if not drawable(found):
        raise problems.Refusal(problems.NOT_FOUND.reply(f"of {label} there is nothing to draw, or too much"))
    name = f"governance-{area.value.rpartition('/')[2]}-{asked.as_of.isoformat()}.{form}"
    headers = {"content-type": FORMS[form], "content-disposition": f'inline; filename="{name}"'}
    return Message({"status": 200, "headers": headers}, found.draw(form, asked.to))
