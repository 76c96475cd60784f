"""
Triple patterns that are better answered by themselves and joined afterwards.

    ?value a lsp:Board ; lsp:partOf ?whole .   ->   { SELECT ?value ?whole WHERE { ?value a lsp:Board ; … } }

The same rows; but a store that looks the block up anew for each row of what stands before it takes long where those
rows are many, or where much is said of the nodes looked up. A sub-select it answers once, and joins by hashing
(docs/decisions/0003).

Source: SPARQL 1.1 §4.2 (triples that share a subject), §12 (subqueries), §18.2.4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lsp_graph.shacl.tokens import Token, tokens

_ENDS = frozenset(["FILTER", "OPTIONAL", "BIND", "VALUES", "UNION", "MINUS", "GRAPH", "SERVICE", "SELECT", "WHERE"])


def apart(found: Sequence[Token], fixed: frozenset[str], many: bool) -> list[Token]:
    """The tokens of triple patterns, with blocks put apart.

    A block is put apart when its subject is a variable other than those in `fixed`, and it either is about the
    instances of a class or is asked about `many` nodes.
    """
    made: list[Token] = []
    blocks = _blocks(found)
    for block in blocks:
        if len(blocks) > 1 and _eligible(block, fixed) and (many or _typed(block)):
            names = dict.fromkeys(token.variable for token in block if token.variable)
            selected = " ".join(f"?{name}" for name in names)
            text = "".join(token.whole for token in block)
            made.extend(tokens(f" {{ SELECT {selected} WHERE {{ {text} }} }} "))
        else:
            made.extend(block)
    return made


def _blocks(found: Sequence[Token]) -> list[list[Token]]:
    """The tokens in runs, each up to the full stop that ends it, or up to a keyword."""
    blocks: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        if token.text in "()":
            depth += 1 if token.text == "(" else -1
        if token.word in _ENDS:
            blocks.append([])
        blocks[-1].append(token)
        if token.text == "." and depth == 0:
            blocks.append([])
    return [block for block in blocks if block]


def _eligible(block: Sequence[Token], fixed: frozenset[str]) -> bool:
    """Whether a run is surely a block of triples about a free variable, without what only stands for a node here."""
    subject = block[0].variable
    plain = all(token.text not in "[]" and not token.text.isdigit() and token.text[:2] != "_:" for token in block)
    return bool(subject) and subject not in fixed and len(block) > 2 and plain


def _typed(block: Sequence[Token]) -> bool:
    return any(
        (token.text == "a" or token.text == "rdf:type") and not after.variable for token, after in pairwise(block)
    )
