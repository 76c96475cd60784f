"""/update: the SPARQL 1.1 Protocol for updates, each of which is one version or none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lsp_graph.store import StoreDirectory

from .writable import ALLOWED, FILLED, P, S, Writable, fresh, triple, writable


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    with writable(tmp_path_factory.mktemp("update"), worker_memory_mb=400) as one:
        yield one


@pytest.fixture(scope="module")
def asked() -> Iterator[list[str]]:
    """The paths that a server on this machine has been asked for; its address is the first."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        paths.append(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield paths
        server.shutdown()


def test_an_update_is_there_when_it_is_acknowledged(service: Writable) -> None:
    graph = fresh()
    reply = service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }}")

    assert reply.status_code == 204
    assert service.lines(graph) == {f'<{S}> <{P}> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'}
    asked = service.server.get(f"ASK {{ GRAPH <{graph}> {{ <{S}> <{P}> 1 }} }}")
    assert asked.json()["boolean"] is True
    assert asked.headers["lsp-graph-version"] == reply.headers["lsp-graph-version"]


def test_an_update_is_one_version_with_author_time_and_message(service: Writable) -> None:
    before, graph = service.versions(), fresh()
    reply = service.update(
        f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }} ; INSERT DATA {{ GRAPH <{graph}> {{ {triple(2)} }} }}"
    )

    assert service.versions() == before + 1
    manifest = StoreDirectory(service.store).manifest(reply.headers["lsp-graph-version"])
    assert (manifest.author, manifest.added, manifest.removed) == ("ann", 2, 0)
    assert manifest.message == "SPARQL update: 2 added, 0 removed"
    assert manifest.created


def test_an_update_that_changes_nothing_makes_no_version(service: Writable) -> None:
    graph = fresh()
    first = service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }}")
    before = service.versions()
    again = service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }}")
    there_and_back = service.update(
        f"DELETE DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }} ; INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }}"
    )

    assert (again.status_code, there_and_back.status_code) == (204, 204)
    assert service.versions() == before
    assert again.headers["lsp-graph-version"] == first.headers["lsp-graph-version"]


def test_an_update_comes_as_a_form_too(service: Writable) -> None:
    graph = fresh()
    form = {"update": f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }}"}

    assert service.http.post("/update", data=form, headers=service.as_("ann")).status_code == 204
    assert len(service.lines(graph)) == 1


def test_without_a_graph_an_update_writes_the_default_graph_of_the_store(service: Writable) -> None:
    assert service.update(f'INSERT DATA {{ <{S}> <{P}> "own" }}').status_code == 204

    own = service.http.get("/graphs?default", headers={"accept": "application/n-triples"}).text
    assert f'<{S}> <{P}> "own" .' in own.splitlines()


def test_relative_iris_are_resolved_by_the_address(service: Writable) -> None:
    graph = fresh()
    service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <a> <{P}> <> }} }}")

    assert service.lines(graph) == {f"<{service.url}/a> <{P}> <{service.url}/update> ."}


@pytest.mark.parametrize(
    "where",
    [
        "INSERT {{ GRAPH <{to}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
        "insert{{GRAPH<{to}>{{?s ?p ?o}}}}where{{{{SELECT*WHERE{{?s ?p ?o}}}}}}",
        "INSERT {{ GRAPH <{to}> {{ ?s ?p 'WHERE {{' }} }} # WHERE {{\nWHERE {{ ?s ?p ?o FILTER(?o<2) }}",
        "DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH <{to}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }} ; DROP SILENT GRAPH <x:>",
    ],
)
def test_using_graph_uri_is_what_the_where_clause_is_asked_of(service: Writable, where: str) -> None:
    one, other, to = fresh(), fresh(), fresh()
    service.put(one, triple(1))
    service.put(other, triple(1))
    reply = service.update(where.format(to=to), params={"using-graph-uri": one})

    assert reply.status_code == 204, reply.text
    assert len(service.lines(to)) == 1
    assert len(service.lines(one)) == len(service.lines(other)) == 1


