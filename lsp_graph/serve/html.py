"""
The pages of documents, made for people.

    template + what it shows  ->  HTML

Every value is escaped by the template engine; there is neither script nor style in a page, but one small style sheet.
All pages have one frame, `base.html`; what a page does not say of itself is absent from its frame.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lsp_graph.errors import StoreUnavailable, UnknownName
from lsp_graph.serve.addresses import link
from lsp_graph.serve.pages import pieces, routes, words
from lsp_graph.store import StoreDirectory

_HERE: Final = Path(__file__).resolve().parent
STATIC: Final = _HERE / "static"
MEDIA_TYPE: Final = "text/html"

_FRAME: Final[dict[str, Any]] = {
    "asked": None,
    "world": None,
    "version": None,
    "made": None,
    "dated": False,
    "formats": (),
    "described": None,
}
"""What the frame of a page shows, where the page says nothing else."""


def page(template: str, base: str, **shown: Any) -> bytes:
    """The page of a template of `templates/`; its links to things of ours lead to the service at `base`."""
    ways = {"link": partial(link, base=base), "to": partial(link, base=base), "url": lambda path: f"{base}{path}"}
    told = {**_FRAME, "base": base, **ways, **shown}
    told["pieces"] = pieces.Pieces(told["to"], told["url"])
    return environment().get_template(template).render(told).encode()


def prepare() -> None:
    """Read the templates, so that workers are born with them."""
    for name in environment().list_templates():
        environment().get_template(name)


@lru_cache(maxsize=4)
def made(store: Path, version: str) -> str | None:
    """The day on which a version of the store was made, as an ISO date; None where the store does not tell."""
    try:
        return StoreDirectory(store).manifest(version).created[:10]
    except (StoreUnavailable, UnknownName):
        return None


@cache
def built(name: str) -> str | None:
    """The path of a script or style sheet that was bundled from `web/`; None where none was."""
    try:
        made = json.loads((STATIC / "built" / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return f"/static/built/{made[name]}" if name in made else None


@cache
def environment() -> Environment:
    """The template engine: values are escaped, and what a template misses is an error."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "built": built,
        "marks": words.MARKS,
        "navigation": routes.NAVIGATION,
        "tools": routes.TOOLS,
        "shared": pieces.SHARED,
    }
    made.filters |= words.FILTERS
    return made
