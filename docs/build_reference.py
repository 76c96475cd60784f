"""
Write the reference pages: every term of the ontology, and every concept of its code lists.

    ontology/*.ttl  ->  ontology.html (by pyLODE), schemes.html

Run as `python docs/build_reference.py FOLDER`; needs no network.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from pylode import OntPub
from rdflib import RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from lsp_graph.layout import ONTOLOGY

LSP = Namespace("https://w3id.org/lsp/ont#")
SCHEMES = "https://w3id.org/lsp/scheme/"

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LSP Graph: code lists</title>
<style>
body {{ font-family: sans-serif; line-height: 1.4; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #bbb; }}
th:first-child {{ width: 16rem; }}
code {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>LSP Graph: code lists</h1>
<p>Every value that records choose from. The terms that use them are in the <a href="ontology.html">ontology</a>.</p>
<nav><ul>{contents}</ul></nav>
{sections}
</body>
</html>
"""


def main(output: Path) -> None:
    """Write both pages into the folder `output`, which is made if it is not there."""
    output.mkdir(parents=True, exist_ok=True)
    merged = ontology()
    (output / "ontology.html").write_text(terms_page(merged), encoding="utf-8")
    (output / "schemes.html").write_text(schemes_page(merged), encoding="utf-8")


def ontology() -> Graph:
    """All files of the ontology as one graph."""
    merged = Graph()
    for path in sorted(ONTOLOGY.glob("*.ttl")):
        merged.parse(path, format="turtle")
    return merged


def terms_page(merged: Graph) -> str:
    """The page of classes and properties.

    What is only declared (borrowed terms) is left out, and so are the code lists: pyLODE would take a scheme for
    the ontology that the page is about.
    """
    shown = Graph()
    for triple in sorted(merged):  # pyLODE keeps the order it is given
        subject = triple[0]
        is_ours = isinstance(subject, BNode) or str(subject).startswith((str(LSP), "https://w3id.org/lsp/ont"))
        if is_ours and (subject, RDF.type, SKOS.Concept) not in merged:
            shown.add(triple)
    for prefix, namespace in merged.namespaces():
        shown.bind(prefix, namespace)
    for term in set(shown.subjects(LSP.answers)):
        questions = ", ".join(sorted(map(str, shown.objects(term, LSP.answers))))
        places = "; ".join(sorted(map(str, shown.objects(term, LSP.sourcePlace))))
        # pyLODE shows the properties it knows; so what only this ontology says is shown as a note.
        shown.add((term, SKOS.note, Literal(f"Helps to answer {questions}. Source: {places}.")))
    return str(OntPub(shown).make_html())


def schemes_page(merged: Graph) -> str:
    """The page of code lists: one table per scheme."""
    schemes = sorted(merged.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    contents = "".join(f'<li><a href="#{_slug(s)}">{_value(merged, s, RDFS.label)}</a></li>' for s in schemes)
    sections = "\n".join(_section(merged, scheme) for scheme in schemes)
    return PAGE.format(contents=contents, sections=sections)


def _section(merged: Graph, scheme: Node) -> str:
    concepts = sorted(merged.subjects(SKOS.inScheme, scheme), key=lambda c: (_order(merged, c), str(c)))
    rows = "".join(
        f'<tr id="{escape(str(c).removeprefix(SCHEMES))}"><td>{_value(merged, c, SKOS.prefLabel)}<br>'
        f"<code>{escape(str(c))}</code></td><td>{_values(merged, c, SKOS.altLabel)}</td>"
        f"<td>{_value(merged, c, SKOS.definition)} {_values(merged, c, SKOS.scopeNote)}</td>"
        f"<td>{_values(merged, c, LSP.sourcePlace)}</td></tr>"
        for c in concepts
    )
    note = _values(merged, scheme, SKOS.scopeNote)
    return (
        f'<section id="{_slug(scheme)}"><h2>{_value(merged, scheme, RDFS.label)}</h2>'
        f"<p>{_value(merged, scheme, SKOS.definition)} {note}</p><p><code>{escape(str(scheme))}</code></p>"
        f"<table><thead><tr><th>Concept</th><th>Also called</th><th>Meaning</th><th>Source</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


def _order(merged: Graph, concept: Node) -> int:
    order = merged.value(concept, LSP.order)
    return int(str(order)) if order is not None else 0


def _value(merged: Graph, subject: Node, predicate: URIRef) -> str:
    return escape(str(merged.value(subject, predicate) or ""))


def _values(merged: Graph, subject: Node, predicate: URIRef) -> str:
    return escape("; ".join(sorted(map(str, merged.objects(subject, predicate)))))


def _slug(scheme: Node) -> str:
    return escape(str(scheme).removeprefix(SCHEMES))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
