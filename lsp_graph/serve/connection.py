"""
One connection of a client, within bounds.

    bytes that arrive  ->  requests, unless they come too slowly, too large or too many

The server library reads HTTP; what it leaves open is bound here: how long a request may take to arrive and an answer to
be taken, how large the head may be, and how many connections there may be. Nothing here waits: each connection notes
what it has seen, and `watch` looks at all of them now and then.

Sources: RFC 9112 (HTTP/1.1) sections 3.2, 9.3 and 9.6; RFC 6585 section 5 (431).
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address
from time import perf_counter
from typing import Any, Final, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from lsp_graph.serve import problems
from lsp_graph.serve.repeated import MOST_REPLY_BYTES, MOST_REQUEST_BYTES, Note, Repeat, Repeats, add_note
from lsp_graph.serve.watched import SAFE
from lsp_graph.serve.wire import Message
from lsp_graph.settings import Settings, networks

MOST_HEAD_BYTES: Final = 2**16
"""The longest header fields of a request, together."""

MOST_FIELDS: Final = 100
"""The most header fields of a request."""

MOST_LINE_BYTES: Final = 2**16 - 1
"""The longest target of a request; the parser of addresses reads no longer ones."""

SLOWEST: Final = 2**13
"""Bytes a second that a client sends or takes at least, once it has had the time that every request has."""

PAUSE_SECONDS: Final = 0.25
"""How often `watch` looks."""

_LINGER_SECONDS: Final = 2.0
"""How long the rest of a body is read and dropped after its request was answered, so that the answer arrives."""

SHARE_OF_CONNECTIONS: Final = 4
"""One client may hold one part in so many of the connections."""

_OTHER_DESCRIPTORS: Final = 100


@dataclass
class Bounds:
    """What holds for the connections of one service, and who holds how many of them.

    `seconds` is the time that a request may take to arrive, and an answer to be taken, whatever its size; `most` how
    many connections there may be; the connections of the `proxies` stand for many clients.
    """

    seconds: float
    most: int
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    held: Counter[str] = field(default_factory=Counter)

    def refusal(self, peer: str) -> Message | None:
        """What one more connection of a client is told, if it is one too many; else it is counted in."""
        if self.held.total() >= self.most:
            return problems.BUSY.reply("too many connections", {"retry-after": "1"})
        if self.held[peer] >= max(1, self.most // SHARE_OF_CONNECTIONS) and not self._is_proxy(peer):
            detail = f"{self.held[peer]} connections of one client"
            return problems.TOO_MANY.reply(detail, {"retry-after": "1"})
        self.held[peer] += 1
        return None

    def _is_proxy(self, peer: str) -> bool:
        return any(ip_address(peer) in network for network in self.proxies)

    def let_go(self, peer: str) -> None:
        """Count a connection out."""
        self.held[peer] -= 1
        if not self.held[peer]:
            del self.held[peer]


class _Sent:
    """The transport of one reply, which notes what is sent, unless it is too long. The head waits for its body."""

    def __init__(self, request: bytes, cycle: RequestResponseCycle) -> None:
        self.request, self.cycle, self.note = request, cycle, Note()
        self.kept: list[bytes] | None = []
        self._room = MOST_REPLY_BYTES
        self._transport = cycle.transport
        self._head: bytes | None = b""
        self.is_closing = cycle.transport.is_closing
        add_note(cast(Scope, cycle.scope), self.note)
        cycle.transport = self  # type: ignore[assignment]  # what it uses of one is there

    def write(self, data: bytes) -> None:
        """Send on."""
        if self._head == b"":
            self._head = data
        else:
            self._transport.write(self._with_head(data))
        self._room -= len(data)
        if self._room < 0:
            self.kept = None
        elif self.kept is not None:
            self.kept.append(data)

    def close(self) -> None:
        """Send what waits, and close."""
        if self._head:
            self._transport.write(self._with_head(b""))
        self._transport.close()

    def _with_head(self, data: bytes) -> bytes:
        head, self._head = self._head, None
        return head + data if head else data


class Connection(HttpToolsProtocol):
    """The server library's connection, with bounds."""

    def __init__(self, bounds: Bounds, repeats: Repeats, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.bounds, self.repeats = bounds, repeats
        self._begun = 0
        self._upgraded = False
        self._sent: _Sent | None = None
        self._peer: str | None = None
        self._refused = False
        self._refusal: Message | None = None
        self._in_head, self._complete = True, True
        self._line_bytes = self._head_bytes = self._fields = self._hosts = 0
        self._arriving: float | None = self.loop.time()
        self._arrived = 0
        self._taking: float | None = None
        self._taken, self._left = 0, 0
        self._end: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take a connection in, or tell that it is one too many."""
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        refusal = self.bounds.refusal(peer)
        if refusal is None:
            self._peer = peer
        else:
            self._refused = True
            self._say(refusal)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count the connection out."""
        if self._peer is not None:
            self.bounds.let_go(self._peer)
            self._peer = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has arrived, unless it is too much of a head."""
        if self._refused:
            return
        alone = self._is_idle() and len(data) <= MOST_REQUEST_BYTES and data.startswith(b"GET ")
        if alone:
            repeat = self.repeats.get(self._peer or "", data)
            if repeat is not None:
                self._repeat(repeat)
                return
        begun = self._begun
        self._read(data)
        if alone and self._complete and self._begun == begun + 1 and not (self._upgraded or self._refused):
            self._sent = _Sent(data, self.cycle)

    def _is_idle(self) -> bool:
        """Whether nothing of a request is under way, and the next bytes begin another."""
        answered = self.cycle is None or self.cycle.response_complete
        waits = self.flow.write_paused or self.transport.is_closing()
        return answered and self._complete and not (self.pipeline or waits or self._upgraded)

    def _repeat(self, repeat: Repeat) -> None:
        """Send a reply again."""
        begin = perf_counter()
        self._unset_keepalive_if_required()
        self._arriving = None
        date = self.server_state.default_headers[0][1]
        self.transport.write(b"".join((repeat.before, date, repeat.after)))
        super().on_response_complete()
        repeat.again(perf_counter() - begin)

    def _read(self, data: bytes) -> None:
        if self._arriving is None:
            self._arriving, self._arrived = self.loop.time(), 0
        self._arrived += len(data)
        before = self._arrived if self._in_head else 0
        super().data_received(data)
        # A field is only told once it is whole, so what is not yet told is bound by what has arrived.
        if self._in_head and before > MOST_LINE_BYTES + MOST_HEAD_BYTES and not self._refused:
            self.send_400_response("a head without end")

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._begun += 1
        self._line_bytes = self._head_bytes = self._fields = self._hosts = 0
        self._in_head, self._complete = True, False
        if self._arriving is None:  # it came together with the one before
            self._arriving, self._arrived = self.loop.time(), 0

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target. An exception is what ends the reading."""
        self._line_bytes += len(url)
        if self._line_bytes > MOST_LINE_BYTES:
            self._refuse(problems.TOO_LONG.reply(f"more than {MOST_LINE_BYTES} bytes; a long query goes by POST"))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field."""
        self._fields += 1
        self._head_bytes += len(name) + len(value)
        if self._fields > MOST_FIELDS or self._head_bytes > MOST_HEAD_BYTES:
            said = f"more than {MOST_FIELDS} header fields, or {MOST_HEAD_BYTES} bytes of them"
            self._refuse(problems.HEAD_TOO_LARGE.reply(said))
        self._hosts += name.lower() == b"host"
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request on; one of HTTP/1.1 names its host, and names one."""
        if self._hosts != 1 and (self._hosts or self.parser.get_http_version() == "1.1"):
            self._refuse(problems.MALFORMED_REQUEST.reply(f"{self._hosts} Host fields; expected one"))
        self._in_head = False
        self._upgraded = self._upgraded or self.parser.should_upgrade()
        super().on_headers_complete()
        if self._arriving is not None:
            self._arriving, self._arrived = self.loop.time(), 0  # a body has its own time

    def on_message_complete(self) -> None:
        """The request has arrived."""
        self._arriving, self._complete, self._in_head, self._end = None, True, True, None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was given; where its request has not ended, the rest is read and dropped for a while."""
        if not (self._complete or self._in_head or self.pipeline):
            self._end = self.loop.time() + _LINGER_SECONDS
        sent, self._sent = self._sent, None
        if sent is not None and sent.kept is not None and sent.cycle.keep_alive:
            self.repeats.put(self._peer or "", sent.request, b"".join(sent.kept), sent.note)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client takes more slowly than it is given to."""
        self._taking, self._taken, self._left = self.loop.time(), 0, self.transport.get_write_buffer_size()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client has taken most of what there was."""
        self._taking = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Tell what is wrong with a request, unless that would be read as the answer to another one."""
        refusal = self._refusal or problems.MALFORMED_REQUEST.reply("this is not HTTP as RFC 9112 has it")
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering and (self.pipeline or not self.cycle.more_body or self.cycle.response_started):
            self._refused = True
            self.transport.close()
        else:
            self._say(refusal)

    def look(self, now: float) -> None:
        """End the connection where the client has had its time. `now` is the loop's time, in seconds."""
        if self._end is not None and now > self._end:
            self.transport.close()
        if self._arriving is not None:
            if self.flow.read_paused:
                self._arriving = now  # it is us who do not read
            elif now - self._arriving > self.bounds.seconds + (0 if self._in_head else self._arrived / SLOWEST):
                self._late()
        if self.transport.is_closing() and self._taking is None and self.transport.get_write_buffer_size():
            self._taking, self._taken, self._left = now, 0, self.transport.get_write_buffer_size()
        if self._taking is not None:
            left = self.transport.get_write_buffer_size()
            self._taken, self._left = self._taken + max(0, self._left - left), left
            if now - self._taking > self.bounds.seconds + self._taken / SLOWEST:
                self.transport.abort()

    def _late(self) -> None:
        """Close; with a reply, where the client has begun to ask and none of its answers is under way."""
        self._arriving = None
        answering = self.cycle is not None and not self.cycle.response_complete
        if (self._arrived and not answering) if self._in_head else (answering and not self.cycle.response_started):
            self._say(problems.SLOW.reply(f"the request did not arrive within {self.bounds.seconds:g} seconds"))
        else:
            self.transport.close()

    def _refuse(self, reply: Message) -> None:
        self._refusal = reply
        raise ValueError(reply.head["status"])

    def _say(self, reply: Message) -> None:
        """Send a reply that no application made, and close."""
        self._refused = True
        status = HTTPStatus(reply.head["status"])
        fields = [*self.server_state.default_headers, *SAFE, (b"connection", b"close")]
        fields += [(name.encode(), value.encode()) for name, value in reply.head["headers"].items()]
        fields.append((b"content-length", str(len(reply.body)).encode()))
        head = b"".join(b"%s: %s\r\n" % pair for pair in fields)
        line = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        self.transport.write(b"".join((line, head, b"\r\n", reply.body)))
        self.transport.close()


def bounded(settings: Settings, repeats: Repeats) -> type[asyncio.Protocol]:
    """The connection within the bounds of a service, as the server library takes it."""
    # One descriptor each, and some for all else that the process has open.
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(settings.connections, max(1, soft - _OTHER_DESCRIPTORS))
    bounds = Bounds(settings.request_timeout, most, networks(settings.trusted_proxies))
    return partial(Connection, bounds, repeats)  # type: ignore[return-value]  # it is only ever called


async def watch(connections: Iterable[object]) -> None:
    """Look at the connections again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(PAUSE_SECONDS)
        for connection in tuple(connections):
            if isinstance(connection, Connection):
                connection.look(loop.time())
