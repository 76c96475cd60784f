"""
Who handed a record in, when, as which file.

    Receipt  ->  PROV in the record's own named graph

Source: PROV-O (W3C Recommendation) sections 3.1 and 3.2; SPDX for the checksum, as in /void.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, Triple

from lsp_graph.errors import InputError, Problem
from lsp_graph.literals import in_graph
from lsp_graph.namespaces import GRAPH, ID, PROV, RDF, RDFS, XSD, Namespace, resource

SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
_TIMES: Final = frozenset([PROV.generatedAtTime, PROV.endedAtTime])
_OF_FILE: Final = (f"{ID}file/", f"{ID}checksum/")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class Receipt:
    """A file that was handed in: by whom, when (ISO 8601, UTC), what it is called, and the SHA-256 of its bytes."""

    submitter: str
    time: str
    name: str
    checksum: str

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        """What is kept of it in the record's graph."""
        return (in_graph(triple, graph) for triple in self._triples(graph))

    def _triples(self, graph: NamedNode) -> Iterator[Triple]:
        agent, file = submitter_iri(self.submitter), resource("file", self.checksum)
        checksum, activity = resource("checksum", self.checksum), activity_iri(graph)
        yield Triple(graph, PROV.wasAttributedTo, agent)
        yield Triple(graph, PROV.wasDerivedFrom, file)
        yield Triple(graph, PROV.generatedAtTime, Literal(self.time, datatype=XSD.dateTime))
        yield Triple(activity, PROV.wasAssociatedWith, agent)
        yield Triple(activity, PROV.used, file)
        yield Triple(activity, PROV.endedAtTime, Literal(self.time, datatype=XSD.dateTime))
        yield Triple(agent, RDF.type, PROV.Agent)
        yield Triple(agent, RDFS.label, Literal(self.submitter))
        yield Triple(file, RDF.type, PROV.Entity)
        yield Triple(file, RDFS.label, Literal(self.name))
        yield Triple(file, SPDX.checksum, checksum)
        yield Triple(checksum, RDF.type, SPDX.Checksum)
        yield Triple(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
        yield Triple(checksum, SPDX.checksumValue, Literal(self.checksum, datatype=XSD.hexBinary))


def is_of_receipt(quad: Quad) -> bool:
    """Whether a quad of a record's graph tells when and as which file it was handed in, not what the record says."""
    subject, value = quad.subject, quad.object
    if isinstance(subject, NamedNode) and subject.value.startswith(_OF_FILE):
        return True
    if isinstance(value, NamedNode):
        return value.value.startswith(_OF_FILE)
    return quad.predicate in _TIMES


def submitter_iri(name: str) -> NamedNode:
    """The IRI of who hands records in."""
    return resource("submitter", quote(name, safe="@"))


def activity_iri(graph: NamedNode) -> NamedNode:
    """The activity by which the record's graph was made, as `literals.generated` calls it."""
    return resource("activity", graph.value.removeprefix(str(GRAPH)))


def checked_submitter(name: str) -> str:
    """The name, which stands in the IRI of a graph. Raises `InputError` with what would be right."""
    if not _NAME.fullmatch(name):
        raise InputError([Problem("submitter", None, repr(name), "letters, digits and . _ @ -, at most 64")])
    return name
