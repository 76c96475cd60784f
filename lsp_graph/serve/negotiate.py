"""
Choose a media type.

    Accept header + what can be offered  ->  the one to send, or None

RFC 9110 section 12.5.1: the most specific range that fits a type gives its quality; quality 0 forbids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Range:
    """One media range of an Accept header, such as `text/*;q=0.5`."""

    type: str
    subtype: str
    quality: float

    def fit(self, media_type: str) -> int:
        """How closely this range fits a type: 0 not at all, 1 as `*/*`, 2 as `type/*`, 3 exactly."""
        type_, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == ("*", "*"):
            return 1
        if self.type != type_:
            return 0
        return 2 if self.subtype == "*" else 3 * (self.subtype == subtype)


def ranges(accept: str) -> tuple[Range, ...]:
    """The ranges of an Accept header; ranges that are not well formed are left out."""
    found = []
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        type_, slash, subtype = media.partition("/")
        quality = _quality(parameters)
        if slash and type_ and subtype and quality is not None:
            found.append(Range(type_, subtype, quality))
    return tuple(found)


@lru_cache(maxsize=64)
def choose(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The best of `offers` (best loved first) for an Accept header; None where none is acceptable.

    No header accepts everything. Of equally wanted types the one named more exactly wins, then the one offered first.
    """
    wanted = ranges(accept) if accept is not None and accept.strip() else (Range("*", "*", 1.0),)
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for offer in offers:
        fit, quality = max(((one.fit(offer), one.quality) for one in wanted), default=(0, 0.0))
        if fit and quality > 0 and (quality, fit) > best:
            best, chosen = (quality, fit), offer
    return chosen


def _quality(parameters: Sequence[str]) -> float | None:
    """The `q` among a range's parameters, 1 where there is none, None where it is no number from 0 to 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            return quality if 0 <= quality <= 1 else None
    return 1.0
