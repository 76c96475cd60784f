"""
`/about`: where the facts come from, how sure they are, what is missing, and how to cite.

    graph  ->  sources with their licences, levels of confidence and of evidence, gaps by region
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from lsp_graph import answers, questions
from lsp_graph.names import Kept
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.concepts import concepts
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.serve.recorded import Row, rows
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend

UNKNOWN: Final = "what-do-we-not-know"
"""The question that tells the gaps."""

LICENCES: Final = {
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://opensource.org/license/mit": "MIT",
    "https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/": (
        "Open Parliament Licence v3.0"
    ),
}
"""What licences are called that the graph names by their address alone."""

_CONFIDENCE: Final = ("sourced", "derived", "disputed", "unverified")


@dataclass
class Aspect:
    """What may be recorded of an area: on what basis it counts as recorded; of how many areas it is, by region."""

    label: str
    basis: str
    regions: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def recorded(self) -> int:
        """Of how many areas it is recorded."""
        return sum(recorded for recorded, _ in self.regions.values())

    @property
    def areas(self) -> int:
        """How many areas there are."""
        return sum(areas for _, areas in self.regions.values())


_KEPT: Final = Kept[list[Aspect]]()


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """The page about the whole."""
    known = concepts(backend)
    return Page(
        template="about.html",
        title="About",
        dated=False,
        shown={
            "sources": _sources(rows(backend, "sources", {}, None), asked),
            "confidence": [(name, known.of("confidence", name)) for name in _CONFIDENCE],
            "levels": [known.of("evidence-level", name) for name in "abcd"],
            "gaps": _gaps(backend),
            "as_of": DEFAULT_AS_OF,
        },
        formats=(
            Format("Description of the dataset (Turtle)", f"{asked.base}/void.ttl", "text/turtle"),
            Format("The gaps (CSV)", asked.url(f"/api/v1/questions/{UNKNOWN}"), "text/csv"),
        ),
    )


def _gaps(backend: EmbeddedBackend) -> list[Aspect]:
    """What is not known, as the question of the library tells it of the usual day."""

    def read() -> list[Aspect]:
        return _by_aspect(answers.records(questions.ask(backend, questions.find(UNKNOWN), {}, DEFAULT_AS_OF)))

    return _KEPT.of(backend, backend.version, read)


def _by_aspect(records: Iterable[dict[str, Any]]) -> list[Aspect]:
    found: dict[str, Aspect] = {}
    for record in records:
        aspect = found.setdefault(record["aspect"], Aspect(record["aspect"], record["basis"]))
        aspect.regions[record["regionLabel"]] = (record["recorded"], record["areas"])
    return sorted(found.values(), key=lambda one: (one.recorded, one.label))


def _sources(found: list[Row], asked: Asked) -> list[dict[str, Any]]:
    """Each source once, with its licences by name and where each is to be read."""
    told: dict[str, dict[str, Any]] = {}
    for row in found:
        one = told.setdefault(row["graph"], {**row, "iri": row["graph"], "licences": {}})
        if licence := row.get("licence"):
            one["licences"][row.get("licenceLabel") or LICENCES.get(licence, licence)] = asked.to(licence)
    return list(told.values())
