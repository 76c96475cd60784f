"""
The line to one keeper: the process that holds a version of the graph, and what is said between it and the pool.

    plan  ->  a keeper, whose events are told one by one
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from lsp_graph.errors import StoreUnavailable
from lsp_graph.serve.wire import Plan

Event = dict[str, Any]

_END_SECONDS = 5.0


class Line:
    """A keeper that was started. `ready` becomes the version it has loaded, or the reason why it cannot.

    `told` is called with each event that concerns workers and, for a new worker, its channel; `ended` when the keeper
    is no more.
    """

    def __init__(
        self, plan: Plan, told: Callable[[Line, Event, int | None], None], ended: Callable[[Line], None]
    ) -> None:
        self._told, self._ended = told, ended
        self._control, theirs = socket.socketpair()
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        with theirs:
            command = [sys.executable, "-m", "lsp_graph.serve.keeper", str(theirs.fileno()), plan.to_json()]
            self._process = subprocess.Popen(  # noqa: S603  # our own module, no shell
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, "LSP_GRAPH_WRITE_TOKEN": ""},  # no business of theirs
                start_new_session=True,  # so that Ctrl-C in a terminal is the serving process's to answer
            )
        self._control.setblocking(False)
        self._heard = b""
        self._channels: list[int] = []
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[str] = loop.create_future()
        self._advanced: asyncio.Future[str | None] | None = None
        loop.add_reader(self._control.fileno(), self._listen)

    @property
    def loaded(self) -> bool:
        """Whether the keeper has ever had the graph."""
        return self.ready.done() and self.ready.exception() is None

    def say(self, event: Event) -> None:
        """Tell the keeper something; one that is gone needs no telling."""
        with suppress(OSError):
            self._control.sendall(json.dumps(event).encode() + b"\n")

    async def advance(self) -> str | None:
        """Have the keeper follow the changes of the store; gives its version, None where only loading anew can.

        Raises `StoreUnavailable` where it cannot follow, or is no more.
        """
        self._advanced = asyncio.get_running_loop().create_future()
        self.say({"advance": True})
        return await self._advanced

    def close(self) -> None:
        """End the keeper, and by that its workers."""
        if self._control.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        self._control.close()
        try:
            self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        """Take in what the keeper tells. A channel arrives no later than the line that announces it."""
        try:
            heard, channels, _, _ = socket.recv_fds(self._control, 65536, 64)
        except ConnectionResetError:
            heard, channels = b"", []
        self._channels += channels
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            self._tell(json.loads(line))
        if not heard:
            self._lost()

    def _tell(self, event: Event) -> None:
        match event:
            case {"ready": version}:
                self.ready.set_result(version)
            case {"failed": reason}:
                _fail(self.ready if self._advanced is None else self._advanced, reason)
            case {"advanced": version}:
                if self._advanced is not None and not self._advanced.done():
                    self._advanced.set_result(version)
                self._told(self, event, None)
            case {"worker": _}:
                self._told(self, event, self._channels.pop(0))
            case _:
                self._told(self, event, None)

    def _lost(self) -> None:
        for one in (self.ready, self._advanced):
            if one is not None:
                _fail(one, "the process that holds the graph ended; it is being started again")
        self.close()
        self._ended(self)


def _fail(future: asyncio.Future[Any], reason: str) -> None:
    if not future.done():
        future.set_exception(StoreUnavailable(reason))
        future.exception()  # seen: whoever waits is told, and where nobody does there is nothing to warn of
