"""
Read a record that is RDF.

    Turtle, TriG, N-Triples, N-Quads, JSON-LD  ->  its triples, or every problem in them

They use the terms of the ontology; what they are about has an IRI of the project and leads to the document that says
so; what they refer to is in the record or known. What describes the graph that they came in is left out: the record
gets a graph of its own. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from lsp_graph.errors import InputError, Problem
from lsp_graph.namespaces import BASE, GRAPH, ID, LEGISLATION, LSP, RDF, RDFS, SCHEME, TIME, XSD, resource
from lsp_graph.parsing import complaint, nested_deeper
from lsp_graph.record import limits
from lsp_graph.record.codes import code_lists
from lsp_graph.record.containers import Form
from lsp_graph.record.references import Known
from lsp_graph.record.tables import nearest, text_problems
from lsp_graph.record.vocabulary import short, unknown, vocabulary

FORMATS: Final = {
    Form.TURTLE: RdfFormat.TURTLE,
    Form.N_TRIPLES: RdfFormat.N_TRIPLES,
    Form.N_QUADS: RdfFormat.N_QUADS,
    Form.TRIG: RdfFormat.TRIG,
    Form.JSON_LD: RdfFormat.JSON_LD,
}
"""The forms that are RDF."""

_NAMES: Final = {
    Form.TURTLE: "Turtle",
    Form.N_TRIPLES: "N-Triples",
    Form.N_QUADS: "N-Quads",
    Form.TRIG: "TriG",
    Form.JSON_LD: "JSON-LD",
}
_ABOUT_GRAPH: Final = (str(GRAPH), f"{ID}table/", f"{ID}activity/", f"{ID}software/")
"""How the IRIs begin of what describes a named graph, its tables and how it was made."""

_OF_GRAPH: Final = frozenset({LSP.source, LSP.table, LSP.file, LSP.row})
"""What evidence says of the graph and the file that it stood in."""

_PROVES_ITSELF: Final = frozenset({LSP.Evidence, LSP.Document, TIME.ProperInterval, TIME.Instant})
_OUTSIDE: Final = ("area/", "authority/", "public/", "plan/", "indicator/", "duty/")
"""The kinds of thing that only the graph tells of."""

_PREFIX: Final = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)
_SEARCHED: Final = 2_000_000
"""Characters of a text in which the lines of terms are looked for."""

_TERMS: Final = (str(LSP), str(SCHEME), str(LEGISLATION))
_READ_LITERALS: Final[Mapping[NamedNode, Callable[[str], object]]] = {
    XSD.date: date.fromisoformat,
    XSD.decimal: Decimal,
    XSD.integer: int,
    XSD.boolean: lambda text: {"true": True, "false": False, "1": True, "0": False}[text],
}


def read_triples(data: bytes, name: str, kind: Form, known: Known | None) -> tuple[Triple, ...]:
    """The triples of a record, in the order of their text. Raises `InputError` with every problem in them."""
    triples = _kept(_parsed(data, name, kind))
    checker = _Checker(triples, name, data.decode("utf-8-sig"), known)
    problems = list(dict.fromkeys(islice(checker.problems(), limits.TOLD)))
    if problems:
        raise InputError(problems)
    return tuple(sorted(triples, key=str))


def partnership(triples: Iterable[Triple]) -> NamedNode | None:
    """The one partnership that triples are the record of; None where there is none, or several."""
    found = {
        triple.subject
        for triple in triples
        if triple.predicate == RDF.type and triple.object == LSP.LocalStrategicPartnership
    }
    one = next(iter(found), None)
    return one if len(found) == 1 and isinstance(one, NamedNode) else None


def values(triples: Iterable[Triple], thing: NamedNode, property: NamedNode) -> list[NamedNode | Literal]:
    """The values of a property, in the order of their text."""
    found = (t.object for t in triples if t.subject == thing and t.predicate == property)
    return sorted((one for one in found if isinstance(one, NamedNode | Literal)), key=str)


def _parsed(data: bytes, name: str, kind: Form) -> list[Quad]:
    what = _NAMES[kind]
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(name, line, f"byte {error.start} is not UTF-8", f"{what} in UTF-8") from error
    if kind is Form.JSON_LD and nested_deeper(data, limits.NESTED):
        raise _refused(name, None, "deeper nesting", f"values at most {limits.NESTED} deep in each other")
    found: list[Quad] = []
    try:
        for quad in parse(data, format=FORMATS[kind], base_iri=BASE, rename_blank_nodes=True):
            found.append(quad if isinstance(quad, Quad) else Quad(quad.subject, quad.predicate, quad.object))
            if len(found) > limits.TRIPLES:
                raise _refused(name, None, "more triples", f"at most {limits.TRIPLES:,}")
    except SyntaxError as error:
        value, _, expected = complaint(error).partition("; expected ")
        raise _refused(name, error.lineno, value, expected or what) from error
    except ValueError as error:
        raise _refused(name, None, " ".join(str(error).split()), what) from error
    graphs = sorted(str(quad.graph_name) for quad in found if not isinstance(quad.graph_name, DefaultGraph))
    if len(set(graphs)) > 1:
        raise _refused(name, None, f"{len(set(graphs))} named graphs", "the triples of one record")
    return found


def _kept(quads: Iterable[Quad]) -> set[Triple]:
    """The triples of the record itself."""
    return {
        quad.triple
        for quad in quads
        if not (isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_ABOUT_GRAPH))
        and quad.predicate not in _OF_GRAPH
    }


class _Checker:
    def __init__(self, triples: set[Triple], name: str, text: str, known: Known | None) -> None:
        self._triples, self._name, self._known = triples, name, known
        self._text = text if len(text) <= _SEARCHED else ""
        self._prefixes = {begins: prefix for prefix, begins in _PREFIX.findall(self._text)}
        self._concepts = {concept for scheme in code_lists().values() for concept in scheme.values()}
        self._types: dict[object, set[object]] = {}
        self._proven: dict[object, list[object]] = {}
        self._said: dict[object, set[NamedNode]] = {}
        for triple in triples:
            self._said.setdefault(triple.subject, set()).add(triple.predicate)
            if triple.predicate == RDF.type:
                self._types.setdefault(triple.subject, set()).add(triple.object)
            elif triple.predicate == LSP.evidence:
                self._proven.setdefault(triple.subject, []).append(triple.object)

    def problems(self) -> Iterator[Problem]:
        """Every problem, each once for each term or thing."""
        yield from self._of_partnership()
        for triple in self._triples:
            yield from self._of_terms(triple)
        for subject in self._said:
            yield from self._of_subject(subject)

    def _of_partnership(self) -> Iterator[Problem]:
        kinds = [s for s, types in self._types.items() if LSP.LocalStrategicPartnership in types]
        if len(kinds) != 1:
            yield self._problem(None, f"{len(kinds)} things of the class lsp:LocalStrategicPartnership", "one")
            return
        (one,) = kinds
        if not isinstance(one, NamedNode) or not one.value.startswith(f"{ID}lsp/"):
            yield self._problem(one, _shown(one), f"a partnership whose IRI is {ID}lsp/ and the codes of its areas")
            return
        wanted = {
            RDFS.label: "what the partnership is called (rdfs:label)",
            LSP.area: "its area (lsp:area)",
            LSP.evidenceLevel: "how well it is shown that there was such a partnership (lsp:evidenceLevel)",
        }
        for property, expected in wanted.items():
            if property not in self._said[one]:
                yield self._problem(one, f"{_shown(one)} without {short(property)}", expected)
        areas = sorted(t.object.value for t in self._triples if _is_area(t, one) and isinstance(t.object, NamedNode))
        key = "-".join(area.rpartition("/")[2] for area in areas)
        if areas and sorted(one.value.rpartition("/")[2].split("-")) != key.split("-"):
            yield self._problem(one, _shown(one), f"{short(resource('lsp', key))}, by the codes of its areas")

    def _of_terms(self, triple: Triple) -> Iterator[Problem]:
        known, property, value = vocabulary(), triple.predicate, triple.object
        if property not in known.properties:
            expected = unknown(property, known.properties, "a property")
            yield self._problem(property, f"the property {short(property)}", expected)
        if property == RDF.type:
            if value not in known.classes:
                expected = unknown(value, known.classes, "a class") if isinstance(value, NamedNode) else "a class"
                yield self._problem(value, f"the class {_shown(value)}", expected)
        elif isinstance(value, Literal):
            yield from self._of_literal(triple, value)
        elif isinstance(value, NamedNode):
            yield from self._of_reference(value)
        else:
            yield self._problem(None, f"{_said(triple)} a thing without an IRI", "a thing with an IRI, or a literal")

    def _of_literal(self, triple: Triple, value: Literal) -> Iterator[Problem]:
        wanted = vocabulary().datatypes.get(triple.predicate)
        if wanted is not None and wanted in _READ_LITERALS and value.datatype != wanted:
            right = f"a literal of the datatype {short(wanted)}"
            yield self._problem(value, f"{_said(triple)} {_shown(value)}", right)
        read = _READ_LITERALS.get(value.datatype)
        if read is not None:
            try:
                read(value.value)
            except (ValueError, InvalidOperation, KeyError):
                right = f"what {short(value.datatype)} can be"
                yield self._problem(value, f"{_said(triple)} {_shown(value)}", right)
        for told, expected in text_problems(value.value):
            yield self._problem(None, f"{_said(triple)} {told}", expected)

    def _of_reference(self, value: NamedNode) -> Iterator[Problem]:
        if value.value.startswith(str(SCHEME)):
            if value not in self._concepts:
                scheme = value.value.rpartition("/")[0]
                names = sorted(code_lists().get(scheme, {}))
                near = nearest(value.value.rpartition("/")[2], names)
                right = f"{' or '.join(near)}? one of {', '.join(names)}" if names else "a concept of a code list"
                yield self._problem(value, _shown(value), right)
        elif self._known is not None and value not in self._said and value.value not in self._known:
            local = value.value.removeprefix(str(ID))
            if local.startswith(_OUTSIDE) or value.value.startswith(str(LEGISLATION)):
                begins = value.value.rpartition("/")[0] + "/"
                called = {iri: f"{iri.removeprefix(begins)} {one}" for iri, one in self._known.items()}
                near = nearest(value.value.removeprefix(begins), {i: c for i, c in called.items() if begins in i})
                meant = " or ".join(f"{one.removeprefix(begins)} ({self._known[one]})" for one in near)
                yield self._problem(value, _shown(value), f"{meant + '? ' if near else ''}something that is known")
            elif value.value.startswith(str(ID)) and not local.startswith(("period/", "day/")):
                yield self._problem(value, _shown(value), "something that the record tells of, or that is known")

    def _of_subject(self, subject: object) -> Iterator[Problem]:
        if isinstance(subject, BlankNode):
            said = ", ".join(sorted(short(property) for property in self._said[subject]))
            yield self._problem(None, f"a thing without an IRI ({said})", f"an IRI that begins with {ID}")
        elif not isinstance(subject, NamedNode):
            yield self._problem(None, "a triple about a triple", "a triple about a thing")
        elif subject.value.startswith(_TERMS):
            right = "things of the record: terms and provisions are not its to describe"
            yield self._problem(subject, f"it describes {_shown(subject)}", right)
        elif not subject.value.startswith(str(ID)):
            yield self._problem(subject, _shown(subject), f"an IRI that begins with {ID}")
        elif LSP.Evidence in self._types.get(subject, ()):
            for property in (LSP.document, LSP.place):
                if property not in self._said[subject]:
                    told = f"the evidence {_shown(subject)} without {short(property)}"
                    yield self._problem(subject, told, "the document that says so, and the place in it")
        elif not self._types.get(subject, set()) & _PROVES_ITSELF and not subject.value.startswith(f"{ID}document/"):
            evidence = self._proven.get(subject, [])
            if not evidence:
                yield self._problem(subject, f"{_shown(subject)} without lsp:evidence", "the evidence for it")
            for one in evidence:
                if LSP.Evidence not in self._types.get(one, ()):
                    yield self._problem(one, _shown(one), "evidence (lsp:Evidence) that the record describes")

    def _problem(self, term: object, value: str, expected: str) -> Problem:
        return Problem(self._name, self._line(term), value, expected)

    def _line(self, term: object) -> int | None:
        """The first line on which a term is written, as far as it can be told."""
        if isinstance(term, Literal):
            written = [f'"{term.value}"']
        elif isinstance(term, NamedNode):
            ends = ((term.value.removeprefix(begins), prefix) for begins, prefix in self._prefixes.items())
            prefixed = [f"{prefix}:{local}" for local, prefix in ends if local != term.value]
            written = [f"<{term.value}>", f'"{term.value}"', short(term), *prefixed]
        else:
            return None
        found = (re.search(rf"{re.escape(one)}(?![\w.-]*\w)", self._text) for one in written)
        places = [match.start() for match in found if match]
        return self._text.count("\n", 0, min(places)) + 1 if places else None


def _is_area(triple: Triple, one: NamedNode) -> bool:
    return triple.subject == one and triple.predicate == LSP.area


def _shown(term: object) -> str:
    if isinstance(term, Literal):
        return f'"{term.value[:80]}"' + ("" if term.language else f"^^{short(term.datatype)}")
    return short(term) if isinstance(term, NamedNode) else str(term)[:120]


def _said(triple: Triple) -> str:
    return f"{_shown(triple.subject)} {short(triple.predicate)}"


def _refused(name: str, line: int | None, value: str, expected: str) -> InputError:
    return InputError([Problem(name, line, value, expected)])
