"""
The SPARQL 1.1 Protocol: what an HTTP request writes.

    query string, content type, body  ->  an update, and the text of it that runs here

POST of a form with `update=`, POST of the update itself (§2.2); the dataset of its WHERE clauses by `using-graph-uri`
and `using-named-graph-uri`. The store library takes no such dataset, so it is written into the text as the USING
clauses that it stands for (§2.2.3). LOAD fetches nothing: it is refused, and LOAD SILENT does nothing, as an operation
that may fail silently (SPARQL 1.1 Update §3.1.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph.binding import keywords
from lsp_graph.serve import lexer
from lsp_graph.serve.problems import OUTSIDE, UNSUPPORTED_MEDIA_TYPE, Refusal
from lsp_graph.serve.protocol import FORM, UPDATE, iri, malformed, media_type_of, parameters, text_of, values

_NOTHING: Final = "INSERT DATA{}"
"""An operation that does nothing; no LOAD SILENT is shorter."""


@dataclass(frozen=True)
class Update:
    """An update, and the graphs that its WHERE clauses are asked of (none: the store's own dataset)."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()


def update(query_string: str, content_type: str, body: bytes) -> Update:
    """The update that a POST asks for.

    Raises `Refusal` (400, or 415 for a body of another type) saying what would be right.
    """
    in_url = parameters(query_string.encode("latin-1"))
    media_type = media_type_of(content_type)
    if media_type == FORM:
        pairs = parameters(body)
        texts = values(pairs, "update")
    elif media_type == UPDATE:
        pairs, texts = in_url, [text_of(body)]
    else:
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE.reply(
                f"a body of type {content_type or 'none'!r}; expected {UPDATE} or {FORM}",
                {"accept-post": f"{UPDATE}, {FORM}"},
            )
        )
    if values(in_url, "update"):
        raise malformed("an update in the address; expected in the body, as addresses are logged and kept")
    if values(pairs, "query"):
        raise malformed("a query; /update answers updates only, queries are sent to /sparql")
    if len(texts) != 1:
        raise malformed(f"{len(texts) or 'no'} update parameters; expected exactly one `update`")
    return Update(
        texts[0],
        tuple(iri(value) for value in values(pairs, "using-graph-uri")),
        tuple(iri(value) for value in values(pairs, "using-named-graph-uri")),
    )


def without_load(text: str) -> str:
    """The update with each LOAD SILENT made into nothing, every line where it was.

    Raises `Refusal` (403) for a LOAD that is not silent, with its place.
    """
    for load in reversed(lexer.load_operations(text)):
        if not load.silent:
            line, column = lexer.line_and_column(text, load.start)
            detail = f"line {line}, column {column}: LOAD is not served here: fetch the document and send it to /graphs"
            raise Refusal(OUTSIDE.reply(detail, line=line, column=column))
        ended = text[load.start : load.end]
        text = text[: load.start] + _NOTHING + "\n" * ended.count("\n") + text[load.end :]
    return text


def with_dataset(asked: Update) -> str:
    """The text of an update in which every WHERE clause is asked of the graphs that the request names.

    Raises `Refusal` (400) where the text names graphs itself (USING or WITH).
    """
    if not asked.using and not asked.using_named:
        return asked.text
    own = {"USING", "WITH"} & keywords(asked.text)
    if own:
        raise malformed(
            f"using-graph-uri with {min(own)} in the update: the dataset is named in one place or the other"
        )
    clauses = _clauses("USING", asked.using) + _clauses("USING NAMED", asked.using_named)
    tokens = list(lexer.outermost(asked.text))
    pieces, done = [], 0
    for number, token in enumerate(tokens[1:-1], 1):
        before, after = tokens[number - 1], tokens[number + 1]
        if asked.text[token.start : token.end].upper() != "WHERE":
            continue
        # DELETE WHERE has no place for a dataset; it is short for what deletes its own pattern (§3.1.3.3).
        pattern = asked.text[after.start : after.end] if before.kind != "group" else ""
        pieces.append(f"{asked.text[done : token.start]}{pattern} {clauses}")
        done = token.start
    return "".join(pieces) + asked.text[done:]


def _clauses(keyword: str, graphs: Sequence[str]) -> str:
    return "".join(f"{keyword} {NamedNode(graph)} " for graph in graphs)
