"""A reply of an endpoint is an answer only when it is whole; whatever else comes is told to someone who can mend it."""

from __future__ import annotations

import json
import socket
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from lsp_graph.errors import InputError, QueryRefused, StoreUnavailable
from lsp_graph.namespaces import GEO, XSD
from lsp_graph.store import Answer
from lsp_graph.store.endpoint import NOBODY, Credentials, Endpoint, checked
from lsp_graph.store.publish import GraphStore
from lsp_graph.store.remote import connect, form_of
from lsp_graph.store.replies import accepted, read

from .scripted import RESULTS, Scripted, scripted, table

SELECT = "SELECT * { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
ONE_ROW = Scripted(table({"name": "Southwark"}))
ONE_TRIPLE = Scripted(b"<urn:a> <urn:b> <urn:c> .\n", media_type="application/n-triples")


class Pauses(list[float]):
    """Does not wait, but notes how long it would have."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def ask(
    address: str,
    query: str = SELECT,
    credentials: Credentials = NOBODY,
    parameters: tuple[tuple[str, str], ...] = (),
    pauses: Pauses | None = None,
) -> Answer:
    endpoint = Endpoint(address, credentials, 5, Pauses() if pauses is None else pauses)
    form = form_of(query)
    return read(endpoint.ask(query, form, accepted(form), parameters), form, address)


def values(answer: Answer) -> list[str]:
    assert isinstance(answer, QuerySolutions)
    return [term.value for row in answer for term in row if isinstance(term, Literal | NamedNode)]


def test_each_form_comes_back_as_the_embedded_store_gives_it() -> None:
    with scripted(ONE_ROW, Scripted(b'{"head": {}, "boolean": true}'), ONE_TRIPLE) as script:
        rows, truth, triples = (ask(script.address, query) for query in (SELECT, "ASK {}", CONSTRUCT))

    assert values(rows) == ["Southwark"]
    assert isinstance(truth, QueryBoolean)
    assert bool(truth)
    assert isinstance(triples, QueryTriples)
    assert [triple.object for triple in triples] == [NamedNode("urn:c")]


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        (SELECT, Scripted(ONE_ROW.body, length=len(ONE_ROW.body) + 1)),
        (SELECT, Scripted(ONE_ROW.body[:-1])),
        (SELECT, Scripted(ONE_ROW.body[:-1], length=None)),
        (SELECT, Scripted(ONE_ROW.body[: len(ONE_ROW.body) // 2])),
        (SELECT, Scripted(b"")),
        (SELECT, Scripted(b"[]")),
        ("ASK {}", Scripted(b'{"head": {}, "boolean": true')),
        (CONSTRUCT, Scripted(ONE_TRIPLE.body, media_type=ONE_TRIPLE.media_type, length=99)),
        (CONSTRUCT, Scripted(ONE_TRIPLE.body, media_type=ONE_TRIPLE.media_type, length=None)),
        (CONSTRUCT, Scripted(b"<urn:a> <urn:b>", media_type=ONE_TRIPLE.media_type)),
    ],
)
def test_what_is_cut_short_is_no_answer(query: str, reply: Scripted) -> None:
    with scripted(reply) as script, pytest.raises(StoreUnavailable, match=rf"^{script.address}: .*(cut short|damaged)"):
        ask(script.address, query)


@pytest.mark.parametrize("header", ["LSP-Graph-Truncated", "X-SPARQL-MaxRows", "X-SQL-State"])
def test_what_a_server_has_cut_off_is_no_answer(header: str) -> None:
    with (
        scripted(Scripted(ONE_ROW.body, headers={header: "1"})) as script,
        pytest.raises(StoreUnavailable, match="left out a part"),
    ):
        ask(script.address)


@pytest.mark.parametrize("media_type", ["text/html", "application/json", "application/sparql-results+xml", ""])
def test_what_is_of_another_type_is_no_answer(media_type: str) -> None:
    reply = Scripted(ONE_ROW.body, media_type=media_type)

    with scripted(reply) as script, pytest.raises(StoreUnavailable, match=r"expected application/sparql-results\+json"):
        ask(script.address)


def test_what_answers_another_form_is_no_answer() -> None:
    with scripted(ONE_ROW) as script, pytest.raises(StoreUnavailable, match="not one to ASK"):
        ask(script.address, "ASK {}")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(status: int) -> None:
    pauses = Pauses()
    with scripted(Scripted(status=status), Scripted(status=status), ONE_ROW) as script:
        assert values(ask(script.address, pauses=pauses)) == ["Southwark"]

    assert pauses == [0.25, 0.5]


def test_a_server_says_when_to_come_again() -> None:
    pauses = Pauses()
    with scripted(Scripted(status=503, headers={"Retry-After": "7"}), ONE_ROW) as script:
        ask(script.address, pauses=pauses)

    assert pauses == [7.0]


def test_nobody_waits_for_an_hour() -> None:
    pauses = Pauses()
    with (
        scripted(Scripted(b"closed", 503, "text/plain", {"Retry-After": "3600"})) as script,
        pytest.raises(StoreUnavailable, match=r"status 503: closed"),
    ):
        ask(script.address, pauses=pauses)

    assert pauses == []


def test_a_connection_that_breaks_is_made_again() -> None:
    pauses = Pauses()
    with scripted(Scripted(ONE_ROW.body, length=len(ONE_ROW.body) + 1), ONE_ROW) as script:
        assert values(ask(script.address, pauses=pauses)) == ["Southwark"]

    assert len(pauses) == 1


def test_nobody_at_the_address_is_said_after_a_few_tries() -> None:
    with socket.socket() as bound:  # bound, but not listening
        bound.bind(("127.0.0.1", 0))
        address, pauses = f"http://127.0.0.1:{bound.getsockname()[1]}/", Pauses()
        with pytest.raises(StoreUnavailable, match=rf"^{address}: cannot be reached \(Connection refused\)"):
            ask(address, pauses=pauses)

    assert pauses == [0.25, 0.5, 1.0]


def test_silence_is_not_waited_for_twice() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        endpoint = Endpoint(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.05, pause=Pauses())
        with pytest.raises(StoreUnavailable, match=r"no answer within 0\.05 seconds"):
            endpoint.ask(SELECT, "SELECT", (RESULTS,))


@pytest.mark.parametrize(
    ("reply", "said", "place"),
    [
        (Scripted(b"Parse error:\n line 1", 400, "text/plain"), "Parse error: line 1", (None, None)),
        (Scripted(b"", 400, "text/html"), "does not say why", (None, None)),
        (
            Scripted(
                json.dumps({"detail": "SPARQL refused: no such thing", "line": 3, "column": 5}).encode(),
                400,
                "application/problem+json",
            ),
            "line 3, column 5: no such thing",
            (3, 5),
        ),
    ],
)
def test_a_refused_query_is_refused_in_the_server_s_words(
    reply: Scripted, said: str, place: tuple[int | None, int | None]
) -> None:
    with scripted(reply) as script, pytest.raises(QueryRefused, match=said) as refused:
        ask(script.address)

    assert (refused.value.line, refused.value.column) == place
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Scripted(status=401), "LSP_GRAPH_BACKEND_TOKEN"),
        (Scripted(status=401, headers={"WWW-Authenticate": "Negotiate"}), "LSP_GRAPH_BACKEND_TOKEN"),
        (Scripted(status=403), "LSP_GRAPH_BACKEND_USER"),
        (Scripted(status=404), "there is no SPARQL endpoint"),
        (Scripted(b"out of memory", 500, "text/plain"), r"cannot answer \(status 500: out of memory\)"),
        (Scripted(status=301, headers={"Location": "https://example.org/new"}), r"moved to https://example\.org/new"),
    ],
)
def test_what_the_server_says_no_to_is_told_with_what_to_do(reply: Scripted, said: str) -> None:
    with scripted(reply) as script, pytest.raises(StoreUnavailable, match=said):
        ask(script.address, credentials=Credentials("anna", "secret"))


def test_a_token_is_shown_to_nobody_else() -> None:
    with (
        scripted(ONE_ROW) as other,
        scripted(Scripted(status=302, headers={"Location": other.address})) as script,
        pytest.raises(StoreUnavailable, match="has moved"),
    ):
        ask(script.address, credentials=Credentials(token="secret"))  # noqa: S106  # it opens nothing

    assert script.asked[0].headers["authorization"] == "Bearer secret"
    assert other.asked == []
    assert "secret" not in repr(Credentials("anna", "secret", "secret"))


@pytest.mark.parametrize(
    ("challenge", "proof"),
    [
        ('Basic realm="x"', "Basic YW5uYTpzZWNyZXQ="),
        ('Digest realm="x", nonce="n", qop="auth"', 'Digest username="anna"'),
    ],
)
def test_a_password_is_given_to_who_asks_for_it_in_the_way_it_is_asked_for(challenge: str, proof: str) -> None:
    with scripted(Scripted(status=401, headers={"WWW-Authenticate": challenge}), ONE_ROW) as script:
        assert values(ask(script.address, credentials=Credentials("anna", "secret"))) == ["Southwark"]

    first, second = script.asked
    assert "authorization" not in first.headers
    assert second.headers["authorization"].startswith(proof)


def test_a_short_query_goes_by_get_and_a_long_one_by_post() -> None:
    graph = ("default-graph-uri", "https://w3id.org/lsp/graph/one?x=1&y=é")
    long = f"{SELECT} # {'x' * 3000}"
    with scripted(ONE_ROW) as script:
        ask(script.address, parameters=(graph,))
        ask(script.address, long, parameters=(graph,))

    short, posted = script.asked
    assert (short.method, posted.method) == ("GET", "POST")
    assert parse_qs(urlsplit(short.path).query) == {"query": [SELECT], graph[0]: [graph[1]]}
    assert parse_qs(posted.body.decode()) == {"query": [long], graph[0]: [graph[1]]}
    assert short.headers["accept"] == posted.headers["accept"] == RESULTS


def test_a_query_that_speaks_of_updates_is_still_a_query() -> None:
    query = "# delete nothing\n# and load nothing: drop that\n# create, clear\nSELECT * { ?s ?p ?o }"
    with scripted(ONE_ROW) as script:
        ask(script.address, query)

    assert parse_qs(urlsplit(script.asked[0].path).query) == {"query": [query]}


@pytest.mark.parametrize("text", ["INSERT DATA { <urn:a> <urn:b> <urn:c> }", "DROP ALL", "", "SELECT", "hello"])
def test_nothing_but_a_query_is_sent(text: str) -> None:
    with scripted(ONE_ROW) as script, pytest.raises(QueryRefused):
        ask(script.address, text)

    assert script.asked == []


def test_an_update_does_not_hide_behind_a_service() -> None:
    text = "INSERT { <urn:a> <urn:b> ?c } WHERE { SERVICE <urn:x> { ?a ?b ?c } }"

    with pytest.raises(QueryRefused, match="expected one of SELECT"):
        form_of(text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost:3030/lsp",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://",
        "http://a b/",
        "http://a:x/",
        "http://a/#x",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="expected an address such as"):
        checked(address)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError, match="LSP_GRAPH_BACKEND_PASSWORD") as refused:
        checked("http://anna:secret@example.org/sparql")

    assert "secret" not in str(refused.value)


def test_virtuoso_s_words_for_things_are_put_into_the_standard_s() -> None:
    body = json.dumps(
        {
            "head": {"link": [], "vars": ["yes", "no", "where", "who"]},
            "results": {
                "bindings": [
                    {
                        "yes": {"type": "typed-literal", "datatype": XSD.boolean.value, "value": "1"},
                        "no": {"type": "typed-literal", "datatype": XSD.boolean.value, "value": "0"},
                        "where": {
                            "type": "typed-literal",
                            "datatype": "http://www.openlinksw.com/schemas/virtrdf#Geometry",
                            "value": "POINT(1 2)",
                        },
                        "who": {"type": "bnode", "value": "nodeID://b1"},
                    }
                ]
            },
        }
    ).encode()
    with scripted(Scripted(body)) as script:
        answer = ask(script.address)

    assert isinstance(answer, QuerySolutions)
    (row,) = answer
    assert (row["yes"], row["no"]) == (Literal(True), Literal(False))
    assert row["where"] == Literal("POINT(1 2)", datatype=GEO.wktLiteral)


@pytest.mark.parametrize(("value", "truth"), [("1", True), ("0", False)])
def test_virtuoso_s_yes_and_no_are_read(value: str, truth: bool) -> None:
    term = {"type": "typed-literal", "datatype": XSD.integer.value, "value": value}
    body = {"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [{"__ASK_RETVAL": term}]}}
    with scripted(Scripted(json.dumps(body).encode())) as script:
        assert bool(ask(script.address, "ASK {}")) is truth


def test_an_endpoint_that_answers_with_another_version_is_left() -> None:
    truth = b'{"head": {}, "boolean": true}'
    first = Scripted(truth, headers={"LSP-Graph-Version": "1"})
    with scripted(first, Scripted(ONE_ROW.body, headers={"LSP-Graph-Version": "2"})) as script:
        backend = connect(script.address)

        assert backend.version == "1"
        with pytest.raises(StoreUnavailable, match="from version 1 to 2"):
            backend.query(SELECT)


def test_a_graph_that_is_not_there_is_empty_and_one_that_is_cut_short_is_not() -> None:
    with scripted(Scripted(status=404), ONE_TRIPLE) as script:
        store = GraphStore(script.address, NOBODY, 5)

        assert store.get("urn:g") == b""
        assert store.get("urn:g") == ONE_TRIPLE.body
        store.delete("urn:g")
    with (
        scripted(Scripted(ONE_TRIPLE.body, media_type=ONE_TRIPLE.media_type, length=None)) as script,
        pytest.raises(StoreUnavailable, match="expected a whole graph"),
    ):
        GraphStore(script.address, NOBODY, 5).get("urn:g")
