"""
The workers, as the serving process sees them.

    request  ->  an idle worker, within the time limit  ->  reply, or a problem document

A worker that does not answer in time is killed; one that dies is replaced; what became of it decides what the client is
told. Requests beyond those the workers are busy with wait in a line of limited length.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from lsp_graph.errors import StoreUnavailable
from lsp_graph.serve import problems, wire
from lsp_graph.serve.wire import Message, Plan

LINE_PER_WORKER: Final = 32
"""How many requests may wait for each worker."""

_OBITUARY_SECONDS: Final = 2.0
_RESTART_SECONDS: Final = 1.0
_MEMORY_SIGNALS: Final = frozenset({signal.SIGABRT, signal.SIGKILL})
_BROKEN_SIGNALS: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP})


class Worker:
    """One worker: its channel, and its death once that is known (exit status, negative for a signal; None: unknown)."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid, self.channel, self.outdated = pid, channel, False
        self.channel.setblocking(False)
        self.death: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def connect(self) -> None:
        """Make the channel ready for `ask`."""
        self._reader, self._writer = await asyncio.open_connection(sock=self.channel, limit=2**20)

    async def ask(self, request: Message) -> Message:
        """The worker's reply. Raises `OSError` or `asyncio.IncompleteReadError` where it dies over it."""
        self._writer.write(wire.pack(request))
        await self._writer.drain()
        return await wire.receive_async(self._reader)

    def let_go(self) -> None:
        """Close the channel."""
        self._writer.close()


