"""An HTTP server that replies as it is told to, so that what goes wrong in networks can be tested."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

RESULTS = "application/sparql-results+json"


@dataclass(frozen=True)
class Scripted:
    """One reply. `length` is what is announced where that is not the body's, None announces nothing."""

    body: bytes = b""
    status: int = 200
    media_type: str = RESULTS
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = -1


@dataclass(frozen=True)
class Asked:
    """A request as it came in; the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Script:
    """A server's address, the replies it will give (the last one again and again), and what it was asked."""

    address: str
    replies: list[Scripted]
    asked: list[Asked] = field(default_factory=list)


def table(*rows: Mapping[str, str]) -> bytes:
    """SPARQL results of plain literals."""
    names = sorted({name for row in rows for name in row})
    bindings = [{name: {"type": "literal", "value": value} for name, value in row.items()} for row in rows]
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


@contextmanager
def scripted(*replies: Scripted) -> Iterator[Script]:
    """A server that gives these replies, one after the other."""
    script = Script("", list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            names = {name.lower(): value for name, value in self.headers.items()}
            script.asked.append(Asked(self.command, self.path, names, body))
            reply = script.replies.pop(0) if len(script.replies) > 1 else script.replies[0]
            self.send_response(reply.status)
            if reply.media_type:
                self.send_header("Content-Type", reply.media_type)
            if reply.length is not None:
                self.send_header("Content-Length", str(len(reply.body) if reply.length < 0 else reply.length))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = True

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """The tests tell what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.address = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
