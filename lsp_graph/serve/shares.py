"""
Whose turn it is: the workers are shared among clients, not among requests.

    client + request  ->  its turn, and then the reply;  or 429 for who has more than its share, 503 where all is full

Clients take turns, however many requests each of them has in the line. One client alone may have all there is. Where
others come, who has more than its share gives up what it got last: a place in the line when that is full, or a worker
when it has been at work for a while and a client that has none waits. Source of 429: RFC 6585 section 4.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from lsp_graph.serve import problems
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import LINE_PER_WORKER, Pool

LONG_SECONDS: Final = 0.2
"""How long a worker is left to a client that has more than its share, while another client waits."""

_RETRY: Final = {"retry-after": "1"}
_NETWORK_BITS: Final = 64
"""One customer of a provider has at least so large a network of IPv6 (RFC 6177), which counts as one client."""

Work = Callable[[], Awaitable[Message]]


@dataclass(eq=False)
class Turn:
    """A request of a client: first in the line, until `begun` says go (None) or why not; then at work."""

    client: str
    begun: asyncio.Future[Message | None]
    since: float = 0.0
    work: asyncio.Task[Any] | None = None
    refused: Message | None = field(default=None)

    def give_up(self, detail: str) -> None:
        """End it, wherever it is."""
        self.refused = problems.TOO_MANY.reply(detail, _RETRY)
        if self.work is not None:
            self.work.cancel()  # the task that asks, which turns it into the refusal
        elif not self.begun.done():
            self.begun.set_result(self.refused)


class Shares:
    """The line before `workers` workers, with so many `places`; in it one waits `patience` seconds at most."""

    def __init__(self, workers: int, places: int, patience: float) -> None:
        self.workers, self.places, self.patience = workers, places, patience
        self._line: list[Turn] = []
        self._working: list[Turn] = []
        self._here: Counter[str] = Counter()
        self._begun_last: dict[str, int] = {}
        self._count = 0
        self._relief: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn just now."""
        return len(self._line)

    async def ask(self, client: str, work: Work) -> Message:
        """What the work gives, once it is the client's turn; else a problem document."""
        turn = Turn(client, asyncio.get_running_loop().create_future())
        self._here[client] += 1
        try:
            return self._entered(turn) or await self._waited(turn) or await self._worked(turn, work)
        finally:
            self._leave(turn)

    def _entered(self, turn: Turn) -> Message | None:
        """Take a place in the line; or say why there is none."""
        if len(self._line) >= self.places:
            held = _counted(self._line)
            share = self.places // len({*held, turn.client})
            if held[turn.client] >= share:
                if len(held) == 1 and turn.client in held:
                    return problems.BUSY.reply("the line of waiting requests is full", _RETRY)
                return problems.TOO_MANY.reply(f"{held[turn.client]} requests of one client wait already", _RETRY)
            greediest = max(held, key=lambda client: held[client])
            pushed = next(one for one in reversed(self._line) if one.client == greediest)
            self._line.remove(pushed)
            pushed.give_up(f"{held[greediest]} requests of one client waited, and others came")
        self._line.append(turn)
        self._go_on()
        return None

    async def _waited(self, turn: Turn) -> Message | None:
        """Wait until it is the client's turn; or say why it will not be."""
        if turn.begun.done():
            return turn.begun.result()
        ending = asyncio.get_running_loop().call_later(self.patience, self._lose_patience, turn)
        try:
            return await turn.begun
        finally:
            ending.cancel()

    def _lose_patience(self, turn: Turn) -> None:
        if not turn.begun.done():
            detail = f"no worker became free within {self.patience:g} seconds"
            turn.begun.set_result(problems.BUSY.reply(detail, _RETRY))

    async def _worked(self, turn: Turn, work: Work) -> Message:
        turn.work = task = asyncio.current_task()
        try:
            return await work()
        except asyncio.CancelledError:
            if turn.refused is None or task is None:
                raise
            task.uncancel()
            return turn.refused
        finally:
            turn.work = None

    def _leave(self, turn: Turn) -> None:
        for where in (self._line, self._working):
            if turn in where:
                where.remove(turn)
        self._here[turn.client] -= 1
        if not self._here[turn.client]:
            del self._here[turn.client]
            self._begun_last.pop(turn.client, None)
        self._go_on()

    def _go_on(self) -> None:
        """Give free workers to who has the fewest, and of these to whose last turn is longest ago."""
        while self._line and len(self._working) < self.workers:
            turn = self._line[0] if len(self._here) == 1 else self._next()
            self._line.remove(turn)
            if not turn.begun.done():  # else its patience has just ended
                self._working.append(turn)
                self._count += 1
                self._begun_last[turn.client] = self._count
                turn.since = asyncio.get_running_loop().time()
                turn.begun.set_result(None)
        if self._line and self._relief is None:
            self._relief = asyncio.get_running_loop().call_later(LONG_SECONDS, self._relieve)

    def _next(self) -> Turn:
        held = _counted(self._working)
        return min(self._line, key=lambda one: (held[one.client], self._begun_last.get(one.client, 0)))

    def _relieve(self) -> None:
        """Have who holds more than its share of the workers give one up for each client that waits and has none."""
        self._relief = None
        if not self._line:
            return
        held = _counted(self._working)
        share = max(1, self.workers // len(held | _counted(self._line)))
        long_ago = asyncio.get_running_loop().time() - LONG_SECONDS
        for _ in {turn.client for turn in self._line} - set(held):
            over = [turn for turn in self._working if held[turn.client] > share and turn.since <= long_ago]
            if not over:
                break
            last = max(over, key=lambda turn: (held[turn.client], turn.since))
            held[last.client] -= 1
            last.give_up("one client had more than its share of the workers, and others waited")
        self._go_on()


class Shared:
    """An application whose work is done in turn: it makes known whose request it is."""

    def __init__(self, application: ASGIApp, shares: Shares) -> None:
        self.application, self.shares = application, shares

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "http":
            _PLACE.set((self.shares, scope))
        await self.application(scope, receive, send)


_PLACE: Final[ContextVar[tuple[Shares, Scope] | None]] = ContextVar("place", default=None)


def before(pool: Pool) -> Shares:
    """The line before a pool of workers."""
    workers = pool.plan.workers
    return Shares(workers, LINE_PER_WORKER * workers, pool.timeout)


async def in_turn(work: Work) -> Message:
    """What the work gives; done in turn, where a client asks for it."""
    place = _PLACE.get()
    if place is None:
        return await work()
    shares, scope = place
    return await shares.ask(client_of(scope), work)


def client_of(scope: Scope) -> str:
    """For whom a request counts: its address; of IPv6 the network."""
    host, _ = scope.get("client") or ("", 0)
    return _counting_for(str(host))


@lru_cache(maxsize=1024)
def _counting_for(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address.packed[:8] + bytes(8), _NETWORK_BITS)))


def _counted(turns: Iterable[Turn]) -> Counter[str]:
    return Counter(turn.client for turn in turns)
