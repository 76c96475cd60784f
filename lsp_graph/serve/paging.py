"""
Long lists, a page at a time.

    all that fits + the request  ->  a page of it, and where the pages beside it are

Source: RFC 8288 (the Link header).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from lsp_graph.serve.wire import Message

T = TypeVar("T")

JSON: Final = "application/json"


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of `total` things, and the addresses of the pages before and after, None where there are none."""

    shown: Sequence[T]
    total: int
    previous: str | None
    next: str | None

    def headers(self) -> dict[str, str]:
        """The header fields that tell of it."""
        beside = [f'<{there}>; rel="{rel}"' for rel, there in (("next", self.next), ("prev", self.previous)) if there]
        return {"x-total-count": str(self.total), **({"link": ", ".join(beside)} if beside else {})}


def page(found: Sequence[T], head: dict[str, Any], max_rows: int) -> Page[T]:
    """The page of what was found that a request asks for: `limit` things from `offset` on, `max_rows` at most."""
    offset, limit = head["offset"], min(head["limit"], max_rows)
    before, after = max(0, offset - limit), offset + limit
    return Page(
        shown=found[offset:after],
        total=len(found),
        previous=address(head, head["path"], before) if offset else None,
        next=address(head, head["path"], after) if after < len(found) else None,
    )


def link(head: dict[str, Any], path: str, **parameters: str | None) -> str:
    """The address of another answer about the same day and world as this request."""
    kept = {name: value for name, value in head["query"] if name in ("as-of", "world")}
    given = {**{name: value for name, value in parameters.items() if value is not None}, **kept}
    return f"{head['base']}{path}{'?' if given else ''}{urlencode(given)}"


def reply(model: BaseModel, headers: dict[str, str] | None = None) -> Message:
    """The reply that holds a model as JSON."""
    head = {"status": 200, "headers": {"content-type": JSON, "vary": "Accept", **(headers or {})}}
    return Message(head, model.model_dump_json(by_alias=True).encode())


def address(head: dict[str, Any], path: str, offset: int) -> str:
    """The same request from another offset on."""
    kept = [(name, value) for name, value in head["query"] if name != "offset"]
    return f"{head['base']}{path}?{urlencode([*kept, ('offset', offset)])}"
