"""
Charts of numbers, by pygal.

    labels + numbers  ->  SVG: bars that lead where their labels do

pygal marks what it draws by classes, which the page's style sheet colours; its own styles and scripts are taken out.
pygal is asked here only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pygal
from pygal.style import Style

from lsp_graph.pictures.svg import mended, plain, written

MOST: Final = 40
"""Bars that a chart has at most: more are for a table."""

_STYLE: Final = Style(label_font_size=13, major_label_font_size=13)
"""The size of what is written, which pygal makes room for."""

_LONGEST: Final = 48
_ROW: Final = 24
_WIDTH: Final = 760


@dataclass(frozen=True)
class Bar:
    """One bar: what it is called, how long it is, where it leads."""

    label: str
    number: float
    href: str | None = None


def bars(found: Sequence[Bar], label: str) -> str:
    """The first of these bars, from top to bottom, each with its number; `label` says what they count."""
    shown = found[:MOST]
    chart = pygal.HorizontalBar(
        css=(),
        js=(),
        disable_xml_declaration=True,
        no_prefix=True,
        show_legend=False,
        print_values=True,
        print_values_position="top",
        show_x_guides=False,
        width=_WIDTH,
        height=60 + _ROW * len(shown),
        style=_STYLE,
        margin=8,
        margin_right=48,
        truncate_label=-1,
        spacing=4,
        range=(min(0.0, *(bar.number for bar in shown)), max(1.0, *(bar.number for bar in shown))),
        formatter=lambda number: f"{number:,g}",
    )
    # It counts from the bottom up.
    chart.x_labels = [plain(bar.label, _LONGEST) or "not recorded" for bar in reversed(shown)]
    chart.add("", [_value(bar) for bar in reversed(shown)])
    return written(mended(chart.render(), label, "bars"))


def _value(bar: Bar) -> dict[str, object]:
    link = {"xlink": {"href": bar.href}} if bar.href else {}
    return {"value": bar.number, "label": plain(bar.label), **link}
