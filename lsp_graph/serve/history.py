"""
Who made which version, when, and from which one.

    manifests of a version and those before it  ->  PROV: an entity and an activity for each, an agent for each author

Source: PROV-O (W3C Recommendation), section 3.1. An author is the name of the token that a write was made with; what
was built from the sources has the program as its author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from lsp_graph.binding import Term
from lsp_graph.errors import StoreUnavailable
from lsp_graph.namespaces import BASE, XSD
from lsp_graph.serve.describing import DATASET
from lsp_graph.serve.description import constructed
from lsp_graph.store import EmbeddedBackend, Manifest, StoreDirectory

MOST_VERSIONS: Final = 100
"""So many versions, the newest, are told of; each names the one before, and the log of writes has all."""

_BUILDER: Final = "lsp-graph"


def history(backend: EmbeddedBackend, directory: StoreDirectory) -> Iterator[Triple]:
    """The provenance of the version that is asked, and of those it was made from."""
    for manifest in _lineage(directory, backend.version):
        yield from constructed(backend, "void-versions", dict(_said(manifest)))


def _lineage(directory: StoreDirectory, version: str) -> Iterator[Manifest]:
    """A version and those before it, as far as they are kept."""
    before: str | None = version
    for _ in range(MOST_VERSIONS):
        if before is None:
            return
        try:
            manifest = directory.manifest(before)
        except StoreUnavailable:
            return  # an old version that is kept no more
        yield manifest
        before = manifest.parent


def _said(manifest: Manifest) -> Iterable[tuple[str, Term]]:
    author = manifest.author or _BUILDER
    yield "_dataset", DATASET
    yield "_version", version_iri(manifest.version)
    yield "_number", Literal(manifest.version)
    yield "_write", NamedNode(f"{BASE}void#write-{manifest.version}")
    yield "_ended", Literal(manifest.created, datatype=XSD.dateTime)
    yield "_agent", NamedNode(f"{BASE}void#agent-{quote(author, safe='')}")
    yield "_name", Literal(author)
    yield "_message", Literal(manifest.message)
    if manifest.parent is not None:
        yield "_parent", version_iri(manifest.parent)


def version_iri(version: str) -> NamedNode:
    """The IRI of a version of the dataset."""
    return NamedNode(f"{BASE}void#version-{version}")
