"""
Constraints as queries: each answers, for all candidates at once, which of them break it, and with what value.

    constraint + candidates + path  ->  SPARQL text

Only standard SPARQL 1.1, so that any store can answer. What is not there is found by MINUS, or by an OPTIONAL of one
triple pattern: a correlated NOT EXISTS is planned badly by some stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, RDFS, SH, XSD
from lsp_graph.shacl.candidates import Candidates, Instances, pairs, pattern, values, with_itself
from lsp_graph.shacl.datatypes import well_formed
from lsp_graph.shacl.model import (
    Closed,
    Comparison,
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
    Pattern,
    Range,
    UniqueLang,
    ValueTest,
)
from lsp_graph.shacl.paths import Path, single, sparql, stays
from lsp_graph.shacl.reach import leading, leading_anywhere

MARKS: Final = "abcdefghijklmnopqrstuvwxyz"
"""By which the tests of one query are told apart: the nth letter is the nth test."""

SUBCLASSES: Final = f"SELECT ?below ?above WHERE {{ ?below {RDFS.subClassOf} ?above }}"
"""?below ?above: each class with a class right above it."""

_KINDS: Final = {
    SH.IRI: "isIRI({0})",
    SH.BlankNode: "isBlank({0})",
    SH.Literal: "isLiteral({0})",
    SH.BlankNodeOrIRI: "(isBlank({0}) || isIRI({0}))",
    SH.BlankNodeOrLiteral: "(isBlank({0}) || isLiteral({0}))",
    SH.IRIOrLiteral: "(isIRI({0}) || isLiteral({0}))",
}


def focus_nodes(candidates: Candidates) -> str:
    """?this: the candidates."""
    return f"SELECT ?this WHERE {{ {pattern(candidates, 'this')} }}"


def kept(candidates: Candidates, keeping: str) -> str:
    """?value: the candidates that a pattern keeps."""
    return f"SELECT DISTINCT ?value WHERE {{ {pattern(candidates, 'value')} {keeping} }}"


def only_below(name: ox.NamedNode, classes: Sequence[ox.NamedNode]) -> str:
    """A row where something is an instance of one of the classes and not stated to be one of the class itself."""
    below = values("class", [one for one in classes if one != name])
    return f"SELECT ?this WHERE {{ {below} ?this {RDF.type} ?class . MINUS {{ ?this {RDF.type} {name} }} }} LIMIT 1"


def number_of(classes: Sequence[ox.NamedNode]) -> str:
    """?number: how many instances are stated for the classes."""
    return f"SELECT (COUNT(*) AS ?number) WHERE {{ {values('class', classes)} ?this {RDF.type} ?class }}"


def value_pairs(candidates: Candidates, path: Path | None, among: Sequence[ox.NamedNode | ox.Literal] = ()) -> str:
    """?this ?value: each candidate with each of its values; with `among` only these values."""
    return f"SELECT ?this ?value WHERE {{ {pairs(candidates, path, values('value', among) if among else '')} }}"


def failing_tests(candidates: Candidates, path: Path | None, tests: Sequence[ValueTest]) -> str:
    """?this ?value ?failed: the values that fail a test, with the marks of those that they fail."""
    passed = [f"COALESCE({passes(test)}, false)" for test in tests]
    if len(passed) == 1:
        told = f'FILTER (!{passed[0]}) BIND ("{MARKS[0]}" AS ?failed)'
    else:
        marks = ", ".join(f'IF({one}, "", "{mark}")' for one, mark in zip(passed, MARKS, strict=False))
        told = f'BIND (CONCAT({marks}) AS ?failed) FILTER (?failed != "")'
    return f"SELECT ?this ?value ?failed WHERE {{ {pairs(candidates, path)} {told} }}"


def passes(test: ValueTest, value: str = "?value") -> str:
    """The expression that is true of a value that passes the test; of others it is false or an error."""
    text = f"STR({value})"
    match test:
        case Datatype(name):
            form = well_formed(name, text)
            return f"(isLiteral({value}) && DATATYPE({value}) = {name}{f' && {form}' if form else ''})"
        case NodeKind(kind):
            return _KINDS[kind].format(value)
        case Range(sign, bound):
            return f"({value} {sign} {bound})"
        case Length(sign, length):
            return f"(!isBlank({value}) && STRLEN({text}) {sign} {length})"
        case Pattern(regex, flags):
            return f"(!isBlank({value}) && REGEX({text}, {regex}{f', {flags}' if flags is not None else ''}))"
        case LanguageIn(ranges):
            return _any(f"LANGMATCHES(LANG({value}), {one})" for one in ranges)
        case In(terms):
            return _any(_among(value, [term for term in terms if not isinstance(term, ox.BlankNode)]))


def _any(expressions: Iterable[str]) -> str:
    """Whether any is true, in halves: a long chain would be as deep, and deeper than a parser's stack."""
    found = list(expressions)
    if len(found) < 3:
        return f"({' || '.join(found) or 'false'})"
    half = len(found) // 2
    return f"({_any(found[:half])} || {_any(found[half:])})"


def _among(value: str, terms: Iterable[ox.NamedNode | ox.Literal]) -> Iterator[str]:
    """Whether the value is one of the terms. For IRIs and texts to be equal is to be the same, and IN is quicker."""
    plain = []
    for term in terms:
        if isinstance(term, ox.NamedNode) or term.datatype in (XSD.string, RDF.langString):
            plain.append(str(term))
        else:
            yield f"sameTerm({value}, {term})"
    if plain:
        yield f"{value} IN ({', '.join(plain)})"


