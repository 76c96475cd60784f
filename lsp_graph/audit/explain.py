"""
Explain an audit's findings to someone who knows partnerships and not RDF.

    AuditReport + rulebook + graph  ->  for each finding: found, wanted, by whose authority, who says so, how to mend it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Final, TypeVar

from pyoxigraph import NamedNode
from rdflib import URIRef

from lsp_graph.audit import lookup
from lsp_graph.audit.findings import AuditReport, Finding, Reference, Value
from lsp_graph.audit.lookup import Evidence, Fact, Name, Names
from lsp_graph.audit.rulebook import Rulebook, Shape, read_rulebook, term
from lsp_graph.layout import SHAPES
from lsp_graph.namespaces import DCTERMS, LEGISLATION, LSP, RDF, SH, expand
from lsp_graph.shacl import paths
from lsp_graph.store import Backend

_BLANK: Final = re.compile(r"\{[?$]([A-Za-z_]\w*)\}")
"""What a rule's mend leaves to be filled in, written as in a SHACL message: `{$this}`, `{?area}`, `{?agreement}`."""

_OWN: Final = frozenset({"this", "area", "value"})
"""Blanks that the finding itself fills; any other is a property of the focus node in the project's vocabulary."""

T = TypeVar("T")

_TERM: Final = re.compile(r"\b(?:lsp|scheme|rdf|rdfs):[A-Za-z][\w-]*")
_IRI: Final = re.compile(r"<?(https?://[^\s<>]+[^\s<>.,;)])>?")

_LISTED: Final = 5
"""How many things a sentence lists before it only counts the rest."""


@dataclass(frozen=True, order=True)
class Source:
    """Where a fact stands. `about` is the thing it is about; `rule` says which rule concluded from it, if any."""

    document: str
    place: str
    file: str
    row: int | None
    confidence: str
    about: Reference
    rule: str | None

    @property
    def text(self) -> str:
        """On one line: document, place, file and row."""
        where = f"{self.file}:{self.row}" if self.row is not None else self.file
        return ", ".join(part for part in (self.document, self.place, where) if part)


@dataclass(frozen=True, order=True)
class Authority:
    """What a rule rests on: a provision with its page at legislation.gov.uk, or a document and the place in it."""

    label: str
    place: str | None = None
    link: str | None = None

    @property
    def text(self) -> str:
        """On one line."""
        return ", ".join(part for part in (self.label, self.place) if part)


@dataclass(frozen=True)
class Explanation:
    """One finding in plain words.

    `wanted` says what the rule asks for, `fix` the smallest change that would mend the finding where the rule
    determines it; `sources` tell where the facts stand that were looked at. `aspect` is what a record is declared
    complete for before the finding is a breach, `region` where the finding's first area lies.
    """

    found: str
    wanted: str
    fix: str | None = None
    sources: tuple[Source, ...] = ()
    authority: tuple[Authority, ...] = ()
    aspect: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class RuleText:
    """What a rule asks for in sentences, what it rests on, and the IRIs of its shapes."""

    wanted: tuple[str, ...]
    authority: tuple[Authority, ...]
    shapes: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """Explanations by the id of the finding, the texts of rules and the regions of areas by their codes."""

    findings: Mapping[str, Explanation] = field(default_factory=dict)
    rules: Mapping[str, RuleText] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)

    def of(self, finding: Finding) -> Explanation:
        """The explanation of a finding; where there is none, what the finding itself says."""
        return self.findings.get(finding.id) or _plain(finding)


def explain(backend: Backend, report: AuditReport, shapes: File = SHAPES) -> Explained:
    """Explain every finding of an audit that was made of this graph with these shapes.

    A finding of a shape that is not among them (the rules have changed since) is left unexplained. Raises `InputError`
    for shapes that cannot be used.
    """
    rulebook = read_rulebook(shapes)
    run = {rule.code for rule in report.rules}
    by_iri = {str(shape.iri): shape for shape in rulebook.shapes if shape.code in run}
    report = replace(report, findings=tuple(finding for finding in report.findings if finding.shape in by_iri))
    known = _look_up(backend, report, by_iri, rulebook)
    texts = {iri: _rule_text(rulebook, shape, known.names) for iri, shape in by_iri.items()}
    return Explained(
        findings={f.id: _explanation(f, by_iri[f.shape], texts[f.shape], known) for f in report.findings},
        rules={
            code: RuleText(
                wanted=_each(texts[iri].wanted for iri, shape in by_iri.items() if shape.code == code),
                authority=_each(texts[iri].authority for iri, shape in by_iri.items() if shape.code == code),
                shapes=tuple(iri for iri, shape in by_iri.items() if shape.code == code),
            )
            for code in sorted(run)
        },
        regions={area.code: region for area in report.areas if (region := known.names[area.iri].region)},
    )


@dataclass(frozen=True)
class _Known:
    """What the graph knows of the things that findings are about."""

    names: Names
    facts: Mapping[str, Sequence[Fact]]
    evidence: Mapping[str, Sequence[Evidence]]
    classes: Mapping[str, str]


