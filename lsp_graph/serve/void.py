"""
What a worker says about the dataset as a whole.

    graph + manifest + downloads  ->  VoID, DCAT and SPARQL Service Description, in the format that is wanted

Sources: "Describing Linked Datasets with the VoID Vocabulary" (W3C Note), sections 3 to 6; DCAT 3, sections 6.6 and
6.8; SPARQL 1.1 Service Description, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from lsp_graph.namespaces import BASE, XSD
from lsp_graph.serve import dumping, problems
from lsp_graph.serve.addresses import FORMATS
from lsp_graph.serve.describing import DATASET, media_type_of, replied
from lsp_graph.serve.description import Description, called, constructed
from lsp_graph.serve.documents import Document
from lsp_graph.serve.history import history
from lsp_graph.serve.prefixes import VOID
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend, Manifest, StoreDirectory

_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_DOCUMENT: Final = NamedNode(f"{BASE}void")


def void(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The description of the version that is served. Refused: 404 and 406 for formats that there are not."""
    head = request.head
    if head["suffix"] not in (None, *FORMATS):
        raise problems.Refusal(problems.NOT_FOUND.reply(f"/void.{head['suffix']}: there is no such format"))
    media_type = media_type_of(head["suffix"], head["accept"])
    store = Path(head["store"])
    manifest = StoreDirectory(store).manifest(backend.version)
    files = dumping.dumps(store, Path(head["folder"]), manifest)
    said = _said(backend, manifest, files.values(), head["base"])
    triples = sorted({*said, *history(backend, StoreDirectory(store))}, key=str)
    by_subject: dict[NamedNode, list[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, NamedNode):
            by_subject.setdefault(triple.subject, []).append(triple)
    linked = {node for triple in triples for node in triple if isinstance(node, NamedNode)} - set(by_subject)
    names = called(backend, sorted(linked, key=str), None)
    order = sorted(by_subject, key=lambda node: (node != DATASET, str(node)))
    topics = tuple(Description(node, tuple(by_subject[node]), names=names) for node in order)
    document = Document("things.html", "LSP Graph as a dataset", "/void", head["base"], topics)
    return replied(document, media_type, head["suffix"])


def _said(backend: EmbeddedBackend, manifest: Manifest, files: Iterable[dumping.Dump], base: str) -> Iterator[Triple]:
    graphs = dumping.published(manifest)
    yield from constructed(
        backend,
        "void-dataset",
        {
            "_document": _DOCUMENT,
            "_dataset": DATASET,
            "_version": Literal(manifest.version),
            "_modified": Literal(manifest.created, datatype=XSD.dateTime),
            "_endpoint": NamedNode(f"{base}/sparql"),
            "_home": NamedNode(f"{base}/"),
        },
    )
    for query in ("void-totals", "void-classes", "void-properties"):
        yield from constructed(backend, query, {"_dataset": DATASET})
    yield from constructed(backend, "void-graphs", {"_dataset": DATASET, "_graphs": [NamedNode(iri) for iri in graphs]})
    for iri, number in graphs.items():
        yield Triple(NamedNode(iri), VOID.triples, Literal(number))
    for file in files:
        if file.name != dumping.SUMS:
            yield from _distribution(backend, file, f"{base}{dumping.PATH}{manifest.version}/{file.name}")


def _distribution(backend: EmbeddedBackend, file: dumping.Dump, url: str) -> Iterator[Triple]:
    packed = {} if file.packed is None else {"_packed": NamedNode(f"{_MEDIA_TYPES}{file.packed}")}
    yield from constructed(
        backend,
        "void-distribution",
        {
            "_dataset": DATASET,
            "_distribution": NamedNode(f"{_DOCUMENT.value}#{file.name}"),
            "_url": NamedNode(url),
            "_title": Literal(file.name),
            "_mediaType": NamedNode(f"{_MEDIA_TYPES}{file.media_type}"),
            "_bytes": Literal(str(file.size), datatype=XSD.nonNegativeInteger),
            "_sha256": Literal(file.sha256, datatype=XSD.hexBinary),
            **packed,
        },
    )
