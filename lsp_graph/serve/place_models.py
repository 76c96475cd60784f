"""
The JSON answers of the API about areas, bodies, searches, comparisons, gaps and the network.

Absent values are null, lists may be empty, and more members may follow in later versions. `world` is null for the real
one; `links` are addresses of what else can be asked about the same thing on the same day.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lsp_graph.serve.models import AreaName, Argument, Cell, Completeness, Named, Open

SearchKind = Literal["area", "body", "partnership", "theme", "duty", "question"]
Level = Literal["a", "b", "c", "d"]
How = Literal["member", "named partner", "lead council"]
GapKind = Literal[
    "no-bearer",
    "two-leads",
    "bearer-did-not-exist",
    "action-lacks",
    "orphan",
    "duty-holder-without-seat",
    "one-body-leads-most",
]


class Answer(Open):
    """What every answer tells: of which world, as of which day."""

    world: str | None = None
    as_of: str = Field(alias="asOf")


class Listing(Answer):
    """A page of a list: how many things fit in all, and where the pages beside it are."""

    total: int
    next: str | None
    previous: str | None


class Partnership(Named):
    """A Local Strategic Partnership, and how sure it is that there was one (a: named, to d: presumed)."""

    evidence_level: Level | None = Field(default=None, alias="evidenceLevel")


class ListedArea(AreaName):
    """An area as a list shows it."""

    iri: str
    type: str | None = None
    tier: str | None = Field(default=None, description="of its council: upper, lower or single")
    funding: list[str] = Field(description="the funding streams that it is recorded to have received, ever")
    region: AreaName | None = None
    from_: str | None = Field(default=None, alias="from")
    until: str | None = None
    partnerships: list[Partnership]


class AreaFacets(Open):
    """How many of the areas that fit there are of each kind."""

    type: dict[str, int]
    tier: dict[str, int]
    region: dict[str, int]
    evidence_level: dict[str, int] = Field(alias="evidenceLevel")
    funding: dict[str, int]


class Areas(Listing):
    """The areas of a day that fit the filters, by code; by how well they fit where a text is given."""

    facets: AreaFacets
    areas: list[ListedArea]


class LedPartnership(Partnership):
    """A partnership, its lead councils, and for which aspects its record is declared complete."""

    councils: list[Named]
    complete_for: list[str] = Field(alias="completeFor")


class CoveringAgreement(Named):
    """A Local Area Agreement that covers an area: for which area it was made, and who is responsible for it."""

    area: AreaName
    authorities: list[Named]
    from_: str | None = Field(default=None, alias="from")
    until: str | None = None


class Area(Answer):
    """An area: its names and codes, when it stood, what came before and after it, and what is recorded for it.

    `stood` says whether it stood on the day; where it did not, `standing` are the areas that stood in its place.
    """

    iri: str
    code: str | None
    label: str
    ons_codes: list[str] = Field(alias="onsCodes")
    later_codes: list[str] = Field(alias="laterCodes")
    type: str | None
    region: AreaName | None
    county: AreaName | None
    latitude: float | None
    longitude: float | None
    from_: str | None = Field(alias="from")
    until: str | None
    stood: bool
    standing: list[AreaName]
    predecessors: list[AreaName]
    successors: list[AreaName]
    partnerships: list[LedPartnership]
    agreements: list[CoveringAgreement]
    recorded: dict[str, int]
    links: dict[str, str]


class ListedBody(Named):
    """A body as a list shows it: its key in addresses, and its classes, those that are not implied by others."""

    key: str
    classes: list[str]


class Bodies(Listing):
    """The bodies of a day that fit the filters, by name; by how well they fit where a text is given."""

    facets: dict[str, dict[str, int]]
    bodies: list[ListedBody]


class Seat(Open):
    """That a body is a partner in an area, and on what basis; `derivedBy` is the rule that concluded it."""

    how: How
    area: AreaName
    partnership: Named | None
    basis: Named | None
    derived_by: str | None = Field(alias="derivedBy")
    from_: str | None = Field(alias="from")
    until: str | None


class Count(Open):
    """How many accountabilities there are in one direction, on how many of them the bearer leads, in how many areas."""

    direction: str | None
    accountabilities: int
    leads: int
    areas: int


class Body(Answer, ListedBody):
    """A body: where it is a partner, for how much it answers and how much is answered to it."""

    seats: list[Seat]
    answers_for: list[Count] = Field(alias="answersFor")
    answered_to: list[Count] = Field(alias="answeredTo")
    links: dict[str, str]


class Hit(Named):
    """Something that goes by a text: by which name, and how well (100: that is the whole text)."""

    kind: SearchKind
    matched: str
    score: float


class Hits(Answer):
    """What goes by a text, the best first; the `iri` of a question is its name, by which it is asked."""

    text: str
    hits: list[Hit]


class Comparison(Answer):
    """Two areas side by side, or a group of areas and the rest, as `question` answers it: a record per row."""

    question: str
    arguments: dict[str, Argument]
    completeness: Completeness
    missing: list[str]
    columns: list[str]
    records: list[dict[str, Cell]]


class Gap(Open):
    """Something that is amiss or lacking: what kind of gap, where, of what thing, and why it counts as one."""

    kind: GapKind
    area: AreaName | None
    thing: Named | None
    why: str
    who: str | None = None


class AskedGaps(Open):
    """What is known of one kind of gap: by which question, how many there are, and how complete that is."""

    question: str
    kinds: list[GapKind]
    found: int
    completeness: Completeness


class Gaps(Listing):
    """The gaps of a day that fit the filters, by kind and area; `asked` says of each question how complete it is."""

    completeness: Completeness
    missing: list[str]
    asked: list[AskedGaps]
    gaps: list[Gap]


class Standing(Named):
    """A partnership or body in the network: how many it is linked with, and how many shortest paths lead through it."""

    kind: Literal["partnership", "body"]
    degree: int
    betweenness: float
    component: int


class Network(Answer):
    """The network of shared partners; `estimated` says that betweenness comes from a sample of its nodes."""

    nodes: int
    edges: int
    components: list[int]
    estimated: bool
    computed_from: list[str] = Field(alias="computedFrom")
    standings: list[Standing]
