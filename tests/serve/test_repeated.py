"""What is sent again byte for byte is answered as it would be if it were read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import sleep
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsp_graph.serve.repeated import MOST_REPLY_BYTES, Note, Repeats
from lsp_graph.settings import Settings
from tests.serve.conftest import Server, running
from tests.serve.raw import Line, line
from tests.serve.test_watched import figure

REPEATS = "lsp_graph_cache_repeats"
ROWS = quote("SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 3")
TARGETS = [
    f"/sparql?query={ROWS}",
    "/sparql?query=ASK%7B%7D",
    "/sparql",
    "/sparql?query=SELECT",
    "/sparql?query=" + quote("SELECT (STRUUID() AS ?one) {}"),
    "/api/v1/questions",
    "/api/v1/areas?limit=2",
    "/doc/lsp/E09000901.ttl",
    "/void",
    "/health",
    "/nowhere",
]
FIELDS = [
    "Accept: text/csv",
    "Accept: text/turtle;q=0.5, application/json",
    "accept: image/png",
    "If-None-Match: *",
    'If-None-Match: "1-x"',
    "Origin: http://example.org",
    "Cookie: a=b",
    "Content-Length: 0",
    "X-Forwarded-For: 10.0.0.1",
    "Expect: 100-continue",
    "Connection: Upgrade\r\nUpgrade: websocket",
    "Connection: close",
    "Connection: keep-alive",
]
DATE = re.compile(rb"\r\ndate: [^\r]+")
UNIQUE = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}")


def request(method: str, target: str, fields: list[str], version: str = "1.1") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/{version}", "Host: x", *fields, "", ""]).encode()


def heard(one: Line, with_body: bool = True) -> bytes:
    """The bytes of the next reply, as they come; nothing where the connection is closed."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        got = one.heard.readline()
        if not got:
            return head
        head += got
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    if b" 100 " in head.partition(b"\r\n")[0]:
        return head + heard(one, with_body)
    return head + (one.heard.read(int(length[1])) if with_body and length else b"")


def timeless(reply: bytes) -> bytes:
    return UNIQUE.sub(b"", DATE.sub(b"", reply, count=1))


def at_once(one: Line, data: bytes) -> None:
    one.send(data)


def in_two(one: Line, data: bytes) -> None:
    """Bytes that come in two pieces are always read."""
    one.send(data[:9])
    sleep(0.01)
    one.send(data[9:])


def conversation(server: Server, data: bytes, times: int, send: Callable[[Line, bytes], None]) -> list[bytes]:
    """What comes back for a request that is sent again and again, until the server closes."""
    replies = []
    with line(server) as one:
        for _ in range(times):
            try:
                send(one, data)
            except (BrokenPipeError, ConnectionResetError):
                break
            reply = heard(one, with_body=not data.startswith(b"HEAD"))
            replies.append(timeless(reply))
            if not reply or b"\r\nconnection: close" in reply:
                break
    return replies


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS"]),
    target=st.sampled_from(TARGETS),
    fields=st.lists(st.sampled_from(FIELDS), max_size=3, unique=True),
    version=st.sampled_from(["1.1", "1.1", "1.1", "1.0"]),
)
def test_what_is_repeated_is_what_would_be_read(
    linked: Server, method: str, target: str, fields: list[str], version: str
) -> None:
    data = request(method, target, fields, version)
    conversation(linked, data, 2, in_two)  # so that what can be kept is kept

    assert conversation(linked, data, 4, at_once) == conversation(linked, data, 4, in_two)


def test_a_request_is_repeated_from_its_third_time_on_and_counts(server: Server) -> None:
    asked = request("GET", "/sparql?query=ASK%7B%3Fcounted%20%3Fb%20%3Fc%7D", [])
    name = 'lsp_graph_request_seconds_count{path="sparql",status="200"}'
    repeats, count, hits = figure(server, REPEATS), figure(server, name), figure(server, "lsp_graph_cache_hits")
    conversation(server, asked, 6, at_once)

    assert figure(server, REPEATS) - repeats == 4
    assert figure(server, name) - count == 6
    assert figure(server, "lsp_graph_cache_hits") - hits == 5


def test_requests_that_come_together_are_answered_one_by_one(server: Server) -> None:
    one, other = (request("GET", f"/sparql?query={query}", []) for query in ("ASK%7B%7D", ROWS))
    for data in (one, other):
        conversation(server, data, 3, at_once)
    with line(server) as connection:
        connection.send(one + other + one)
        replies = [timeless(heard(connection)) for _ in range(3)]

    alone = [conversation(server, data, 1, at_once)[0] for data in (one, other)]
    assert replies == [alone[0], alone[1], alone[0]]


def test_repetitions_are_logged_like_all_exchanges(small: Settings, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with running(replace(small, access_log=str(log))) as server:
        conversation(server, request("GET", "/sparql?query=ASK%7B%7D", []), 4, at_once)
        assert figure(server, REPEATS) == 2
    lines = [json.loads(said) for said in log.read_text(encoding="utf-8").splitlines()]
    asked = [said for said in lines if said["path"] == "/sparql"]

    assert len(asked) == 4
    assert {json.dumps({**said, "ms": 0}) for said in asked} == {json.dumps({**asked[0], "ms": 0})}


REPLY = b"HTTP/1.1 200 OK\r\ndate: Sun\r\ncontent-length: 0\r\n\r\n"


def test_another_version_is_never_answered_from_the_one_before() -> None:
    versions = ["1"]
    repeats = Repeats(10**6, lambda: versions[-1])
    repeats.put("a", b"GET", REPLY, Note("1", lambda seconds: None))
    assert repeats.get("a", b"GET") is not None

    versions.append("2")
    assert repeats.get("a", b"GET") is None
    repeats.put("a", b"GET", REPLY, Note("1", lambda seconds: None))  # began before, and ended after
    assert repeats.get("a", b"GET") is None


def test_a_reply_is_repeated_to_whom_it_was_given() -> None:
    repeats = Repeats(10**6, lambda: "1")
    repeats.put("a", b"GET", REPLY, Note("1", lambda seconds: None))

    assert repeats.get("b", b"GET") is None


@pytest.mark.parametrize("note", [Note(), Note("1"), Note("", lambda seconds: None)])
def test_what_the_application_does_not_allow_is_not_repeated(note: Note) -> None:
    repeats = Repeats(10**6, lambda: "1")
    repeats.put("a", b"GET", REPLY, note)

    assert repeats.get("a", b"GET") is None


def test_what_is_repeated_takes_no_more_room_than_it_may() -> None:
    repeats = Repeats(10 * MOST_REPLY_BYTES, lambda: "1")
    for number in range(40):
        long = REPLY + bytes(MOST_REPLY_BYTES - len(REPLY))
        repeats.put("a", b"GET %d" % number, long, Note("1", lambda seconds: None))

    assert 0 < repeats.held <= 10 * MOST_REPLY_BYTES
    assert repeats.get("a", b"GET 39") is not None
    assert repeats.get("a", b"GET 0") is None
