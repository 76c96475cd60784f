"""
The names of things: namespaces, and the IRIs this project mints.

Terms are never defined here (that is the ontology's work): a namespace only makes an IRI out of a local name.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from pyoxigraph import NamedNode


@cache
def _named(prefix: str, local: str) -> NamedNode:
    """The IRI of a term that the code names: there are some hundreds of these."""
    return NamedNode(f"{prefix}{local}")


class Namespace(str):
    """An IRI prefix; `LSP.Area` and `LSP["from"]` are IRIs in it."""

    __slots__ = ()

    def __getattr__(self, local: str) -> NamedNode:
        if local.startswith("__"):
            raise AttributeError(local)
        return _named(self, local)

    def __getitem__(self, local: object) -> NamedNode:  # type: ignore[override]  # a name, not a slice of the string
        return NamedNode(f"{self}{local}")


BASE: Final = "https://w3id.org/lsp/"
LSP: Final = Namespace(BASE + "ont#")
SHAPES: Final = Namespace(BASE + "shapes#")
ID: Final = Namespace(BASE + "id/")
SCHEME: Final = Namespace(BASE + "scheme/")
GRAPH: Final = Namespace(BASE + "graph/")
LEGISLATION: Final = Namespace("http://www.legislation.gov.uk/id/")

RDF: Final = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS: Final = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL: Final = Namespace("http://www.w3.org/2002/07/owl#")
XSD: Final = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS: Final = Namespace("http://www.w3.org/2004/02/skos/core#")
DCTERMS: Final = Namespace("http://purl.org/dc/terms/")
PROV: Final = Namespace("http://www.w3.org/ns/prov#")
ORG: Final = Namespace("http://www.w3.org/ns/org#")
TIME: Final = Namespace("http://www.w3.org/2006/time#")
GEO: Final = Namespace("http://www.opengis.net/ont/geosparql#")
SH: Final = Namespace("http://www.w3.org/ns/shacl#")
ELI: Final = Namespace("http://data.europa.eu/eli/ontology#")
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
ADMINGEO: Final = Namespace("http://data.ordnancesurvey.co.uk/ontology/admingeo/")
WIKIBASE: Final = Namespace("http://wikiba.se/ontology#")

PREFIXES: Final[dict[str, str]] = {
    "lsp": str(LSP),
    "shapes": str(SHAPES),
    "id": str(ID),
    "scheme": str(SCHEME),
    "graph": str(GRAPH),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "owl": str(OWL),
    "xsd": str(XSD),
    "skos": str(SKOS),
    "dcterms": str(DCTERMS),
    "prov": str(PROV),
    "org": str(ORG),
    "time": str(TIME),
    "geo": str(GEO),
    "sh": str(SH),
    "eli": str(ELI),
    "dcat": str(DCAT),
    "admingeo": str(ADMINGEO),
    "wikibase": str(WIKIBASE),
}


def resource(kind: str, *key: object) -> NamedNode:
    """The IRI of a resource of this kind: `resource("area", "E09000028")`; parts of the key are joined by `/`."""
    return NamedNode("/".join([f"{ID}{kind}", *(str(part) for part in key)]))


def concept(scheme: str, name: str) -> NamedNode:
    """The IRI of a concept in a code list: `concept("tier", "upper")`."""
    return NamedNode(f"{SCHEME}{scheme}/{name}")


def graph(source: str) -> NamedNode:
    """The IRI of the named graph of a source."""
    return NamedNode(f"{GRAPH}{source}")


def provision(legislation_id: str) -> NamedNode:
    """The IRI that legislation.gov.uk gives a provision: `provision("ukpga/2007/28/section/106")`."""
    return NamedNode(f"{LEGISLATION}{legislation_id}")


def expand(curie: str) -> NamedNode:
    """The IRI that a prefixed name (`lsp:Area`) stands for.

    Raises `KeyError` when the prefix is not one of `PREFIXES`.
    """
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)
