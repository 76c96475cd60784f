"""
The short names of IRIs in documents.

    IRI  ->  prefix:local, where a prefix fits
"""

from __future__ import annotations

import re
from typing import Final

from lsp_graph import namespaces
from lsp_graph.namespaces import Namespace

FOAF: Final = Namespace("http://xmlns.com/foaf/0.1/")
VOID: Final = Namespace("http://rdfs.org/ns/void#")
SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")

PREFIXES: Final[dict[str, str]] = {
    **namespaces.PREFIXES,
    "foaf": str(FOAF),
    "m8g": "http://data.europa.eu/m8g/",
    "schema": "https://schema.org/",
    "sd": str(SD),
    "spdx": str(SPDX),
    "vann": "http://purl.org/vocab/vann/",
    "void": str(VOID),
}
"""The prefixes of the project, and of the vocabularies that describe documents and datasets."""

_SPLIT: Final = re.compile(r"(.*[/#])([A-Za-z_][\w\-]*)", re.ASCII)
_BY_NAMESPACE: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def curie(iri: str) -> str | None:
    """The prefixed name of an IRI; None where no prefix fits or the rest is no plain name."""
    split = _SPLIT.fullmatch(iri)
    prefix = _BY_NAMESPACE.get(split[1]) if split else None
    return f"{prefix}:{split[2]}" if split and prefix else None
