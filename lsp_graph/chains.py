"""
Chains of accountability: from one account on to those that its counterparts owe in turn.

    accountabilities + date  ->  a tree for each, up to central government, down to citizens and across partners

A party that an account leads to is followed by what it owes for the same matter, by its accounts upwards and to
citizens in the same area and its county, and by what it is a part of or led by. Each party is followed once; where it
comes up again, the tree says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph.accountability import told
from lsp_graph.binding import Term, bind
from lsp_graph.errors import UnknownName
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import SCHEME
from lsp_graph.proof import Accountability, Cited, Named
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

GOVERNMENT: Final = "central government"
CITIZENS: Final = "citizens"
CIRCLE: Final = "circle"
ABOVE: Final = "told above"
DEAD_END: Final = "dead end"
DEEP: Final = "too far to follow"

DEPTH: Final = 8
"""Hops after which a line is followed no further."""

WIDTH: Final = 400
"""Hops after which a tree is followed no further: so many make it a list, not an answer."""

_ONWARD: Final = frozenset({f"{SCHEME}direction/upwards", f"{SCHEME}direction/to-citizens"})

Row = Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """A fact that a rule took: what kind it is, the class of bearers it binds (a duty), its areas and period."""

    thing: Named
    bearer_class: Named | None
    areas: tuple[str, ...]
    since: str | None
    until: str | None


@dataclass(frozen=True)
class Derivation:
    """How an accountability came about: the rule that fired, and the facts it took."""

    rule: Named
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Hop:
    """One step from a party to another: by an account (with its proof), or because it is part of it or led by it.

    `end` says why the line stops after it, None where it goes on by `onward`: "central government", "citizens",
    "circle" (the party stands earlier in this line), "told above" (it is followed elsewhere in the tree), "dead end"
    (nothing further is recorded), "too far to follow".
    """

    by: str
    to: Named
    account: Accountability | None
    evidence: tuple[Cited, ...]
    since: str | None
    until: str | None
    end: str | None
    onward: tuple[Hop, ...]

    def as_json(self) -> dict[str, Any]:
        """The hop in the shape of the API."""
        return {
            "by": self.by,
            "to": {"iri": self.to.iri, "label": self.to.label},
            "accountability": self.account.iri if self.account else None,
            "for": self.account.matter.label if self.account else None,
            "basis": [{"iri": one.iri, "label": one.label} for one in self.account.basis] if self.account else [],
            "from": self.since,
            "until": self.until,
            "evidence": [{"source": cited.source, "place": cited.place} for cited in self.evidence],
            "end": self.end,
            "onward": [hop.as_json() for hop in self.onward],
        }


@dataclass(frozen=True)
class Chain:
    """The tree that begins with one accountability, and, where it was derived, how."""

    root: Accountability
    derivation: Derivation | None
    hops: tuple[Hop, ...]

    def ends(self) -> set[str]:
        """Where the lines of the tree end."""
        return {hop.end for hop in _all(self.hops) if hop.end}

    def as_json(self) -> dict[str, Any]:
        """The chain in the shape of the API."""
        made = self.derivation
        return {
            "accountability": self.root.iri,
            "accountable": {"iri": self.root.accountable.iri, "label": self.root.accountable.label},
            "for": {"iri": self.root.matter.iri, "label": self.root.matter.label},
            "derivation": made
            and {
                "rule": {"iri": made.rule.iri, "label": made.rule.label},
                "facts": [
                    {
                        "iri": fact.thing.iri,
                        "label": fact.thing.label,
                        "kind": fact.thing.kind,
                        "bearerClass": fact.bearer_class.label if fact.bearer_class else None,
                        "areas": list(fact.areas),
                        "from": fact.since,
                        "until": fact.until,
                    }
                    for fact in made.facts
                ],
            },
            "hops": [hop.as_json() for hop in self.hops],
        }


def chain(backend: Backend, thing: str, *, area: NamedNode | None = None, as_of: date = DEFAULT_AS_OF) -> list[Chain]:
    """The chains that begin with an accountability, or with each for a target, duty or other matter, in one area.

    `thing` is its IRI. Raises `UnknownName` when nobody is accountable for it on the date.
    """
    given: dict[str, Term] = {"_thing": NamedNode(thing)}
    found = _rows(backend, "roots", given if area is None else {**given, "_area": area}, as_of)
    if not found:
        raise UnknownName("accountability, or matter of one, on this date", thing)
    return chains(backend, tuple(told(backend, [row["accountability"] for row in found], as_of)), as_of)


def chains(backend: Backend, roots: Sequence[Accountability], as_of: date = DEFAULT_AS_OF) -> list[Chain]:
    """The chain of each of these accountabilities, in their order."""
    if not roots:
        return []
    iris = {"_accountabilities": [NamedNode(root.iri) for root in roots]}
    around: dict[str, list[NamedNode]] = {}
    for row in _rows(backend, "around", iris, as_of):
        around.setdefault(row["accountability"], []).append(NamedNode(row["area"]))
    derived = _derivations(_rows(backend, "derivation", iris, as_of))
    return [
        Chain(root, derived.get(root.iri), _Tree(backend, root, around.get(root.iri, []), as_of).hops())
        for root in roots
    ]


class _Tree:
    """Follows the parties of one chain, breadth first: one query of each kind for all the parties of a level."""

    def __init__(self, backend: Backend, root: Accountability, areas: Sequence[NamedNode], as_of: date) -> None:
        self.backend, self.root, self.areas, self.as_of = backend, root, areas, as_of
        self.steps: dict[str, list[Row]] = {}
        self.ends: dict[str, str] = {}
        self.accounts: dict[str, Accountability] = {root.iri: root}
        self.followed: set[str] = set()

    def hops(self) -> tuple[Hop, ...]:
        bearer = self.root.accountable.iri
        first = [self._account(self.root.iri, one.iri, one.label) for one in self.root.to]
        self._read(bearer, [row["to"] for row in first])
        self.followed.add(bearer)
        return tuple(self._hops(first, (bearer,)))

    def _account(self, accountability: str, to: str, label: str) -> Row:
        return {"accountability": accountability, "to": to, "toLabel": label}

    def _read(self, bearer: str, parties: Sequence[str]) -> None:
        """Learn what leads on from these parties, and from those, until nothing does or it is enough."""
        self.steps[bearer] = []
        level, depth, count = list(dict.fromkeys(parties)), 0, 0
        while level and depth < DEPTH and count < WIDTH:
            given = {"_parties": [NamedNode(party) for party in level]}
            self.ends |= {row["party"]: row["end"] for row in _rows(self.backend, "ends", given, self.as_of)}
            self.steps |= {party: [] for party in level}
            owed = _rows(self.backend, "accounts", {**given, "_areas": self.areas}, self.as_of) if self.areas else []
            for row in [*owed, *_rows(self.backend, "structure", given, self.as_of)]:
                if "by" in row or row["for"] == self.root.matter.iri or row.get("direction") in _ONWARD:
                    self.steps[row["party"]].append(row)
                    count += 1
            reached = (row["to"] for party in level for row in self.steps[party])
            level, depth = [party for party in dict.fromkeys(reached) if party not in self.steps], depth + 1
        wanted = {row["accountability"] for rows in self.steps.values() for row in rows if "accountability" in row}
        unknown = sorted(wanted - self.accounts.keys())
        self.accounts |= {one.iri: one for one in told(self.backend, unknown, self.as_of)}

    def _hops(self, rows: Iterable[Row], line: tuple[str, ...]) -> Iterator[Hop]:
        """The hops of one party; all that it leads to are followed here, and not once more further down."""
        steps = [(by, to, said, self._end(to, line)) for (by, to), said in _grouped(rows).items()]
        here = {to for _, to, _, end in steps if end is None}
        self.followed |= here
        for by, to, said, end in steps:
            account = self.accounts.get(by)
            goes_on = end is None and to in here
            here.discard(to)
            yield Hop(
                by="answers to" if account else by,
                to=Named(to, said[0]["toLabel"]),
                account=account,
                evidence=account.evidence if account else tuple(_cited(said)),
                since=account.since if account else said[0].get("from"),
                until=account.until if account else said[0].get("until"),
                end=None if goes_on else end or ABOVE,
                onward=tuple(self._hops(self.steps[to], (*line, to))) if goes_on else (),
            )

    def _end(self, to: str, line: tuple[str, ...]) -> str | None:
        if to in self.ends:
            return self.ends[to]
        if to in line:
            return CIRCLE
        if to in self.followed:
            return ABOVE
        if to not in self.steps:
            return DEEP
        return None if self.steps[to] else DEAD_END


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows of each hop: several say no more than several sources."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.get("accountability") or row["by"], row["to"]), []).append(row)
    return found


def _cited(rows: Iterable[Row]) -> Iterator[Cited]:
    for row in rows:
        if "source" in row:
            yield Cited(row["source"], row["place"])


def _derivations(rows: Iterable[Row]) -> dict[str, Derivation]:
    facts: dict[str, dict[str, list[Row]]] = {}
    rules: dict[str, Named] = {}
    for row in rows:
        rules[row["accountability"]] = Named(row["rule"], row.get("ruleLabel", row["rule"]))
        facts.setdefault(row["accountability"], {}).setdefault(row["fact"], []).append(row)
    return {iri: Derivation(rules[iri], tuple(_fact(said) for said in facts[iri].values())) for iri in facts}


def _fact(rows: Sequence[Row]) -> Fact:
    first = rows[0]
    bound = first.get("bearerClass")
    return Fact(
        thing=Named(first["fact"], first.get("factLabel", first["fact"]), first.get("factClass")),
        bearer_class=Named(bound, first["bearerClassLabel"]) if bound else None,
        areas=tuple(dict.fromkeys(row["areaLabel"] for row in rows if "areaLabel" in row)),
        since=first.get("from"),
        until=first.get("until"),
    )


def _all(hops: Iterable[Hop]) -> Iterator[Hop]:
    for hop in hops:
        yield hop
        yield from _all(hop.onward)


def _rows(backend: Backend, name: str, given: Mapping[str, Term | Sequence[Term]], as_of: date) -> list[Row]:
    """The solutions of a query in `queries/chain/`; a variable that is unbound is not in its row."""
    text = (QUERIES / "chain" / f"{name}.rq").read_text(encoding="utf-8")
    answer = backend.query(bind(text, given), as_of=as_of)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the file holds a SELECT
    names = [variable.value for variable in answer.variables]
    return [
        {name: term.value for name in names if isinstance(term := row[name], NamedNode | Literal)} for row in answer
    ]
