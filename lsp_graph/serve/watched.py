"""
What the operator sees, and what every answer says of itself to a browser.

    exchange  ->  the same with safe headers;  a count and a time for /metrics;  a line of JSON in the access log

The log has no query text beyond a size, and no header at all: tokens never reach it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from time import perf_counter
from typing import Final, TextIO
from urllib.parse import unquote_plus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsp_graph.serve.cache import Answers
from lsp_graph.serve.repeated import Repeats, note_of
from lsp_graph.serve.shares import Shares
from lsp_graph.serve.wire import Message as Reply
from lsp_graph.serve.workers import Pool

METRICS: Final = "/metrics"
READY: Final = "/ready"

MOST_LOGGED: Final = 500
"""Characters of a query string that the log keeps."""

_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
"""Header fields that every answer has, for browsers."""

_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FAMILIES: Final = ("sparql", "update", "graphs", "id", "doc", "ont", "scheme", "void", "dumps", "api", "reconcile")


class Metrics:
    """The figures of one service, for Prometheus."""

    def __init__(self, pool: Pool, answers: Answers, shares: Shares, repeats: Repeats) -> None:
        self.registry = registry = CollectorRegistry()
        self.seconds = Histogram(
            "lsp_graph_request_seconds", "time to answer", ["path", "status"], registry=registry, buckets=_BUCKETS
        )
        self._version = Info("lsp_graph_data", "version of the data served", registry=registry)
        self._pool = pool
        gauges = {
            "lsp_graph_workers": ("workers that live", lambda: pool.living),
            "lsp_graph_queue_requests": ("requests that wait for a worker", lambda: shares.waiting + pool.waiting),
            "lsp_graph_cache_bytes": ("bytes of kept answers", lambda: answers.bytes + repeats.held),
            "lsp_graph_cache_hits": (
                "requests answered from what was kept, since the start",
                lambda: answers.hits + repeats.count,
            ),
            "lsp_graph_cache_repeats": ("of them, those sent again byte for byte", lambda: repeats.count),
            "lsp_graph_cache_misses": ("requests that found nothing kept, since the start", lambda: answers.misses),
        }
        for name, (told, figure) in gauges.items():
            Gauge(name, told, registry=registry).set_function(figure)
        self._ended = Counter(
            "lsp_graph_workers_ended", "workers that ended before their time", ["why"], registry=registry
        )
        pool.on_end = lambda why: self._ended.labels(why).inc()

    def page(self) -> Reply:
        """The figures in Prometheus' text format."""
        self._version.info({"version": self._pool.version})
        head = {"status": 200, "headers": {"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"}}
        return Reply(head, generate_latest(self.registry))


class Watched:
    """The whole application, watched."""

    def __init__(self, application: ASGIApp, metrics: Metrics, log: TextIO | None) -> None:
        self.application, self.metrics, self.log = application, metrics, log
        self._known: dict[tuple[str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one exchange on."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        begin = perf_counter()
        status = size = 0
        note = note_of(scope)

        async def passed_on(event: Message) -> None:
            nonlocal status, size
            if event["type"] == "http.response.start":
                status = event["status"]
                event = {**event, "headers": [*event["headers"], *_added(event["headers"])]}
            elif event["type"] == "http.response.body":
                size += len(event.get("body", b""))
                if note is not None and note.version:
                    note.again = self._again(scope, status, size)
            await send(event)

        try:
            await self.application(scope, receive, passed_on)
        finally:
            taken = perf_counter() - begin
            self._again(scope, status, size)(taken)

    def _again(self, scope: Scope, status: int, size: int) -> Callable[[float], None]:
        """What counts and logs an exchange, or another that is the same, given the seconds that it took."""
        timed, log = self._timed(_family(scope["path"]), status), self.log
        if log is None:
            return timed.observe
        line = _line(scope, status, size)

        def told(seconds: float) -> None:
            timed.observe(seconds)
            log.write(line(seconds))

        return told

    def _timed(self, family: str, status: int) -> Histogram:
        key = (family, status)
        if key not in self._known:
            self._known[key] = self.metrics.seconds.labels(family, str(status))
        return self._known[key]


def _added(stated: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = {name for name, _ in stated}
    policy = [] if b"content-security-policy" in names else [(b"content-security-policy", _POLICY)]
    return [*SAFE, *policy]


def _family(path: str) -> str:
    """The part of the service that a path belongs to: few, so that the figures stay few."""
    first = path.strip("/").partition("/")[0]
    return first if first in _FAMILIES else "other"


def _line(scope: Scope, status: int, size: int) -> Callable[[float], str]:
    """The line of an exchange, given the seconds that it took."""
    query = unquote_plus(scope["query_string"].decode("latin-1"))
    said = {
        "method": scope["method"],
        "path": scope["path"][:MOST_LOGGED],
        "query": query if len(query) <= MOST_LOGGED else f"{len(query)} characters",
        "status": status,
        "bytes": size,
        "client": (scope.get("client") or ("",))[0],
    }
    return lambda seconds: json.dumps({**said, "ms": round(seconds * 1000, 1)}, ensure_ascii=True) + "\n"
