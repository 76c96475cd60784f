"""
One conversation with a SPARQL endpoint over HTTP: patient with networks, strict with answers.

    query + parameters  ->  reply whose end was seen, of a type that was asked for

SPARQLWrapper writes the requests (SPARQL 1.1 Protocol, section 2.1). Each has a connection of its own, because urllib,
on which it rests, keeps none.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

from SPARQLWrapper import GET, POST, SPARQLWrapper

from lsp_graph import __version__
from lsp_graph.errors import InputError, LspGraphError, Problem, QueryRefused, StoreUnavailable

AGENT: Final = f"lsp-graph/{__version__}"

_TRIES: Final = 4
_FIRST_PAUSE: Final = 0.25
"""Seconds before the second try; each further pause is twice as long."""

_LONGEST_PAUSE: Final = 30.0
"""Who asks for more patience than that (Retry-After) is not waited for."""

_AGAIN: Final = frozenset({502, 503, 504})
"""What a server says that may answer the same request later."""

_LONGEST_GET: Final = 1500
"""Queries that are longer, as part of an address, are sent by POST: servers and proxies cut long addresses."""

_SHOWN: Final = 300
"""How much of a server's own words an error repeats."""


@dataclass(frozen=True)
class Credentials:
    """What tells the endpoint who asks: a token, or a user with a password. It is never shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def header(self) -> dict[str, str]:
        """The `Authorization` header of a token (RFC 6750). A password is sent only to a server that asks for it."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


NOBODY: Final = Credentials()


@dataclass(frozen=True)
class Reply:
    """A whole answer: its media type without parameters, its headers by lower-case name, its body.

    `ended` says that the server marked the end of the body, so that a body cut short would have been noticed.
    """

    media_type: str
    headers: Mapping[str, str]
    body: bytes
    ended: bool


class _Open:
    """A connection that does not announce its end: Jetty then tells the length of a body, instead of just closing."""

    def putheader(self, header: str | bytes, *values: Any) -> None:
        """Send a header, unless it is the one by which urllib announces the end."""
        if header != "Connection":
            super().putheader(header, *values)  # type: ignore[misc]  # of the connection that this is mixed into


class _Connection(_Open, http.client.HTTPConnection):
    """Such a connection by HTTP."""


class _SecureConnection(_Open, http.client.HTTPSConnection):
    """Such a connection by HTTPS."""


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request)


class _Secure(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request)


class _Unredirected(urllib.request.HTTPRedirectHandler):
    """A redirect is told, not followed: it would take the credentials along, and turn a POST into a GET."""

    def redirect_request(self, *given: Any) -> None:
        return None


def opener(address: str, credentials: Credentials) -> urllib.request.OpenerDirector:
    """What opens the address, without following redirects.

    A server that asks for a password gets it, as it is (RFC 7617) or as a digest (RFC 7616), whichever it asks for:
    Virtuoso takes nothing but digests, and no request that comes with a password as it is.
    """
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    if credentials.user and not credentials.token:
        passwords.add_password(None, address, credentials.user, credentials.password)
    digest, basic = urllib.request.HTTPDigestAuthHandler(passwords), urllib.request.HTTPBasicAuthHandler(passwords)
    return urllib.request.build_opener(_Plain, _Secure, _Unredirected, digest, basic)


class _Query(SPARQLWrapper):
    """A query whose errors keep the server's status, headers and words, which SPARQLWrapper's own drop."""

    def __init__(
        self, address: str, text: str, form: str, timeout: float, opens: urllib.request.OpenerDirector
    ) -> None:
        super().__init__(address, agent=AGENT)
        # Set rather than given to setQuery, which guesses the form: the word "load" in a comment makes an update of it.
        self.queryString, self.queryType = text, form
        self.seconds, self.opens = timeout, opens
        self.setOnlyConneg(True)

    def _query(self) -> tuple[http.client.HTTPResponse, str]:
        return self.opens.open(self._createRequest(), timeout=self.seconds), self.returnFormat


