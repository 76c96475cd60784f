"""
What is recorded of an area, what is not so, and what nobody wrote down.

    area + day  ->  by aspect: how many, and whether the record is declared complete
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph.namespaces import LSP, RDF
from lsp_graph.serve.pages.concepts import Concept, Concepts
from lsp_graph.serve.pages.partners import Participation
from lsp_graph.store.facts import Facts

_OF_AREA: Final = {
    "Strategies": LSP.Strategy,
    "Agreements": LSP.LocalAreaAgreement,
    "Accountabilities": LSP.Accountability,
}
"""Of which class the things of an aspect are."""


@dataclass(frozen=True)
class Recorded:
    """One aspect of a record: how many things there are of it, and whether there are no others."""

    aspect: Concept
    number: int
    complete: bool


def recorded(
    facts: Facts, ever: Facts, area: NamedNode, taking_part: Participation, known: Concepts
) -> tuple[Recorded, ...]:
    """The aspects of an area's record. Money is looked for in all periods, as most of it had ended early."""
    around = facts.holders(LSP.area, area)
    partnerships = [one for one in around if LSP.LocalStrategicPartnership in facts.values(one, RDF.type)]
    complete = {one.value.removeprefix(str(LSP)) for one in facts.nodes([area, *partnerships], LSP.completeFor)}
    agreements = [one for one in around if LSP.LocalAreaAgreement in facts.values(one, RDF.type)]
    beside = [one for agreement in agreements for one in facts.holders(LSP.agreement, agreement)]
    counts: Mapping[str, int] = {
        "Membership": len(taking_part.members),
        "SubPartnerships": len(taking_part.groups),
        **{name: _of_class(facts, around, class_) for name, class_ in _OF_AREA.items()},
        "Targets": _of_class(facts, beside, LSP.Target),
        "Funding": sum(_received(ever, one) for one in ever.holders(LSP.area, area)),
    }
    aspects = ((known.of("aspect", name), name, number) for name, number in counts.items())
    return tuple(Recorded(concept, number, name in complete) for concept, name, number in aspects if concept)


def _of_class(facts: Facts, things: Sequence[NamedNode], class_: NamedNode) -> int:
    return sum(class_ in facts.values(one, RDF.type) for one in things)


def _received(ever: Facts, one: NamedNode) -> bool:
    return [value.value for value in ever.values(one, LSP.received)] == ["true"]
