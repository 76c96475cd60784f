"""A small country to hand records in to: the invented one, with the records that it was built with or without."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from lsp_graph.derive import apply_rules, closure
from lsp_graph.intake import Plan
from lsp_graph.layout import DATA
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import joined, lines_of, triple_part

WORLD = "fictional"
BEGINS = "https://w3id.org/lsp/graph/fictional/places/"
INFERRED, DERIVED = NamedNode(f"{BEGINS}inferred"), NamedNode(f"{BEGINS}derived")
RECORDS = DATA / "fictional" / "records"


def graph_of_record(key: str) -> NamedNode:
    return NamedNode(f"{BEGINS}record/{key}")


def quads_of(backend: EmbeddedBackend) -> set[Quad]:
    return {quad for quad in parse(backend.texts()[0], format=RdfFormat.N_QUADS) if isinstance(quad, Quad)}


def stated(quads: Iterable[Quad]) -> set[Quad]:
    return {quad for quad in quads if quad.graph_name not in (INFERRED, DERIVED)}


def concluded(quads: Iterable[Quad]) -> set[Quad]:
    """The quads that are stated with all that follows from them, as a build concludes it."""
    known = stated(quads)
    inferred = closure(known, INFERRED)
    return known | inferred | apply_rules(known | inferred, DERIVED)


def backend_of(quads: Iterable[Quad], version: str) -> EmbeddedBackend:
    lines = {line: quad for quad in quads for line in lines_of([quad])}
    merged = {triple_part(line, quad) for line, quad in lines.items()}
    return EmbeddedBackend(joined(lines), joined(merged), b"", version)


class Country(EmbeddedBackend):
    """A store that has nothing but one world."""

    def __init__(self, quads: Iterable[Quad], version: str) -> None:
        known = list(quads)
        super().__init__(b"", b"", joined(lines_of(known)), version)
        self.places = backend_of(known, version)

    def world(self, name: str) -> EmbeddedBackend:
        assert name == WORLD
        return self.places


def after(country: Country, made: Plan) -> set[Quad]:
    """What the country holds once a plan has been carried out."""
    came, went = ({quad for _, quad in side} for side in (made.change.came, made.change.went))
    before = quads_of(country.places)
    assert went <= before
    assert not came & before
    return (before - went) | came


def edited(name: str, folder: Path, **edits: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Path:
    """A record in a folder of its own, each table that is named changed."""
    shutil.copytree(RECORDS / name, folder / name)
    for table, edit in edits.items():
        file = folder / name / f"{table}.csv"
        with file.open(encoding="utf-8", newline="") as text:
            reader = csv.DictReader(text)
            rows, columns = list(reader), list(reader.fieldnames or ())
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, columns)
            writer.writeheader()
            writer.writerows(edit(rows))
    return folder / name
