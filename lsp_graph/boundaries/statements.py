"""
What outlines state.

    outlines + their source  ->  quads in the source's named graph, each outline with its evidence
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from lsp_graph import geometry
from lsp_graph.boundaries.outlines import Origin, Outline
from lsp_graph.ingest.package import Package, Row
from lsp_graph.ingest.statements import RowStatements, Statements
from lsp_graph.namespaces import DCTERMS, GEO, ID, LSP, RDF, resource

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EDGES: Final = (LSP.west, LSP.south, LSP.east, LSP.north)


def outline_quads(found: Sequence[Outline], origin: Origin, name: str) -> frozenset[Quad]:
    """All quads of a source's outlines, its own description among them; `name` is the local name of its graph."""
    package = Package(
        name=name,
        title=origin.title,
        description="Outlines as the source draws them, in WGS 84; brought by a user of the store.",
        licence=origin.licence,
        attribution=origin.attribution,
        publisher=origin.publisher or origin.title,
        origins=(origin.title,),
        tables={},
    )
    out = Statements(package)
    documents = {file: f"{name}/{table}" for file, table in _tables(found).items()}
    sizes = geometry.on_the_grid([outline.shape for outline in found])
    cited: set[str] = set()
    for outline, size in zip(found, sizes, strict=True):
        file = outline.feature.file
        says = out.row(_row(outline, name, documents[file]))
        if file not in cited:
            _state_document(says, file, documents[file], origin)
            cited.add(file)
        _state(says, outline, resource("outline", name, _key(outline.thing)), geometry.hectares(size), out.graph)
    return out.quads()


def wkt_literal(text: str) -> Literal:
    """Well-Known Text in degrees as a GeoSPARQL literal that states its coordinate reference system."""
    return Literal(f"<{CRS84}> {text}", datatype=GEO.wktLiteral)


def text_of(literal: str) -> str:
    """The Well-Known Text of such a literal, without the system."""
    return literal.partition("> ")[2] if literal.startswith("<") else literal


def _state(says: RowStatements, outline: Outline, node: NamedNode, hectares: float, graph: NamedNode) -> None:
    says.add(outline.thing, GEO.hasGeometry, node)
    says.add(node, RDF.type, LSP.Outline)
    says.add(node, RDF.type, GEO.Geometry)
    says.label(node, f"Outline of {outline.label}")
    says.add(node, LSP.source, graph)
    says.add(node, GEO.asWKT, wkt_literal(geometry.wkt(outline.shape)))
    for edge, value in zip(_EDGES, geometry.bounds(outline.shape), strict=True):
        says.add(node, edge, value)
    says.add(node, LSP.hectares, round(hectares, 1))
    for done in outline.done:
        says.add(node, LSP.note, done)


def _state_document(says: RowStatements, file: str, key: str, origin: Origin) -> None:
    document = resource("document", key)
    says.add(document, RDF.type, LSP.Document)
    says.label(document, f"{origin.title} ({Path(file).name})")
    says.add(document, DCTERMS.publisher, origin.publisher or origin.title)
    says.add(document, DCTERMS.identifier, f"sha256:{hashlib.sha256(Path(file).read_bytes()).hexdigest()}")


def _row(outline: Outline, name: str, document: str) -> Row:
    feature = outline.feature
    return Row(
        source=name,
        table=document.removeprefix(f"{name}/"),
        file=Path(feature.file).name,
        line=feature.number if feature.line is None else feature.line,
        cells={"document": document, "place": f"{feature.place}, {feature.code}", "confidence": "sourced"},
    )


def _tables(found: Iterable[Outline]) -> Mapping[str, str]:
    """What each file goes by in IRIs; files of one name in different folders are numbered."""
    taken: dict[str, str] = {}
    for file in sorted({outline.feature.file for outline in found}):
        base = "-".join(re.findall(r"[a-z0-9]+", Path(file).name.lower())) or "file"
        number = sum(1 for other in taken.values() if re.fullmatch(rf"{base}(-\d+)?", other))
        taken[file] = f"{base}-{number + 1}" if number else base
    return taken


def _key(thing: NamedNode) -> str:
    """The part of a thing's IRI that tells it from others: an area goes by its key alone."""
    return thing.value.removeprefix(str(ID)).removeprefix("area/")
