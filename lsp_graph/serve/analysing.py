"""
What a worker does for the searches, comparisons, gaps and the network of the API.

    graph + request  ->  questions of the library asked, and their answers as one

However much is asked for, a request takes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lsp_graph import answers, areas, networks, questions
from lsp_graph.answers import Value
from lsp_graph.search import KINDS, search
from lsp_graph.serve import paging
from lsp_graph.serve import place_models as models
from lsp_graph.serve.protocol import malformed
from lsp_graph.serve.recorded import areas_told, day_of
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend

Record = Mapping[str, Value]

_SIDE_BY_SIDE: Final = "how-do-two-partnerships-differ"
_GROUP: Final = "how-does-a-group-of-areas-compare"
_WORST: Final = ("not-recorded", "lower-bound", "complete")


@dataclass(frozen=True)
class _Source:
    """A question that tells of gaps: of which kinds, and what each of its records says."""

    question: str
    kinds: tuple[str, ...]
    told: Callable[[Record], dict[str, Any]]


def prepare(backend: EmbeddedBackend) -> None:
    """Index the names of the usual day, so that workers are born with it."""
    search(backend, KINDS[0])


def hits(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """What goes by a text, the best first."""
    head, day = request.head, day_of(request)
    found = search(backend, head["text"], head["kinds"], min(head["limit"], max_rows), day)
    told = {"world": head["world"], "asOf": day.isoformat(), "text": head["text"]}
    return paging.reply(models.Hits.model_validate({**told, "hits": [hit.as_json() for hit in found]}))


def comparison(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Two areas side by side, or the areas of a type or region and the rest. Raises `Refusal` (400) for half of it."""
    head, day = request.head, day_of(request)
    pair = {name: head[name] for name in ("area", "other") if head[name] is not None}
    group = {name: head[name] for name in ("type", "region") if head[name] is not None}
    if pair and group:
        raise malformed("area and other compare two areas, type and region a group with the rest; give one pair only")
    if len(pair) == 1 or not (pair or group):
        raise malformed("expected area and other, to compare two areas, or type or region, to compare a group")
    found = questions.ask(backend, questions.find(_SIDE_BY_SIDE if pair else _GROUP), pair or group, day)
    if pair and found.arguments["area"] == found.arguments["other"]:
        raise malformed(f"area and other are both {found.arguments['area'].label}; expected two areas")
    return paging.reply(models.Comparison.model_validate({**answers.document(found), "world": head["world"]}))


def gaps(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """What is amiss or lacking in an area or anywhere, by page, and how complete that is."""
    head, day = request.head, day_of(request)
    wanted = set(head["kinds"]) or {kind for source in _SOURCES for kind in source.kinds}
    given = {"area": head["area"]} if head["area"] is not None else {}
    found: list[dict[str, Any]] = []
    asked = []
    missing: dict[str, None] = {}
    for source in _SOURCES:
        if not wanted.intersection(source.kinds):
            continue
        answer = questions.ask(backend, questions.find(source.question), given, day)
        told = _once(source.told(record) for record in answers.records(answer))
        told = [gap for gap in told if gap["kind"] in wanted]
        found += told
        asked.append(
            {
                "question": source.question,
                "kinds": [kind for kind in source.kinds if kind in wanted],
                "found": len(told),
                "completeness": answer.completeness,
            }
        )
        missing |= dict.fromkeys(answer.missing)
    page = paging.page(found, head, max_rows)
    document = {
        "world": head["world"],
        "asOf": day.isoformat(),
        "total": page.total,
        "next": page.next,
        "previous": page.previous,
        "completeness": min((one["completeness"] for one in asked), key=_WORST.index),
        "missing": list(missing),
        "asked": asked,
        "gaps": list(_placed(backend, page.shown)),
    }
    return paging.reply(models.Gaps.model_validate(document), page.headers())


def network(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Who holds the partnerships together: the nodes of most betweenness first."""
    head, day = request.head, day_of(request)
    region = areas.resolve(backend, head["region"], day) if head["region"] is not None else None
    told = networks.network(backend, region=region, as_of=day).as_json()
    shown = told["standings"][: min(head["limit"], max_rows)]
    return paging.reply(models.Network.model_validate({**told, "standings": shown, "world": head["world"]}))


def _once(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each gap once: several records may tell of one, by their sources."""
    told = {(one["kind"], one["area"], str(one["thing"]), one["why"]): one for one in found}
    return list(told.values())


def _placed(backend: EmbeddedBackend, found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The gaps, with the codes and names of their areas."""
    told = list(found)
    for one, place in zip(told, areas_told(backend, [one["area"] for one in told]), strict=True):
        yield {**one, "area": None if one["area"] is None else place}


def _amiss(record: Record) -> dict[str, Any]:
    iri, label = record["accountability"], record["forLabel"]
    return {
        "kind": str(record["gap"]).replace(" ", "-"),
        "area": record["area"],
        "thing": iri and {"iri": iri, "label": label},
        "why": record["gap"],
        "who": record["who"],
    }


def _action(record: Record) -> dict[str, Any]:
    wanted = (("accountable body", "hasBody"), ("resources", "hasResources"), ("date", "hasDate"))
    lacking = [name for name, has in wanted if not record[has]]
    return {
        "kind": "action-lacks",
        "area": record["area"],
        "thing": {"iri": record["action"], "label": record["actionLabel"]},
        "why": f"it has no {' and no '.join(lacking)}",
    }


def _orphan(record: Record) -> dict[str, Any]:
    return {
        "kind": "orphan",
        "area": record["area"],
        "thing": {"iri": record["orphan"], "label": record["orphanLabel"]},
        "why": record["why"],
    }


def _unseated(record: Record) -> dict[str, Any]:
    seat = "no seat in" if record["seat"] == "no" else "no seat recorded in"
    return {
        "kind": "duty-holder-without-seat",
        "area": record["area"],
        "thing": {"iri": record["body"], "label": record["bodyLabel"]},
        "why": f"{seat} {record['partnershipLabel']}, but duties: {record['duties']}",
        "who": record["bodyLabel"],
    }


def _leading(record: Record) -> dict[str, Any]:
    return {
        "kind": "one-body-leads-most",
        "area": record["area"],
        "thing": {"iri": record["body"], "label": record["bodyLabel"]},
        "why": f"it leads on {record['leads']} of {record['targets']} targets that have a lead",
        "who": record["bodyLabel"],
    }


_SOURCES: Final = (
    _Source("which-accountabilities-are-amiss", ("no-bearer", "two-leads", "bearer-did-not-exist"), _amiss),
    _Source("which-actions-lack-what", ("action-lacks",), _action),
    _Source("which-targets-and-actions-are-orphans", ("orphan",), _orphan),
    _Source("which-duty-holders-have-no-seat", ("duty-holder-without-seat",), _unseated),
    _Source("which-body-leads-most-of-an-area", ("one-body-leads-most",), _leading),
)
"""The questions that tell of gaps, and of which kinds each does."""
