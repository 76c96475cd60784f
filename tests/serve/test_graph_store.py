"""/graphs: the SPARQL 1.1 Graph Store HTTP Protocol, and what strangers send in bodies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import RdfFormat, parse

from .writable import ALLOWED, TURTLE, P, S, Writable, fresh, triple, writable

BODIES = {
    "text/turtle": triple('"é"'),
    "application/n-triples": triple('"é"'),
    "application/rdf+xml": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
        f'<rdf:Description rdf:about="{S}"><e:p>é</e:p></rdf:Description></rdf:RDF>'
    ),
    "application/ld+json": f'{{"@id": "{S}", "{P}": "é"}}',
}
ENTITIES = (
    '<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
    "<rdf:Description><e:p>&b;</e:p></rdf:Description></rdf:RDF>"
)
HARMFUL: dict[str, tuple[str, str | bytes, str]] = {
    "entities": ("application/rdf+xml", ENTITIES, "a DTD"),
    "entities in lower case": ("application/rdf+xml", ENTITIES.replace("DOCTYPE", "doctype"), "line 1"),
    "an external DTD": ("application/rdf+xml", '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>', "a DTD"),
    "deep elements": ("application/rdf+xml", "<a>" * 5000 + "</a>" * 5000, "deeper nesting"),
    "deep values": ("application/ld+json", '{"@graph":' * 5000 + "[]" + "}" * 5000, "deeper nesting"),
    "a context elsewhere": (
        "application/ld+json",
        '{"@context": "http://127.0.0.1:9/c", "@id": "x:s", "p": "o"}',
        "nothing is fetched",
    ),
    "another encoding": ("text/turtle", triple('"é"').encode("utf-16"), "not UTF-8"),
    "another format": ("text/turtle", BODIES["application/rdf+xml"], "line 1"),
    "graphs in the graph": ("application/ld+json", '{"@id": "x:g", "@graph": {"@id": "x:s", "x:p": "o"}}', "graph"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    with writable(tmp_path_factory.mktemp("graphs"), worker_memory_mb=400) as one:
        yield one


def test_put_creates_then_replaces(service: Writable) -> None:
    graph = fresh()

    assert service.put(graph, triple(1)).status_code == 201
    assert service.put(graph, triple(2)).status_code == 204
    assert service.lines(graph) == {f'<{S}> <{P}> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .'}


def test_post_creates_then_adds(service: Writable) -> None:
    graph = fresh()
    replies = [
        service.http.post("/graphs", params={"graph": graph}, content=triple(n), headers=TURTLE | service.as_("ann"))
        for n in (1, 2)
    ]

    assert [reply.status_code for reply in replies] == [201, 204]
    assert len(service.lines(graph)) == 2


def test_delete_removes_and_then_there_is_nothing(service: Writable) -> None:
    graph = fresh()
    service.put(graph, triple(1))
    replies = [service.http.delete("/graphs", params={"graph": graph}, headers=service.as_("ann")) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [204, 404]
    assert service.http.get("/graphs", params={"graph": graph}).status_code == 404
    assert service.http.head("/graphs", params={"graph": graph}).status_code == 404


def test_a_graph_is_named_by_its_own_address(service: Writable) -> None:
    path = "/graphs/person/1.ttl"
    made = service.http.put(path, content=f"<> <{P}> <other> .", headers=TURTLE | service.as_("ann"))

    assert made.status_code == 201
    for reply in (
        service.http.get(path, headers={"accept": "application/n-triples"}),
        service.http.get("/graphs", params={"graph": service.url + path}, headers={"accept": "application/n-triples"}),
    ):
        assert reply.text.split() == [f"<{service.url}{path}>", f"<{P}>", f"<{service.url}/graphs/person/other>", "."]
    assert service.http.delete(path, headers=service.as_("ann")).status_code == 204


def test_post_to_the_store_makes_a_graph_and_says_where(service: Writable) -> None:
    made = service.http.post("/graphs", content=triple(1), headers=TURTLE | service.as_("ann"))

    assert made.status_code == 201
    assert made.headers["location"].startswith(f"{service.url}/graphs/")
    assert service.http.get(made.headers["location"]).status_code == 200


def test_the_default_graph_is_the_stores_own_and_is_always_there(service: Writable) -> None:
    put = service.http.put("/graphs?default", content=triple('"d"'), headers=TURTLE | service.as_("ann"))
    got = service.http.get("/graphs?default", headers={"accept": "application/n-triples"})
    deleted = service.http.delete("/graphs?default", headers=service.as_("ann"))
    empty = service.http.get("/graphs?default", headers={"accept": "application/n-triples"})

    assert (put.status_code, deleted.status_code) == (204, 204)
    assert got.text == triple('"d"') + "\n"
    assert (empty.status_code, empty.text) == (200, "")


@pytest.mark.parametrize("media_type", BODIES)
def test_each_format_is_read_and_given(service: Writable, media_type: str) -> None:
    graph = fresh()
    headers = {"content-type": f"{media_type}; charset=utf-8", **service.as_("ann")}
    sent = service.http.put("/graphs", params={"graph": graph}, content=BODIES[media_type], headers=headers)
    got = service.http.get("/graphs", params={"graph": graph}, headers={"accept": media_type})

    assert (sent.status_code, got.status_code) == (201, 200)
    assert got.headers["content-type"] == media_type
    form = RdfFormat.from_media_type(media_type)
    assert form is not None
    assert [str(quad.triple) for quad in parse(got.content, format=form)] == [triple('"é"')[:-2]]


@pytest.mark.parametrize(
    "parameters", ["", "?graph=x:a&default", "?graph=x:a&graph=x:b", "?default&default", "?graph=relative", "?graph="]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_one_graph_is_named_exactly_once(service: Writable, method: str, parameters: str) -> None:
    reply = service.http.request(method, f"/graphs{parameters}", content=triple(1), headers=TURTLE | service.as_("ann"))

    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")


def test_a_graph_below_the_address_and_one_in_the_parameters_are_too_many(service: Writable) -> None:
    assert service.http.get("/graphs/a", params={"graph": "x:y"}).status_code == 400


def test_formats_that_are_not_offered_or_not_read_are_told(service: Writable) -> None:
    graph = fresh()
    service.put(graph, triple(1))
    unwanted = service.http.get("/graphs", params={"graph": graph}, headers={"accept": "image/png"})
    quads = service.http.put(
        "/graphs",
        params={"graph": graph},
        content="",
        headers={"content-type": "application/n-quads", **service.as_("ann")},
    )
    unsaid = service.http.put("/graphs", params={"graph": graph}, content=triple(1), headers=service.as_("ann"))
    patch = service.http.patch("/graphs", params={"graph": graph}, content="", headers=service.as_("ann"))

    assert (unwanted.status_code, quads.status_code, unsaid.status_code) == (406, 415, 415)
    assert "text/turtle" in quads.headers["accept-put"]
    assert (patch.status_code, patch.headers["allow"]) == (405, "GET, HEAD, PUT, POST, DELETE, OPTIONS")


@pytest.mark.parametrize("case", HARMFUL)
def test_a_harmful_or_wrong_body_is_refused_and_nothing_is_written(service: Writable, case: str) -> None:
    content_type, content, said = HARMFUL[case]
    before = service.versions()
    reply = service.http.put(
        "/graphs",
        params={"graph": fresh()},
        content=content,
        headers={"content-type": content_type, **service.as_("ann")},
    )

    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
    assert said in reply.json()["detail"]
    assert service.versions() == before


def test_files_of_a_form_become_one_graph(service: Writable) -> None:
    graph = fresh()
    files = [
        ("files", ("a.ttl", triple(1), "text/turtle")),
        ("files", ("b.nt", triple('"b"'), "application/octet-stream")),
        ("files", ("c.rdf", BODIES["application/rdf+xml"], "application/rdf+xml;charset=utf-8")),
    ]
    reply = service.http.post("/graphs", params={"graph": graph}, files=files, headers=service.as_("ann"))

    assert reply.status_code == 201, reply.text
    assert len(service.lines(graph)) == 3


def test_a_form_that_is_none_is_refused(service: Writable) -> None:
    headers = {"content-type": "multipart/form-data; boundary=here", **service.as_("ann")}

    for content in (
        "",
        "no boundary",
        "--here\r\n\r\nx\r\n--here--",
        "--here\r\ncontent-type: text/turtle\r\n\r\n<x:s",
    ):
        reply = service.http.post("/graphs", params={"graph": fresh()}, content=content, headers=headers)
        assert reply.status_code in (400, 415), content


def test_the_same_graph_again_makes_no_version_whatever_its_blank_nodes_are_called(service: Writable) -> None:
    graph = fresh()
    service.put(graph, f"_:a <{P}> 1 ; <x:q> _:b . _:b <x:q> _:a . {triple(1)}")
    before = service.versions()
    again = service.put(graph, f"{triple(1)} _:z <x:q> _:y . _:y <x:q> _:z ; <{P}> 1 .")
    other = service.put(graph, f"{triple(1)} _:z <x:q> _:y . _:y <x:q> _:y ; <{P}> 1 .")

    assert again.status_code == 204
    assert int(other.headers["lsp-graph-version"]) == int(again.headers["lsp-graph-version"]) + 1
    assert service.versions() == before + 1


def test_blank_nodes_of_two_graphs_stay_apart(service: Writable) -> None:
    graph = fresh()
    for _ in range(2):
        service.http.post(
            "/graphs", params={"graph": graph}, content=f"_:a <{P}> 1 .", headers=TURTLE | service.as_("ann")
        )

    assert len(service.lines(graph)) == 2


def test_reading_needs_no_token_and_any_site_may_read(service: Writable) -> None:
    reply = service.http.get(
        "/graphs", params={"graph": "https://w3id.org/lsp/graph/first"}, headers={"origin": "https://a.example"}
    )

    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    written = service.put(fresh(), triple(1), origin="https://a.example")
    assert "access-control-allow-origin" not in written.headers


def test_head_and_options_say_what_get_would_and_what_may_be_asked(service: Writable) -> None:
    graph = fresh()
    service.put(graph, triple(1))
    got, head = (service.http.request(one, "/graphs", params={"graph": graph}) for one in ("GET", "HEAD"))
    options = service.http.options("/graphs", params={"graph": graph})

    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, PUT, POST, DELETE, OPTIONS"
    assert options.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_who_saw_an_older_version_does_not_overwrite_the_newer_one(service: Writable) -> None:
    graph = fresh()
    service.put(graph, triple(1))
    seen = service.http.get("/graphs", params={"graph": graph}).headers["etag"]
    assert service.http.get("/graphs", params={"graph": graph}, headers={"if-none-match": seen}).status_code == 304
    first, second = (service.put(graph, triple(n), **{"if-match": seen}) for n in (2, 3))
    taken = service.put(graph, triple(4), **{"if-none-match": "*"})

    assert (first.status_code, second.status_code, taken.status_code) == (204, 412, 412)
    assert service.lines(graph) == {f'<{S}> <{P}> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .'}


def test_scope_holds_for_graphs_too(service: Writable) -> None:
    outside, inside = service.put(fresh(), triple(1), "bob"), service.put(ALLOWED, triple(1), "bob")
    made = service.http.post("/graphs", content=triple(1), headers=TURTLE | service.as_("bob"))

    assert (outside.status_code, inside.status_code, made.status_code) == (403, 201, 403)


def test_a_graph_is_given_whole_even_where_answers_are_cut(tmp_path_factory: pytest.TempPathFactory) -> None:
    with writable(tmp_path_factory.mktemp("whole"), max_rows=5) as service:
        graph = fresh()
        service.put(graph, "\n".join(triple(n) for n in range(50)))

        assert len(service.lines(graph)) == 50
