"""
`/questions/{name}`: one question of the library, as a form and with its answer.

    question + arguments + day  ->  table, chart or map, downloads, and the query itself
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lsp_graph import questions
from lsp_graph.answers import COMPLETENESS
from lsp_graph.errors import AmbiguousName, InputError, LspGraphError, UnknownName
from lsp_graph.pictures.hexagons import cells
from lsp_graph.questions import Answer, Parameter, Question
from lsp_graph.search import Hit, search
from lsp_graph.serve.answering import FORMS
from lsp_graph.serve.pages import answer_table, hexagons
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.concepts import Concept, concepts
from lsp_graph.serve.pages.listing import Listing
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend

ROWS: Final = 200
"""Rows of which one page tells."""

_MAPPED: Final = 5
"""Areas that an answer has at least to be drawn as a map."""

_KINDS: Final = {"area": ("area",), "iri": ()}
_NEAR: Final = 8


@dataclass(frozen=True)
class Field:
    """A parameter as a field of the form: what was given, and, for a concept, what can be chosen."""

    parameter: Parameter
    given: str | None
    choices: Sequence[Concept]
    kinds: str
    example: str


@dataclass(frozen=True)
class Mistake:
    """An argument that was not understood: of which parameter, why, and what was perhaps meant (value, label)."""

    parameter: str | None
    why: str
    near: Sequence[tuple[str, str]]


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The question, and its answer where all that it needs is given. Raises `UnknownName` for a name of no question."""
    question = questions.find(asked.key)
    given = {one.name: asked.one(one.name, 500) for one in question.parameters}
    arguments = {name: value for name, value in given.items() if value is not None}
    required = [one for one in question.parameters if one.required and one.name not in arguments]
    shown: dict[str, Any] = {
        "question": question,
        "fields": fields(backend, question, given),
        "names": tuple(given),
        "try_it": asked.url(asked.path, **{one.name: one.example for one in required}) if required else None,
        "answer": None,
        "mistake": None,
        "api": asked.url(f"/api/v1/questions/{question.name}", **arguments),
    }
    status, files = 200, dict[str, str]()
    if not required:
        try:
            understood = {name: meant(backend, question, name, value, asked) for name, value in arguments.items()}
            shown |= answered(backend, asked, question, understood)
            files = {form: asked.url(f"/questions/{question.name}/answer.{form}", **understood) for form in FORMS}
        except LspGraphError as error:
            shown["mistake"] = mistake(error, arguments)
            status = 404 if isinstance(error, UnknownName) else 400
    return Page(
        template="question.html",
        title=question.summary,
        shown=shown,
        formats=tuple(Format(FORMS[form].label, href, FORMS[form].media_type) for form, href in files.items()),
        status=status,
    )


def fields(backend: EmbeddedBackend, question: Question, given: Mapping[str, str | None]) -> list[Field]:
    """The parameters as fields of a form."""
    known = concepts(backend)
    return [
        Field(
            parameter=one,
            given=given[one.name],
            choices=sorted(known.all(one.scheme), key=lambda concept: concept.label) if one.scheme else (),
            kinds=" ".join(_KINDS.get(one.type, ())),
            example=one.default or one.example or "",
        )
        for one in question.parameters
    ]


def answered(
    backend: EmbeddedBackend, asked: Asked, question: Question, arguments: Mapping[str, str]
) -> dict[str, Any]:
    """What a page shows of an answer. Raises what `questions.ask` raises."""
    answer = questions.ask(backend, question, arguments, asked.as_of)
    told = answer_table.shown(answer, asked)
    listing = Listing.of(asked, told.rows, ROWS)
    number = asked.choice("chart", [column.name for column in told.numbers()])
    return {
        "answer": answer,
        "words": COMPLETENESS[answer.completeness],
        "columns": told.columns,
        "rows": listing.shown,
        "listing": listing,
        "total": listing.total,
        "chart": answer_table.chart(told, number, question.summary),
        "numbers": told.numbers(),
        "number": number,
        "given_alike": answer.arguments,
        **_mapped(backend, asked, question, answer, told),
    }


def _mapped(
    backend: EmbeddedBackend, asked: Asked, question: Question, answer: Answer, told: answer_table.Shown
) -> dict[str, Any]:
    """A map of the answer, where it tells of several areas that have a place on it."""
    nothing: dict[str, Any] = {"map": None, "scale": None, "colours": {}, "colour": None}
    place = answer_table.area_column(answer)
    if place is None:
        return nothing
    at = answer.variables.index(place)
    codes = {getattr(row[at], "value", "").rpartition("/")[2] for row in answer.rows}
    if len(codes & cells().keys()) < _MAPPED:
        return nothing
    colours = answer_table.colours(answer, told)
    usual = next((one.name for one in told.columns if one.name in colours and one.kind == "number"), None)
    colour = asked.choice("colour", colours) or usual
    areas = hexagons.areas_of(backend, asked)
    scale = answer_table.scale(answer, told, [row["area"] for row in areas], colour)
    drawn = hexagons.drawn(asked, areas, scale, question.summary)
    return {"map": drawn, "scale": scale, "colours": colours, "colour": colour}


def meant(backend: EmbeddedBackend, question: Question, name: str, value: str, asked: Asked) -> str:
    """An argument as the library takes it: where it wants an IRI, the name of a thing does, too.

    Raises `UnknownName` and `AmbiguousName`.
    """
    parameter = next(one for one in question.parameters if one.name == name)
    if parameter.type != "iri" or ":" in value:
        return value
    hits = [hit for hit in search(backend, value, (), _NEAR, asked.as_of) if hit.kind != "question"]
    exact = [hit for hit in hits if hit.label.casefold() == value.casefold()]
    if len(exact or hits) == 1:
        return (exact or hits)[0].iri
    if not hits:
        raise UnknownName("thing", value)
    raise AmbiguousName("thing", value, [_candidate(hit) for hit in hits])


def _candidate(hit: Hit) -> tuple[str, str, str]:
    return hit.iri, hit.label, hit.kind


def mistake(error: LspGraphError, arguments: Mapping[str, str]) -> Mistake:
    """What to tell of an argument that was not understood."""
    near: list[tuple[str, str]] = []
    wrong: str | None = None
    match error:
        case UnknownName():
            wrong, near = error.value, [(one, one) for one in error.nearest]
        case AmbiguousName():
            wrong, near = error.value, [(code, f"{label} ({type_})") for code, label, type_ in error.candidates]
        case InputError():
            return Mistake(None, str(error), ())
    return Mistake(next((name for name, value in arguments.items() if value == wrong), None), str(error), near)
