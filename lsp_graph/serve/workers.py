"""
The workers, as the serving process sees them.

    request  ->  an idle worker, within the time limit  ->  reply, or a problem document

A worker that does not answer in time is killed; one that dies is replaced; what became of it decides what the client is
told. Requests beyond those the workers are busy with wait in a line of limited length.

When the store has a new version, by a write or by another process, workers that know it take the place of those that do
not: these end what they are busy with, on the version they began with.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Final, cast

from lsp_graph.errors import StoreUnavailable
from lsp_graph.serve import problems, wire
from lsp_graph.serve.line import Event, Line
from lsp_graph.serve.wire import Message, Plan
from lsp_graph.store import StoreDirectory

LINE_PER_WORKER: Final = 32
"""How many requests may wait for each worker."""

_OBITUARY_SECONDS: Final = 2.0
_SCARCELY_BEGUN: Final = 0.25
"""Seconds within which a query cannot have made the machine run out of memory: what killed its worker was not it."""
_RESTART_SECONDS: Final = 1.0
_COMPACT_SECONDS: Final = 900.0
_LOOK_SECONDS: Final = 0.5
"""How often the store is looked at for a version that another process made."""
_MEMORY_SIGNALS: Final = frozenset({signal.SIGABRT, signal.SIGKILL})
_BROKEN_SIGNALS: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP})


class Channel(asyncio.Protocol):
    """The serving process's side of the channel to a worker: one message goes, one comes."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._pieces = wire.Pieces()
        self._awaited: asyncio.Future[Message] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is no more."""
        self._transport = None
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a reply."""
        message = self._pieces.add(data)
        if message is not None and self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(message)

    @property
    def ended(self) -> bool:
        """Whether the other side is no more."""
        return self._transport is None

    async def ask(self, request: Message) -> Message:
        """The reply to a request. Raises `ConnectionResetError` where the other side ends first."""
        if self._transport is None:
            raise ConnectionResetError
        self._awaited = asyncio.get_running_loop().create_future()
        self._transport.write(wire.pack(request))
        return await self._awaited

    def close(self) -> None:
        """End the channel, and by that the worker when it has nothing to do."""
        if self._transport is not None:
            self._transport.close()


class Worker:
    """One worker: its keeper's line, its channel, and its death once that is known.

    The death is an exit status, negative for a signal; None where it is not known.
    """

    def __init__(self, line: Line, pid: int, channel: socket.socket) -> None:
        self.line, self.pid, self.channel = line, pid, channel
        self.outdated = self.connected = False
        self.channel.setblocking(False)
        self.death: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def connect(self) -> None:
        """Make the channel ready for `ask`."""
        loop = asyncio.get_running_loop()
        _, self._said = await loop.create_connection(Channel, sock=self.channel)
        self.connected = True

    async def ask(self, request: Message) -> Message:
        """The worker's reply. Raises `ConnectionResetError` where it dies over it."""
        return await self._said.ask(request)

    @property
    def lost(self) -> bool:
        """Whether it has ended, as far as is known: its death is told, or its side of the channel is closed."""
        return self.death.done() or self._said.ended

    def let_go(self) -> None:
        """Close the channel."""
        if self.connected:
            self._said.close()
        else:
            self.channel.close()


