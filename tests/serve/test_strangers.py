"""Whatever bytes a stranger sends, the answer is well formed or the connection closed, and the next one is served."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from lsp_graph.serve.connection import MOST_FIELDS, MOST_HEAD_BYTES, MOST_LINE_BYTES
from lsp_graph.serve.exchange import MOST_BYTES

from .conftest import Server
from .raw import GET, Line, line, said

HOST = b"Host: x\r\n"
POST = b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/sparql-query\r\n"
ENDLESS = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"


@pytest.fixture(autouse=True)
def unharmed(server: Server) -> Iterator[None]:
    """After each test the service answers as before."""
    yield
    assert said(server, GET).status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"GET /" + b"a" * (MOST_LINE_BYTES + 1) + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, id="line"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"a" * MOST_HEAD_BYTES + b"\r\n\r\n", 431, id="field"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * MOST_FIELDS + b"\r\n", 431, id="fields"),
        pytest.param(b"GET / HTTP/1.1\r\n" + HOST + b"a" * (MOST_HEAD_BYTES + 1) + b": b\r\n\r\n", 431, id="name"),
        pytest.param(b"GET /doc/" + b"a" * 3000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, id="path"),
        pytest.param(POST + b"Content-Length: %d\r\n\r\n" % (MOST_BYTES + 1) + b"#" * (MOST_BYTES + 1), 413, id="body"),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"#" * 65536 + b"\r\n") * 17,
            413,
            id="chunked body",
        ),
    ],
)
def test_what_is_too_large_is_told_so(server: Server, request_: bytes, status: int) -> None:
    said(server, request_).problem(status)


def test_a_head_without_end_is_not_kept(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET / HTTP/1.1\r\nA: ")
        assert sent_until_closed(one, b"a" * 2**16) < 10 * 2**20


def test_a_body_without_end_is_not_read_on_once_it_was_refused(server: Server) -> None:
    with line(server) as one:
        one.send(POST + b"Content-Length: 1000000000000\r\n\r\n")
        one.send(b"#" * (MOST_BYTES + 1))
        one.replied().problem(413)
        assert sent_until_closed(one, b"#", pause=0.1) < 100


def sent_until_closed(one: Line, piece: bytes, pause: float = 0) -> int:
    """How many bytes go out until the server closes; 50 MB are enough to know that it does not."""
    sent = 0
    while sent < 50 * 2**20:
        try:
            one.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            break
        sent += len(piece)
        time.sleep(pause)
    return sent


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A : b\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A: b\x00c\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A: b\rc\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
        b"FETCH / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        POST + b"Transfer-Encoding: identity, chunked, x\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(server: Server, request_: bytes) -> None:
    with line(server) as one:
        one.send(request_)
        one.replied().problem(400)
        assert one.closed()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "M-SEARCH", "QUERY", "PURGE"])
@pytest.mark.parametrize("path", ["/sparql", "/doc/area/E09000901", "/health", "/nowhere"])
def test_methods_that_are_not_served_are_told_so(server: Server, method: str, path: str) -> None:
    with line(server) as one:
        one.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        reply = one.replied()
    reply.problem(404, 405) if path == "/nowhere" else reply.problem(405)
    assert path == "/nowhere" or "GET" in reply.headers["allow"]


@pytest.mark.parametrize("target", [b"*", b"http://x/health", b"x:80", b"//x/health", b"/?", b"/%", b"/%zz", b"/%00"])
@pytest.mark.parametrize("method", [b"GET", b"OPTIONS", b"CONNECT", b"HEAD"])
def test_a_target_of_any_form_gets_an_answer(server: Server, method: bytes, target: bytes) -> None:
    reply = said_to(server, method, b"%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (method, target))
    assert reply < 500


@pytest.mark.parametrize("folder", ["static", "api/docs/static", "doc", "dumps", "dumps/1", "ont", "id"])
@pytest.mark.parametrize(
    "steps", ["../" * 8, "..%2f" * 8, "%2e%2e/" * 8, "%2e%2e%2f" * 8, "%252e%252e%252f" * 8, "..\\" * 8, "..%5c" * 8]
)
@pytest.mark.parametrize("file", ["etc/passwd", "etc/passwd%00.css"])
def test_no_path_leads_out_of_the_service(server: Server, folder: str, steps: str, file: str) -> None:
    reply = said(server, f"GET /{folder}/{steps}{file} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert reply.status in (303, 400, 404)
    assert b"root:" not in reply.body


@pytest.mark.parametrize("target", ["/id/area/x%0d%0aSet-Cookie:%20a=b", "/id/area/x?%0d%0aSet-Cookie:%20a=b"])
def test_an_address_cannot_add_a_field_to_the_answer(server: Server, target: str) -> None:
    reply = said(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert reply.status in (303, 400, 404)
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("host", [b"evil.example/<script>", b"a b", b"x\t", b"x,y", b'"', b"x:y", b"@x"])
def test_a_host_that_is_none_does_not_come_back_in_an_address(server: Server, host: bytes) -> None:
    reply = said(server, b"GET /id/area/E09000901 HTTP/1.1\r\nHost: %s\r\n\r\n" % host)
    assert reply.status == 400 or reply.headers["location"] == "http://x/doc/area/E09000901"


def test_an_accept_field_cannot_break_anything(server: Server) -> None:
    for accept in (b"\xff\xfe", b";;;,,,q=", b"*/*;q=nan", b"a/b;q=1e999", b"text/html;" + b"q=1;" * 1000):
        reply = said(server, b"GET /sparql?query=ASK%%7B%%7D HTTP/1.1\r\nHost: x\r\nAccept: %s\r\n\r\n" % accept)
        assert reply.status in (200, 406)


def test_http_1_0_is_answered_and_the_connection_closed(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET /sparql?query=ASK%7B%7D HTTP/1.0\r\n\r\n")
        assert one.replied().status == 200
        assert one.closed()


def test_requests_sent_at_once_are_answered_in_their_order(server: Server) -> None:
    asked = ["ASK%7B%7D", "ASK%7BFILTER(false)%7D", "nonsense", "ASK%7B%7D"]
    with line(server) as one:
        one.send(b"".join(b"GET /sparql?query=%s HTTP/1.1\r\nHost: x\r\n\r\n" % query.encode() for query in asked))
        replies = [one.replied() for _ in asked]
    assert [reply.status for reply in replies] == [200, 200, 400, 200]
    assert b"true" in replies[0].body
    assert b"false" in replies[1].body


def test_what_is_no_http_after_a_request_is_not_read_as_its_answer(server: Server) -> None:
    with line(server) as one:
        one.send(POST + b"Content-Length: %d\r\n\r\n%s" % (len(ENDLESS), ENDLESS) + b"\x00\x01\x02\r\n\r\n")
        reply = one.reply()
    assert reply is None or reply.status in (503, 504)


def test_an_upgrade_that_is_not_offered_is_passed_over(server: Server) -> None:
    for protocol in (b"websocket", b"h2c"):
        wanted = b"Connection: Upgrade\r\nUpgrade: %s\r\nSec-WebSocket-Key: x\r\n" % protocol
        assert said(server, GET.replace(b"\r\n\r\n", b"\r\n" + wanted + b"\r\n")).status == 200


def test_who_expects_to_be_told_to_go_on_is_told(server: Server) -> None:
    with line(server) as one:
        one.send(POST + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert one.heard.readline() == b"HTTP/1.1 100 Continue\r\n"
        one.heard.readline()
        one.send(b"ASK{}")
        assert one.replied().status == 200


def test_a_client_that_closes_its_half_counts_as_gone(server: Server) -> None:
    with line(server) as one:
        one.send(POST + b"Content-Length: %d\r\n\r\n%s" % (len(ENDLESS), ENDLESS))
        one.socket.shutdown(socket.SHUT_WR)
        assert one.reply() is None


def test_a_client_that_breaks_off_is_forgotten(server: Server) -> None:
    for part in (b"", b"GET /", GET[:-2], POST + b"Content-Length: 100\r\n\r\nASK", GET * 50):
        with line(server) as one:
            one.send(part)
            one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset


def said_to(server: Server, method: bytes, request: bytes) -> int:
    """The status of the reply; one to HEAD has no body, whatever length it tells."""
    with line(server) as one:
        one.send(request)
        return int(one.heard.readline().split()[1]) if method == b"HEAD" else one.replied().status
