"""
What a worker does for a page.

    graph + request  ->  the page of the route that the request names
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from lsp_graph.serve import html
from lsp_graph.serve.cache import FLEETING
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.page import Data, Page
from lsp_graph.serve.pages.routes import ROUTES
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

Making = Callable[[EmbeddedBackend, Asked], Page | Data | Message]
"""A page, the same as data, or a reply that is made already."""


def page(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The page that is asked for. Raises what its module raises: `Refusal`, `UnknownName` and their kin."""
    asked = Asked.of(request, backend.version, max_rows)
    made = _making(request.head["module"])(backend, asked)
    if isinstance(made, Message):
        return made
    status, headers = 200, {"vary": "Accept"}
    if isinstance(made, Page):
        status = made.status
        headers |= {} if made.lasting else {"cache-control": FLEETING}
        made = Data(made.html(asked), f"{html.MEDIA_TYPE}; charset=utf-8")
    return Message({"status": status, "headers": {"content-type": made.type, **headers}}, made.body)


def prepare() -> None:
    """Load the pages, so that workers are born with them."""
    for route in ROUTES:
        _making(route.module)
    html.prepare()


@cache
def _making(module: str) -> Making:
    """The function of a module of `routes`."""
    return cast(Making, import_module(f"lsp_graph.serve.pages.{module}").page)
