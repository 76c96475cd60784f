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
    """A kind of problem: its name, HTTP status and title, and what to do about it."""

    name: str
    status: int
    title: str
    advice: str

    def reply(self, detail: str, headers: dict[str, str] | None = None, **members: Any) -> Message:
        """The reply that tells of a problem of this kind. Members that are None are left out."""
        extra = {name: value for name, value in members.items() if value is not None}
        document = ProblemDocument(
            type=_TYPES + self.name, title=self.title, status=self.status, detail=detail, **extra
        )
        head = {"status": self.status, "headers": {"content-type": MEDIA_TYPE, **(headers or {})}}
        return Message(head, document.model_dump_json().encode())


MALFORMED_REQUEST: Final = Kind(
    "malformed-request",
    400,
    "The request is not well formed",
    "Read the detail: it names the parameter or the place, and what would be right.",
)
UNAUTHORIZED: Final = Kind(
    "unauthorized",
    401,
    "Writing needs a token",
    "Send the header Authorization: Bearer TOKEN, with a token that the keeper of the service made for you.",
)
FORBIDDEN: Final = Kind(
    "forbidden",
    403,
    "This may not be written",
    "The token may not do this, or writing is switched off. Ask the keeper of the service for a "
    "token of a wider scope.",
)
OUTSIDE: Final = Kind(
    "reaches-outside",
    403,
    "The SPARQL text reaches out of this store",
    "SERVICE and LOAD are not run here, so that nobody can make this service talk to others. Ask the "
    "other endpoint yourself and join the answers.",
)
NOT_FOUND: Final = Kind(
    "not-found",
    404,
    "There is nothing here",
    "Look at the address; lists of what there is are at /api/docs and /dumps/.",
)
METHOD_NOT_ALLOWED: Final = Kind(
    "method-not-allowed",
    405,
    "This method is not served here",
    "The header Allow says which methods there are.",
)
NOT_ACCEPTABLE: Final = Kind(
    "not-acceptable",
    406,
    "No format the client accepts can be given",
    "Ask for one of the formats that the detail lists, by the header Accept or by a suffix.",
)
SLOW: Final = Kind(
    "slow-request",
    408,
    "The request did not arrive in time",
    "Send the request at once; a connection that sends nothing for long is closed.",
)
UPDATE_FAILED: Final = Kind(
    "update-failed",
    409,
    "The update cannot be carried out on what is stored",
    "What the update presumes is not so, such as a graph that is not there. SILENT lets such an operation pass.",
)
GONE: Final = Kind(
    "gone",
    410,
    "It had ended by then",
    "The thing had ended by that day: the members ends and successors say when and what came after. "
    "Leave as-of away, or ask for an earlier day.",
)
PRECONDITION: Final = Kind(
    "precondition-failed",
    412,
    "It is not as the request presumes",
    "Somebody else has changed it since you read it. Read it again, and send your change with its new entity tag.",
)
TOO_LARGE: Final = Kind(
    "too-large",
    413,
    "The request is too large",
    "Send less at a time.",
)
TOO_LONG: Final = Kind(
    "too-long",
    414,
    "The address is too long",
    "Send the query by POST.",
)
UNSUPPORTED_MEDIA_TYPE: Final = Kind(
    "unsupported-media-type",
    415,
    "The body is of no type that is read here",
    "Name the type of the body in the header Content-Type, as one of those that the detail lists; do not pack it.",
)
INVALID_RECORD: Final = Kind(
    "invalid-record",
    422,
    "The record cannot be taken in",
    "The member problems lists every place that is wrong, and what would be right. Nothing was changed.",
)
TOO_MANY: Final = Kind(
    "too-many-requests",
    429,
    "One client asks for more than its share",
    "Wait as long as Retry-After says, and ask less at the same time: others wait too.",
)
HEAD_TOO_LARGE: Final = Kind(
    "head-too-large",
    431,
    "The header fields are too large",
    "Send fewer and shorter header fields.",
)
INTERNAL: Final = Kind(
    "internal-error",
    500,
    "The service made a mistake",
    "This is our mistake. It is in the service's log; please tell its keeper what you asked.",
)
CRASHED: Final = Kind(
    "worker-crashed",
    503,
    "The query broke the process that ran it",
    "The query is nested too deeply, or too long. Write it flatter.",
)
BUSY: Final = Kind(
    "busy",
    503,
    "Too many queries at once",
    "Wait as long as Retry-After says, and ask again.",
)
TIMEOUT: Final = Kind(
    "timeout",
    504,
    "The query took too long",
    "Ask for less: name an area, put a LIMIT, leave out a cross product. The keeper of a service "
    "decides how long a query may take.",
)
OUT_OF_MEMORY: Final = Kind(
    "out-of-memory",
    507,
    "The query took too much memory",
    "Ask for less: sorting and grouping keep all rows in memory.",
)
TRUNCATED: Final = Kind(
    "truncated",
    200,
    "Not all rows are in the answer",
    "The answer was cut at the service's limit of rows; the header LSP-Graph-Truncated says how many it has. Ask for "
    "less, or in parts by LIMIT and OFFSET over an ORDER BY; the files at /dumps/ hold everything.",
)
"""What the mark of a cut answer leads to; no problem by itself."""

OTHER: Final = Kind(
    "refused",
    400,
    "The request cannot be served",
    "Read the detail.",
)

BY_ERROR: Final[dict[type[errors.LspGraphError], Kind]] = {
    errors.InputError: Kind(
        "input",
        400,
        "The input cannot be used",
        "Read the detail: it names every place that is wrong, and what would be right.",
    ),
    errors.UnknownName: Kind(
        "unknown-name",
        404,
        "Nothing goes by this name",
        "The member nearest offers what was meant; a code is surer than a name.",
    ),
    errors.AmbiguousName: Kind(
        "ambiguous-name",
        400,
        "Several things go by this name",
        "The member candidates lists what the name fits: give the code of one.",
    ),
    errors.QueryRefused: Kind(
        "query-refused",
        400,
        "The SPARQL query cannot be run",
        "The members line and column say where; the detail says what was expected there.",
    ),
    errors.StoreUnavailable: Kind(
        "store-unavailable",
        503,
        "The graph cannot be had",
        "The service cannot read its data just now. Ask again later; its keeper finds the reason in the "
        "detail and the log.",
    ),
    errors.MissingWorld: Kind(
        "missing-world",
        404,
        "The store has no such invented places",
        "The store was built without them; its keeper can build it again. Leave world away to ask the real register.",
    ),
    errors.StaleVersion: Kind(
        "stale-version",
        409,
        "The graph has changed meanwhile",
        "Others have written meanwhile. Send the same again.",
    ),
    errors.LspGraphError: Kind(
        "error",
        500,
        "The service cannot answer",
        "Read the detail.",
    ),
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
