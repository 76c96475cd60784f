"""The reference pages tell every term and every concept."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

from lsp_graph.layout import ROOT


class Page(HTMLParser):
    """What a page says, its anchors, and what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.anchors, self.links, self.fetched = "", set[str](), set[str](), set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if tag == "a" and name == "href" and value and value.startswith("#"):
                self.links.add(value[1:])
            is_fetched = name == "src" or (tag == "link" and name == "href")
            if is_fetched and value and value.startswith(("http:", "https:", "//")):
                self.fetched.add(value)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference") / "site"
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_reference.py"), str(folder)],
        check=False,  # what it wrote on stderr is worth more than an exception
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def terms_page(site: Path) -> Page:
    return Page((site / "ontology.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def schemes_page(site: Path) -> Page:
    return Page((site / "schemes.html").read_text(encoding="utf-8"))


def test_every_term_is_told_with_its_definition(terms_page: Page, ontology: Graph) -> None:
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
        for term in ontology.subjects(RDF.type, kind):
            if isinstance(term, URIRef) and str(term).startswith("https://w3id.org/lsp/ont#"):
                assert str(term) in terms_page.text
                assert str(ontology.value(term, SKOS.definition)) in terms_page.text


def test_the_page_is_titled_by_the_ontology(terms_page: Page) -> None:
    assert "LSP Graph: an ontology of partnership governance in England" in terms_page.text


def test_every_concept_is_told_with_its_scheme(schemes_page: Page, ontology: Graph) -> None:
    for concept, scheme in ontology.subject_objects(SKOS.inScheme):
        assert str(concept) in schemes_page.text
        assert str(ontology.value(concept, SKOS.definition)) in schemes_page.text
        assert str(ontology.value(scheme, RDFS.label)) in schemes_page.text


def test_the_contents_of_the_code_lists_lead_somewhere(schemes_page: Page) -> None:
    assert schemes_page.links
    assert schemes_page.links <= schemes_page.anchors


def test_the_pages_need_no_network(terms_page: Page, schemes_page: Page) -> None:
    assert terms_page.fetched == set()
    assert schemes_page.fetched == set()