class Pool:
    """The workers of one keeper; a keeper that dies is started again. Use `open_pool`."""

    def __init__(self, plan: Plan, timeout: float) -> None:
        self.plan, self.timeout = plan, timeout
        self.version = ""
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._living: dict[int, Worker] = {}
        self._waiting = 0
        self.on_end: Callable[[str], None] = lambda why: None
        """Called with the reason when a worker ends before its time: timeout, memory, crash, error, client-gone."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = b""
        self._channels: list[int] = []
        self._closing = False

    @property
    def living(self) -> int:
        """How many workers there are just now."""
        return len(self._living)

    @property
    def waiting(self) -> int:
        """How many requests wait for a worker just now."""
        return self._waiting

    async def ask(self, request: Message, timeout: float | None = None) -> Message:
        """The reply to a request. Always one: where none can be had, a problem document says why.

        `timeout` in seconds is how long the worker may take, where that is not as long as for any other request. When
        the caller is cancelled (its client has gone), the worker is ended.
        """
        if self._waiting >= LINE_PER_WORKER * self.plan.workers:
            return self._busy("the line of waiting requests is full")
        self._waiting += 1
        try:
            async with asyncio.timeout(self.timeout):
                worker = await self._idle.get()
                while worker.death.done():
                    worker = await self._idle.get()
        except TimeoutError:
            return self._busy(f"no worker became free within {self.timeout:g} seconds")
        finally:
            self._waiting -= 1
        return await self._ask(worker, request, timeout or self.timeout)

    async def _ask(self, worker: Worker, request: Message, timeout: float) -> Message:
        try:
            async with asyncio.timeout(timeout):
                reply = await worker.ask(request)
        except TimeoutError:
            self._end(worker)
            self.on_end("timeout")
            return problems.TIMEOUT.reply(f"the answer was not there after {timeout:g} seconds")
        except asyncio.CancelledError:
            self._end(worker)
            self.on_end("client-gone")
            raise
        except (OSError, asyncio.IncompleteReadError):
            return await self._obituary(worker)
        if worker.outdated or reply.head.get("retire"):
            worker.let_go()
        else:
            self._idle.put_nowait(worker)
        return reply

    async def _obituary(self, worker: Worker) -> Message:
        """What a client is told when the worker has died over its request."""
        try:
            async with asyncio.timeout(_OBITUARY_SECONDS):
                status = await asyncio.shield(worker.death)
        except TimeoutError:
            self._end(worker)
            status = 0
        if status is None:
            return problems.of_error(
                StoreUnavailable("the process that holds the graph ended; it is being started again")
            )
        if -status in _MEMORY_SIGNALS:
            self.on_end("memory")
            return problems.OUT_OF_MEMORY.reply(f"the query wanted more than {self.plan.memory_mb} MB")
        if -status in _BROKEN_SIGNALS:
            self.on_end("crash")
            return problems.CRASHED.reply("the query could not be read or run; it may be nested too deeply")
        self.on_end("error")
        return problems.INTERNAL.reply("the process that worked on the request ended by an error of its own")

    def _busy(self, detail: str) -> Message:
        return problems.BUSY.reply(detail, {"retry-after": "1"})

    def _end(self, worker: Worker) -> None:
        """Have the keeper kill a worker; only the keeper knows whether a process number is still its worker's."""
        worker.let_go()
        with suppress(OSError):  # a keeper that is gone has taken its workers with it
            self._control.sendall(json.dumps({"end": worker.pid}).encode() + b"\n")

    def launch(self) -> None:
        """Start a keeper, which loads the graph."""
        self._control, theirs = socket.socketpair()
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        with theirs:
            command = [sys.executable, "-m", "lsp_graph.serve.keeper", str(theirs.fileno()), self.plan.to_json()]
            self._process = subprocess.Popen(  # noqa: S603  # our own module, no shell
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # so that Ctrl-C in a terminal is the serving process's to answer
            )
        self._control.setblocking(False)
        self._heard, self._channels = b"", []
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[str] = loop.create_future()
        loop.add_reader(self._control.fileno(), self._listen)

    async def ready(self) -> None:
        """Wait until the graph is loaded. Raises `StoreUnavailable` with the reason why it cannot be."""
        self.version = await self._ready

    def close(self) -> None:
        """End the keeper, and by that its workers."""
        self._closing = True
        self._let_go()
        for task in self._tasks:
            task.cancel()

    def _let_go(self) -> None:
        if self._control.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        self._control.close()
        try:
            self._process.wait(timeout=5)
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
            self._told(json.loads(line))
        if not heard:
            self._keeper_died()

    def _told(self, event: dict[str, Any]) -> None:
        match event:
            case {"ready": version}:
                self._ready.set_result(version)
            case {"failed": reason}:
                self._ready.set_exception(StoreUnavailable(reason))
            case {"worker": pid}:
                self._living[pid] = worker = Worker(pid, socket.socket(fileno=self._channels.pop(0)))
                self._run(self._greet(worker))
            case {"died": pid, "status": status}:
                self._bury(pid, status)
            case {"renew": _}:
                self._renew()

    async def _greet(self, worker: Worker) -> None:
        await worker.connect()
        self._idle.put_nowait(worker)

    def _renew(self) -> None:
        """Have every worker replaced: those that are idle now, the others after what they are busy with."""
        for worker in self._living.values():
            worker.outdated = True
        while not self._idle.empty():
            self._idle.get_nowait().let_go()

    def _bury(self, pid: int, status: int | None) -> None:
        worker = self._living.pop(pid, None)
        if worker is not None:
            worker.death.set_result(status)

    def _keeper_died(self) -> None:
        for pid in tuple(self._living):
            self._bury(pid, None)
        if not self._ready.done():
            self._ready.set_exception(StoreUnavailable("the process that holds the graph ended before it was ready"))
        self._let_go()
        if self.version and not self._closing:
            self._run(self._restart())

    async def _restart(self) -> None:
        while True:
            await asyncio.sleep(_RESTART_SECONDS)
            try:
                self.launch()
                return await self.ready()
            except StoreUnavailable as error:
                print(error, file=sys.stderr)  # noqa: T201  # the operator's log

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@asynccontextmanager
async def open_pool(plan: Plan, timeout: float) -> AsyncIterator[Pool]:
    """A pool that is launched, and closed in the end; `ready` says when it can be asked."""
    pool = Pool(plan, timeout)
    pool.launch()
    try:
        yield pool
    finally:
        pool.close()
