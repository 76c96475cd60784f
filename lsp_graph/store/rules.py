"""
Apply rules that are CONSTRUCT queries in files.

    store + queries/derive/**/*.rq  ->  the triples they construct
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, QueryTriples, Store, Triple, Variable

from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import shown

Node = NamedNode | BlankNode | Triple

_CONSTRUCT: Final = re.compile(r"^CONSTRUCT\b", re.MULTILINE)


def construct(store: Store, rule: Path, **bound: Node) -> set[Triple]:
    """The triples that the rule constructs from the store's default graph; of things that variables are `bound` to.

    Raises `InputError` when the file holds no CONSTRUCT query.
    """
    try:
        terms: dict[Variable, Node | Literal] = {Variable(name): term for name, term in bound.items()}
        constructed = store.query(rule.read_text(encoding="utf-8"), substitutions=terms or None)
    except SyntaxError as error:
        raise InputError([Problem(shown(rule), None, str(error), "a CONSTRUCT query")]) from error
    if not isinstance(constructed, QueryTriples):
        raise InputError([Problem(shown(rule), None, "another kind of query", "a CONSTRUCT query")])
    return set(constructed)


def insert(store: Store, rule: Path) -> None:
    """Add what the rule constructs from the store's default graph to it: no triple becomes a Python object.

    Raises `InputError` when the file holds no CONSTRUCT query.
    """
    text, found = _CONSTRUCT.subn("INSERT", rule.read_text(encoding="utf-8"), count=1)
    try:
        if not found:
            raise InputError([Problem(shown(rule), None, "another kind of query", "a CONSTRUCT query")])
        store.update(text)
    except SyntaxError as error:
        raise InputError([Problem(shown(rule), None, str(error), "a CONSTRUCT query")]) from error


def files(folder: Path) -> list[Path]:
    """The rules in a folder, in the order of their names."""
    return sorted(folder.glob("*.rq"))
