"""
Functions that the store does not have.

    a query or update + functions that are no more than their names  ->  its answer

To call one is an error of that expression alone: its row is filtered out, its variable stays unbound, COALESCE goes on
(SPARQL 1.1 Query Language, sections 17.2 and 17.6). Oxigraph refuses the whole text instead, naming one function at a
time; so each that it names is given one that has no value, and the text is tried again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from lsp_graph.errors import QueryRefused

Term = NamedNode | BlankNode | Literal | Triple
Functions = dict[NamedNode, Callable[..., Term | None]]
Result = TypeVar("Result")

MOST: Final = 64
"""How many unknown functions a text may name: each costs reading it once more."""

_UNKNOWN: Final = re.compile(r"custom function <([^>]*)>")


def with_functions(run: Callable[[Functions], Result]) -> Result:
    """What `run` gives once every function that its text names can be called.

    Raises `QueryRefused` for a text that names more than `MOST` unknown ones.
    """
    functions: Functions = {}
    while True:
        try:
            return run(functions)
        except RuntimeError as error:
            unknown = _UNKNOWN.search(str(error))
            if unknown is None:
                raise
            if len(functions) == MOST:
                raise QueryRefused(
                    f"more than {MOST} functions that are unknown here, such as <{unknown[1]}>"
                ) from error
            functions[NamedNode(unknown[1])] = _without_value


def _without_value(*arguments: Term) -> None:
    """What a function that nobody knows gives: an error, whatever it is given."""
