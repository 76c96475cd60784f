"""
Lists of pages: sorted by a column, a part at a time.

    things + request  ->  the part that is shown, and the ways to the others
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lsp_graph.names import folded
from lsp_graph.serve.pages.asked import Asked

T = TypeVar("T")
Option = tuple[str, str, int]
"""One choice of a filter: its value, its label, and how many things it leaves."""


@dataclass(frozen=True)
class Listing(Generic[T]):
    """A part of a list: what is shown, from which place on, of how many, and the addresses of the parts beside it."""

    shown: Sequence[T]
    first: int
    total: int
    previous: str | None
    next: str | None

    @classmethod
    def of(cls, asked: Asked, found: Sequence[T], most: int) -> Listing[T]:
        """The part that `offset` asks for. Raises `Refusal` (400) where that is no number."""
        first, most = asked.number("offset", 0), min(most, asked.most)
        after = first + most
        return cls(
            shown=found[first:after],
            first=first,
            total=len(found),
            previous=asked.same(offset=str(max(0, first - most))) if first else None,
            next=asked.same(offset=str(after)) if after < len(found) else None,
        )


def in_order(found: Iterable[T], asked: Asked, sorts: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """The things in the order of `sort`: a key of `sorts`, with a hyphen before it the other way round.

    Without it, by the first key. What has no value comes last either way. Raises `Refusal` (400) for another order.
    """
    usual = next(iter(sorts))
    wanted = asked.choice("sort", [*sorts, *(f"-{name}" for name in sorts)]) or usual
    key = sorts[wanted.removeprefix("-")]
    with_value: list[tuple[Any, T]] = []
    without: list[tuple[Any, T]] = []
    for one in found:
        value = key(one)
        (with_value if value else without).append((value, one))
    ordered = sorted(with_value, key=lambda pair: folded(pair[0]), reverse=wanted.startswith("-"))
    return [one for _, one in [*ordered, *without]]
