"""What pictures are made of."""

from __future__ import annotations

from xml.etree import ElementTree


def kinds_of_markup(svg: str) -> set[str]:
    """The names of all elements and attributes of a drawing, which has to be well-formed."""
    found = set()
    for one in ElementTree.fromstring(svg).iter():  # noqa: S314  # made here
        found |= {one.tag.rpartition("}")[2], *(name.rpartition("}")[2] for name in one.attrib)}
    return found