def _look_up(backend: Backend, report: AuditReport, shapes: Mapping[str, Shape], rulebook: Rulebook) -> _Known:
    """Ask the three questions for all findings."""
    findings = report.findings
    used = [shapes[iri] for iri in {finding.shape for finding in findings}]
    foci = {finding.focus.iri for finding in findings}
    values = {finding.value.value for finding in findings if isinstance(finding.value, NamedNode)}
    properties = {iri for finding in findings for iri in _properties(finding)}
    blanks = {LSP[name].value for shape in used for name in _BLANK.findall(shape.fix or "") if name not in _OWN}
    classes = {str(shape.iri): kind for shape in used if (kind := _counted_class(rulebook, shape)) is not None}
    facts = lookup.facts(backend, foci, properties | blanks, classes.values())
    told = {fact.value.value for held in facts.values() for fact in held if isinstance(fact.value, NamedNode)}
    evidence = lookup.evidence(backend, foci | values | told, properties)
    names = lookup.names(
        backend,
        {
            *foci | values | told | properties | blanks,
            *(row.about for rows in evidence.values() for row in rows),
            *(area.iri for area in report.areas),
            *(area.iri for finding in findings for area in finding.areas),
            *(shape.aspect for shape in used if shape.aspect),
            *(iri for shape in shapes.values() for iri in (*shape.basis, *_documents(rulebook, shape))),
            *(iri for shape in shapes.values() for iri in _terms(f"{_described(rulebook, shape)} {shape.fix}")),
            *(iri for finding in findings for iri in _terms(finding.message)),
        },
    )
    return _Known(names, facts, evidence, classes)


def _plain(finding: Finding) -> Explanation:
    """What the finding says of itself, for want of a graph to ask."""
    known = _Known(Names({area.iri: Name(area.label, area.code) for area in finding.areas}), {}, {}, {})
    said = finding.message if finding.focus.label in finding.message else f"{finding.focus.label}: {finding.message}"
    recorded = [] if finding.value is None else [(None, finding.value)]
    return Explanation(said, finding.message, _fix(finding, recorded, known))


def _explanation(finding: Finding, shape: Shape, rule: RuleText, known: _Known) -> Explanation:
    recorded = tuple(_recorded(finding, known))
    return Explanation(
        found=_found(finding, recorded, known.names),
        wanted=" ".join(rule.wanted),
        fix=_fix(finding, recorded, known),
        sources=_sources(finding, recorded, known),
        authority=rule.authority,
        aspect=known.names[shape.aspect].label if shape.aspect else None,
        region=known.names[finding.area.iri].region if finding.area else None,
    )


def _properties(finding: Finding) -> Iterator[str]:
    """The properties on the path of a finding, but for the type, which every table states."""
    if finding.path is not None:
        yield from (iri for iri in _steps(finding.path) if iri != RDF.type.value)


def _steps(path: paths.Path) -> Iterator[str]:
    match path:
        case paths.Predicate(iri):
            yield iri
        case paths.Inverse(inner) | paths.Repeat(inner, _):
            yield from _steps(inner)
        case paths.Sequence(parts) | paths.Alternative(parts):
            for part in parts:
                yield from _steps(part)


def _recorded(finding: Finding, known: _Known) -> Iterator[tuple[str | None, Value]]:
    """What stands at the end of the path, with its property where the path is a single step."""
    step, backwards = finding.path, False
    if isinstance(step, paths.Inverse):
        step, backwards = step.path, True
    name = step.iri if isinstance(step, paths.Predicate) else None
    if finding.value is not None:
        yield name, finding.value
        return
    kind = known.classes.get(finding.shape)
    for fact in known.facts.get(finding.focus.iri, ()):
        if (fact.property, fact.backwards) == (name, backwards) and (kind is None or kind in fact.classes):
            yield name, fact.value


def _found(finding: Finding, recorded: Sequence[tuple[str | None, Value]], names: Names) -> str:
    """Who it is about, what is the matter, and what is recorded there unless the message has said so."""
    told = [
        f"“{names.of(value).full}”" + (f" ({names[name].label})" if name else "")
        for name, value in recorded
        if names.of(value).label not in finding.message
    ]
    sentence = _about(_readable(finding.message, names), finding, names)
    opening = "Recorded:" if finding.value is None else "This is about"
    return f"{sentence} {opening} {_listed(told)}." if told else sentence


def _about(message: str, finding: Finding, names: Names) -> str:
    """The message, with the focus node named in full: where the message names it, else in front."""
    label, called = _label(finding, names), _called(finding, names)
    return message.replace(label, called, 1) if label in message else f"{called}: {message}"


def _readable(text: str, names: Names) -> str:
    """The text, with labels in the place of IRIs and of prefixed names of the project."""
    text = _TERM.sub(lambda match: f"“{names[expand(match[0]).value].label}”", text)
    return _IRI.sub(lambda match: names[match[1]].label, text)


