"""
SVG as text: elements made and mended.

    elements  ->  SVG that can stand alone, or inside a page under a policy that forbids styles and scripts

Whatever a label says, it is text here: it is escaped, and signs that XML does not know are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

NAMESPACE: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "{http://www.w3.org/1999/xlink}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
"""Signs that turn the writing of what stands beside them."""


def plain(text: str, longest: int = 300) -> str:
    """A text of one line that XML can hold and that turns no other; a longer one than that is cut."""
    shown = " ".join(_DIRECTIONS.sub("", _NO_XML.sub("", text)).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"


def element(name: str, *inside: Element | str, **attributes: str | float | None) -> Element:
    """An element with attributes (`class_`, `font_size`: underscores are hyphens, None is left away) and content."""
    made = Element(name, {_spelt(key): _value(value) for key, value in attributes.items() if value is not None})
    for one in inside:
        if isinstance(one, str):
            made.text = (made.text or "") + plain(one)
        else:
            made.append(one)
    return made


def linked(href: str | None, label: str, *inside: Element) -> Element:
    """A link around drawn things, which says where it leads; just the things where it leads nowhere."""
    title = element("title", label)
    if href is None:
        return element("g", title, *inside)
    return element("a", title, *inside, href=href)


def drawing(width: float, height: float, label: str, inside: Iterable[Element], kind: str) -> Element:
    """A drawing of this size, named for those who cannot see it."""
    return element(
        "svg",
        *inside,
        xmlns=NAMESPACE,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        role="group",
        aria_label=plain(label),
        class_=f"drawing {kind}",
    )


def written(svg: Element) -> str:
    """The drawing as text."""
    return ElementTree.tostring(svg, encoding="unicode")


def mended(drawn: bytes, label: str, kind: str) -> Element:
    """What a library drew, fit for a page: links as HTML has them, no names that only the library needs, no styles.

    `label` names the drawing, `kind` is its class.
    """
    svg = ElementTree.fromstring(drawn)  # noqa: S314  # drawn here, by a library that is ours
    _mend(svg)
    svg.attrib.pop("style", None)
    for side in ("width", "height"):
        size = svg.attrib.pop(side, "").removesuffix("pt")
        if size:
            svg.set(side, size)
    svg.attrib |= {
        "xmlns": NAMESPACE,
        "role": "group",
        "aria-label": plain(label),
        "class": f"drawing {kind}",
    }
    return svg


def _mend(node: Element) -> None:
    for child in list(node):
        name = child.tag.removeprefix(f"{{{NAMESPACE}}}") if isinstance(child.tag, str) else ""
        if name in ("style", "script", "title", ""):
            node.remove(child)
        else:
            _mend(child)
    node.tag = node.tag.removeprefix(f"{{{NAMESPACE}}}")
    node.tail = None
    title = node.attrib.pop(f"{_XLINK}title", None)
    href = node.attrib.pop(f"{_XLINK}href", None)
    for name in list(node.attrib):
        if name in ("id", "style", "target") or name.startswith(("on", _XLINK, _XML)):
            del node.attrib[name]
    if node.tag == "a" and href is not None:
        node.set("href", href)
    elif node.tag == "a":
        node.tag = "g"
    if title:
        node.insert(0, element("title", title))


def _spelt(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return _NO_XML.sub("", value)
    return f"{value:.2f}".rstrip("0").rstrip(".")
