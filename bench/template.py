"""
Turn a Turtle template into text that makes N-Quads.

    template.trig + ontology  ->  N-Quads lines with open slots;  lines % values  ->  quads of one row

A template is TriG in which `$name` is a slot, inside an IRI or a literal; `<iri:$name>` is a slot for a whole IRI. A
slot that begins with a capital is a class, and what the ontology lets follow from it is worked out for each class that
comes. The template's default graph is the source whose row it renders (slot `graph`): there it stands for one row of a
table, and says so as an ingested row does, by the `lsp:evidence` of every subject; `<table>.<part>.trig` is more of the
row that `<table>.trig` began. What a template puts into a named graph is derived and carries no row. What follows from
superclasses, superproperties and inverses is written out into `graph:inferred`, as the real build does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from bench.schema import Schema
from lsp_graph.namespaces import BASE, LSP, RDF, XSD, concept, graph, resource

Values = Mapping[str, str | None]

FOLDER: Final = Path(__file__).parent / "templates"
_SLOT: Final = re.compile(r"\$([a-zA-Z]+)")
_OWN: Final = graph("$graph")
_BESIDE_ROWS: Final = frozenset({"period", "source", "table"})


@dataclass(frozen=True)
class Change:
    """How a defect alters a row: properties it loses, quads it gains."""

    drops: frozenset[str] = frozenset()
    adds: frozenset[ox.Quad] = frozenset()


NO_CHANGE: Final = Change()


@dataclass
class Template:
    """One compiled template; `render` fills it."""

    name: str
    quads: frozenset[ox.Quad]
    schema: Schema
    _texts: dict[tuple[object, ...], str] = field(default_factory=dict)

    @cached_property
    def is_row(self) -> bool:
        """Whether the template stands for a row of a table, so that its subjects have evidence."""
        return bool(self.properties) and self.name not in _BESIDE_ROWS

    @cached_property
    def table(self) -> str:
        """The table that the rows belong to."""
        return self.name.partition(".")[0]

    @property
    def begins_row(self) -> bool:
        """Whether this is the row itself and not more of it."""
        return self.name == self.table

    @cached_property
    def properties(self) -> frozenset[str]:
        """The properties that the rows of this table state."""
        return frozenset(quad.predicate.value for quad in self.quads if quad.graph_name == _OWN)

    @cached_property
    def _slots(self) -> tuple[str, ...]:
        return tuple(sorted({slot for quad in self.quads for slot in _SLOT.findall(str(quad))} - {"graph"}))

    @cached_property
    def _classes(self) -> tuple[str, ...]:
        return tuple(slot for slot in self._slots if slot[0].isupper())

    def render(self, values: Values, change: Change = NO_CHANGE) -> str:
        """The N-Quads lines of one row; a triple with a slot whose value is None is left out.

        Raises `KeyError` when a slot has no value at all.
        """
        absent = tuple([slot for slot in self._slots if values[slot] is None])
        key = (change, absent, *[values[slot] for slot in self._classes])
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self._compile(values, change, frozenset(absent))
        return text % values

    def _compile(self, values: Values, change: Change, absent: frozenset[str]) -> str:
        kept = {
            _classified(quad, {slot: values[slot] for slot in self._classes})
            for quad in self.quads | change.adds
            if (quad in change.adds or quad.predicate.value.removeprefix(LSP) not in change.drops)
            and absent.isdisjoint(_SLOT.findall(str(quad)))
        }
        if self.is_row and "evidence" not in change.drops:
            kept |= self._evidence(kept)
        kept |= self.schema.follow(kept)
        text = "".join(sorted(f"{quad} .\n" for quad in kept))
        return _SLOT.sub(r"%(\1)s", text.replace("%", "%%").replace("<iri:", "<"))

    def _evidence(self, quads: Iterable[ox.Quad]) -> set[ox.Quad]:
        row = resource("evidence", "$graph", self.table, "$row")
        subjects = {quad.subject for quad in quads if quad.graph_name == _OWN}
        said: tuple[tuple[ox.NamedNode, ox.NamedNode | ox.Literal], ...] = (
            (RDF.type, LSP.Evidence),
            (LSP.source, _OWN),
            (LSP.table, resource("table", "$family", self.table)),
            (LSP.file, ox.Literal(f"$graph/{self.table}.csv")),
            (LSP.place, ox.Literal("$row")),
            (LSP.row, ox.Literal("$row", datatype=XSD.integer)),
            (LSP.document, resource("document", "synthetic")),
            (LSP.confidence, concept("confidence", "sourced")),
        )
        links = {ox.Quad(subject, LSP.evidence, row, _OWN) for subject in subjects}
        if not self.begins_row:
            return links
        return links | {ox.Quad(row, predicate, value, _OWN) for predicate, value in said}


def fill(text: str, values: Values) -> str:
    """A text with its slots filled."""
    return _SLOT.sub(lambda slot: str(values[slot[1]]), text)


def read_templates(schema: Schema, folder: Path = FOLDER) -> dict[str, Template]:
    """Every template of the folder by name."""
    return {file.stem: Template(file.stem, read_quads(file), schema) for file in sorted(folder.glob("*.trig"))}


def read_quads(file: Path) -> frozenset[ox.Quad]:
    """The quads of a template file; the prefixes of `templates/prefixes.ttl` stand before it."""
    text = (FOLDER / "prefixes.ttl").read_text() + file.read_text()
    return frozenset(_placed(ox.parse(text, format=ox.RdfFormat.TRIG, base_iri=BASE)))


def _placed(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        place = _OWN if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
        yield ox.Quad(quad.subject, quad.predicate, quad.object, place)


def _classified(quad: ox.Quad, classes: Values) -> ox.Quad:
    """The quad with its class slot filled."""
    if classes and isinstance(quad.object, ox.NamedNode):
        name = quad.object.value.removeprefix(LSP)
        if name[1:] in classes:
            return ox.Quad(quad.subject, quad.predicate, LSP[classes[name[1:]]], quad.graph_name)
    return quad