class Pool:
    """The workers of the keeper that holds the current version; one that dies is started again. Use `open_pool`."""

    def __init__(self, plan: Plan, timeout: float) -> None:
        self.plan, self.timeout = plan, timeout
        self.version = ""
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._living: dict[tuple[Line, int], Worker] = {}
        self._changing = asyncio.Lock()
        self._line: Line
        self._waiting = 0
        self.on_end: Callable[[str], None] = lambda why: None
        """Called with the reason when a worker ends early: timeout, memory, crash, error, killed, client-gone."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = self._compacting = False

    @property
    def living(self) -> int:
        """How many workers there are just now."""
        return len(self._living)

    @property
    def waiting(self) -> int:
        """How many requests wait for a worker just now."""
        return self._waiting

    async def ask(self, request: Message, timeout: float | None = None) -> Message:
        """The reply to a request that reads. Always one: where none can be had, a problem document says why.

        `timeout` in seconds is how long the worker may take, where that is not as long as for any other request. When
        the caller is cancelled (its client has gone), the worker is ended. Where something outside kills a worker
        before it can have done much, another is asked.
        """
        for _ in range(self.plan.workers):
            reply = await self._ask(request, timeout or self.timeout)
            if reply is not None:
                return reply
        return _ended()

    async def _ask(self, request: Message, timeout: float) -> Message | None:
        """The reply to a request; None where something outside killed its worker before it can have done much."""
        worker = self._idle_now()
        if worker is None:
            if self._waiting >= LINE_PER_WORKER * self.plan.workers:
                return self._busy("the line of waiting requests is full")
            self._waiting += 1
            try:
                async with asyncio.timeout(self.timeout):
                    worker = await self._idle.get()
                    while worker.lost:
                        worker = await self._idle.get()
            except TimeoutError:
                return self._busy(f"no worker became free within {self.timeout:g} seconds")
            finally:
                self._waiting -= 1
        asked = monotonic()
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
        except ConnectionResetError:
            return await self._obituary(worker, scarcely_begun=monotonic() - asked < _SCARCELY_BEGUN)
        if worker.outdated or reply.head.get("retire"):
            worker.let_go()
        else:
            self._idle.put_nowait(worker)
        return reply

    def _idle_now(self) -> Worker | None:
        """A worker that has nothing to do, where nobody waits for one."""
        while not (self._idle.empty() or self._waiting):
            worker = self._idle.get_nowait()
            if not worker.lost:
                return worker
        return None

    async def _obituary(self, worker: Worker, *, scarcely_begun: bool) -> Message | None:
        """What a client is told when the worker has died over its request; None where that was not the request's doing.

        A worker that goes beyond its memory aborts. One that is killed was killed from outside: by the system, when
        the machine has no memory left, or by somebody.
        """
        try:
            async with asyncio.timeout(_OBITUARY_SECONDS):
                status = await asyncio.shield(worker.death)
        except TimeoutError:  # the keeper is busy, and has not seen it yet
            self._end(worker)
            status = None
        if status is None:
            return _ended()
        if -status == signal.SIGKILL and scarcely_begun:
            self.on_end("killed")
            return None
        if -status in _MEMORY_SIGNALS:
            self.on_end("memory")
            return problems.OUT_OF_MEMORY.reply(f"the query wanted more than {self.plan.memory_mb} MB")
        if -status in _BROKEN_SIGNALS:
            self.on_end("crash")
            return problems.CRASHED.reply("the query could not be read or run; it may be nested too deeply")
        self.on_end("error")
        return problems.INTERNAL.reply("the process that worked on the request ended by an error of its own")

    async def try_out(self, request: Message, timeout: float) -> Message:
        """The reply to a request that only tells what it would write."""
        return await self._write(request, timeout)

    async def write(self, request: Message, timeout: float | None = None) -> Message:
        """The reply to a request that writes: when it comes, the service answers from the version that it made.

        One write is made after the other. What the worker says of the version under `written` is in the reply's head.
        """
        async with self._changing:
            reply = await self._write(request, timeout)
            if reply.head.get("stale"):  # another process has made a version since
                await self._follow()
                reply = await self._write(request, timeout)
            if reply.head.get("written") and reply.head["written"]["version"] != self.version:
                try:
                    await self._follow()
                except StoreUnavailable as error:
                    said = f"version {reply.head['written']['version']} is written, but cannot be shown yet: {error}"
                    return problems.of_error(StoreUnavailable(said))
            if reply.head.get("due") and not self._compacting:
                self._compacting = True
                self._run(self._compact())
            return reply

    async def _compact(self) -> None:
        """Have a worker fold the current version, or let old ones go, while others answer."""
        reply = await self._write(Message({"kind": "compact"}), _COMPACT_SECONDS)
        self._compacting = False
        if reply.body:  # a problem document
            print(reply.body.decode(), file=sys.stderr)  # noqa: T201  # the operator's log

    async def _write(self, request: Message, timeout: float | None = None) -> Message:
        about = {"store": self.plan.store, "keep": self.plan.keep_versions}
        reply = await self._ask(Message({**request.head, **about}, request.body), timeout or self.timeout)
        return reply or _ended()  # it may be written: only who asked can say whether to ask again

    async def _follow(self) -> None:
        """Answer from the current version of the store. Raises `StoreUnavailable` where it cannot be read."""
        if await self._line.advance() is None:
            fresh = Line(self.plan, self._told, self._line_ended)
            self._take(fresh, await fresh.ready)

    def _take(self, fresh: Line, version: str) -> None:
        """Answer from another keeper's workers; the one before ends when its workers are done."""
        before, self._line, self.version = self._line, fresh, version
        self._renew(before)
        before.say({"drain": True})
        for worker in self._living.values():
            if worker.line is fresh and worker.connected:
                self._idle.put_nowait(worker)

    async def _watch(self) -> None:
        """Follow the versions that other processes make; what cannot be followed is told once."""
        directory, refused = StoreDirectory(Path(self.plan.store)), ""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            current = ""
            try:
                current = directory.current()
                if current not in (self.version, refused):
                    async with self._changing:
                        if current != self.version:
                            await self._follow()
            except StoreUnavailable as error:
                if refused != current or not current:
                    print(error, file=sys.stderr)  # noqa: T201  # the operator's log
                refused = current

    def _busy(self, detail: str) -> Message:
        return problems.BUSY.reply(detail, {"retry-after": "1"})

    def _end(self, worker: Worker) -> None:
        """Have the keeper kill a worker; only the keeper knows whether a process number is still its worker's."""
        worker.let_go()
        worker.line.say({"end": worker.pid})

    def launch(self) -> None:
        """Start a keeper, which loads the graph."""
        self._line = Line(self.plan, self._told, self._line_ended)

    async def ready(self) -> None:
        """Wait until the graph is loaded. Raises `StoreUnavailable` with the reason why it cannot be."""
        self.version = await self._line.ready
        if not self.plan.backend:
            self._run(self._watch())

    def close(self) -> None:
        """End the keepers, and by that their workers."""
        self._closing = True
        for line in {self._line, *(line for line, _ in self._living)}:
            line.close()
        for task in self._tasks:
            task.cancel()

    def _told(self, line: Line, event: Event, channel: int | None) -> None:
        """Take in what a keeper tells of its workers."""
        match event:
            case {"worker": pid} if channel is not None:
                self._living[line, pid] = worker = Worker(line, pid, socket.socket(fileno=channel))
                self._run(self._greet(worker))
            case {"died": pid, "status": status}:
                self._bury(line, pid, status)
            case {"advanced": str(version)}:
                self.version = version
                self._renew(line)
            case {"renew": _}:
                self._renew(line)

    async def _greet(self, worker: Worker) -> None:
        await worker.connect()
        if worker.outdated:
            worker.let_go()
        elif worker.line is self._line:
            self._idle.put_nowait(worker)

    def _renew(self, line: Line) -> None:
        """Have the workers of a keeper replaced: those that are idle now, the others after what they are busy with."""
        for worker in self._living.values():
            worker.outdated = worker.outdated or worker.line is line
        idle = [self._idle.get_nowait() for _ in range(self._idle.qsize())]
        for worker in idle:
            if worker.outdated:
                worker.let_go()
            else:
                self._idle.put_nowait(worker)

    def _bury(self, line: Line, pid: int, status: int | None) -> None:
        worker = self._living.pop((line, pid), None)
        if worker is not None:
            worker.death.set_result(status)

    def _line_ended(self, line: Line) -> None:
        for of, pid in tuple(self._living):
            if of is line:
                self._bury(line, pid, None)
        if line is self._line and line.loaded and not self._closing:
            self._run(self._restart())

    async def _restart(self) -> None:
        while True:
            await asyncio.sleep(_RESTART_SECONDS)
            try:
                self.launch()
                self.version = await self._line.ready
                return
            except StoreUnavailable as error:
                print(error, file=sys.stderr)  # noqa: T201  # the operator's log

    def _run(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _ended() -> Message:
    return problems.of_error(
        StoreUnavailable("the process that worked on the request, or holds the graph, ended; ask again")
    )


@asynccontextmanager
async def open_pool(plan: Plan, timeout: float) -> AsyncIterator[Pool]:
    """A pool that is launched, and closed in the end; `ready` says when it can be asked."""
    pool = Pool(plan, timeout)
    pool.launch()
    try:
        yield pool
    finally:
        pool.close()
