"""
Run the service: keeper, workers and HTTP server, from start to SIGTERM.

    settings  ->  a process that answers on a port
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, TextIO

from lsp_graph.errors import LspGraphError
from lsp_graph.serve.wire import Plan
from lsp_graph.serve.workers import Pool, open_pool
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    import uvicorn

_FAREWELL_SECONDS: Final = 10
"""How long requests under way may take after SIGTERM."""

_IDLE_SECONDS: Final = 30
"""How long a connection stays open between requests: longer than clients keep theirs, or they ask on a dead one."""

_BACKLOG: Final = 2048
"""Connections that may wait to be taken, as in uvicorn."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises `StoreUnavailable` where the graph cannot be loaded, `LspGraphError` where the address cannot be had.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    with _bound(settings) as bound, asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_serve(settings, bound))


async def _serve(settings: Settings, bound: socket.socket) -> None:
    plan = Plan(
        store=str(settings.store),
        workers=settings.workers,
        max_rows=settings.max_rows,
        memory_mb=settings.worker_memory_mb,
        backend=settings.backend,
        strict=settings.default_graph == "strict",
        keep_versions=settings.keep_versions,
    )
    async with open_pool(plan, settings.timeout) as pool:
        server = _http_server(pool, settings)  # made, with all it imports, while the keeper loads the graph
        await pool.ready()
        bound.listen(_BACKLOG)  # so that whoever reads the line below can connect at once
        host, port = bound.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        said = f"LSP Graph: version {pool.version} on http://{address}"
        print(said, file=sys.stderr, flush=True)  # noqa: T201  # what the operator waits for
        await _served(server, bound)


async def _served(server: uvicorn.Server, bound: socket.socket) -> None:
    """Serve until a signal says to end, and see to it that slow connections end before."""
    from lsp_graph.serve.connection import watch

    watching = asyncio.create_task(watch(server.server_state.connections))
    try:
        await server.serve(sockets=[bound])
    finally:
        watching.cancel()


def _http_server(pool: Pool, settings: Settings) -> uvicorn.Server:
    import uvicorn

    from lsp_graph.serve.app import create_app
    from lsp_graph.serve.cache import Answers
    from lsp_graph.serve.connection import bounded
    from lsp_graph.serve.repeated import Repeats

    room = settings.cache_mb * 2**20
    answers, repeats = Answers(room * 3 // 4), Repeats(room // 4, lambda: pool.version)
    return uvicorn.Server(
        uvicorn.Config(
            create_app(
                pool,
                answers,
                repeats,
                _access_log(settings),
                settings.public_base,
                write_token=settings.write_token,
                most_written=settings.max_write_mb * 2**20,
            ),
            http=bounded(settings, repeats),
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="error",  # what strangers get wrong is told to them, not to the operator
            forwarded_allow_ips=settings.trusted_proxies.split(","),
            server_header=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_FAREWELL_SECONDS,
        )
    )


def _access_log(settings: Settings) -> TextIO | None:
    """Where exchanges are logged. Raises `LspGraphError` for a file that cannot be written."""
    if not settings.access_log:
        return None
    if settings.access_log == "-":
        return sys.stdout
    try:
        return Path(settings.access_log).open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise LspGraphError(f"{settings.access_log}: the access log cannot be written ({error.strerror})") from error


def _bound(settings: Settings) -> socket.socket:
    """A socket bound to the address; port 0 takes any free one. It does not listen before the graph is loaded."""
    try:
        family, type_, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, type_, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        raise LspGraphError(f"{settings.host}:{settings.port}: cannot be served on ({error.strerror})") from error
    return bound


def _loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def _end(number: int, frame: FrameType | None) -> None:
    """End before there is a server to end gracefully; after it has ended, the server raises the signal again."""
    raise SystemExit(0)