def test_using_graph_uris_are_merged_and_named_ones_go_by_name(service: Writable) -> None:
    one, two, named, to = fresh(), fresh(), fresh(), fresh()
    for number, graph in enumerate((one, two, named), 1):
        service.put(graph, triple(number))
    text = f"INSERT {{ GRAPH <{to}> {{ ?s ?p ?o, ?n, ?g }} }} WHERE {{ ?s ?p ?o . GRAPH ?g {{ ?s ?p ?n }} }}"
    service.update(text, params={"using-graph-uri": [one, two], "using-named-graph-uri": named})

    found = {line.split(" ", 2)[2].split("^")[0].rstrip(" .") for line in service.lines(to)}
    assert found == {'"1"', '"2"', '"3"', f"<{named}>"}


def test_using_graph_uri_says_what_delete_where_finds(service: Writable) -> None:
    graph = fresh()
    service.update(f"INSERT DATA {{ <{graph}> <{P}> 1 . GRAPH <{graph}> {{ <{graph}> <{P}> 1 }} }}")
    elsewhere = service.update(f"DELETE WHERE {{ <{graph}> <{P}> ?o }}", params={"using-graph-uri": fresh()})
    here = service.update(f"DELETE WHERE {{ <{graph}> <{P}> ?o }}", params={"using-graph-uri": graph})

    assert elsewhere.status_code == here.status_code == 204
    assert int(here.headers["lsp-graph-version"]) == int(elsewhere.headers["lsp-graph-version"]) + 1
    assert len(service.lines(graph)) == 1  # the deletion is from the default graph, as the text says


@pytest.mark.parametrize("clause", ["USING <x:a>", "USING NAMED <x:a>", "WITH"])
def test_a_dataset_in_two_places_is_refused(service: Writable, clause: str) -> None:
    text = f"INSERT {{ ?s ?p 1 }} {clause} WHERE {{ ?s ?p ?o }}"
    if clause == "WITH":
        text = "WITH <x:a> INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }"
    reply = service.update(text, params={"using-graph-uri": "x:b"})

    assert reply.status_code == 400
    assert "one place or the other" in reply.json()["detail"]


def test_an_error_has_its_place_in_what_was_sent(service: Writable) -> None:
    text = "INSERT { ?s ?p 1 }\nWHERE { ?s ?p ?o } ;\n  CLEAR XYZ"
    for parameters in ({}, {"using-graph-uri": "x:b"}):
        reply = service.update(text, params=parameters)

        assert reply.status_code == 400
        assert (reply.json()["line"], reply.json()["column"]) == (3, 12)  # where XYZ ends


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        ("CLEAR NAMED", "text/plain", 415),
        ("update=CLEAR%20NAMED", "", 415),
        ("update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", "application/x-www-form-urlencoded", 400),
        ("query=ASK%20%7B%7D", "application/x-www-form-urlencoded", 400),
        ("update=CLEAR%20XYZ", "application/x-www-form-urlencoded", 400),
        ("update=CLEAR%20ALL&using-graph-uri=a%20b", "application/x-www-form-urlencoded", 400),
        ("CLEAR NAMED".encode("utf-16"), "application/sparql-update; charset=UTF-16", 415),
        (b"CLEAR \xff", "application/sparql-update", 400),
        ("SELECT * { ?s ?p ?o }", "application/sparql-update", 400),
    ],
)
def test_what_is_no_update_is_refused(service: Writable, content: str | bytes, content_type: str, status: int) -> None:
    before = service.versions()
    headers = service.as_("ann") | ({"content-type": content_type} if content_type else {})
    reply = service.http.post("/update", content=content, headers=headers)

    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert service.versions() == before


def test_an_update_is_never_asked_by_get(service: Writable) -> None:
    reply = service.http.get("/update", params={"update": "CLEAR ALL"}, headers=service.as_("ann"))
    in_address = service.http.post(
        "/update",
        params={"update": "CLEAR ALL"},
        data={"update": "CLEAR SILENT GRAPH <x:y>"},
        headers=service.as_("ann"),
    )

    assert (reply.status_code, reply.headers["allow"]) == (405, "POST, OPTIONS")
    assert in_address.status_code == 400


