"""
A page: a template, and what it shows.

    Page + Asked  ->  HTML
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsp_graph.serve import html
from lsp_graph.serve.pages.asked import Asked


@dataclass(frozen=True)
class Format:
    """Where the same is to be had as data, in which media type."""

    label: str
    href: str
    type: str


@dataclass(frozen=True)
class Data:
    """What is sent as it is in place of a page, in its media type."""

    body: bytes
    type: str


@dataclass(frozen=True)
class Page:
    """What a page shows: its title, its template below `templates/pages/`, and the values that this names.

    `formats` are where it is to be had as data, `dated` says whether it tells of a day, so that another may be chosen,
    `lasting` whether it stays the same for as long as the data does, `status` is that of the reply.
    """

    template: str
    title: str
    shown: Mapping[str, Any]
    formats: tuple[Format, ...] = ()
    dated: bool = True
    status: int = 200
    lasting: bool = True

    def html(self, asked: Asked) -> bytes:
        """The page as it is sent."""
        return html.page(
            f"pages/{self.template}",
            asked.base,
            title=self.title,
            asked=asked,
            world=asked.world,
            url=asked.url,
            to=asked.to,
            formats=self.formats,
            dated=self.dated,
            version=asked.version,
            made=html.made(asked.store, asked.version),
            **self.shown,
        )
