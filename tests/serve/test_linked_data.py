"""Every IRI of the graph can be looked up: 303 to a document, in the format that is wanted; all else is refused."""

from __future__ import annotations

import re
import socket
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from lsp_graph.layout import ONTOLOGY, ROOT, SHAPES
from lsp_graph.namespaces import BASE, ID, LSP
from lsp_graph.serve import addresses
from lsp_graph.settings import Settings
from lsp_graph.store import EmbeddedBackend, open_store

from .conftest import Server, running
from .linked import BROWSER, links, minted, read, same, things
from .test_protocol import problem


@pytest.fixture(scope="module")
def graph(linked_store: Path) -> EmbeddedBackend:
    return open_store(linked_store)


def get(server: Server, path: str, accept: str | None = None) -> httpx.Response:
    return server.http.get(path, headers={"accept": accept} if accept else {}, follow_redirects=True)


def local(iri: str) -> str:
    """The path under which this service answers for an IRI."""
    return quote(f"/{iri.removeprefix(BASE)}", safe="/%#:@!$&'()*+,;=~.")


def test_every_iri_of_the_graph_leads_to_a_document_that_speaks_of_it(linked: Server, graph: EmbeddedBackend) -> None:
    known = sorted(things(graph))
    assert len(known) > 200
    for iri in known:
        seen = linked.http.get(local(iri), follow_redirects=False)
        assert seen.status_code == 303, (iri, seen.text)
        response = linked.http.get(seen.headers["location"], headers={"accept": "application/n-triples"})
        assert response.status_code == 200, (iri, response.text)
        stated = {node for quad in ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES) for node in quad.triple}
        assert ox.NamedNode(iri) in stated


def test_every_term_of_the_graph_is_in_the_document_of_its_vocabulary(linked: Server, graph: EmbeddedBackend) -> None:
    terms = {iri for iri in minted(graph) if iri.startswith(LSP)}
    told = {str(subject) for subject in read(get(linked, "/ont")).subjects()}
    assert terms <= told
    page = get(linked, "/ont", BROWSER).text
    assert all(f'id="{iri.removeprefix(LSP)}"' in page for iri in terms)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle"),
        ("*/*", "text/turtle"),
        (BROWSER, "text/html; charset=utf-8"),
        ("application/rdf+xml;q=0.4, application/ld+json;q=0.9", "application/ld+json"),
        ("text/*;q=0.5, application/n-triples", "application/n-triples"),
        ("text/turtle;q=0, text/*", "text/csv; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("path", ["/doc/area/E07000901", "/ont", "/shapes"])
def test_the_format_is_negotiated(linked: Server, path: str, accept: str | None, media_type: str) -> None:
    response = linked.http.get(path, headers={"accept": accept} if accept else {"accept": ""})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == media_type
    assert "accept" in response.headers["vary"].lower()
    suffix = next(end for end, type_ in addresses.FORMATS.items() if type_ == media_type.partition(";")[0])
    assert response.headers["content-location"] == f"{linked.url}{path}.{suffix}"
    forced = get(linked, f"{path}.{suffix}", "image/png")
    assert forced.content == response.content


def test_what_is_not_offered_is_not_acceptable(linked: Server) -> None:
    response = get(linked, "/doc/area/E07000901", "image/png")
    assert "text/turtle" in problem(response, 406)["detail"]


def test_a_thing_leads_to_its_document_and_the_document_to_its_formats_and_back(linked: Server) -> None:
    seen = linked.http.get("/id/area/E07000901?as-of=2008-06-30", follow_redirects=False)
    assert seen.status_code == 303
    assert seen.headers["location"] == f"{linked.url}/doc/area/E07000901?as-of=2008-06-30"
    assert "accept" in seen.headers["vary"].lower()
    response = linked.http.get(seen.headers["location"])
    found = links(response)
    assert found["describes", None] == ID["area/E07000901"].value
    assert found["canonical", None] == seen.headers["location"]
    for suffix, media_type in addresses.FORMATS.items():
        alternate = linked.http.get(found["alternate", media_type])
        assert alternate.headers["content-type"].startswith(media_type), suffix


def test_a_public_address_stands_in_links_and_the_iris_stay(linked_store: Path) -> None:
    with running(Settings(store=linked_store, port=0, public_base="https://data.example/lsp/")) as server:
        seen = server.http.get("/id/area/E07000901", follow_redirects=False)
        assert seen.headers["location"] == "https://data.example/lsp/doc/area/E07000901"
        page = get(server, "/doc/area/E07000901", BROWSER)
        assert links(page)["alternate", "text/turtle"] == "https://data.example/lsp/doc/area/E07000901.ttl"
        assert 'href="https://data.example/lsp/id/area/E06000903"' in page.text
        assert ID["area/E06000903"].value in get(server, "/doc/area/E07000901.nt").text
        assert get(server, "/doc/area/E07000901.jsonld").json()["@context"] == "https://data.example/lsp/context.jsonld"


def test_what_is_not_in_the_graph_is_a_problem_document_and_a_page_for_browsers(linked: Server) -> None:
    told = problem(get(linked, "/id/area/E99999999"), 404)
    assert "area/E99999999" in told["detail"]
    page = get(linked, "/doc/area/E99999999", BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "area/E99999999" in page.text


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("document/list.csv", "A key that ends like a suffix"),
        ("document/list.csv.ttl", "A key that ends like a suffix"),
        ("document/list.ttl", "The same without"),
        ("period/.._2009-03-31", None),
        ("period/.._2009-03-31.ttl", None),
        ("body/%C5%8Ct%C4%81huhu", "Letters beyond Latin-1"),
        ("body/%c5%8ct%c4%81huhu.ttl", "Letters beyond Latin-1"),
        ("body/a%20b", "A key with a percent sign"),
        ("body/a%2520b", "A key with a percent sign"),
        ("area%2FE07000901", "Wickham"),
    ],
)
def test_a_key_is_understood_however_it_is_spelt(linked: Server, path: str, label: str | None) -> None:
    turtle = read(get(linked, f"/doc/{path}", "text/turtle"))
    if label is not None:
        assert label in {str(said) for said in turtle.objects(None, rdflib.RDFS.label)}


