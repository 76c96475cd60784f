"""The workers and the line before them are shared among clients: who floods the service gets 429, others an answer."""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial, wraps
from urllib.parse import quote

import pytest

from lsp_graph.serve.shares import LONG_SECONDS, Shares, client_of
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import LINE_PER_WORKER
from lsp_graph.settings import Settings

from .conftest import Server, running
from .raw import Line, line
from .test_isolation import ENDLESS, SMALL

PROXY = "127.0.0.9"
WORKERS = 2


@pytest.fixture(scope="module")
def patient(small: Settings) -> Iterator[Server]:
    """A server under which a query may take long enough for others to suffer, were it not for the shares."""
    with running(replace(small, workers=WORKERS, timeout=60.0, trusted_proxies=PROXY)) as one:
        yield one


def request(query: str, client: str) -> bytes:
    head = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n\r\n"
    return head.encode()


@pytest.mark.parametrize("behind_a_proxy", [False, True])
def test_a_client_that_floods_is_sent_away_and_another_does_not_notice(patient: Server, behind_a_proxy: bool) -> None:
    """Without a proxy nobody believes who a request says to come from, and the address of the connection counts."""
    greedy, polite = (PROXY, PROXY) if behind_a_proxy else ("127.0.0.2", "127.0.0.3")
    places = LINE_PER_WORKER * WORKERS + WORKERS
    with ExitStack() as held:
        flood = [held.enter_context(line(patient, greedy)) for _ in range(places + 4)]
        for number, one in enumerate(flood):
            one.send(request(f"{ENDLESS} # {number}", "192.0.2.1" if behind_a_proxy else f"192.0.2.{number}"))
        assert statuses(flood, 4) == {503}  # the line is full, of one client
        with line(patient, polite) as other:
            for number in range(5):
                began = time.monotonic()
                asked = f"{SMALL} # {behind_a_proxy} {number}"  # of which no answer is kept yet
                other.send(request(asked, "192.0.2.1" if not behind_a_proxy else "198.51.100.1"))
                assert other.replied().status == 200
                assert time.monotonic() - began < 5  # and not a minute
        assert 429 in statuses(flood, 1)


def statuses(lines: list[Line], count: int) -> set[int]:
    """The statuses of the replies that have come, once there are so many; their lines are taken from the list."""
    found: set[int] = set()
    while count > 0:
        ready, _, _ = select.select([one.socket for one in lines], [], [], 10)
        assert ready
        for one in [one for one in lines if one.socket in ready]:
            reply = one.replied()
            assert reply.problem(429, 503)
            assert reply.headers["retry-after"] == "1"
            found.add(reply.status)
            lines.remove(one)
            count -= 1
    return found


def test_a_client_is_its_address_and_of_the_newer_kind_its_network() -> None:
    told = [{"client": ("203.0.113.1", 0)}, {"client": ("2001:db8:0:1::5", 1)}, {"client": ("2001:db8:0:1::6", 1)}]
    assert [client_of(one) for one in told] == ["203.0.113.1", "2001:db8:0:1::/64", "2001:db8:0:1::/64"]


def trial(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """A test that runs in an event loop."""

    @wraps(test)
    def run() -> None:
        asyncio.run(asyncio.wait_for(test(), 10))

    return run


async def work(seconds: float, name: str, done: list[str]) -> Message:
    await asyncio.sleep(seconds)
    done.append(name)
    return Message({"status": 200, "headers": {}}, name.encode())


@trial
async def test_clients_take_turns_however_many_requests_each_has() -> None:
    shares, done = Shares(1, 100, 5), list[str]()
    one = [shares.ask("many", partial(work, 0.001, f"many{number}", done)) for number in range(10)]
    other = [shares.ask("few", partial(work, 0.001, "few", done))]
    await asyncio.gather(*one, *other)
    assert "few" in done[:3]


@trial
async def test_who_is_alone_may_have_the_whole_line_and_is_then_told_it_is_full() -> None:
    shares, done = Shares(1, 4, 5), list[str]()
    replies = await asyncio.gather(*(shares.ask("one", partial(work, 0.01, "x", done)) for _ in range(7)))
    assert [reply.head["status"] for reply in replies] == [200] * 5 + [503] * 2


@trial
async def test_a_full_line_makes_room_for_who_has_less_than_its_share() -> None:
    shares, done = Shares(1, 4, 5), list[str]()
    one = [asyncio.ensure_future(shares.ask("one", partial(work, 0.05, "x", done))) for _ in range(5)]
    await asyncio.sleep(0.01)
    other = await asyncio.gather(*(shares.ask("two", partial(work, 0.05, "y", done)) for _ in range(3)))
    assert [reply.head["status"] for reply in other] == [200, 200, 429]
    assert [reply.head["status"] for reply in await asyncio.gather(*one)] == [200, 200, 200, 429, 429]


@trial
async def test_who_has_all_workers_for_long_gives_up_the_last_when_another_comes() -> None:
    shares, done = Shares(2, 10, 5), list[str]()
    one = [asyncio.ensure_future(shares.ask("one", partial(work, 2, "x", done))) for _ in range(2)]
    await asyncio.sleep(0.01)
    assert (await shares.ask("two", partial(work, 0.01, "y", done))).head["status"] == 200
    assert [reply.head["status"] for reply in await asyncio.gather(*one)] == [200, 429]


@trial
async def test_who_has_no_more_than_its_share_is_left_to_finish() -> None:
    shares, done = Shares(2, 10, 5), list[str]()
    clients = [shares.ask(client, partial(work, 3 * LONG_SECONDS, "x", done)) for client in ("one", "two", "three")]
    assert [reply.head["status"] for reply in await asyncio.gather(*clients)] == [200] * 3


@trial
async def test_patience_has_an_end() -> None:
    shares, done = Shares(1, 10, 0.05), list[str]()
    late = await asyncio.gather(*(shares.ask(name, partial(work, 0.5, "x", done)) for name in ("one", "two")))
    assert [reply.head["status"] for reply in late] == [200, 503]
    assert shares.waiting == 0


@trial
async def test_who_leaves_the_line_is_forgotten() -> None:
    shares, done = Shares(1, 10, 5), list[str]()
    asked = [asyncio.ensure_future(shares.ask("one", partial(work, 0.05, "x", done))) for _ in range(3)]
    await asyncio.sleep(0.01)
    asked[0].cancel()
    asked[1].cancel()
    assert (await asked[2]).head["status"] == 200
    assert shares.waiting == 0
    assert done == ["x"]


@trial
async def test_a_line_that_has_become_empty_meanwhile_needs_no_relief() -> None:
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
    shares, done = Shares(1, 10, 5), list[str]()
    await asyncio.gather(*(shares.ask("one", partial(work, 0.01, "x", done)) for _ in range(3)))
    await asyncio.sleep(2 * LONG_SECONDS)
    assert told == []