class Endpoint:
    """A SPARQL endpoint, by the address that queries are sent to.

    `timeout` in seconds is how long it may be silent; `pause` waits between two tries.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials = NOBODY,
        timeout: float = 60.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address, self.timeout = checked(address), timeout
        self._credentials, self._pause = credentials, pause

    def ask(self, text: str, form: str, accept: Iterable[str], parameters: Iterable[tuple[str, str]] = ()) -> Reply:
        """The reply to a query of this form (SELECT, ASK, CONSTRUCT, DESCRIBE), of one of the media types accepted.

        Queries only read, so one that found no connection, or a server that cannot answer just now, is sent again.
        Raises `QueryRefused` where the server finds fault with the query, `StoreUnavailable` for all else.
        """
        # With an opener of its own, as it notes what it proved already: several threads may ask.
        query = _Query(self.address, text, form, self.timeout, opener(self.address, self._credentials))
        wanted = tuple(accept)
        for name, value in {"Accept": ", ".join(wanted), **self._credentials.header()}.items():
            query.addCustomHttpHeader(name, value)
        length = len(quote_plus(text))
        for name, value in parameters:
            query.addParameter(name, value)
            length += len(name) + len(quote_plus(value)) + 2
        query.setMethod(GET if length <= _LONGEST_GET else POST)
        reply = patiently(lambda: whole(query.query().response), self.address, self.timeout, self._pause)
        if reply.media_type not in wanted:
            raise StoreUnavailable(
                f"{self.address}: answers with {reply.media_type or 'no media type'}, expected {' or '.join(wanted)}; "
                "is this the address that queries are sent to?"
            )
        return reply


def checked(address: str) -> str:
    """The address, if it is one of HTTP and holds no password.

    Raises `InputError` when it is not; a password in it is not repeated.
    """
    try:
        parts = urlsplit(address)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        parts, named = urlsplit(""), False
    if parts.password is not None or parts.username is not None:
        expected = "LSP_GRAPH_BACKEND_USER and LSP_GRAPH_BACKEND_PASSWORD"
        raise InputError([Problem("backend", None, f"user and password in the address of {parts.hostname}", expected)])
    if not named or parts.fragment or any(sign.isspace() for sign in address):
        raise InputError(
            [Problem("backend", None, repr(address), "an address such as http://localhost:3030/lsp/sparql")]
        )
    return address


def patiently(
    attempt: Callable[[], Reply], address: str, timeout: float, pause: Callable[[float], None] = time.sleep
) -> Reply:
    """What an attempt gives, made again where that may help.

    Raises `StoreUnavailable` with the address and the reason, or `QueryRefused` for status 400.
    """
    waits = _FIRST_PAUSE
    for left in range(_TRIES - 1, -1, -1):
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            with error:
                wait = _asked_for(error, waits)
                if error.code not in _AGAIN or not left or wait > _LONGEST_PAUSE:
                    raise _of_status(error, address) from error
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            if isinstance(reason, TimeoutError):
                raise StoreUnavailable(f"{address}: no answer within {timeout:g} seconds") from error
            if not left or isinstance(reason, ssl.SSLCertVerificationError | socket.gaierror):
                raise StoreUnavailable(f"{address}: {_told(reason)}") from error
            wait = waits
        except ValueError as error:  # of urllib, for a server that wants neither a password nor its digest
            raise _unauthorised(address, 401) from error
        pause(wait)
        waits *= 2
    raise AssertionError("the last try returns or raises")


def whole(response: http.client.HTTPResponse) -> Reply:
    """The whole reply. Raises `http.client.IncompleteRead` where the server stops before the end it announced."""
    with response:
        ended = response.length is not None or response.chunked
        body = response.read()
        headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.headers.get_content_type() if "content-type" in headers else "", headers, body, ended)


def _asked_for(error: urllib.error.HTTPError, otherwise: float) -> float:
    """The seconds that Retry-After asks for; its other form, a date, is left to our own patience."""
    said = (error.headers.get("Retry-After") or "").strip()
    return float(said) if said.isascii() and said.isdigit() else otherwise


def _told(reason: object) -> str:
    if isinstance(reason, http.client.IncompleteRead):
        return f"the answer was cut short after {len(reason.partial):,} bytes"
    if isinstance(reason, OSError) and reason.strerror:
        return f"cannot be reached ({reason.strerror})"
    return f"cannot be reached ({reason})"


def _of_status(error: urllib.error.HTTPError, address: str) -> LspGraphError:
    said, line, column = _words(error)
    match error.code:
        case 400:
            return QueryRefused(said or "the endpoint does not say why", line, column)
        case 401 | 403:
            return _unauthorised(address, error.code)
        case 404 | 405 | 501:
            return StoreUnavailable(
                f"{address}: there is no SPARQL endpoint ({error.code}); expected the address that queries are sent to"
            )
        case code if 300 <= code < 400:
            return StoreUnavailable(
                f"{address}: has moved to {error.headers.get('Location')} ({code}); use that address"
            )
        case code:
            return StoreUnavailable(f"{address}: cannot answer (status {code}{': ' if said else ''}{said})")


def _unauthorised(address: str, status: int) -> StoreUnavailable:
    mend = "set LSP_GRAPH_BACKEND_USER and LSP_GRAPH_BACKEND_PASSWORD, or LSP_GRAPH_BACKEND_TOKEN"
    return StoreUnavailable(f"{address}: lets nobody in without the right credentials ({status}); {mend}")


def _words(error: urllib.error.HTTPError) -> tuple[str, int | None, int | None]:
    """What the server says itself, with the line and column in the query where it is a problem document (RFC 9457)."""
    try:
        body = error.read(64 * 1024)
    except (OSError, http.client.HTTPException):
        return "", None, None
    kind = error.headers.get_content_type()
    if kind == "application/problem+json":
        try:
            told = json.loads(body)
            return str(told["detail"]).removeprefix("SPARQL refused: "), told.get("line"), told.get("column")
        except (ValueError, KeyError, TypeError, AttributeError):
            return "", None, None
    if kind == "text/html":
        return "", None, None
    said = " ".join(body.decode(errors="replace").split())
    return (said if len(said) <= _SHOWN else f"{said[:_SHOWN]} …"), None, None
