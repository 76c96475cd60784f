"""
What is said when something cannot be answered: problem documents (RFC 9457).

    error, or what became of a worker  ->  status + application/problem+json

One table each, so that every error has a status and every status a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from lsp_graph import errors
from lsp_graph.serve.wire import Message

MEDIA_TYPE: Final = "application/problem+json"
_TYPES: Final = "https://w3id.org/lsp/problem/"


class ProblemDocument(BaseModel):
    """RFC 9457. Members beyond the standard's (line, column, candidates …) depend on the type."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="what kind of problem this is, as an IRI")
    title: str = Field(description="the same in words")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what went wrong this time, and what would be right")


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name, HTTP status and title."""

    name: str
    status: int
    title: str

    def reply(self, detail: str, headers: dict[str, str] | None = None, **members: Any) -> Message:
        """The reply that tells of a problem of this kind. Members that are None are left out."""
        extra = {name: value for name, value in members.items() if value is not None}
        document = ProblemDocument(
            type=_TYPES + self.name, title=self.title, status=self.status, detail=detail, **extra
        )
        head = {"status": self.status, "headers": {"content-type": MEDIA_TYPE, **(headers or {})}}
        return Message(head, document.model_dump_json().encode())


MALFORMED_REQUEST: Final = Kind("malformed-request", 400, "The request is not well formed")
NOT_FOUND: Final = Kind("not-found", 404, "There is nothing here")
METHOD_NOT_ALLOWED: Final = Kind("method-not-allowed", 405, "This method is not served here")
NOT_ACCEPTABLE: Final = Kind("not-acceptable", 406, "No format the client accepts can be given")
GONE: Final = Kind("gone", 410, "It had ended by then")
TOO_LARGE: Final = Kind("too-large", 413, "The request is too large")
TOO_LONG: Final = Kind("too-long", 414, "The address is too long")
UNSUPPORTED_MEDIA_TYPE: Final = Kind("unsupported-media-type", 415, "The body is of no type that is read here")
INTERNAL: Final = Kind("internal-error", 500, "The service made a mistake")
CRASHED: Final = Kind("worker-crashed", 503, "The query broke the process that ran it")
BUSY: Final = Kind("busy", 503, "Too many queries at once")
TIMEOUT: Final = Kind("timeout", 504, "The query took too long")
OUT_OF_MEMORY: Final = Kind("out-of-memory", 507, "The query took too much memory")
OTHER: Final = Kind("refused", 400, "The request cannot be served")

BY_ERROR: Final[dict[type[errors.LspGraphError], Kind]] = {
    errors.InputError: Kind("input", 400, "The input cannot be used"),
    errors.UnknownName: Kind("unknown-name", 404, "Nothing goes by this name"),
    errors.AmbiguousName: Kind("ambiguous-name", 400, "Several things go by this name"),
    errors.QueryRefused: Kind("query-refused", 400, "The SPARQL query cannot be run"),
    errors.UnknownFunction: Kind("unknown-function", 400, "The SPARQL query uses an unknown function"),
    errors.StoreUnavailable: Kind("store-unavailable", 503, "The graph cannot be had"),
    errors.LspGraphError: Kind("error", 500, "The service cannot answer"),
}


def of_error(error: errors.LspGraphError) -> Message:
    """The reply for one of our own errors, with what it knows as members of the document."""
    kind = next(BY_ERROR[class_] for class_ in type(error).__mro__ if class_ in BY_ERROR)
    match error:
        case errors.QueryRefused():
            members: dict[str, Any] = {"line": error.line, "column": error.column}
        case errors.AmbiguousName():
            columns = ("code", "label", "type")
            members = {"candidates": [dict(zip(columns, one, strict=True)) for one in error.candidates]}
        case errors.UnknownName():
            members = {"nearest": list(error.nearest)}
        case _:
            members = {}
    return kind.reply(str(error), **members)


class Refusal(Exception):
    """A request that is answered by a problem document: raised where it is noticed, sent where replies are sent."""

    def __init__(self, reply: Message) -> None:
        self.reply = reply
        super().__init__(reply.head["status"])
