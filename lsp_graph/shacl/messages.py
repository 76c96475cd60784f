"""
What a result says in words.

    sh:message of the constraint or the shape, its placeholders filled in;  else a sentence about the component
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from lsp_graph.shacl import paths
from lsp_graph.shacl.ask import PLACEHOLDER
from lsp_graph.shacl.evaluate import Violation
from lsp_graph.shacl.model import (
    And,
    Class,
    Closed,
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
    Sparql,
    UniqueLang,
    Xone,
)
from lsp_graph.shacl.terms import Term


def messages(violation: Violation) -> tuple[ox.Literal, ...]:
    """The messages of a result, in every language in which there is one (§3.6.2.7, §5.3.2)."""
    constraint, shape = violation.constraint, violation.shape
    if not isinstance(constraint, Sparql):
        return shape.messages or (ox.Literal(_sentence(violation)),)
    bound = dict(violation.row or {}) | dict(constraint.parameters)
    bound.setdefault("this", violation.focus)
    if violation.value is not None:
        bound.setdefault("value", violation.value)
    told = bound.get("message")
    if isinstance(told, ox.Literal):
        return (told,)
    path = "" if shape.path is None else paths.text(shape.path)
    stated = constraint.messages or shape.messages
    return tuple(_filled(message, bound, path) for message in stated) or (ox.Literal(_sentence(violation)),)


def _filled(message: ox.Literal, bound: Mapping[str, Term], path: str) -> ox.Literal:
    """The message with its placeholders `{?name}` and `{$name}` replaced; one without a value stays as it is."""

    def value(placeholder: re.Match[str]) -> str:
        name = placeholder[1]
        if name == "PATH":
            return path
        return bound[name].value if name in bound else placeholder[0]

    return ox.Literal(PLACEHOLDER.sub(value, message.value), language=message.language)


def _sentence(violation: Violation) -> str:
    """What is wrong, where no shape says it."""
    match violation.constraint:
        case Class(name):
            return f"The value is no instance of {name}."
        case Datatype(name):
            return f"The value is no well-formed literal of {name}."
        case NodeKind(kind):
            return f"The value is not of the kind {kind}."
        case Count(">=", bound):
            return f"There are fewer than {bound} values."
        case Count(_, bound):
            return f"There are more than {bound} values."
        case Range(sign, bound):
            return f"The value is not {sign} {bound}."
        case Length(sign, bound):
            return f"The length of the value is not {sign} {bound}."
        case Pattern(regex, _):
            return f"The value does not match {regex}."
        case LanguageIn(ranges):
            return f"The language of the value is none of {_listed(ranges)}."
        case UniqueLang():
            return "Several values share a language."
        case Equals(other):
            return f"The value is not a value of both the path and {other}."
        case Disjoint(other):
            return f"The value is a value of {other}, too."
        case LessThan(sign, other):
            return f"The value is not {sign} each value of {other}."
        case Not(shape):
            return f"The value conforms to {shape}."
        case And(shapes):
            return f"The value does not conform to all of {_listed(shapes)}."
        case Or(shapes):
            return f"The value conforms to none of {_listed(shapes)}."
        case Xone(shapes):
            return f"The value does not conform to exactly one of {_listed(shapes)}."
        case NodeShape(shape) | PropertyShape(shape):
            return f"The value does not conform to {shape}."
        case Qualified(">=", bound, shape):
            return f"Fewer than {bound} values conform to {shape}."
        case Qualified(_, bound, shape):
            return f"More than {bound} values conform to {shape}."
        case Closed():
            return f"The property {violation.path} is not allowed here."
        case HasValue(term):
            return f"The value {term} is missing."
        case In(terms):
            return f"The value is none of {_listed(terms)}."
        case Sparql(component=component):
            return f"The value breaks {component}."


def _listed(terms: tuple[Term, ...]) -> str:
    return ", ".join(str(term) for term in terms)
