"""
The history of an area: periods as bars, events as marks.

    area  ->  its own period, its councils', partnerships', plans' and funding's, the reorganisation  ->  SVG

A side of a period that is not recorded is drawn as a broken end: it is open, not eternal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from pyoxigraph import NamedNode, QuerySolutions

from lsp_graph.answers import value
from lsp_graph.binding import bind
from lsp_graph.layout import QUERIES
from lsp_graph.pictures.diagram import Address
from lsp_graph.pictures.svg import drawing, element, linked, plain, written
from lsp_graph.store import Backend

KINDS: Final = {
    "area": "Areas",
    "council": "Councils",
    "partnership": "Partnerships",
    "strategy": "Community strategies",
    "agreement": "Local Area Agreements",
    "funding": "Funding",
    "change": "Reorganisation",
}
"""What a history tells of, in its order."""

_QUERY: Final = QUERIES / "picture" / "timeline.rq"
_FIRST, _LAST = 2000, 2012
_MOST: Final = 60
_WIDTH, _LEFT, _ROW, _HEAD = 760.0, 8.0, 26.0, 20.0
_SIGNS: Final = 96
"""Signs of a name above its bar."""


@dataclass(frozen=True)
class Period:
    """Something with a time: from when until when (ISO dates, both days included), None where that is not recorded.

    `precision` is "year" or "month" where the source is not exact to the day. An event lasts one day.
    """

    kind: str
    iri: str
    label: str
    since: str | None
    until: str | None
    precision: str | None

    @property
    def dated(self) -> bool:
        """Whether anything is recorded of its time."""
        return self.since is not None or self.until is not None


def history(backend: Backend, area: NamedNode) -> list[Period]:
    """All that has a time in an area, of all periods, by kind and beginning."""
    rows = backend.query(bind(_QUERY.read_text(encoding="utf-8"), {"_area": area}))
    assert isinstance(rows, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    found = []
    for row in rows:
        kind, iri, label, since, until, precision = (None if term is None else str(value(term)) or None for term in row)
        found.append(Period(str(kind).partition(" ")[2], str(iri), label or "", since, until, precision))
    return found


def timeline(periods: Sequence[Period], label: str, as_of: date, address: Address) -> str:
    """The picture: one row for each period of which anything is recorded, at most so many as a page can hold.

    What it cannot show stands in the list beside it. A line marks the day that the page is about.
    """
    dated = [one for one in periods if one.dated][:_MOST]
    years = [int(day[:4]) for one in dated for day in (one.since, one.until) if day]
    first = max(min([_FIRST, *years]), 1990)
    last = min(max([_LAST, *years]) + 1, 2022)
    height = _HEAD + _ROW * len(dated) + 6

    def across(day: date) -> float:
        part = day.year + (day.timetuple().tm_yday - 1) / 366
        return _LEFT + (_WIDTH - 2 * _LEFT) * min(max((part - first) / (last - first), 0), 1)

    inside: list[Element] = [
        element(
            "g",
            *_scale(first, last, height, across(date(first, 1, 1)), (_WIDTH - 2 * _LEFT) / (last - first)),
            aria_hidden="true",
        )
    ]
    for number, one in enumerate(dated):
        y = _HEAD + _ROW * number
        inside.append(linked(address(one.iri), f"{one.label}: {told(one)}", *_bar(one, y, across, first, last)))
    now = across(as_of)
    inside.append(element("line", x1=now, x2=now, y1=_HEAD - 4, y2=height, class_="today", stroke="#b34700"))
    return written(drawing(_WIDTH, height, label, inside, "history"))


def told(period: Period) -> str:
    """A period in words."""
    about = {"year": ", exact to the year", "month": ", exact to the month"}.get(period.precision or "", "")
    if period.since and period.since == period.until:
        return f"on {period.since}{about}"
    since = f"from {period.since}" if period.since else "beginning not recorded"
    until = f"until {period.until}" if period.until else "end not recorded"
    return f"{since}, {until}{about}"


def _scale(first: int, last: int, height: float, left: float, year: float) -> list[Element]:
    step = 1 if last - first <= 14 else 2
    drawn = []
    for number in range(first, last + 1, step):
        x = left + (number - first) * year
        drawn.append(element("line", x1=x, x2=x, y1=_HEAD - 4, y2=height, class_="year", stroke="#dddddd"))
        anchor = "start" if number == first else "end" if number == last else "middle"
        drawn.append(element("text", str(number), x=x, y=11, text_anchor=anchor, class_="scale", font_size=11))
    return drawn


def _bar(one: Period, y: float, across: object, first: int, last: int) -> list[Element]:
    assert callable(across)  # noqa: S101  # a function of this module
    start = across(date.fromisoformat(one.since)) if one.since else across(date(first, 1, 1))
    end = across(date.fromisoformat(one.until)) if one.until else across(date(last, 1, 1))
    name = plain(one.label, _SIGNS)
    beside = start if start < _WIDTH * 0.55 else end
    anchor = "start" if start < _WIDTH * 0.55 else "end"
    text = element("text", name, x=beside, y=y + 11, text_anchor=anchor, class_="name", font_size=12)
    if one.since and one.since == one.until:
        mark = f"M{start - 5:.1f},{y + 18:.1f}l5,-5l5,5l-5,5z"
        return [text, element("path", d=mark, class_=f"event {one.kind}")]
    bar = element(
        "rect", x=start, y=y + 15, width=max(end - start, 2), height=6, rx=1, class_=f"bar {one.kind}", fill="#0072b2"
    )
    ends = [
        element(
            "path",
            d=f"M{x:.1f},{y + 13:.1f}v10",
            class_="open",
            stroke="#ffffff",
            stroke_dasharray="2 2",
            stroke_width=5,
        )
        for x, day in ((start + 4, one.since), (end - 4, one.until))
        if day is None
    ]
    return [text, bar, *ends]
