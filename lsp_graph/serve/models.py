"""
The JSON answers of the API, as its clients may rely on them.

Absent values are null, lists may be empty, and more members may follow in later versions.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Literal["sourced", "derived", "disputed", "unverified"]
Completeness = Literal["complete", "lower-bound", "not-recorded"]
Cell = str | int | float | bool | None


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Named(_Open):
    """A thing and what it is called."""

    iri: str
    label: str | None = None


class Bearer(Named):
    """A body that is accountable, and what kind of body it is."""

    class_: str | None = Field(default=None, alias="class")


class Concern(Named):
    """What somebody is accountable for: a duty, a target, an action."""

    kind: str | None = None


class AreaName(_Open):
    """An area by its GSS code."""

    code: str | None = None
    label: str | None = None


class Source(_Open):
    """Who says so, and where."""

    source: str | None = None
    place: str | None = None


class AccountabilityAnswer(_Open):
    """One body that is accountable for something, in one area and period."""

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


class Accountabilities(_Open):
    """Who is accountable, and how much of the answer is known."""

    as_of: str = Field(alias="asOf")
    completeness: Completeness
    missing: list[str]
    answers: list[AccountabilityAnswer]


class QuestionParameter(_Open):
    """What a question can be asked about."""

    name: str
    type: str
    description: str
    required: bool
    default: str | None = None
    example: str | None = None


class Question(_Open):
    """A question of the library."""

    name: str
    competency: str | None = None
    theme: str
    summary: str
    description: str
    parameters: list[QuestionParameter]


class Questions(_Open):
    """All questions of the library."""

    questions: list[Question]


class Argument(_Open):
    """An argument as it was understood."""

    value: str
    label: str


class QuestionAnswer(_Open):
    """A question's answer, as records: one per row, a member per column."""

    question: str
    competency: str | None = None
    as_of: str = Field(alias="asOf")
    arguments: dict[str, Argument]
    completeness: Completeness
    missing: list[str]
    columns: list[str]
    records: list[dict[str, Cell]]


class Health(_Open):
    """That the service runs, and on which version of the data."""

    status: Literal["ok", "degraded"]
    version: str
    workers: int
