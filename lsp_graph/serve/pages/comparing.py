"""
`/compare`: two areas side by side, or the areas of a type or region and the rest.

    two areas, or a group + day  ->  what one has that the other lacks, or measures of both
"""

from __future__ import annotations

from typing import Any, Final

from lsp_graph import questions
from lsp_graph.answers import COMPLETENESS
from lsp_graph.errors import LspGraphError
from lsp_graph.pictures.charts import Bar, bars
from lsp_graph.serve.answering import FORMS
from lsp_graph.serve.pages import answer_table, hexagons
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.concepts import concepts
from lsp_graph.serve.pages.mistakes import WRONG, Mistake, mistake
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import local
from lsp_graph.store import EmbeddedBackend

_SIDE_BY_SIDE: Final = "how-do-two-partnerships-differ"
_GROUP: Final = "how-does-a-group-of-areas-compare"
_PAIR: Final = ("area", "other")
_CHOICES: Final = ("type", "region")


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The two forms, and the answer to the one that is filled in."""
    pair = {name: value for name in _PAIR if (value := asked.one(name)) is not None}
    group = {name: value for name in _CHOICES if (value := asked.one(name)) is not None}
    areas = hexagons.areas_of(backend, asked)
    types = {local(row["type"]) for row in areas if "type" in row}
    shown: dict[str, Any] = {
        "given": {**dict.fromkeys((*_PAIR, *_CHOICES)), **pair, **group},
        "types": [one for one in concepts(backend).all("area-type") if one.name in types],
        "regions": sorted({(row["region"], row["regionLabel"]) for row in areas if "regionLabel" in row}),
        "examples": _examples(asked),
        "answer": None,
        "mistake": None,
    }
    status, title, formats = 200, "Compare", list[Format]()
    if pair and group:
        shown["mistake"], status = Mistake(None, "Two areas, or a group and the rest: give one of both."), WRONG
    elif len(pair) == 1:
        shown["mistake"], status = Mistake(None, "A second area is needed to compare with."), WRONG
    elif pair or group:
        try:
            found = _compared(backend, asked, pair or group, pairwise=bool(pair))
            shown |= found
            status = WRONG if shown["mistake"] else 200
            title = f"Compare: {found['here']} and {found['there']}"
            formats = [
                Format(
                    one.label,
                    asked.url(f"/questions/{found['question']}/answer.{form}", **(pair or group)),
                    one.media_type,
                )
                for form, one in FORMS.items()
            ]
        except LspGraphError as error:
            shown["mistake"] = mistake(error, pair or group)
            status = shown["mistake"].status
    return Page(template="compare.html", title=title, shown=shown, formats=tuple(formats), status=status)


def _compared(backend: EmbeddedBackend, asked: Asked, given: dict[str, str], *, pairwise: bool) -> dict[str, Any]:
    answer = questions.ask(backend, questions.find(_SIDE_BY_SIDE if pairwise else _GROUP), given, asked.as_of)
    labels = [argument.label for argument in answer.arguments.values()]
    if pairwise and answer.arguments["area"] == answer.arguments["other"]:
        return _same(labels[0])
    told = answer_table.shown(answer, asked)
    here, there = labels if pairwise else (" in ".join(labels), "the rest")
    shown = {
        "answer": answer,
        "question": answer.question.name,
        "words": COMPLETENESS[answer.completeness],
        "here": here,
        "there": there,
        "pairwise": pairwise,
        "told": told,
        "mistake": None,
    }
    return shown | ({"aspects": _aspects(told)} if pairwise else {"charts": _charts(told, here)})


def _same(label: str) -> dict[str, Any]:
    said = f"Both are {label}: two areas are needed."
    return {"mistake": Mistake(None, said), "here": label, "there": label, "question": _SIDE_BY_SIDE}


def _aspects(told: answer_table.Shown) -> dict[str, tuple[list[Any], list[Any]]]:
    """By aspect: what differs, and what is alike; each the thing, here and there."""
    aspects: dict[str, tuple[list[Any], list[Any]]] = {}
    columns = map(told.column, ("aspect", "thing", "here", "there", "differ"))
    for aspect, thing, here, there, differ in zip(*columns, strict=True):
        differs, alike = aspects.setdefault(str(aspect.said), ([], []))
        (differs if differ.said else alike).append((thing, here.said, there.said))
    return aspects


def _charts(told: answer_table.Shown, here: str) -> list[tuple[str, Any]]:
    """By measure: how many there are per area, in the group and in the rest."""
    drawn = []
    columns = map(told.column, ("measure", "groupMean", "restMean"))
    for measure, mean, rest in zip(*columns, strict=True):
        sides = ((here, mean.said), ("the rest", rest.said))
        found = [Bar(name, float(number)) for name, number in sides if isinstance(number, int | float)]
        if any(bar.number for bar in found):
            drawn.append((str(measure.said), answer_table.markup(bars(found, f"{measure.said} per area"))))
    return drawn


def _examples(asked: Asked) -> list[tuple[str, str]]:
    if asked.world:
        return [("Quillhaven and Ambershire", asked.url(asked.path, area="Quillhaven", other="Ambershire"))]
    return [
        ("Southwark and Lambeth", asked.url(asked.path, area="Southwark", other="Lambeth")),
        ("Kent and Devon", asked.url(asked.path, area="E10000016", other="E10000008")),
        ("London boroughs and the rest", asked.url(asked.path, type="london-borough")),
        ("The North East and the rest", asked.url(asked.path, region="E12000001")),
    ]
