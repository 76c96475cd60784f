"""
What a worker does for the bodies of the API.

    graph + request  ->  the bodies there are, or one of them with what it is a partner in and answers for

However much is asked for, a request takes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pyoxigraph import NamedNode

from lsp_graph import areas
from lsp_graph.binding import Term
from lsp_graph.errors import AmbiguousName, UnknownName
from lsp_graph.names import Index, Kept, Thing
from lsp_graph.namespaces import ID, LSP
from lsp_graph.serve import paging
from lsp_graph.serve import place_models as models
from lsp_graph.serve.recorded import Row, about, areas_told, counted, day_of, local, rows, thing
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

_NEAREST: Final = 5
_BODIES: Final = Kept[Index]()


def prepare(backend: EmbeddedBackend) -> None:
    """Read the bodies of the usual day, so that workers are born knowing them."""
    _register(backend, DEFAULT_AS_OF)


def list_bodies(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The bodies of a day that fit the filters, by page. Raises `UnknownName` for a class that none is of."""
    head = request.head
    found = chosen(backend, head, day_of(request))
    page = paging.page(found, head, max_rows)
    told = {"facets": {"class": classes(found)}, "bodies": [_body(one) for one in page.shown]}
    return paging.reply(models.Bodies.model_validate(told | about(request, page)), page.headers())


def one_body(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """What is recorded of one body. Raises `UnknownName` and `AmbiguousName`."""
    head = request.head
    told = described(backend, head["key"], day_of(request))
    body = told["iri"]
    told["links"] = {
        "accountability": paging.link(head, "/api/v1/accountability", by=body),
        "answeredTo": paging.link(head, "/api/v1/accountability", to=body),
        "everything": paging.link(head, "/api/v1/questions/Q06", body=body),
        "document": f"{head['base']}/doc/{body.removeprefix(str(ID))}",
    }
    return paging.reply(models.Body.model_validate(told | about(request)))


def chosen(backend: EmbeddedBackend, filters: Mapping[str, str | None], day: date) -> list[Thing]:
    """The bodies of a day that fit all of text, class and area, by name; by how well they fit where a text is given.

    The kind of each are its classes, separated by spaces. Raises `UnknownName` for a class that none is of.
    """
    index = _register(backend, day)
    found = list(index.things)
    if filters["text"]:
        found = [match.thing for match in index.find(filters["text"], typing=True)]
    if (wanted := filters["class"]) is not None:
        of_class = _having(backend, "bodies-of-class", {"_class": _class(wanted, index)}, day)
        if not of_class:
            raise UnknownName("class of body", wanted, _classes_like(wanted, index))
        found = [one for one in found if one.iri in of_class]
    if (place := filters["area"]) is not None:
        here = areas.resolve(backend, place, day)
        acting = _having(backend, "bodies-in-area", {"_area": here}, day)
        found = [one for one in found if one.iri in acting]
    return found


def classes(found: Sequence[Thing]) -> dict[str, int]:
    """How many of these bodies there are of each class."""
    return counted(class_ for one in found for class_ in one.kind.split())


def described(backend: EmbeddedBackend, key: str, day: date) -> dict[str, Any]:
    """What is recorded of the body of a key, IRI, code or name on a day, in the shape of the API.

    Raises `UnknownName` and `AmbiguousName`.
    """
    body = _named_body(_register(backend, day), key, day)
    given = {"_body": NamedNode(body.iri)}
    counts = rows(backend, "body-counts", given, day)
    return _body(body) | {
        "seats": _seats(backend, rows(backend, "body-seats", given, day)),
        "answersFor": [_count(row) for row in counts if row["side"] == "answers"],
        "answeredTo": [_count(row) for row in counts if row["side"] == "answered to"],
    }


def _register(backend: EmbeddedBackend, day: date) -> Index:
    """The bodies of a day by name; the kind of each are its classes, separated by spaces."""
    return _BODIES.of(backend, (backend.version, day), lambda: Index(_read(backend, day)))


def _read(backend: EmbeddedBackend, day: date) -> list[Thing]:
    said: dict[str, list[Row]] = {}
    for row in rows(backend, "bodies", {}, day):
        said.setdefault(row["body"], []).append(row)
    return [
        Thing(
            iri=iri,
            label=about[0]["label"],
            kind=" ".join(dict.fromkeys(row["class"].removeprefix(str(LSP)) for row in about if "class" in row)),
            names=frozenset(row[name] for row in about for name in ("label", "name", "code") if name in row),
        )
        for iri, about in said.items()
    ]


def _named_body(index: Index, key: str, day: date) -> Thing:
    """The body of a key, an IRI, a code or a name. Raises `UnknownName` and `AmbiguousName`."""
    wanted = key.strip()
    iris = (wanted, *(f"{ID}{folder}{wanted}" for folder in ("", "body/", "authority/")))
    by_iri = [thing for thing in index.things if thing.iri in iris]
    found = by_iri or index.called(wanted)
    if not found:
        raise UnknownName(f"body of {day}", key, index.nearest(wanted))
    if len(found) > 1:
        raise AmbiguousName("organisation", key, [(_key(thing.iri), thing.label, thing.kind) for thing in found])
    return found[0]


def _class(text: str, index: Index) -> NamedNode:
    """The class of a name or IRI. Raises `UnknownName` where the text cannot be one."""
    try:
        return NamedNode(text if "://" in text else str(LSP) + text.strip().removeprefix("lsp:"))
    except ValueError as error:
        raise UnknownName("class of body", text, _classes_like(text, index)) from error


def _classes_like(text: str, index: Index) -> list[str]:
    classes = {name for thing in index.things for name in thing.kind.split()}
    return Index(Thing(name, name, "", frozenset({name})) for name in classes).nearest(text, _NEAREST)


def _having(backend: EmbeddedBackend, query: str, given: Mapping[str, Term], day: date) -> set[str]:
    return {row["body"] for row in rows(backend, query, given, day)}


def _body(body: Thing) -> dict[str, Any]:
    return {"iri": body.iri, "key": _key(body.iri), "label": body.label, "classes": body.kind.split()}


def _key(iri: str) -> str:
    return iri.removeprefix(str(ID))


def _seats(backend: EmbeddedBackend, found: Sequence[Row]) -> list[dict[str, Any]]:
    """Where a body is a partner, by how it is and the names of the areas."""
    places = areas_told(backend, [row["area"] for row in found])
    told = [_seat(row, place) for row, place in zip(found, places, strict=True)]
    return sorted(told, key=lambda one: (one["how"], one["area"]["label"] or ""))


def _seat(row: Row, place: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "how": row["how"],
        "area": place,
        "partnership": thing(row, "partnership"),
        "basis": thing(row, "basis"),
        "derivedBy": row["rule"].removeprefix(f"{ID}rule/") if "rule" in row else None,
        "from": row.get("from"),
        "until": row.get("until"),
    }


def _count(row: Row) -> dict[str, Any]:
    return {
        "direction": local(row.get("direction")),
        "accountabilities": int(row["number"]),
        "leads": int(row["leads"]),
        "areas": int(row["areas"]),
    }
