"""
The format in words: what the cells of a column hold, and what the entries of its lists mean.

    Column  ->  "one of year, month", "key of area", "several: group/… or person/…"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import RDFS, SKOS
from lsp_graph.record.format import Column, Format

FORMS: Final = {
    "date": "date",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "uri": "address",
    "key": "key",
    "document": "key",
}


def held(column: Column, form: Format, quoted: Callable[[str], str] = str) -> str:
    """What the cells of a column hold; `quoted` writes what is typed as it stands."""
    said = _one(column, form, quoted)
    return f"several: {said}" if column.list else said


def _one(column: Column, form: Format, quoted: Callable[[str], str]) -> str:
    if column.enum:
        return "one of " + ", ".join(quoted(value) for value in column.enum)
    if column.scheme:
        return f"code of the list {quoted(column.scheme.rpartition('/')[2])}"
    if column.value == "reference":
        return " or ".join(_form(kind, column, form, quoted) for kind in column.kinds)
    return FORMS.get(column.value, "text")


def _form(name: str, column: Column, form: Format, quoted: Callable[[str], str]) -> str:
    kind = form.kinds[name]
    if kind.alone:
        return quoted(name)
    if kind.legislation:
        return "provision"
    return quoted(f"{name}/…") if len(column.kinds) > 1 else f"key of {name}"


@cache
def meanings(folder: Path = ONTOLOGY) -> Mapping[NamedNode, str]:
    """What the concepts and classes of the ontology in a folder are called."""
    found: dict[NamedNode, str] = {}
    for path in sorted(folder.glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            thing, label = quad.subject, quad.object
            named = quad.predicate in (SKOS.prefLabel, RDFS.label)
            if named and isinstance(label, Literal) and isinstance(thing, NamedNode):
                found[thing] = label.value
    return found
