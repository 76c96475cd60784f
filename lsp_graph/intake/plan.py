"""
What records would change, before anything is changed.

    files + submitter + graph  ->  Plan: one change over all of them, and what each file comes to

A submitter has one record of a partnership: what is handed in takes the place of what the same submitter handed in
before. What others say of the same things stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

from pyoxigraph import NamedNode, Quad

from lsp_graph.errors import InputError, Problem
from lsp_graph.intake.clashes import MOST, Clash, clashes
from lsp_graph.intake.following import Changed, Concluded, following
from lsp_graph.intake.receipt import Receipt, checked_submitter, is_of_receipt
from lsp_graph.namespaces import GRAPH, graph
from lsp_graph.record import Known, Origin, Submission, known_things
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change
from lsp_graph.store.worlds import prefix

Outcome = Literal["new", "replaced", "unchanged"]

_LICENCE: Final = "not stated"


@dataclass(frozen=True)
class Received:
    """What a file comes to: the record in its graph, and what of it is new.

    `added` and `removed` count triples of the record's own graph; `following` those that come or go in what follows
    from all records together.
    """

    file: str
    checksum: str
    key: str
    title: str
    graph: str
    outcome: Outcome
    triples: int
    added: int
    removed: int
    clashes: tuple[Clash, ...]

    def as_json(self) -> dict[str, Any]:
        """As commands and the API tell it."""
        told = {**vars(self), "clashes": [clash.as_json() for clash in self.clashes]}
        return {"sha256": told.pop("checksum"), **told}


@dataclass(frozen=True)
class Plan:
    """All that records change: `change` of the graph, of which `following` is what follows from them."""

    submitter: str
    received: tuple[Received, ...]
    change: Change
    following: int

    @property
    def message(self) -> str:
        """What the version says of itself."""
        new = [one for one in self.received if one.outcome != "unchanged"]
        if len(new) == 1:
            verb = "record of" if new[0].outcome == "new" else "another record of"
            return f"{verb} {new[0].title} ({new[0].key})"
        return f"records of {len(new)} partnerships"

    def as_json(self) -> dict[str, Any]:
        """As commands and the API tell it."""
        return {
            "submitter": self.submitter,
            "added": len(self.change.came),
            "removed": len(self.change.went),
            "following": self.following,
            "records": [one.as_json() for one in self.received],
        }


def plan(
    backend: EmbeddedBackend,
    submissions: Sequence[Submission],
    submitter: str,
    time: str,
    *,
    world: str | None = None,
    known: Known | None = None,
) -> Plan:
    """What these records would change in the graph that is held here.

    `world` puts them among invented places. `known` labels what stands outside them (None: as the graph says). Raises
    `InputError` for two records of one partnership, or a name of the submitter that will not do.
    """
    checked_submitter(submitter)
    _refuse_twins(submissions)
    begins = "" if world is None else prefix(world).removeprefix(str(GRAPH))
    asked = backend if world is None else backend.world(world)
    graphs = Concluded(graph(f"{begins}inferred"), graph(f"{begins}derived"))
    labels = known_things(asked) if known is None else known
    came: set[Quad] = set()
    went: set[Quad] = set()
    received = []
    for one in submissions:
        name = f"{begins}record/{one.key}/{submitter}"
        here = graph(name)
        receipt = Receipt(submitter, time, one.name, one.checksum)
        stated = {*one.quads(_origin(name, one, submitter), labels), *receipt.quads(here)}
        held = set(backend.graph(here)) if asked.about(here) else set[Quad]()  # a graph describes itself
        told, new, old = _received(one, here, stated, held, asked, graphs)
        received.append(told)
        came |= new
        went |= old
    changed = Changed(frozenset(came - went), frozenset(went - came))
    followed = following(asked, changed, graphs)
    change = Change.of(changed.came | followed.came, changed.went | followed.went)
    return Plan(submitter, tuple(received), change, len(followed.came) + len(followed.went))


def _received(
    one: Submission,
    here: NamedNode,
    stated: set[Quad],
    held: set[Quad],
    asked: EmbeddedBackend,
    graphs: Concluded,
) -> tuple[Received, set[Quad], set[Quad]]:
    """What a file comes to, the quads that it brings and those that it takes away."""
    here_stated, here_held = _facts(stated), _facts(held)
    added, removed = here_stated - here_held, here_held - here_stated
    outcome: Outcome = "unchanged" if not (added or removed) else "replaced" if held else "new"
    new, old = (set[Quad](), set[Quad]()) if outcome == "unchanged" else (stated - held, held - stated)
    told = Received(
        one.name,
        one.checksum,
        one.key,
        one.title,
        here.value,
        outcome,
        len(stated),
        len(added),
        len(removed),
        tuple(islice(clashes(stated, asked, here, graphs.names), MOST)),
    )
    return told, new, old


def _facts(quads: Iterable[Quad]) -> set[Quad]:
    return {quad for quad in quads if not is_of_receipt(quad)}


def _origin(name: str, one: Submission, submitter: str) -> Origin:
    return Origin(
        graph=name,
        title=f"Record of {one.title}, by {submitter}",
        description=f"The record of {one.title} as {submitter} handed it in.",
        licence=_LICENCE,
        attribution=submitter,
        publisher=submitter,
    )


def _refuse_twins(submissions: Iterable[Submission]) -> None:
    first: dict[str, Submission] = {}
    problems = []
    for one in submissions:
        earlier = first.setdefault(one.key, one)
        if earlier is not one:
            told = f"a second record of {one.title} ({one.key})"
            problems.append(Problem(one.name, None, told, f"one record of a partnership; {earlier.name} has it too"))
    if problems:
        raise InputError(problems)
