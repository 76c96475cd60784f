"""
The JSON answers of the API, as its clients may rely on them.

Absent values are null, lists may be empty, and more members may follow in later versions.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Literal["sourced", "derived", "disputed", "unverified"]
Completeness = Literal["complete", "lower-bound", "not-recorded"]
Level = Literal["law", "guidance", "practice"]
Outcome = Literal["failed", "not-recorded"]
Standing = Literal["passed", "failed", "not-recorded", "waived", "inapplicable"]
Cell = str | int | float | bool | None


class Open(BaseModel):
    """A JSON object that may have more members in later versions."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Named(Open):
    """A thing and what it is called."""

    iri: str
    label: str | None = None


class Bearer(Named):
    """A body that is accountable, and what kind of body it is."""

    class_: str | None = Field(default=None, alias="class")


class Concern(Named):
    """What somebody is accountable for: a duty, a target, an action."""

    kind: str | None = None


class AreaName(Open):
    """An area by its GSS code."""

    code: str | None = None
    label: str | None = None


class Source(Open):
    """Who says so, and where."""

    source: str | None = None
    place: str | None = None


class Hop(Open):
    """A step from a party to another that it answers to or is part of; `end` says why the line stops after it."""

    by: str
    to: Named
    accountability: str | None
    for_: str | None = Field(alias="for")
    basis: list[Named]
    from_: str | None = Field(alias="from")
    until: str | None
    evidence: list[Source]
    end: str | None
    onward: list[Hop]


class RuleFact(Concern):
    """A fact that a rule took."""

    bearer_class: str | None = Field(alias="bearerClass")
    areas: list[str]
    from_: str | None = Field(alias="from")
    until: str | None


class Derivation(Open):
    """The rule that concluded an accountability, and the facts that it took."""

    rule: Named
    facts: list[RuleFact]


class Chain(Open):
    """Where an accountability leads: to whom, and what they answer for in turn, up to government, down to citizens."""

    accountability: str
    derivation: Derivation | None
    hops: list[Hop]


class AccountabilityAnswer(Open):
    """One body that is accountable for something, in one area and period; its `chain` only where that is asked for."""

    accountable: Bearer
    to: list[Named]
    for_: Concern = Field(alias="for")
    area: AreaName | None = None
    direction: Literal["between-partners", "upwards", "to-citizens"] | None = None
    lead: bool | None = None
    basis: list[Named]
    from_: str | None = Field(default=None, alias="from")
    until: str | None = None
    resources: str | None = None
    timescale: str | None = None
    monitoring: str | None = None
    confidence: Confidence | None = None
    evidence: list[Source]
    derived_by: str | None = Field(default=None, alias="derivedBy")
    chain: Chain | None = None


class Accountabilities(Open):
    """Who is accountable, and how much of the answer is known; `world` is null for the real one."""

    world: str | None = None
    as_of: str = Field(alias="asOf")
    completeness: Completeness
    missing: list[str]
    answers: list[AccountabilityAnswer]


class QuestionParameter(Open):
    """What a question can be asked about."""

    name: str
    type: str
    description: str
    required: bool
    default: str | None = None
    example: str | None = None
    least: int | None = None
    most: int | None = None
    after: str | None = None


class Question(Open):
    """A question of the library."""

    name: str
    competency: str | None = None
    theme: str
    summary: str
    description: str
    parameters: list[QuestionParameter]


class Questions(Open):
    """All questions of the library."""

    questions: list[Question]


class Argument(Open):
    """An argument as it was understood."""

    value: str
    label: str


class QuestionAnswer(Open):
    """A question's answer, as records: one per row, a member per column; `world` is null for the real one."""

    world: str | None = None
    question: str
    competency: str | None = None
    as_of: str = Field(alias="asOf")
    arguments: dict[str, Argument]
    completeness: Completeness
    missing: list[str]
    columns: list[str]
    records: list[dict[str, Cell]]


class AuditRule(Open):
    """How a rule fared: of so many things looked at, so many passed; `inapplicable` counts areas it does not concern.

    `verdicts` says how it stands in the area that is asked about, by code; null where none is.
    """

    code: str
    level: Level
    names: list[str]
    tested: int
    passed: int
    failed: int
    not_recorded: int = Field(alias="notRecorded")
    waived: int
    inapplicable: int
    wanted: list[str]
    verdicts: dict[str, Standing] | None


class AuditSource(Source):
    """Where a fact stands that a rule looked at, and how sure it is."""

    file: str | None = None
    row: int | None = None
    confidence: Confidence | None = None
    derived_by: str | None = Field(default=None, alias="derivedBy")


class AuditWaiver(Open):
    """That somebody accepted a finding, and until when."""

    reason: str
    who: str
    until: str


class AuditFinding(Open):
    """What breaks a rule, or is not recorded (which is no breach): where, on what basis, what would mend it."""

    id: str
    rule: str
    level: Level
    outcome: Outcome
    focus: Named
    area: AreaName | None = None
    areas: list[AreaName]
    path: str | None = None
    value: str | None = None
    message: str
    basis: list[Named]
    found: str
    wanted: str
    fix: str | None = None
    sources: list[AuditSource]
    waived: AuditWaiver | None = None


