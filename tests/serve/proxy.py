"""A small reverse proxy: what is asked under a prefix is passed on without it, with the fields that proxies add."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_OURS = {"connection", "transfer-encoding", "content-length", "date", "server", "host", "content-encoding"}


@contextmanager
def proxy(prefix: str) -> Iterator[tuple[str, list[str]]]:
    """A proxy that runs: its address, and a list that takes the address of the service once that is known."""
    behind: list[str] = []

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                self.send_error(404)
                return
            fields = {name: value for name, value in self.headers.items() if name.lower() not in _OURS}
            fields |= {
                "host": self.headers["host"],
                "x-forwarded-for": self.client_address[0],
                "x-forwarded-proto": "https",
            }
            reply = httpx.get(f"{behind[0]}{self.path.removeprefix(prefix)}", headers=fields, timeout=20)
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                if name not in _OURS:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, format: str, *arguments: object) -> None:  # as in the library
            """Nobody wants to read it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}", behind
        server.shutdown()
