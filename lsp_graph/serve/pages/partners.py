"""
Who takes part in an area: named partners, recorded members, and sub-partnerships.

    area + day  ->  partners by class, members by group, sub-partnerships, each with its basis and who says so
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph import accountability
from lsp_graph.accountability import Cited, Named
from lsp_graph.namespaces import LSP, ORG, RDF, SCHEME, SKOS
from lsp_graph.serve.recorded import local
from lsp_graph.store.facts import Facts, Value

_CLASSES: Final = NamedNode(f"{SCHEME}partner-class")


@dataclass(frozen=True)
class Part:
    """That a body takes part: as what, in what, on what basis, from when until when, how surely, and who says so."""

    body: Named
    role: str
    whole: Named
    basis: tuple[Named, ...]
    since: str | None
    until: str | None
    confidence: str | None
    cited: tuple[Cited, ...]


@dataclass(frozen=True)
class Group:
    """A sub-partnership: its themes, the provisions that it rests on where it is statutory, and who says so."""

    thing: Named
    themes: tuple[Named, ...]
    basis: tuple[Named, ...]
    cited: tuple[Cited, ...]


@dataclass(frozen=True)
class Unseen:
    """A class of named partner of which no body is recorded here; where there are such, and whether in a list."""

    thing: Named
    scope: Named
    listed: Named


@dataclass(frozen=True)
class Participation:
    """All who take part in an area, as far as it is recorded; `unseen` are classes whose bodies may be lacking."""

    partners: tuple[Part, ...]
    members: tuple[Part, ...]
    groups: tuple[Group, ...]
    unseen: tuple[Unseen, ...]

    @property
    def in_common(self) -> Part | None:
        """A partner that stands for all of them in basis and time; None where they differ in it."""
        said = {(one.basis, one.since, one.until) for one in self.partners}
        return self.partners[0] if len(said) == 1 else None


def participation(facts: Facts, area: NamedNode) -> Participation:
    """Who takes part in an area. The agreement may be that of its county, whose partners count here."""
    covered = [area, *facts.nodes([area], LSP.county)]
    of_area = {place: facts.holders(LSP.area, place) for place in covered}
    facts.read([one for found in of_area.values() for one in found], RDF.type)
    agreements = [one for found in of_area.values() for one in found if _is(facts, one, LSP.LocalAreaAgreement)]
    beside = [one for agreement in agreements for one in facts.holders(LSP.agreement, agreement)]
    facts.read(beside, RDF.type)
    partners = [one for one in beside if _is(facts, one, LSP.NamedPartner)]
    wholes = [one for one in of_area[area] if _is(facts, one, LSP.LocalStrategicPartnership)]
    groups = _below(facts, wholes)
    seats = [one for group in (*wholes, *groups) for one in facts.holders(ORG.organization, group)]
    subs = [one for one in groups if _is(facts, one, LSP.SubPartnership)]
    return Participation(
        partners=tuple(sorted(_named_partners(facts, partners), key=_by_role)),
        members=tuple(sorted(_members(facts, seats), key=_by_whole)),
        groups=tuple(sorted(_groups(facts, subs), key=lambda one: one.thing.label)),
        unseen=tuple(sorted(_unseen(facts, partners), key=lambda one: one.thing.label)) if partners else (),
    )


def _named_partners(facts: Facts, found: list[NamedNode]) -> Iterable[Part]:
    facts.read(found, LSP.body, LSP.partnerClass, LSP.agreement, LSP.derivedBy, LSP["from"], LSP.until, LSP.confidence)
    rules = facts.nodes(found, LSP.derivedBy)
    facts.read(rules, LSP.basis)
    things = [one for prop in (LSP.body, LSP.partnerClass, LSP.agreement) for one in facts.nodes(found, prop)]
    facts.read_labels([*things, *facts.nodes(rules, LSP.basis)])
    cited = accountability.cited(facts, found)
    for one in found:
        yield Part(
            body=_first(facts, one, LSP.body),
            role=_first(facts, one, LSP.partnerClass).label,
            whole=_first(facts, one, LSP.agreement),
            basis=_all(facts, facts.nodes(facts.nodes([one], LSP.derivedBy), LSP.basis)),
            since=_text(facts, one, LSP["from"]),
            until=_text(facts, one, LSP.until),
            confidence=local(_text(facts, one, LSP.confidence)),
            cited=cited[one],
        )


def _unseen(facts: Facts, partners: list[NamedNode]) -> Iterable[Unseen]:
    """The classes of named partner that none of these is of."""
    classes = facts.holders(SKOS.inScheme, _CLASSES)
    facts.read(classes, LSP.partnerScope, LSP.listStatus)
    facts.read_labels([*classes, *facts.nodes(classes, LSP.partnerScope), *facts.nodes(classes, LSP.listStatus)])
    seen = set(facts.nodes(partners, LSP.partnerClass))
    for one in classes:
        if one not in seen:
            yield Unseen(named(facts, one), _first(facts, one, LSP.partnerScope), _first(facts, one, LSP.listStatus))


def _members(facts: Facts, found: list[NamedNode]) -> Iterable[Part]:
    facts.read(found, ORG.member, ORG.organization, LSP.sector, LSP["from"], LSP.until, LSP.confidence)
    facts.read_labels([one for prop in (ORG.member, ORG.organization, LSP.sector) for one in facts.nodes(found, prop)])
    cited = accountability.cited(facts, found)
    for one in found:
        yield Part(
            body=_first(facts, one, ORG.member),
            role=_first(facts, one, LSP.sector).label,
            whole=_first(facts, one, ORG.organization),
            basis=(),
            since=_text(facts, one, LSP["from"]),
            until=_text(facts, one, LSP.until),
            confidence=local(_text(facts, one, LSP.confidence)),
            cited=cited[one],
        )


def _groups(facts: Facts, found: list[NamedNode]) -> Iterable[Group]:
    facts.read(found, LSP.theme, LSP.statutoryBasis)
    facts.read_labels([*found, *facts.nodes(found, LSP.theme), *facts.nodes(found, LSP.statutoryBasis)])
    cited = accountability.cited(facts, found)
    for one in found:
        yield Group(
            thing=named(facts, one),
            themes=_all(facts, facts.nodes([one], LSP.theme)),
            basis=_all(facts, facts.nodes([one], LSP.statutoryBasis)),
            cited=cited[one],
        )


def named(facts: Facts, thing: Value) -> Named:
    """A thing by its label; a text is its own name."""
    return Named(thing.value, facts.label(thing) if isinstance(thing, NamedNode) else thing.value)


def _below(facts: Facts, wholes: list[NamedNode]) -> list[NamedNode]:
    """What is part of these, and of their parts."""
    found: dict[NamedNode, None] = {}
    waiting = list(wholes)
    while waiting:
        for one in facts.holders(LSP.partOf, waiting.pop()):
            if one not in found:
                found[one] = None
                waiting.append(one)
    facts.read(found, RDF.type)
    return list(found)


def _is(facts: Facts, thing: NamedNode, class_: NamedNode) -> bool:
    return class_ in facts.values(thing, RDF.type)


def _all(facts: Facts, things: Iterable[NamedNode]) -> tuple[Named, ...]:
    return tuple(named(facts, one) for one in things)


def _first(facts: Facts, thing: NamedNode, prop: NamedNode) -> Named:
    """The first value of a property by name; nameless where there is none."""
    return next((named(facts, one) for one in facts.values(thing, prop)), Named("", ""))


def _text(facts: Facts, thing: NamedNode, prop: NamedNode) -> str | None:
    return next((one.value for one in facts.values(thing, prop)), None)


def _by_role(part: Part) -> tuple[str, str]:
    return part.role, part.body.label


def _by_whole(part: Part) -> tuple[str, str, str]:
    return part.whole.label, part.role, part.body.label
