"""
What a validation of files found, as text.

    Examination  ->  a `sh:ValidationReport` in Turtle | a table | JSON
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any, Final

import pyoxigraph as ox

from lsp_graph.namespaces import RDF, SH, XSD
from lsp_graph.shacl.examine import Examination
from lsp_graph.shacl.paths import sparql
from lsp_graph.shacl.results import ValidationResult, report_triples
from lsp_graph.shacl.terms import Term

_WIDTH: Final = 160
_IRI: Final = re.compile(r"<([^<>\s]+)>")
_LOCAL: Final = re.compile(r"[A-Za-z][\w-]*")


def render(found: Examination, form: str) -> str:
    """The report in one of `FORMS`."""
    return FORMS[form](found)


def to_turtle(found: Examination) -> str:
    """The standard report (§3.6): what only one other node leads to stands where it is led to."""
    held: dict[ox.NamedNode | ox.BlankNode | ox.Triple, list[ox.Triple]] = defaultdict(list)
    for triple in report_triples(found.results):
        held[triple.subject].append(triple)
    shorten = _Short(found.prefixes)

    def term(one: Any, indent: str) -> str:
        if one in held:
            return f"[\n{described(one, indent + '    ')}\n{indent}]"
        return _literal(one, shorten) if isinstance(one, ox.Literal) else shorten(str(one))

    def described(subject: Any, indent: str) -> str:
        return " ;\n".join(
            f"{indent}{'a' if one.predicate == RDF.type else shorten(str(one.predicate))} {term(one.object, indent)}"
            for one in held[subject]
        )

    body = f"[]\n{described(next(iter(held)), '    ')} .\n"
    used = {name: base for name, base in shorten.prefixes.items() if f"{name}:" in body}
    return "".join(f"@prefix {name}: <{base}> .\n" for name, base in sorted(used.items())) + f"\n{body}"


def _literal(one: ox.Literal, shorten: _Short) -> str:
    if one.language or one.datatype == XSD.string:
        return str(one)
    return one.value if one.datatype == XSD.boolean else f"{ox.Literal(one.value)}^^{shorten(str(one.datatype))}"


class _Short:
    """Shortens the IRIs in a text, where a prefix is known and a plain name is left."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = {"sh": str(SH), "xsd": str(XSD), **prefixes}

    def __call__(self, text: str) -> str:
        """The text with `<IRI>` shortened."""
        return _IRI.sub(lambda found: self._name(found[1]), text)

    def _name(self, iri: str) -> str:
        for prefix, base in self.prefixes.items():
            if base and iri.startswith(base) and _LOCAL.fullmatch(iri[len(base) :]):
                return f"{prefix}:{iri[len(base) :]}"
        return f"<{iri}>"


def to_json(found: Examination) -> str:
    """Results and shapes as records; terms as SPARQL's JSON results write them."""
    document = {
        "conforms": found.conforms,
        "results": [_record(result, found) for result in found.results],
        "shapes": [{"shape": one.shape, "focusNodes": one.focus_nodes, "results": one.results} for one in found.tested],
        "notes": list(found.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _record(result: ValidationResult, found: Examination) -> dict[str, Any]:
    return {
        "focusNode": _term(result.focus),
        "path": None if result.path is None else sparql(result.path),
        "value": None if result.value is None else _term(result.value),
        "shape": found.names.get(result.shape, str(result.shape)),
        "target": found.names.get(result.root, str(result.root)),
        "component": result.component.value,
        "severity": result.severity.value,
        "messages": [_term(message) for message in result.messages],
    }


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def to_table(found: Examination) -> str:
    """The shapes with what they looked at, then the results."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = StringIO()
    console = Console(file=out, width=_WIDTH, highlight=False)
    shorten = _Short(found.prefixes)
    shapes = Table(header_style="bold")
    for heading in ("shape", "focus nodes", "results"):
        shapes.add_column(heading, justify="left" if heading == "shape" else "right", overflow="fold")
    for one in found.tested:
        shapes.add_row(Text(shorten(one.shape)), f"{one.focus_nodes:,}", f"{one.results:,}")
    console.print(shapes)
    if found.results:
        results = Table(header_style="bold", show_lines=True)
        for heading in ("severity", "focus node", "path", "value", "message", "shape"):
            results.add_column(heading, overflow="fold")
        for result in found.results:
            results.add_row(*(Text(shorten(cell)) for cell in _cells(result, found)))
        console.print(results)
    count = len(found.results)
    console.print("conforms" if found.conforms else f"does not conform: {count:,} result{'' if count == 1 else 's'}")
    for note in found.notes:
        console.print(Text(shorten(note)))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _cells(result: ValidationResult, found: Examination) -> tuple[str, ...]:
    return (
        result.severity.value.replace("#", "/").rpartition("/")[2],
        str(result.focus),
        "" if result.path is None else sparql(result.path),
        "" if result.value is None else str(result.value),
        " / ".join(message.value for message in result.messages),
        found.names.get(result.shape, str(result.shape)),
    )


FORMS: Final[dict[str, Callable[[Examination], str]]] = {"turtle": to_turtle, "table": to_table, "json": to_json}
"""What a report can be written as."""
