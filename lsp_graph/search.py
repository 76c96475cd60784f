"""
Search as one types: what is there that goes by this text?

    text + kinds + date  ->  areas, bodies, partnerships, themes, duties and questions, the best first
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyoxigraph import QuerySolutions

from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import QUERIES
from lsp_graph.names import Index, Kept, Thing
from lsp_graph.questions import library
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

KINDS: Final = ("area", "body", "partnership", "theme", "duty", "question")
_KEPT: Final = Kept[Index]()


@dataclass(frozen=True)
class Hit:
    """A thing that goes by the text; `matched` is the name that fits, `score` says how well (100: the whole text).

    The `iri` of a question is its name, by which it is asked.
    """

    iri: str
    label: str
    kind: str
    matched: str
    score: float

    def as_json(self) -> dict[str, Any]:
        """The hit in the shape of the API."""
        return {
            "iri": self.iri,
            "label": self.label,
            "kind": self.kind,
            "matched": self.matched,
            "score": self.score,
        }


def search(
    backend: Backend,
    text: str,
    kinds: Collection[str] = (),
    limit: int = 10,
    as_of: date | None = DEFAULT_AS_OF,
) -> tuple[Hit, ...]:
    """What goes by a text, the best first, at most `limit`; only of these `kinds`, if any are named.

    The text may be misspelt, and its last word unfinished. What was valid on `as_of` is looked through (None: all
    periods); the first search of a view reads its names. Nothing that lacks a word of the text is offered.
    Raises `InputError` for a kind that is none of `KINDS`.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise InputError([Problem("kind", None, kind, f"one of {', '.join(KINDS)}") for kind in unknown])
    index = _KEPT.of(backend, (backend.version, as_of), lambda: Index(_things(backend, as_of)))
    found = (match for match in index.find(text, typing=True) if not kinds or match.thing.kind in kinds)
    hits = (Hit(one.thing.iri, one.thing.label, one.thing.kind, one.name, one.score) for one in found)
    return tuple(hit for hit, _ in zip(hits, range(limit), strict=False))


def _things(backend: Backend, as_of: date | None) -> Iterator[Thing]:
    answer = backend.query((QUERIES / "lookup" / "names.rq").read_text(encoding="utf-8"), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    called: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for row in answer:
        kind, iri, label, name = (row[key].value for key in ("kind", "thing", "label", "name"))
        called.setdefault((kind, iri), (label, set()))[1].add(name)
    for (kind, iri), (label, names) in called.items():
        yield Thing(iri, label, kind, frozenset(names))
    for question in library().values():
        names = {question.name.replace("-", " "), question.summary, *question.numbers}
        yield Thing(question.name, question.summary, "question", frozenset(names))
