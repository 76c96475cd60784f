"""
/ontology: the words in which all of this is said.

    graph  ->  classes, properties and code lists with definitions, and the questions that each helps to answer
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lsp_graph import questions
from lsp_graph.names import Kept
from lsp_graph.namespaces import BASE, LSP, OWL, RDFS, SKOS
from lsp_graph.serve.addresses import FORMATS
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.concepts import Concept, concepts
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.prefixes import curie
from lsp_graph.serve.recorded import rows
from lsp_graph.store import EmbeddedBackend

_KINDS: Final = {
    OWL.Class.value: "classes",
    OWL.ObjectProperty.value: "properties",
    OWL.DatatypeProperty.value: "properties",
    SKOS.ConceptScheme.value: "lists",
}
_SCHEMA: Final = "https://schema.org/"
_MEMBERS: Final = {
    SKOS.definition.value: "definition",
    SKOS.scopeNote.value: "note",
    RDFS.subClassOf.value: "above",
    RDFS.subPropertyOf.value: "above",
    RDFS.domain.value: "of",
    f"{_SCHEMA}domainIncludes": "of",
    RDFS.range.value: "to",
    f"{_SCHEMA}rangeIncludes": "to",
    OWL.inverseOf.value: "inverse",
    LSP.answers.value: "answers",
}
"""Under which name a template finds what is said by each property."""


@dataclass(frozen=True)
class Reference:
    """A term that another one names."""

    iri: str
    label: str


@dataclass
class Term:
    """A class, property or code list; `said` has references and texts by the names of `_MEMBERS`."""

    iri: str
    label: str
    said: dict[str, list[Reference]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What its IRI ends in, by which the page knows it."""
        return self.iri.replace("#", "/").rpartition("/")[2]

    def all(self, member: str) -> list[Reference]:
        """What is said under a name."""
        return self.said.get(member, [])

    def text(self, member: str) -> str | None:
        """The first text under a name; None where there is none."""
        return next((one.label for one in self.all(member)), None)


_TERMS: Final = Kept[Mapping[str, list[Term]]]()


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page."""
    found = _TERMS.of(backend, backend.version, lambda: _read(backend))
    known = concepts(backend)
    members: dict[str, list[Concept]] = {one.iri: known.all(one.name) for one in found["lists"]}
    numbered = {number: question for question in questions.library().values() for number in question.numbers}
    return Page(
        "ontology.html",
        "Ontology",
        {
            "classes": found["classes"],
            "properties": found["properties"],
            "lists": found["lists"],
            "members": members,
            "numbered": numbered,
            "here": {one.iri: one.name for terms in found.values() for one in terms},
        },
        formats=tuple(
            Format(suffix, f"{asked.base}/ont.{suffix}", type_)
            for suffix, type_ in FORMATS.items()
            if type_ != "text/html"
        ),
        dated=False,
    )


def _read(backend: EmbeddedBackend) -> dict[str, list[Term]]:
    """The terms by kind, in the order of their labels."""
    found: dict[str, dict[str, Term]] = {kind: {} for kind in _KINDS.values()}
    for row in rows(backend, "ontology", {}, None):
        iri = row["term"]
        term = found[_KINDS[row["kind"]]].setdefault(iri, Term(iri, row.get("label") or _short(iri)))
        member = _MEMBERS.get(row.get("says", ""))
        if member is not None:
            said = Reference(row["value"], row.get("valueLabel") or _short(row["value"]))
            if said.iri not in {one.iri for one in term.all(member)}:
                term.said.setdefault(member, []).append(said)
    for terms in found.values():
        for term in terms.values():
            term.all("above").sort(key=lambda one: (not one.iri.startswith(BASE), one.label))
    return {kind: sorted(terms.values(), key=lambda term: term.label.lower()) for kind, terms in found.items()}


def _short(value: str) -> str:
    """An IRI by its prefixed name where one fits; a text as it is."""
    return curie(value) or value
