"""
The constraints of SHACL Core that a shape states (§4), each checked against the syntax rules of its component.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

import pyoxigraph as ox
from rdflib.term import Node as RdflibNode

from lsp_graph.namespaces import SH, XSD
from lsp_graph.shacl.model import (
    And,
    Class,
    Closed,
    Comparison,
    Constraint,
    Count,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    LanguageIn,
    Length,
    LessThan,
    NodeKind,
    NodeShape,
    Not,
    Or,
    Pattern,
    PropertyShape,
    Qualified,
    Range,
    UniqueLang,
    Xone,
)
from lsp_graph.shacl.paths import Path
from lsp_graph.shacl.source import TEXT, Source, rdf
from lsp_graph.shacl.terms import Node, Term, to_oxigraph

PARAMETERS: Final = frozenset(
    [
        "class",
        "datatype",
        "nodeKind",
        "minCount",
        "maxCount",
        "minExclusive",
        "minInclusive",
        "maxExclusive",
        "maxInclusive",
        "minLength",
        "maxLength",
        "pattern",
        "flags",
        "languageIn",
        "uniqueLang",
        "equals",
        "disjoint",
        "lessThan",
        "lessThanOrEquals",
        "not",
        "and",
        "or",
        "xone",
        "node",
        "property",
        "qualifiedValueShape",
        "qualifiedValueShapesDisjoint",
        "qualifiedMinCount",
        "qualifiedMaxCount",
        "closed",
        "ignoredProperties",
        "hasValue",
        "in",
        "sparql",
    ]
)

_ONLY_WITH_PATH: Final = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape")
_KINDS: Final = tuple(
    SH[kind] for kind in ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
)
_COUNTS: Final[dict[str, Comparison]] = {"minCount": ">=", "maxCount": "<="}
_LENGTHS: Final[dict[str, Comparison]] = {"minLength": ">=", "maxLength": "<="}
_RANGES: Final[dict[str, Comparison]] = {
    "minExclusive": ">",
    "minInclusive": ">=",
    "maxExclusive": "<",
    "maxInclusive": "<=",
}
_ORDERS: Final[dict[str, Comparison]] = {"lessThan": "<", "lessThanOrEquals": "<="}

_T = TypeVar("_T", ox.NamedNode, ox.Literal)


def core_constraints(source: Source, node: RdflibNode, path: Path | None) -> Iterator[Constraint]:
    """The constraints of SHACL Core that the node states; what is ill-formed becomes a problem of the source."""
    if path is None and (None, rdf(SH.property), node) not in source.graph:
        for name in _ONLY_WITH_PATH:
            if source.values(node, name):
                source.refuse(node, f"sh:{name} in a node shape", f"sh:{name} in a property shape only")
    yield from _of_values(source, node)
    yield from _of_texts(source, node)
    yield from _of_sets(source, node)
    yield from _of_shapes(source, node)


def _component(name: str) -> ox.NamedNode:
    return SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]


def _of_values(source: Source, node: RdflibNode) -> Iterator[Constraint]:
    for one in source.iris(node, "class"):
        yield Class(one)
    datatype = source.one(node, "datatype", "one IRI", ox.NamedNode)
    if isinstance(datatype, ox.NamedNode):
        yield Datatype(datatype)
    kind = source.one(node, "nodeKind", "one of the six kinds of node")
    if isinstance(kind, ox.NamedNode) and kind in _KINDS:
        yield NodeKind(kind)
    elif kind is not None:
        source.refuse(node, f"sh:nodeKind {kind}", "one of the six kinds of node")
    for name, sign in _RANGES.items():
        bound = source.literal(node, name, "one literal")
        if bound is not None:
            yield Range(sign, bound, _component(name))
    terms = source.members(node, "in")
    if terms is not None:
        yield In(terms)
    for term in source.values(node, "hasValue"):
        if isinstance(term, ox.BlankNode):
            source.refuse(node, "sh:hasValue with a blank node", "an IRI or a literal, which a query can name")
        yield HasValue(term)


def _of_texts(source: Source, node: RdflibNode) -> Iterator[Constraint]:
    for name, sign in _LENGTHS.items():
        length = source.number(node, name)
        if length is not None:
            yield Length(sign, length, _component(name))
    regex = source.literal(node, "pattern", "one text", [XSD.string])
    flags = source.literal(node, "flags", "one text", [XSD.string])
    if regex is not None:
        if not _compiles(regex, flags):
            source.refuse(node, f"sh:pattern {regex}", "a regular expression (XPath functions §5.6.1)")
        yield Pattern(regex, flags)
    ranges = source.members(node, "languageIn")
    if ranges is not None:
        texts = tuple(one for one in ranges if isinstance(one, ox.Literal) and one.datatype in TEXT)
        if texts != ranges:
            source.refuse(node, "sh:languageIn", "a list of language tags")
        yield LanguageIn(texts)
    if source.flag(node, "uniqueLang"):
        yield UniqueLang()


def _compiles(regex: ox.Literal, flags: ox.Literal | None) -> bool:
    """Whether a store takes the expression: elsewhere it is an error at each value, which would fail them all."""
    text = f'SELECT (REGEX("", {regex}{f", {flags}" if flags is not None else ""}) AS ?matches) WHERE {{}}'
    solutions = ox.Store().query(text)
    return isinstance(solutions, ox.QuerySolutions) and all(row["matches"] is not None for row in solutions)


def _of_sets(source: Source, node: RdflibNode) -> Iterator[Constraint]:
    for name, sign in _COUNTS.items():
        bound = source.number(node, name)
        if bound is not None:
            yield Count(sign, bound, _component(name))
    for other in source.iris(node, "equals"):
        yield Equals(other)
    for other in source.iris(node, "disjoint"):
        yield Disjoint(other)
    for name, sign in _ORDERS.items():
        for other in source.iris(node, name):
            yield LessThan(sign, other, _component(name))
    ignored = source.members(node, "ignoredProperties") or ()
    properties = [to_oxigraph(one) for one in source.graph.objects(node, rdf(SH.property) / rdf(SH.path))]
    named = _all(source, node, "ignoredProperties", ignored, ox.NamedNode)
    if source.flag(node, "closed"):
        own = (one for one in properties if isinstance(one, ox.NamedNode))
        yield Closed(tuple(sorted({*named, *own}, key=str)))


def _all(source: Source, node: RdflibNode, name: str, terms: tuple[Term, ...], kind: type[_T]) -> tuple[_T, ...]:
    """The terms, all of one kind."""
    fitting = tuple(term for term in terms if isinstance(term, kind))
    if len(fitting) != len(terms):
        source.refuse(node, f"sh:{name}", "a list of IRIs")
    return fitting


def _of_shapes(source: Source, node: RdflibNode) -> Iterator[Constraint]:
    for shape in _nodes(source.values(node, "not")):
        yield Not(shape)
    for name, kind in (("and", And), ("or", Or), ("xone", Xone)):
        for shapes in source.lists(node, name):
            yield kind(tuple(_nodes(shapes)))
    for shape in _nodes(source.values(node, "node")):
        yield NodeShape(shape)
    for shape in _nodes(source.values(node, "property")):
        yield PropertyShape(shape)
    yield from _qualified(source, node)


def _nodes(terms: tuple[Term, ...] | list[Term]) -> Iterator[Node]:
    """The terms that can be shapes; a literal among them is refused as the shape that it stands for."""
    return (term for term in terms if not isinstance(term, ox.Literal))


def _qualified(source: Source, node: RdflibNode) -> Iterator[Constraint]:
    shape = source.one(node, "qualifiedValueShape", "one shape")
    least, most = source.number(node, "qualifiedMinCount"), source.number(node, "qualifiedMaxCount")
    disjoint = source.flag(node, "qualifiedValueShapesDisjoint")
    if shape is None or isinstance(shape, ox.Literal):
        return  # without a shape to qualify, the numbers state no constraint
    if least is None and most is None:
        source.refuse(node, "sh:qualifiedValueShape alone", "sh:qualifiedMinCount or sh:qualifiedMaxCount beside it")
    siblings = tuple(_siblings(source, node, shape)) if disjoint else ()
    if least is not None:
        yield Qualified(">=", least, shape, siblings, _component("qualifiedMinCount"))
    if most is not None:
        yield Qualified("<=", most, shape, siblings, _component("qualifiedMaxCount"))


def _siblings(source: Source, node: RdflibNode, own: Node) -> Iterator[Node]:
    """The shapes that the other property shapes of the same shape qualify by (§4.7.3)."""
    graph = source.graph
    found = {
        to_oxigraph(other)
        for parent in graph.subjects(rdf(SH.property), node)
        for other in graph.objects(parent, rdf(SH.property) / rdf(SH.qualifiedValueShape))
    }
    for other in sorted(found - {own}, key=str):
        if not isinstance(other, ox.Literal):
            yield other
