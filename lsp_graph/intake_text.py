"""
What became of records that were handed in, in lines for people.

    what a plan or a service's reply says  ->  lines
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_TOLD: Final = 20
"""Clashes of a record that are told to people; JSON has all of them."""


def told_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Of each file what it comes to and who says otherwise; what follows; the version that was made, if any."""
    for one in document["records"]:
        said = {
            "new": f"a new record, {one['added']:,} triples",
            "replaced": f"in place of the one before: {one['added']:,} triples added, {one['removed']:,} removed",
            "unchanged": "just what is recorded already; nothing changes",
        }[one["outcome"]]
        yield f"{one['file']}: {one['title']} ({one['key']}): {said}"
        for clash in one["clashes"][:_TOLD]:
            here, there = "; ".join(clash["here"]), "; ".join(clash["there"])
            label, source = clash["thing"]["label"], clash["source"]["label"]
            yield f"  {label}, {clash['property']}: {here!r} here, {there!r} in {source}"
        if len(one["clashes"]) > _TOLD:
            yield f"  and {len(one['clashes']) - _TOLD:,} more of which other sources say otherwise"
    if document["following"]:
        yield f"{document['following']:,} triples follow, or follow no more."
    if document["version"] is not None:
        yield f"Version {document['version']} is current."
    else:
        yield "Nothing was written: this was a dry run." if document["dryRun"] else "No new version: nothing is new."