@pytest.mark.parametrize(
    "load", ["LOAD <{0}/a>", "LOAD<{0}/b>INTO GRAPH<x:g>", "PREFIX :\n<{0}/>LOAD:c", "lOaD #\n<{0}/d>"]
)
def test_load_is_refused_and_nothing_is_fetched(service: Writable, asked: list[str], load: str) -> None:
    before = "" if load.startswith("PREFIX") else "CLEAR SILENT GRAPH <x:y>;\n"
    reply = service.update(before + load.format(asked[0]))

    assert reply.status_code == 403
    assert reply.json()["line"] == 2
    assert len(asked) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_load_silent_does_nothing_and_the_rest_is_done(service: Writable, asked: list[str], scheme: str) -> None:
    graph, address = fresh(), asked[0].replace("http", scheme)
    insert = f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }}"
    text = f"LOAD\nSILENT <{address}/a;b> INTO GRAPH <{graph}> ; {insert} ; LOAD SILENT <{address}>"

    assert service.update(text).status_code == 204
    assert len(service.lines(graph)) == 1
    assert len(asked) == 1


@pytest.mark.parametrize(
    "text",
    [
        'INSERT DATA {{ <x:s> <x:p> "LOAD <x:y>" }}',
        "PREFIX load: <x:> INSERT DATA {{ load:s <x:p> load:o . }}",
        "# LOAD <x:y>\nINSERT DATA {{ <x:load> <x:LOAD> 'a' }}",
        "PREFIX load: <{0}#> WITH load:g INSERT {{ <x:s> <x:p> <x:LOAD> }} WHERE {{}}",
    ],
)
def test_what_only_looks_like_load_is_run(service: Writable, text: str) -> None:
    assert service.update(text.format(fresh())).status_code == 204


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_service_is_refused_and_nothing_is_asked(service: Writable, asked: list[str], silent: str) -> None:
    text = f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {silent}<{asked[0]}/sparql> {{ ?s ?p ?o }} }}"

    assert service.update(text).status_code == 403
    assert len(asked) == 1


def test_an_update_that_fails_changes_nothing(service: Writable) -> None:
    before, graph = service.versions(), fresh()
    reply = service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} }} }} ; CREATE GRAPH <{graph}>")

    assert reply.status_code == 409
    assert "already exists" in reply.json()["detail"]
    assert service.versions() == before


def test_an_update_that_breaks_its_worker_is_told_cleanly_and_the_next_one_runs(service: Writable) -> None:
    before = service.versions()
    deep = "INSERT DATA { } ; " + "DELETE { } WHERE " + "{" * 120_000 + "}" * 120_000
    product = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(40))
    long = f"INSERT {{ ?a0 <x:p> ?b9 }} USING <{FILLED}> WHERE {{ {product} }}"
    broken, endless = service.update(deep), service.update(long)

    assert broken.headers["content-type"] == endless.headers["content-type"] == "application/problem+json"
    assert broken.status_code in (400, 503)
    assert endless.status_code in (504, 507)
    assert service.versions() == before
    assert service.update(f"INSERT DATA {{ GRAPH <{fresh()}> {{ {triple(1)} }} }}").status_code == 204


def test_scope_is_judged_by_what_changes_not_by_the_text(service: Writable) -> None:
    hidden = fresh()
    inside = service.update(f"INSERT DATA {{ GRAPH <{ALLOWED}> {{ {triple(1)} }} {triple(7)} }}", "bob")
    outside = service.update(
        f"INSERT {{ GRAPH ?g {{ {triple(1)} }} }} WHERE {{ BIND(IRI(CONCAT('{hidden[:9]}', '{hidden[9:]}')) AS ?g) }}",
        "bob",
    )
    nothing = service.update(f"CLEAR SILENT GRAPH <{hidden}>", "bob")

    assert (inside.status_code, nothing.status_code) == (204, 204)
    assert outside.status_code == 403
    assert hidden in outside.json()["detail"]
    assert 'error="insufficient_scope"' in outside.headers["www-authenticate"]
    assert service.lines(hidden) == set()


