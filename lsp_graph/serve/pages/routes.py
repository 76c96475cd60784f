"""
Which pages there are.

    path  ->  the module that makes the page, and what the navigation calls it

A page is added by its line here: its route, its place in the navigation and the keeping of its answers follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Route:
    """A page: its path (`{key:path}` stands for the key of a thing), its module, its name in the navigation if any.

    `kept` says whether its answer depends on nothing but the address and the version of the data, `audited` whether it
    tells of an audit, so that the version is audited where it has not been.
    """

    path: str
    module: str
    name: str | None = None
    kept: bool = True
    audited: bool = False

    @property
    def start(self) -> str:
        """What the path begins with, before any key."""
        return self.path.partition("{")[0]


ROUTES: Final = (
    Route("/", "home"),
    Route("/search", "finding"),
    Route("/areas", "areas", "Areas"),
    Route("/areas.csv", "area_table"),
    Route("/areas/{key:path}/governance", "area_governance"),
    Route("/areas/{key:path}", "area"),
    Route("/bodies", "bodies", "Bodies"),
    Route("/bodies/{key:path}", "body"),
    Route("/ask", "asking", "Ask"),
    Route("/questions", "library", "Questions"),
    Route("/questions/{key:path}", "question"),
    Route("/compare", "comparing", "Compare"),
    Route("/map", "hexagons", "Map"),
    Route("/map/audit", "audit_map", kept=False, audited=True),
    Route("/audit", "audit_country", "Audit", kept=False, audited=True),
    Route("/audit/rules/{key}", "audit_rule", kept=False, audited=True),
    Route("/audit/areas/{key:path}", "audit_area", kept=False, audited=True),
    Route("/audit/findings/{key}", "audit_finding", kept=False, audited=True),
    Route("/audit/changes", "audit_changes", kept=False, audited=True),
    Route("/audit/report.html", "audit_report", kept=False, audited=True),
    Route("/ontology", "ontology", "Ontology"),
    Route("/about", "about", "About"),
)
"""The pages, in the order of the navigation."""

NAVIGATION: Final = tuple((one.path, one.name) for one in ROUTES if one.name)
"""The pages that every page leads to, at its head."""

TOOLS: Final = (
    ("/sparql", "SPARQL"),
    ("/dumps/", "Downloads"),
    ("/void", "The dataset described"),
    ("/api/docs", "API"),
)
"""What is for programs and those who write them: every page leads there at its foot."""


def keeps(path: str) -> bool:
    """Whether the answer for a path is that of a page that is kept."""
    return any(path == one.path or (one.start != one.path and path.startswith(one.start)) for one in ROUTES if one.kept)
