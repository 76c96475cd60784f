"""
What became of records that were handed in, in lines for people.

    Plan + the version that it made  ->  lines
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsp_graph.intake import Plan

_TOLD: Final = 20
"""Clashes of a record that are told to people; JSON has all of them."""


def lines(made: Plan, version: str | None, *, dry_run: bool) -> Iterator[str]:
    """Of each file what it comes to and who says otherwise, then what follows, and the version made, if any."""
    for one in made.received:
        said = {
            "new": f"a new record, {one.added:,} triples",
            "replaced": f"in place of the one before: {one.added:,} triples added, {one.removed:,} removed",
            "unchanged": "just what is recorded already; nothing changes",
        }[one.outcome]
        yield f"{one.file}: {one.title} ({one.key}): {said}"
        for clash in one.clashes[:_TOLD]:
            here, there = "; ".join(clash.here), "; ".join(clash.there)
            yield f"  {clash.label}, {clash.property}: {here!r} here, {there!r} in {clash.source_label}"
        if len(one.clashes) > _TOLD:
            yield f"  and {len(one.clashes) - _TOLD:,} more of which other sources say otherwise"
    if made.following:
        yield f"{made.following:,} triples follow, or follow no more."
    if version is not None:
        yield f"Version {version} is current: {made.message}."
    else:
        yield "Nothing was written: this was a dry run." if dry_run else "No new version: nothing is new."