def raw(server: Server, target: bytes, *headers: bytes) -> tuple[int, bytes]:
    """Status and whole answer to a request that no client library would send."""
    port = int(server.url.rpartition(":")[2])
    lines = [b"GET " + target + b" HTTP/1.1", b"connection: close", *(headers or (b"host: x",))]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return int(answer.split(b" ", 2)[1]), answer


@pytest.mark.parametrize(
    "start", [b"/id/", b"/doc/", b"/scheme/", b"/graph/", b"/ont/", b"/shapes/", b"/ont.", b"/void.", b"/dumps/1/"]
)
@pytest.mark.parametrize(
    "rest",
    [
        b"../../etc/passwd",
        b"%2e%2e/%2e%2e/pyproject.toml",
        b"..",
        b".",
        b"",
        b"%0d%0aset-cookie:%20a=b",
        b"%00",
        b"%ff%fe",
        b"%",
        b"%zz",
        b"<script>",
        b'"quoted"',
        b"a\\b",
        b"{x}",
        b"%3Cx%3E",
        b"area/E07000901.exe",
        b"area/E07000901.",
        b"\xc3\xa9",
        b"x" * 5000,
        b"%C3%A9" * 1000,
        b"a/" * 900,
        b"area/E07000901?as-of=yesterday",
        b"area/E07000901?as-of=2009-02-30",
        b"area/E07000901?as-of=%ff",
        b"area/E07000901?as-of=2008-06-30&as-of=2009-06-30",
    ],
)
def test_wrong_input_is_refused_and_never_breaks(linked: Server, start: bytes, rest: bytes) -> None:
    status, answer = raw(linked, start + rest)
    if status == 303:  # the document says what is wrong
        location = re.search(rb"\r\nlocation: http://x(\S+)\r\n", answer)
        assert location
        assert b"\r\nset-cookie" not in answer.lower()
        status, answer = raw(linked, location[1])
    assert status in (400, 404, 406, 414), answer
    assert b"Traceback" not in answer
    assert b"\r\nset-cookie" not in answer.lower()


