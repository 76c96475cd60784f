"""
The pages of documents, made for people.

    template + what it shows  ->  HTML

Every value is escaped by the template engine; there is neither script nor style in a page, but one small style sheet.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from lsp_graph.serve.addresses import link

_HERE: Final = Path(__file__).resolve().parent
STATIC: Final = _HERE / "static"
MEDIA_TYPE: Final = "text/html"


def page(template: str, base: str, **shown: Any) -> bytes:
    """The page of a template of `templates/`; its links to things of ours lead to the service at `base`."""
    return _template(template).render(base=base, link=partial(link, base=base), **shown).encode()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
