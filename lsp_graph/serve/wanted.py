"""
The format that an address asks for, where whoever follows it cannot say so in a header.

    ?format=csv  ->  Accept: text/csv

The parameter is taken out of the address, so that a path that knows no such parameter is asked as it would be with the
header. A client whose header names just what it takes is taken at that word: some send a parameter of this name too,
with values of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from lsp_graph.serve import problems
from lsp_graph.serve.exchange import respond

PARAMETER: Final = "format"

FORMATS: Final[Mapping[str, str]] = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "srj": "application/sparql-results+json",
    "xml": "application/xml",
    "srx": "application/sparql-results+xml",
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""What can be asked for by its short name."""

_PATHS: Final = ("/sparql", "/api/v1/")
_MARK: Final = PARAMETER.encode()


class Wanted:
    """The application, which may be asked for a format in the address."""

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; 400 for a format that there is not, or more than one."""
        if scope["type"] != "http" or _MARK not in scope["query_string"] or not scope["path"].startswith(_PATHS):
            await self.application(scope, receive, send)
            return
        given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        formats = [value for name, value in given if name == PARAMETER]
        if not formats or _is_exact(scope):
            await self.application(scope, receive, send)
            return
        if len(formats) > 1 or formats[0] not in FORMATS:
            said = f"{PARAMETER}: {', '.join(map(repr, formats))}; expected one of {', '.join(FORMATS)}"
            await respond(send, problems.MALFORMED_REQUEST.reply(said))
            return
        rest = urlencode([pair for pair in given if pair[0] != PARAMETER], encoding="latin-1").encode()
        headers = [field for field in scope["headers"] if field[0] != b"accept"]
        headers.append((b"accept", FORMATS[formats[0]].encode()))
        await self.application({**scope, "query_string": rest, "headers": headers}, receive, send)


def _is_exact(scope: Scope) -> bool:
    """Whether the header says which formats are taken, rather than any, or a page as a browser says it."""
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return bool(accept) and b"*/*" not in accept