@pytest.mark.parametrize("host", [b"host: a b", b'host: x">', b"host: ", b"host: x/y", b"host: x\xff"])
def test_a_host_that_is_none_gets_into_no_link(linked: Server, host: bytes) -> None:
    status, answer = raw(linked, b"/doc/area/E07000901", host)
    assert status == 400, answer


class Page(HTMLParser):
    """What a page holds that a policy would forbid, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[str | None] = []
        """Where scripts come from; None is one that stands in the page."""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))


@pytest.mark.parametrize(
    "path", ["/doc/body/script", "/doc/body/popular", "/ont", "/shapes/B", "/void", "/dumps/", "/doc/no"]
)
def test_pages_hold_scripts_of_the_service_only_and_no_style_and_lead_only_to_the_web(
    linked: Server, path: str
) -> None:
    text = get(linked, path, BROWSER).text
    page = Page(text)
    assert "h1" in page.tags
    assert not {"style", "iframe"} & set(page.tags)
    assert page.scripts
    assert all(source is not None and source.startswith(f"{linked.url}/static/") for source in page.scripts)
    assert not [name for name, _ in page.attributes if name == "style" or name.startswith("on")]
    targets = [value or "" for name, value in page.attributes if name in ("href", "src")]
    assert targets
    assert all(target.startswith(("http://", "https://", "#")) for target in targets)
    sheet = linked.http.get(next(target for target in targets if target.endswith(".css")))
    assert sheet.headers["content-type"].startswith("text/css")


def test_a_part_of_the_shapes_and_a_version_of_the_ontology_have_their_own_address(linked: Server) -> None:
    part = read(get(linked, "/shapes/B"))
    assert rdflib.URIRef(f"{BASE}shapes/B") in set(part.subjects())
    assert len(part) < len(read(get(linked, "/shapes")))
    whole = read(get(linked, "/ont"))
    (version,) = whole.objects(rdflib.URIRef(f"{BASE}ont"), rdflib.OWL.versionIRI)
    assert same(whole, read(get(linked, local(str(version)))))
    problem(get(linked, "/ont/0.0.1"), 404)
    problem(get(linked, "/shapes/none"), 404)


@pytest.mark.parametrize(("path", "folder"), [("/ont", ONTOLOGY), ("/shapes", SHAPES)])
def test_a_vocabulary_is_served_whole(linked: Server, path: str, folder: Path) -> None:
    files = rdflib.Graph()
    for file in sorted(folder.glob("*.ttl")):
        files += rdflib.Graph().parse(file)
    assert same(files, read(get(linked, path)))


def test_the_example_of_the_readme_works(real_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((code, printed),) = re.findall(
        r"^```python\n(from rdflib.*?#\s*([^\n]*))\n```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    with running(Settings(store=real_store, port=0)) as server:
        exec(code.replace("http://127.0.0.1:8000", server.url), {})  # noqa: S102  # what the README tells to run
    assert capsys.readouterr().out.strip() == printed


def test_head_is_get_without_the_body_here_too(linked: Server) -> None:
    headed = linked.http.head("/id/area/E07000901", follow_redirects=False)
    assert (headed.status_code, headed.content) == (303, b"")
    assert linked.http.head("/doc/area/E07000901").headers["content-type"] == "text/turtle"


def test_the_api_document_tells_of_linked_data(linked: Server) -> None:
    paths = get(linked, "/api/openapi.json").json()["paths"]
    assert {"/id/{key}", "/doc/{key}", "/ont", "/shapes", "/scheme/{key}", "/graph/{key}", "/context.jsonld"} <= set(
        paths
    )
    assert set(paths["/doc/{key}"]["get"]["responses"]["200"]["content"]) == set(addresses.FORMATS.values())
    assert "303" in paths["/id/{key}"]["get"]["responses"]