def no_instances(candidates: Candidates, path: Path | None, of: Instances) -> str:
    """?this ?value: the values that are no instance of the class."""
    if of.classes is None:
        instance = f"MINUS {{ ?value {RDF.type}/{RDFS.subClassOf}* {of.of} }}"
    else:
        names = ", ".join(str(name) for name in of.classes)
        instance = f"OPTIONAL {{ ?value {RDF.type} ?class FILTER (?class IN ({names})) }} FILTER (!BOUND(?class))"
    return f"SELECT ?this ?value WHERE {{ {pairs(candidates, path)} {instance} }}"


def miscounted(candidates: Candidates, path: Path, count: Count) -> str | None:
    """?this: the candidates with too few or too many values. None where that cannot be."""
    found, step = pattern(candidates, "this"), f"?this {sparql(path)} ?value"
    if count.sign == ">=" and count.bound == 1:
        if single(path):
            return f"SELECT ?this WHERE {{ {found} OPTIONAL {{ {step} }} FILTER (!BOUND(?value)) }}"
        having = leading_anywhere(path, "this", found)
        return None if having is None else f"SELECT ?this WHERE {{ {found} MINUS {having} }}"
    walked = with_itself(candidates, path, found, f"{found} {step}")
    if count.sign == "<=" and count.bound == 0:
        return f"SELECT DISTINCT ?this WHERE {{ {walked} }}"
    if count.sign == ">=" and not stays(path):
        walked = f"{found} OPTIONAL {{ {step} }}"
    wrong = "<" if count.sign == ">=" else ">"
    return f"SELECT ?this WHERE {{ {walked} }} GROUP BY ?this HAVING (COUNT(DISTINCT ?value) {wrong} {count.bound})"


def misqualified(
    candidates: Candidates, path: Path | None, sign: Comparison, bound: int, conforming: str
) -> str | None:
    """?this: the candidates with too few or too many values that a pattern keeps. None where that cannot be."""
    found = pattern(candidates, "this")
    step = f"{found} BIND (?this AS ?value)"
    if path is not None:
        step = with_itself(candidates, path, found, f"{found} ?this {sparql(path)} ?value .")
    step = f"{step} {conforming}"
    if sign == "<=":
        return f"SELECT ?this WHERE {{ {step} }} GROUP BY ?this HAVING (COUNT(DISTINCT ?value) > {bound})"
    if bound < 1:
        return None
    enough = f"SELECT DISTINCT ?this WHERE {{ {step} }}"
    if bound > 1:
        enough = f"SELECT ?this WHERE {{ {step} }} GROUP BY ?this HAVING (COUNT(DISTINCT ?value) >= {bound})"
    return f"SELECT ?this WHERE {{ {found} MINUS {{ {enough} }} }}"


def conforming_pairs(candidates: Candidates, path: Path | None, conforming: str) -> str:
    """?this ?value: the values that a pattern keeps."""
    return f"SELECT DISTINCT ?this ?value WHERE {{ {pairs(candidates, path)} {conforming} }}"


def without_value(candidates: Candidates, path: Path | None, wanted: HasValue) -> str:
    """?this: the candidates that lack the value."""
    found = pattern(candidates, "this")
    if path is None:
        return f"SELECT ?this WHERE {{ {found} FILTER (!sameTerm(?this, {wanted.term})) }}"
    itself = f"FILTER (!sameTerm(?this, {wanted.term}))" if stays(path) else ""
    return f"SELECT ?this WHERE {{ {found} {itself} MINUS {leading(path, 'this', str(wanted.term), found)} }}"


def unequal(candidates: Candidates, path: Path | None, constraint: Equals) -> str:
    """?this ?value: what is a value by the path or by the other property, and not by both."""
    own, other = pairs(candidates, path), f"?this {constraint.other} ?value ."
    return (
        f"SELECT ?this ?value WHERE {{ {{ {own} MINUS {{ {other} }} }} UNION "
        f"{{ {pattern(candidates, 'this')} {other} MINUS {{ {own} }} }} }}"
    )


def shared(candidates: Candidates, path: Path | None, constraint: Disjoint) -> str:
    """?this ?value: what is a value by the path and by the other property."""
    if path is None:
        return f"SELECT ?this ?value WHERE {{ {pairs(candidates, path)} ?this {constraint.other} ?value . }}"
    # One BGP: the other property's values are few, and then it is only looked whether the path leads there.
    found = f"{pattern(candidates, 'this')} ?this {constraint.other} ?value . ?this {sparql(path)} ?value ."
    return f"SELECT DISTINCT ?this ?value WHERE {{ {found} }}"


def not_less(candidates: Candidates, path: Path | None, constraint: LessThan) -> str:
    """?this ?value ?other: values that are not less than one of the other property's."""
    return (
        f"SELECT ?this ?value ?other WHERE {{ {pairs(candidates, path)} ?this {constraint.other} ?other . "
        f"FILTER (!COALESCE(?value {constraint.sign} ?other, false)) }}"
    )


def repeated_languages(candidates: Candidates, path: Path | None, _: UniqueLang) -> str:
    """?this ?language: languages that more than one value is in."""
    return (
        f"SELECT ?this ?language WHERE {{ {pairs(candidates, path)} BIND (LCASE(LANG(?value)) AS ?language) "
        f'FILTER (?language != "") }} GROUP BY ?this ?language HAVING (COUNT(DISTINCT ?value) > 1)'
    )


def stray_properties(candidates: Candidates, path: Path | None, constraint: Closed) -> str:
    """?this ?predicate ?object: what is said of a value by a property that is not allowed."""
    allowed = ", ".join(str(name) for name in constraint.allowed)
    # An empty list may not be asked: Oxigraph takes `NOT IN ()` for false.
    stray = f"FILTER (?predicate NOT IN ({allowed}))" if allowed else ""
    return f"SELECT ?this ?predicate ?object WHERE {{ {pairs(candidates, path)} ?value ?predicate ?object . {stray} }}"
