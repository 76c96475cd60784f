"""
Constraints in SPARQL as queries over all focus nodes.

    sh:select | sh:ask  +  candidates  ->  SPARQL text, with known columns
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from lsp_graph.errors import InputError, Problem, QueryRefused
from lsp_graph.shacl.body import Body
from lsp_graph.shacl.candidates import MANY, Candidates, Given, pairs, pattern, size_of, values
from lsp_graph.shacl.exists import Asked, anchored
from lsp_graph.shacl.model import Shape, Sparql
from lsp_graph.shacl.paths import sparql
from lsp_graph.shacl.terms import Select, Term

PLACEHOLDER: Final = re.compile(r"\{[?$](\w+)\}")
RETURNED: Final = ("this", "path", "value", "message", "failure")
"""What a SELECT may return (§5.3.2), in the order of the columns; what its messages name comes after them."""

_NOWHERE: Final = Given((ox.NamedNode("urn:lsp-graph:nowhere"),))


def columns(constraint: Sparql, shape: Shape) -> tuple[str, ...]:
    """The variables that the query of a `sh:select` returns."""
    messages = constraint.messages or shape.messages
    named = {name for message in messages for name in PLACEHOLDER.findall(message.value)}
    known = {*RETURNED, "PATH", "currentShape", "shapesGraph", *(name for name, _ in constraint.parameters)}
    return (*RETURNED, *sorted(named - known))


def query(
    constraint: Sparql, shape: Shape, candidates: Candidates, shapes_graph: ox.NamedNode | None, select: Select
) -> str:
    """The query whose rows are the violations: the columns of `columns`, or ?this ?value for a `sh:ask`.

    `select` is asked for the rows that an EXISTS in the text is about. Raises `InputError` where the text looks at a
    term that the query cannot name.
    """
    body, constants = constraint.body, dict(_constants(constraint, shape, shapes_graph))
    path = None if shape.path is None else sparql(shape.path)
    found = pairs(candidates, shape.path) if body.kind == "ask" else pattern(candidates, "this")

    def give(needs: frozenset[str]) -> str:
        given = [found] if needs & {"this", "value"} else []
        given += [values(name, [constants[name]]) for name in sorted(needs) if name in constants]
        return " ".join(given)

    size = size_of(candidates)
    asked = Asked(lambda rows: select(body.prologue + rows), size >= MANY, few=isinstance(candidates, Given))
    text = anchored(body.given(None if path is None else f"({path})", give), asked)
    if body.kind == "ask":
        passing = f"SELECT ?this ?value {text[len('ASK') :]}"
        return f"{body.prologue}SELECT ?this ?value WHERE {{ {found} MINUS {{ {passing} }} }}"
    returned = " ".join(f"?{name}" for name in columns(constraint, shape))
    return f"{body.prologue}SELECT {returned} WHERE {{ {{ {text} }} }}"


def _constants(
    constraint: Sparql, shape: Shape, shapes_graph: ox.NamedNode | None
) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    """The pre-bound variables that are the same for all focus nodes, as far as the text mentions them."""
    wanted: list[tuple[str, Term | None]] = [("shapesGraph", shapes_graph), ("currentShape", shape.node)]
    for name, term in (*wanted, *constraint.parameters):
        if name in constraint.body.mentions:
            if term is None or isinstance(term, ox.BlankNode):
                expected = "the name of the graph that holds the shapes" if term is None else "a shape with a name"
                raise InputError([Problem("shapes", None, f"{shape.node}: ${name}", expected)])
            yield name, term


def probe(body: Body) -> None:
    """See whether the text is SPARQL.

    Raises `QueryRefused` when it is not.
    """
    given = body.given("<urn:lsp-graph:path>", lambda needs: values("this", _NOWHERE.nodes) if needs else "")
    try:
        ox.Store().query(body.prologue + given)
    except SyntaxError as error:
        raise QueryRefused(str(error)) from error
    except RuntimeError:
        return  # an unknown function: the store that is asked may know it