class AuditCounts(Open):
    """How many findings an audit has; those that are waived stand apart."""

    failed: int
    not_recorded: int = Field(alias="notRecorded")
    waived: int


class AuditScope(Open):
    """What an audit looked at: the codes of the areas (null: all there were) and of the rules."""

    areas: list[str] | None
    rules: list[str]


class AuditHead(Open):
    """One audit: of which version, as of which day. `id` is null where the store could not be written."""

    id: str | None
    created: str
    as_of: str = Field(alias="asOf")
    version: str
    scope: AuditScope
    counts: AuditCounts


class Audits(Open):
    """The audits that are kept, the newest first; `unreadable` tells of those that are damaged."""

    total: int
    next: str | None
    audits: list[AuditHead]
    unreadable: list[str]


class Audit(AuditHead):
    """An audit: how its rules fared, and a page of the `total` findings that fit the filters, worst first.

    `counts` is of the whole audit, `next` the address of the next page; `notInForce` are rules that did not bind;
    `world` is null for the real one.
    """

    world: str | None = None
    total: int
    next: str | None
    rules: list[AuditRule]
    not_in_force: list[str] = Field(alias="notInForce")
    findings: list[AuditFinding]


class AuditChange(Open):
    """A finding that came, went or turned from one audit to another; `areas` are codes."""

    id: str
    rule: str
    level: Level
    outcome: Outcome
    focus: Named
    areas: list[str]
    message: str


class AuditName(Open):
    """One of two audits compared."""

    id: str | None
    created: str
    version: str
    as_of: str = Field(alias="asOf")


class AuditChangeCounts(Open):
    """How many findings became what."""

    new: int
    fixed: int
    turned: int
    rule_changed: int = Field(alias="ruleChanged")
    not_compared: int = Field(alias="notCompared")
    unchanged: int


class AuditComparison(Open):
    """What has changed between two audits: a page of each kind of change, and how many there are of each.

    `turned` findings were not recorded and are breaches now, or the other way round; `ruleChanged` ones came or went
    with a change to the rule itself; `notCompared` ones are outside what the other audit looked at.
    """

    before: AuditName
    after: AuditName
    changed_rules: list[str] = Field(alias="changedRules")
    counts: AuditChangeCounts
    new: list[AuditChange]
    fixed: list[AuditChange]
    turned: list[AuditChange]
    rule_changed: list[AuditChange] = Field(alias="ruleChanged")
    not_compared: list[AuditChange] = Field(alias="notCompared")
    unchanged: int
    next: str | None


class Term(Open):
    """A class or property, its prefixed name if any, and how many things or triples have it."""

    iri: str
    name: str | None
    label: str
    number: int


class Terms(Open):
    """The words in which the dataset can be asked, what is most in use first."""

    prefixes: dict[str, str]
    classes: list[Term]
    properties: list[Term]


class Version(Open):
    """A version of the store. `added` and `removed` count triples where it is kept as a change, else they are null."""

    version: str
    created: str
    author: str
    message: str
    parent: str | None
    added: int | None
    removed: int | None
    triples: int
    graphs: dict[str, int] | None = None


class Versions(Open):
    """A page of versions, the newest first."""

    versions: list[Version]
    next: str | None


class Difference(Open):
    """What is said of one thing by one property in one source; `follows`: it is concluded from other facts."""

    change: Literal["added", "removed", "changed"]
    thing: Named
    property: Named
    before: list[str]
    after: list[str]
    source: Named
    follows: bool


class DifferenceCounts(Open):
    """How many facts came, went, have another value, and how many follow from others."""

    added: int
    removed: int
    changed: int
    following: int


class VersionDifference(Open):
    """What two versions differ in: a page of facts, and how many there are."""

    from_: str = Field(alias="from")
    to: str
    counts: DifferenceCounts
    invented_places: int = Field(alias="inventedPlaces")
    facts: list[Difference]
    next: str | None


class RecordClash(Open):
    """What a record and another source say otherwise of one thing; both are kept."""

    thing: Named
    property: str
    here: list[str]
    there: list[str]
    source: Named


class ReceivedRecord(Open):
    """What a file comes to: its record, in which graph, and what of it is new."""

    file: str
    sha256: str
    key: str
    title: str
    graph: str
    outcome: Literal["new", "replaced", "unchanged"]
    triples: int
    added: int
    removed: int
    clashes: list[RecordClash]


class RecordsReceived(Open):
    """What records change, or would change; `version` is the one that they made, null where they made none."""

    dry_run: bool = Field(alias="dryRun")
    version: str | None
    submitter: str
    added: int
    removed: int
    following: int
    records: list[ReceivedRecord]


class Health(Open):
    """That the service runs, and on which version of the data."""

    status: Literal["ok", "degraded"]
    version: str
    workers: int
