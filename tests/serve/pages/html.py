"""
HTML as a browser reads it.

    text  ->  elements, attributes, and what is wrong with it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import html5lib

_LINKS = {"href", "src", "action"}
_SCHEMES = {"", "http", "https"}


@dataclass(frozen=True)
class Tag:
    """An element that begins: its name and attributes."""

    name: str
    attributes: dict[str, str]


class Read(HTMLParser):
    """A page, read element by element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[Tag] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> Iterator[Tag]:
        """The elements of a name."""
        return (tag for tag in self.tags if tag.name == name)


def wrong(text: str) -> list[str]:
    """What the HTML standard's parser has to report, and what a strict policy forbids."""
    found = []
    parser: Any = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    found += [f"{code} {data} at {place}" for place, code, data in parser.errors]
    page = Read(text)
    for tag in page.tags:
        if tag.name in ("style", "iframe", "object", "embed", "base"):
            found.append(f"<{tag.name}>")
        if tag.name == "script" and not tag.attributes.get("src"):
            found.append("a script in the page")
        for name, value in tag.attributes.items():
            if name == "style" or name.startswith("on"):
                found.append(f"<{tag.name} {name}>")
            if name in _LINKS and urlsplit(value).scheme.lower() not in _SCHEMES:
                found.append(f"<{tag.name} {name}={value!r}>")
    ids = [tag.attributes["id"] for tag in page.tags if "id" in tag.attributes]
    found += [f"two elements with the id {one!r}" for one in sorted({one for one in ids if ids.count(one) > 1})]
    named = {
        one for tag in page.tags for name in ("for", "aria-labelledby") for one in [tag.attributes.get(name)] if one
    }
    found += [f"no element has the id {one!r}" for one in sorted(named - set(ids))]
    inside = {tag.attributes["href"][1:] for tag in page.all("a") if re.match(r"#.", tag.attributes.get("href", ""))}
    found += [f"a link leads to no element: #{one}" for one in sorted(inside - set(ids))]
    return found
