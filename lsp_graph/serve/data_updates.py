"""
Updates that only insert and delete given data, which is what most updates do.

    INSERT DATA, DELETE DATA  ->  a change, without a look at the rest of the graph

What such an update does depends on nothing but which of the quads it names are stored. So it is run on a store of these
alone: a fraction of a second, where the whole graph takes seconds to be copied and compared.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import BlankNode, Store

from lsp_graph.serve import lexer
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change, dumped

_MOST_GRAPHS: Final = 8
"""Each graph is looked for in all of the stored text; with more of them the whole is quicker."""


def change_of(backend: EmbeddedBackend, text: str, base: str) -> Change | None:
    """What the update changes; None where it does more than insert and delete data, or in many graphs."""
    inserting = _all_inserted(text)
    if inserting is None:
        return None
    named = Store()
    named.update(inserting, base_iri=base)
    graphs = {quad.graph_name for quad in named}
    if len(graphs) > _MOST_GRAPHS:
        return None
    store = Store()
    for graph in graphs:
        if not isinstance(graph, BlankNode):  # which no data can name
            store.extend(quad for quad in backend.graph(graph) if quad in named)
    before = dumped(store)
    store.update(text, base_iri=base)
    return Change.between(before, dumped(store))


def _all_inserted(text: str) -> str | None:
    """The update with each DELETE DATA as an INSERT DATA, so that all it names is there; None for other updates."""
    begin = lexer.first_operation(text)
    tokens = [token for token in lexer.outermost(text) if token.start >= begin]
    words = ["{}" if token.kind == "group" else text[token.start : token.end].upper() for token in tokens]
    if words and words[-1] != ";":
        words.append(";")
    operations = [tuple(words[place : place + 4]) for place in range(0, len(words), 4)]
    if not set(operations) <= {("INSERT", "DATA", "{}", ";"), ("DELETE", "DATA", "{}", ";")}:
        return None
    for token in tokens[::4]:
        text = f"{text[: token.start]}INSERT{text[token.end :]}"  # as long as DELETE: the other places stay
    return text
