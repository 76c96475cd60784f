"""
The pictures that pages about an area show.

    area + day  ->  governance diagram, history: each a drawing for the page, and all that it says in words

In a template: `{{ d.governance(governed) }}` and `{{ d.history(told) }}` of `drawings.html`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from pyoxigraph import NamedNode

from lsp_graph.pictures import Governance, Told, governance
from lsp_graph.pictures.timeline import KINDS, Period, history, timeline
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.store import EmbeddedBackend

FORMS: Final[Mapping[str, str]] = {"svg": "image/svg+xml", "png": "image/png"}
"""The forms in which the governance diagram is to be had by itself, and their media types."""

MOST: Final = 400
"""Boxes and lines that a diagram is drawn with; what is larger is told in words only."""


@dataclass(frozen=True)
class Governed:
    """How an area is governed: the diagram (None where it would be too large), its caption, the same in words.

    `files` are the addresses of the diagram by itself, by their forms.
    """

    drawn: Markup | None
    caption: str
    told: Sequence[Told]
    files: Mapping[str, str]


@dataclass(frozen=True)
class History:
    """What has a time in an area: the picture (None where no date is recorded), and all of it by kind."""

    drawn: Markup | None
    periods: Mapping[str, Sequence[Period]]


def governed(backend: EmbeddedBackend, asked: Asked, area: NamedNode, code: str, label: str) -> Governed:
    """The governance of an area on the page's day; its boxes lead to their pages."""
    found = governance(backend, area, label, asked.as_of)
    path = f"/areas/{code}/governance"
    return Governed(
        drawn=Markup(found.inline(asked.to)) if drawable(found) else None,  # noqa: S704  # made of escaped elements
        caption=found.caption,
        told=found.told(),
        files={form: asked.url(f"{path}.{form}") for form in FORMS},
    )


def drawable(found: Governance) -> bool:
    """Whether there is anything to draw, and not more than a picture can show."""
    return 0 < len(found.things) <= MOST and len(found.lines) <= 5 * MOST


def historical(backend: EmbeddedBackend, asked: Asked, area: NamedNode, label: str) -> History:
    """The history of an area, of all periods; what is later told of in words is not cut."""
    found = history(backend, area)
    drawn = timeline(found, f"History of {label}", asked.as_of, asked.to) if any(one.dated for one in found) else None
    return History(
        drawn=Markup(drawn) if drawn else None,  # noqa: S704  # made of escaped elements
        periods={title: of for kind, title in KINDS.items() if (of := [one for one in found if one.kind == kind])},
    )
