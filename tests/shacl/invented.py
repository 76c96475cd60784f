"""
Graphs and shapes drawn at random, small enough that everything meets everything.

    strategies  ->  (data, shapes), each a list of triples

No shape refers to one before it, so none is recursive. Literals are written as Oxigraph keeps them: it holds a
well-formed number, boolean or date by its value, so `01` and `"1"^^xsd:byte` come back as `1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from hypothesis import strategies as st

from lsp_graph.namespaces import RDF, RDFS, SH, XSD, Namespace
from lsp_graph.shacl.paths import Alternative, Inverse, Predicate, Repeat, triples
from lsp_graph.shacl.paths import Path as PropertyPath
from lsp_graph.shacl.paths import Sequence as SequencePath
from lsp_graph.shacl.terms import Node, Term

EX: Final = Namespace("https://example.org/")
QUERIES: Final = tuple(
    Path(__file__).parent / "queries" / f"{name}.rq" for name in ("exists", "not-exists", "union", "path-alternatives")
)
"""Texts that rdflib, which pySHACL asks, answers as the standard says."""

Triples = list[ox.Triple]

_PROPERTIES: Final = (EX.p, EX.q, EX.r)
_CLASSES: Final = (EX.A, EX.B, EX.C)
_IRIS: Final = (EX.one, EX.two, EX.three, EX.four)
_BLANKS: Final = (ox.BlankNode("b1"), ox.BlankNode("b2"))
_NUMBERS: Final = (
    ox.Literal("1", datatype=XSD.integer),
    ox.Literal("2", datatype=XSD.integer),
    ox.Literal("12", datatype=XSD.integer),
    ox.Literal("1.5", datatype=XSD.decimal),
    ox.Literal("2.5", datatype=XSD.double),
)
_DATES: Final = tuple(ox.Literal(day, datatype=XSD.date) for day in ("2008-06-30", "2008-12-31", "2009-04-01"))
_TEXTS: Final = (
    ox.Literal("one", datatype=XSD.integer),
    ox.Literal("c", datatype=XSD.byte),
    ox.Literal("2008-02-30", datatype=XSD.date),
    ox.Literal("true", datatype=XSD.boolean),
    ox.Literal(""),
    ox.Literal("one"),
    ox.Literal("Two lines\nof text"),
    ox.Literal("one", language="en"),
    ox.Literal("two", language="en"),
    ox.Literal("one", language="en-gb"),
    ox.Literal("un", language="fr"),
)


@dataclass(frozen=True)
class World:
    """The literals that a graph draws from, and whether its shapes compare them.

    Only literals of one kind are compared: pySHACL orders literals of different kinds, where SPARQL's `<` is an error
    and the value fails (§4.3.1).
    """

    literals: tuple[ox.Literal, ...]
    ordered: bool


WORLDS: Final = (World(_NUMBERS, True), World(_DATES, True), World((*_NUMBERS, *_DATES, *_TEXTS), False))

_DATATYPES: Final = (XSD.integer, XSD.decimal, XSD.byte, XSD.boolean, XSD.date, XSD.string, RDF.langString)
_KINDS: Final = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
_PATTERNS: Final = (("^one", None), ("O", "i"), ("e$", None), ("l.*o", "s"), ("[0-9]{2}", None), ("org/t", None))
_ONCE: Final = frozenset(
    SH[name]
    for name in (
        "datatype",
        "nodeKind",
        "minExclusive",
        "minInclusive",
        "maxExclusive",
        "maxInclusive",
        "minLength",
        "maxLength",
        "pattern",
        "languageIn",
        "in",
        "closed",
        "minCount",
        "maxCount",
        "uniqueLang",
        "qualifiedValueShape",
    )
)
"""What a shape may say once."""

_things = st.sampled_from((*_IRIS, *_BLANKS))
_properties = st.sampled_from(_PROPERTIES)
_classes = st.sampled_from(_CLASSES)
_small = st.integers(0, 3)


def data(world: World) -> st.SearchStrategy[Triples]:
    """Up to 16 triples: facts, types, and subclasses, perhaps in a circle."""
    facts = st.one_of(
        st.builds(ox.Triple, _things, _properties, st.one_of(_things, st.sampled_from(world.literals))),
        st.builds(ox.Triple, _things, st.just(RDF.type), _classes),
        st.builds(ox.Triple, _classes, st.just(RDFS.subClassOf), _classes),
    )
    return st.lists(facts, min_size=1, max_size=16, unique_by=str)


def _without_sequence(path: PropertyPath) -> bool:
    match path:
        case SequencePath():
            return False
        case Alternative(parts):
            return all(_without_sequence(part) for part in parts)
        case Inverse(inner) | Repeat(inner):
            return _without_sequence(inner)
        case _:
            return True


_steps = st.builds(lambda one: Predicate(one.value), _properties)
paths: Final[st.SearchStrategy[PropertyPath]] = st.recursive(
    st.one_of(_steps, st.builds(Inverse, _steps)),
    lambda inner: st.one_of(
        st.builds(Inverse, inner.filter(_without_sequence)),
        st.builds(lambda parts: SequencePath(tuple(parts)), st.lists(inner, min_size=2, max_size=2)),
        st.builds(lambda parts: Alternative(tuple(parts)), st.lists(inner, min_size=2, max_size=2)),
        st.builds(Repeat, inner, st.sampled_from("*+?")),
    ),
    max_leaves=3,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Triples, Triples]:
    """Data and shapes."""
    world = draw(st.sampled_from(WORLDS))
    return draw(data(world)), draw(shapes(world))


@st.composite
def shapes(draw: st.DrawFn, world: World) -> Triples:
    """Up to five shapes; the first has a target."""
    count = draw(st.integers(1, 5))
    nodes = [EX[f"Shape{number}"] for number in range(count)]
    walked = [draw(st.one_of(st.none(), paths)) for _ in nodes]
    made: Triples = []
    for number, node in enumerate(nodes):
        path = walked[number]
        made.append(ox.Triple(node, RDF.type, SH.NodeShape if path is None else SH.PropertyShape))
        if path is not None:
            made += _stated(node, SH.path, triples(path))
        for _ in range(draw(st.integers(int(number == 0), 2))):
            made.append(draw(_target(node, world)))
        later = list(zip(nodes, walked, strict=True))[number + 1 :]
        for _ in range(draw(st.integers(1, 3))):
            said = {one.predicate for one in made if one.subject == node}
            stated = draw(_constraint(node, path, later, world))
            if not said & _ONCE & {one.predicate for one in stated}:
                made += stated
        if draw(st.integers(0, 3)) == 0:
            made.append(ox.Triple(node, SH.severity, draw(st.sampled_from((SH.Info, SH.Warning, EX.Grave)))))
        if number and draw(st.integers(0, 9)) == 0:
            made.append(ox.Triple(node, SH.deactivated, ox.Literal(True)))
    return made


def _nameable(world: World) -> st.SearchStrategy[ox.NamedNode | ox.Literal]:
    """What a shape or a query can name: no blank node."""
    return st.sampled_from((*_IRIS, *world.literals))


@st.composite
def _target(draw: st.DrawFn, shape: ox.NamedNode, world: World) -> ox.Triple:
    return ox.Triple(
        shape,
        *draw(
            st.one_of(
                st.tuples(st.just(SH.targetNode), _nameable(world)),
                st.tuples(st.just(SH.targetClass), _classes),
                st.tuples(st.sampled_from((SH.targetSubjectsOf, SH.targetObjectsOf)), _properties),
            )
        ),
    )


@st.composite
def _constraint(
    draw: st.DrawFn,
    shape: ox.NamedNode,
    path: PropertyPath | None,
    later: Sequence[tuple[ox.NamedNode, PropertyPath | None]],
    world: World,
) -> Triples:
    """The triples of one constraint."""
    kinds = ["value", "value", "set", "sparql"]
    kinds += ["counted"] if path is not None else []
    kinds += ["shapes", "shapes"] if later else []
    kind = draw(st.sampled_from(kinds))
    if kind == "value":
        return draw(_of_values(shape, world))
    if kind == "set":
        return draw(_of_sets(shape, world))
    if kind == "counted":
        return draw(_counted(shape, world))
    if kind == "sparql":
        text = draw(st.sampled_from(QUERIES)).read_text(encoding="utf-8")
        node = ox.BlankNode()
        return [ox.Triple(shape, SH.sparql, node), ox.Triple(node, SH.select, ox.Literal(text))]
    return draw(_of_shapes(shape, path, later))


@st.composite
def _of_values(draw: st.DrawFn, shape: ox.NamedNode, world: World) -> Triples:
    names = ["class", "datatype", "nodeKind", "length", "pattern", "languageIn", "in"] + ["range"] * world.ordered
    name = draw(st.sampled_from(names))
    match name:
        case "class":
            return [ox.Triple(shape, SH["class"], draw(_classes))]
        case "datatype":
            return [ox.Triple(shape, SH.datatype, draw(st.sampled_from(_DATATYPES)))]
        case "nodeKind":
            return [ox.Triple(shape, SH.nodeKind, SH[draw(st.sampled_from(_KINDS))])]
        case "range":
            bound = draw(st.sampled_from(("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")))
            return [ox.Triple(shape, SH[bound], draw(st.sampled_from(world.literals)))]
        case "length":
            bound = draw(st.sampled_from(("minLength", "maxLength")))
            least = 1  # pySHACL lets a blank node pass `sh:minLength 0` (§4.4.1: no blank node passes)
            return [ox.Triple(shape, SH[bound], ox.Literal(draw(st.integers(least, 3))))]
        case "pattern":
            regex, flags = draw(st.sampled_from(_PATTERNS))
            stated = [ox.Triple(shape, SH.pattern, ox.Literal(regex))]
            return stated + ([ox.Triple(shape, SH.flags, ox.Literal(flags))] if flags else [])
        case "languageIn":
            ranges = draw(st.lists(st.sampled_from(("en", "en-GB", "fr", "de")), max_size=2, unique=True))
            return _stated(shape, SH.languageIn, listed([ox.Literal(one) for one in ranges]))
        case _:
            terms = draw(st.lists(_nameable(world), max_size=4, unique_by=str))
            return _stated(shape, SH["in"], listed(terms))


@st.composite
def _of_sets(draw: st.DrawFn, shape: ox.NamedNode, world: World) -> Triples:
    name = draw(st.sampled_from(("equals", "disjoint", "hasValue", "closed")))
    match name:
        case "hasValue":
            return [ox.Triple(shape, SH.hasValue, draw(_nameable(world)))]
        case "closed":
            ignored = draw(st.lists(st.sampled_from((*_PROPERTIES, RDF.type)), max_size=3, unique=True))
            return [
                ox.Triple(shape, SH.closed, ox.Literal(True)),
                *_stated(shape, SH.ignoredProperties, listed(ignored)),
            ]
        case _:
            return [ox.Triple(shape, SH[name], draw(_properties))]


@st.composite
def _counted(draw: st.DrawFn, shape: ox.NamedNode, world: World) -> Triples:
    names = ["minCount", "maxCount", "uniqueLang"] + ["lessThan", "lessThanOrEquals"] * world.ordered
    name = draw(st.sampled_from(names))
    if name in ("minCount", "maxCount"):
        return [ox.Triple(shape, SH[name], ox.Literal(draw(_small)))]
    if name == "uniqueLang":
        return [ox.Triple(shape, SH.uniqueLang, ox.Literal(True))]
    return [ox.Triple(shape, SH[name], draw(_properties))]


@st.composite
def _of_shapes(
    draw: st.DrawFn,
    shape: ox.NamedNode,
    path: PropertyPath | None,
    later: Sequence[tuple[ox.NamedNode, PropertyPath | None]],
) -> Triples:
    names = [name for name, _ in later]
    with_path = [name for name, walked in later if walked is not None]
    without = [name for name, walked in later if walked is None]
    kinds = ["not", "and", "or", "xone"] + ["node"] * bool(without) + ["property"] * 2 * bool(with_path)
    kind = draw(st.sampled_from(kinds + ["qualified"] * 2 * (path is not None)))
    match kind:
        case "node":
            return [ox.Triple(shape, SH.node, draw(st.sampled_from(without)))]
        case "property":
            some = draw(st.lists(st.sampled_from(with_path), min_size=1, max_size=2, unique=True))
            return [ox.Triple(shape, SH.property, one) for one in some]
        case "not":
            return [ox.Triple(shape, SH["not"], draw(st.sampled_from(names)))]
        case "qualified":
            sides = draw(st.sets(st.sampled_from(("qualifiedMinCount", "qualifiedMaxCount")), min_size=1))
            stated = [ox.Triple(shape, SH[side], ox.Literal(draw(_small))) for side in sorted(sides)]
            stated.append(ox.Triple(shape, SH.qualifiedValueShape, draw(st.sampled_from(names))))
            if draw(st.booleans()):
                stated.append(ox.Triple(shape, SH.qualifiedValueShapesDisjoint, ox.Literal(True)))
            return stated
        case _:
            some = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
            return _stated(shape, SH[kind], listed(some))


def listed(terms: Sequence[Term]) -> tuple[Node, Triples]:
    """An RDF list: its head, and its triples."""
    head: Node = RDF.nil
    made: Triples = []
    for term in reversed(terms):
        cell = ox.BlankNode()
        made += [ox.Triple(cell, RDF.first, term), ox.Triple(cell, RDF.rest, head)]
        head = cell
    return head, made


def _stated(shape: ox.NamedNode, name: ox.NamedNode, value: tuple[Node, Triples]) -> Triples:
    node, below = value
    return [ox.Triple(shape, name, node), *below]
