"""
The code lists of the ontology, as the cells of a record name them.

    ontology/schemes.ttl  ->  for each code list the names of its concepts, and their IRIs
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, parse

from lsp_graph.layout import ONTOLOGY
from lsp_graph.namespaces import SKOS

CodeLists = Mapping[str, Mapping[str, NamedNode]]
"""By the IRI of a code list: its concepts by name, the last part of their IRI."""

_LAST: Final = re.compile(r"[^/#]*$")


@cache
def code_lists(folder: Path = ONTOLOGY) -> CodeLists:
    """All code lists of the ontology in a folder, in the order in which they are written there."""
    found: dict[str, dict[str, NamedNode]] = defaultdict(dict)
    for path in sorted(folder.glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            concept, scheme = quad.subject, quad.object
            if quad.predicate == SKOS.inScheme and isinstance(concept, NamedNode) and isinstance(scheme, NamedNode):
                found[scheme.value][local_name(concept)] = concept
    return found


def local_name(iri: NamedNode) -> str:
    """The last part of an IRI."""
    match = _LAST.search(iri.value)
    return match[0] if match else iri.value
