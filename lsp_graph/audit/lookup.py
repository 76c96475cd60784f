"""
What the graph knows about the things that findings are about.

    IRIs + the graph  ->  their names;  the facts that were looked at;  where those facts stand

Each is one question for all findings together, put to the record of all periods: a finding may be about something that
stood on another day than the one audited. What a query cannot say (blank nodes) it is not asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from lsp_graph.audit.findings import Value
from lsp_graph.binding import bind
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import ID, LEGISLATION
from lsp_graph.store import Backend


@dataclass(frozen=True)
class Name:
    """What a thing is called; `code` and `region` where it is an area that has them."""

    label: str
    code: str | None = None
    region: str | None = None

    @property
    def full(self) -> str:
        """The label, with the code where there is one."""
        return f"{self.label} ({self.code})" if self.code and self.code not in self.label else self.label


@dataclass(frozen=True)
class Fact:
    """A triple about a thing; `backwards` where the thing is its object. `classes`: which of those asked about."""

    thing: str
    property: str
    value: Value
    backwards: bool
    classes: frozenset[str]


@dataclass(frozen=True)
class Evidence:
    """Where a fact about `thing` stands, or the fact about `about` from which `rule` concluded it.

    `states` are those of the properties asked about that the evidence's table states.
    """

    thing: str
    about: str
    rule: str | None
    document: str
    place: str
    file: str
    row: int | None
    confidence: str
    states: frozenset[str]


class Names(Mapping[str, Name]):
    """Names by IRI; a thing without a label goes by its kind and key, never by a whole IRI."""

    def __init__(self, names: Mapping[str, Name]) -> None:
        self._names = names

    def __getitem__(self, iri: str) -> Name:
        return self._names.get(iri) or Name(key(iri))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def of(self, value: Value) -> Name:
        """The name of a thing, or a literal as it is written."""
        return self[value.value] if isinstance(value, ox.NamedNode) else Name(value.value)


def key(iri: str) -> str:
    """What tells an IRI from others of its kind: in the project's own what follows the kind, else its last part."""
    if iri.startswith(ID):
        return iri[len(ID) :].partition("/")[2]
    if iri.startswith(LEGISLATION):
        return iri[len(LEGISLATION) :]
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]


def names(backend: Backend, iris: Iterable[str]) -> Names:
    """What the things are called."""
    found: dict[str, Name] = {}
    for row in _rows(backend, "names", things=iris):
        iri = row["thing"].value
        label = row["label"].value if "label" in row else None
        if label is None:
            label = f"{row['kind'].value} {key(iri)}" if "kind" in row else key(iri)
        code, region = (row[column].value if column in row else None for column in ("code", "region"))
        found.setdefault(iri, Name(label, code, region))
    return Names(found)


def facts(
    backend: Backend, things: Iterable[str], properties: Iterable[str], classes: Iterable[str]
) -> dict[str, list[Fact]]:
    """The triples that have one of the properties and one of the things at either end, by thing."""
    held: dict[tuple[str, str, Value, bool], set[str]] = defaultdict(set)
    for row in _rows(backend, "facts", things=things, properties=properties, classes=classes):
        fact = (row["thing"].value, row["property"].value, row["value"], row["backwards"].value == "true")
        held[fact].update([row["class"].value] if "class" in row else [])
    found: dict[str, list[Fact]] = defaultdict(list)
    for (thing, name, value, backwards), within in held.items():
        found[thing].append(Fact(thing, name, value, backwards, frozenset(within)))
    return found


def evidence(backend: Backend, things: Iterable[str], properties: Iterable[str]) -> dict[str, list[Evidence]]:
    """Where what is known of the things stands, by thing; `properties` are those that matter."""
    stated: dict[tuple[tuple[str, str], ...], set[str]] = defaultdict(set)
    for row in _rows(backend, "sources", things=things, properties=properties):
        name = row.pop("states", None)
        where = tuple(sorted((column, term.value) for column, term in row.items()))
        stated[where].update([] if name is None else [name.value])
    found: dict[str, list[Evidence]] = defaultdict(list)
    for where, states in stated.items():
        at = dict(where)
        found[at["thing"]].append(
            Evidence(
                thing=at["thing"],
                about=at["from"],
                rule=at.get("rule"),
                document=at["document"],
                place=at.get("place", ""),
                file=at.get("file", ""),
                row=int(at["row"]) if "row" in at else None,
                confidence=at.get("confidence", ""),
                states=frozenset(states),
            )
        )
    return found


_ASKABLE: Final = '<>"{}|^`\\ \n\r\t'
"""Characters that no IRI has."""


def _rows(backend: Backend, query: str, **parameters: Iterable[str]) -> Iterator[dict[str, Value]]:
    """The rows of one of the audit's questions; only what is bound."""
    bound = {f"_{name}": _terms(set(iris)) for name, iris in parameters.items()}
    solutions = backend.query(bind((QUERIES / "audit" / f"{query}.rq").read_text(encoding="utf-8"), bound))
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError(f"queries/audit/{query}.rq is no SELECT query")
    columns = [variable.value for variable in solutions.variables]
    for solution in solutions:
        row: dict[str, Value] = {}
        for column in columns:
            term = solution[column]
            if term is not None and not isinstance(term, ox.Triple):
                row[column] = term
        yield row


def _terms(iris: Collection[str]) -> list[ox.NamedNode]:
    """The IRIs as terms; blank nodes and odd strings, which no query can name, left out."""
    return [ox.NamedNode(iri) for iri in sorted(iris) if ":" in iri and not any(sign in iri for sign in _ASKABLE)]