def test_what_is_derived_cannot_be_written(service: Writable) -> None:
    reply = service.update(f"INSERT DATA {{ GRAPH <https://w3id.org/lsp/graph/shortcuts> {{ {triple(1)} }} }}")

    assert reply.status_code == 403


def test_no_script_of_another_site_may_write(service: Writable) -> None:
    origin = {"origin": "https://evil.example"}
    preflight = service.http.options("/update", headers=origin | {"access-control-request-method": "POST"})
    written = service.update("CLEAR SILENT GRAPH <x:y>")

    assert (preflight.status_code, preflight.headers["allow"]) == (204, "POST, OPTIONS")
    for reply in (preflight, written):
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_body_that_is_too_long_or_packed_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    with writable(tmp_path_factory.mktemp("bounds"), max_write_mb=1) as service:
        long = service.update("# " + "x" * 2**20)
        packed = service.http.post(
            "/update",
            content=b"\x1f\x8b",
            headers={"content-type": "application/sparql-update", "content-encoding": "gzip", **service.as_("ann")},
        )

        assert long.status_code == 413
        assert (packed.status_code, packed.headers["accept-encoding"]) == (415, "identity")


def test_writes_at_once_are_made_one_after_the_other(service: Writable) -> None:
    graph, before = fresh(), service.versions()
    replies = []
    threads = [
        threading.Thread(
            target=lambda n=n: replies.append(service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(n)} }} }}"))
        )
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [reply.status_code for reply in replies] == [204] * 6
    assert len({reply.headers["lsp-graph-version"] for reply in replies}) == 6
    assert service.versions() == before + 6
    assert len(service.lines(graph)) == 6


def test_what_is_drawn_at_random_is_never_drawn_twice(service: Writable) -> None:
    graph, rounds = fresh(), 4
    drawn = set()
    for _ in range(rounds):  # after each write other workers answer, all forked from the same process
        service.update(f"INSERT DATA {{ GRAPH <{graph}> {{ _:a <{P}> 1 }} }}")
        drawn |= {service.server.get("SELECT (STRUUID() AS ?id) {}").text for _ in range(2)}

    assert len(service.lines(graph)) == rounds
    assert len(drawn) == 2 * rounds


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("INSERT DATA {{ GRAPH <{0}> {{ <x:a> <x:b> 3 }} }}", {1, 2, 3}),
        ("DELETE DATA {{ GRAPH <{0}> {{ <x:a> <x:b> 1, 7 }} }}", {2}),
        ("delete data{{graph<{0}>{{<x:a><x:b>01}}}};insert data{{graph<{0}>{{<x:a><x:b>4}}}}", {2, 4}),
        (
            "INSERT DATA {{ GRAPH <{0}> {{ <x:a> <x:b> 5 }} }} ; DELETE DATA {{ GRAPH <{0}> {{ <x:a> <x:b> 5, 2 }} }};",
            {1},
        ),
        ("PREFIX DATA: <x:> INSERT DATA {{ GRAPH <{0}> {{ DATA:a DATA:b 6 }} }}", {1, 2, 6}),
        ("DELETE DATA {{ GRAPH <{0}> {{ <x:a> <x:b> 1 }} }} ; CLEAR GRAPH <{0}>", set()),
        ("", {1, 2}),
    ],
)
def test_given_data_are_inserted_and_deleted_in_their_order(service: Writable, text: str, left: set[int]) -> None:
    graph = fresh()
    service.put(graph, "<x:a> <x:b> 01, 2 .")
    reply = service.update(text.format(graph))

    assert reply.status_code == 204, reply.text
    assert {int(line.split('"')[1]) for line in service.lines(graph)} == left


def test_data_in_many_graphs_are_written_too(service: Writable) -> None:
    graphs = [fresh() for _ in range(20)]
    service.put(graphs[0], triple(1))
    service.update("INSERT DATA { " + " ".join(f"GRAPH <{graph}> {{ {triple(1)} }}" for graph in graphs) + " }")

    assert [len(service.lines(graph)) for graph in graphs] == [1] * 20