def _terms(text: str) -> set[str]:
    """The IRIs that `_readable` would put labels for."""
    return {expand(match[0]).value for match in _TERM.finditer(text)} | set(_IRI.findall(text))


def _called(finding: Finding, names: Names) -> str:
    """The focus node by its label, with the codes of its areas."""
    label, own = _label(finding, names), names[finding.focus.iri].code
    codes = [area.code for area in finding.areas] or [code for code in (own,) if code]
    return f"{label} ({_listed(codes)})" if codes else label


def _label(finding: Finding, names: Names) -> str:
    unnamed = finding.focus.label == finding.focus.iri
    return names[finding.focus.iri].label if unnamed else finding.focus.label


def _fix(finding: Finding, recorded: Sequence[tuple[str | None, Value]], known: _Known) -> str | None:
    """The rule's mend, its blanks filled in; one without blanks says first what it concerns."""
    if finding.fix is None:
        return None
    names = known.names
    if not _BLANK.search(finding.fix):
        return f"{_called(finding, names)}: {_readable(finding.fix, names)}"

    def filled(blank: re.Match[str]) -> str:
        found = {
            "this": lambda: [_called(finding, names)],
            "area": lambda: [f"{area.label} ({area.code})" for area in finding.areas],
            "value": lambda: [names.of(value).full for _, value in recorded],
        }.get(blank[1], lambda: _objects(finding, LSP[blank[1]].value, known))()
        return _listed(found) if found else f"the {_noun(blank[1], names)}"

    text = _BLANK.sub(filled, _readable(finding.fix, names))
    return text[0].upper() + text[1:]


def _objects(finding: Finding, name: str, known: _Known) -> list[str]:
    """What the focus node states by a property."""
    facts = known.facts.get(finding.focus.iri, ())
    return [known.names.of(fact.value).full for fact in facts if fact.property == name and not fact.backwards]


def _noun(blank: str, names: Names) -> str:
    return blank if blank in _OWN else names[LSP[blank].value].label


def _sources(finding: Finding, recorded: Sequence[tuple[str | None, Value]], known: _Known) -> tuple[Source, ...]:
    """Where the facts on the path stand; where no table states them, what is said of the focus node at all."""
    wanted = set(_properties(finding))
    things = [finding.focus.iri, *(value.value for _, value in recorded)]
    rows = [row for thing in things for row in known.evidence.get(thing, ())]
    exact = [row for row in rows if row.rule is not None or wanted & row.states]
    chosen = exact or [row for row in rows if row.thing == finding.focus.iri]
    return _each([_source(row, known.names)] for row in chosen)


def _source(row: Evidence, names: Names) -> Source:
    about = Reference(row.about, names[row.about].label)
    return Source(row.document, row.place, row.file, row.row, row.confidence, about, row.rule)


def _rule_text(rulebook: Rulebook, shape: Shape, names: Names) -> RuleText:
    provisions = [Authority(names[iri].label, link=_link(iri)) for iri in shape.basis]
    places = [str(place) for place in rulebook.graph.objects(shape.iri, term(LSP, "sourcePlace"))]
    documents = [Authority(names[iri].label, _place(iri, places)) for iri in _documents(rulebook, shape)]
    return RuleText((_readable(_described(rulebook, shape), names),), (*provisions, *documents), (str(shape.iri),))


def _described(rulebook: Rulebook, shape: Shape) -> str:
    """What the shape asks for, in a sentence; its name where it has none."""
    return str(rulebook.graph.value(shape.iri, term(SH, "description")) or shape.name)


def _documents(rulebook: Rulebook, shape: Shape) -> list[str]:
    found = rulebook.graph.objects(shape.iri, term(DCTERMS, "source"))
    return sorted(str(document) for document in found if isinstance(document, URIRef))


def _place(document: str, places: Iterable[str]) -> str | None:
    """The place that is cited of a document: places open with the document's key (`000 paragraph 1`)."""
    key = lookup.key(document)
    own = [place.removeprefix(f"{key} ") for place in places if place.startswith(f"{key} ")]
    return "; ".join(sorted(own)) or None


def _link(provision: str) -> str | None:
    """The page of a provision: its identifier without `/id`, by https."""
    if not provision.startswith(LEGISLATION):
        return None
    return f"https://www.legislation.gov.uk/{provision[len(LEGISLATION) :]}"


def _counted_class(rulebook: Rulebook, shape: Shape) -> str | None:
    """The class of the values that a shape counts, where it counts those of a class."""
    counted = rulebook.graph.value(shape.iri, term(SH, "qualifiedValueShape"))
    kind = None if counted is None else rulebook.graph.value(counted, term(SH, "class"))
    return None if kind is None else str(kind)


def _listed(parts: Sequence[str]) -> str:
    rest = len(parts) - _LISTED
    return ", ".join(parts[:_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def _each(groups: Iterable[Iterable[T]]) -> tuple[T, ...]:
    """All members of the groups, in order, each once."""
    return tuple(dict.fromkeys(member for group in groups for member in group))
