"""One address or more of each kind of page: every route must have one, and every page is looked at."""

from __future__ import annotations

from urllib.parse import urlencode

from lsp_graph.serve.pages.routes import ROUTES, Route

_QUERY = """
PREFIX lsp: <https://w3id.org/lsp/ont#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?duty ?name { ?duty a lsp:Duty ; rdfs:label ?name } ORDER BY ?name LIMIT 5
"""

OF_ROUTES = {
    "/": ["/", "/?world=fictional"],
    "/search": ["/search?q=sothwark"],
    "/areas": ["/areas?region=E12000001"],
    "/areas/{key:path}": ["/areas/E09000028", "/areas/F06000001?world=fictional"],
    "/areas/{key:path}/governance": ["/areas/E09000028/governance", "/areas/F06000001/governance?world=fictional"],
    "/bodies": ["/bodies"],
    "/bodies/{key:path}": ["/bodies/body/environment-agency"],
    "/ask": [
        "/ask",
        "/ask?for=crime&area=E09000028",
        "/ask?for=young+people&area=Quillhaven&world=fictional",
    ],
    "/questions": ["/questions"],
    "/questions/{key:path}": ["/questions/Q03?area=E09000028", "/questions/Q14", "/questions/Q15", "/questions/Q01"],
    "/compare": ["/compare?area=E09000028&other=E09000022", "/compare?type=london-borough"],
    "/map": ["/map", "/map?measure=region&as-of=2009-06-30", "/map?measure=partners", "/map?world=fictional"],
    "/map/audit": ["/map/audit", "/map/audit?rule=C01"],
    "/audit": ["/audit", "/audit?region=London&level=law"],
    "/audit/rules/{key}": ["/audit/rules/A06"],
    "/audit/areas/{key:path}": ["/audit/areas/E09000028", "/audit/areas/F06000001?world=fictional-breaches"],
    "/audit/findings/{key}": ["/audit/findings/{finding}"],
    "/audit/changes": ["/audit/changes?from=1&to=1"],
    "/ontology": ["/ontology"],
    "/about": ["/about"],
}
"""By the path of the route; `{finding}` stands for the number of a finding."""

ELSEWHERE = [
    "/sparql",
    f"/sparql?{urlencode({'query': _QUERY})}",
    "/doc/area/E09000028",
    "/doc/lsp/E09000028",
    "/scheme/theme",
    "/dumps/",
    "/shapes/K",
]
"""Pages that have routes of their own."""

PROBLEMS = {
    "/there-is-no-such-page": 404,
    "/areas/narnia": 404,
    "/ask?for=crime&area=Sothwark": 404,
    "/?as-of=yesterday": 400,
    f"/sparql?{urlencode({'query': 'SELECT ?x { ?x'})}": 400,
}
"""Problems told as pages, with the status that they have."""

LONG = ["/void", "/ont", "/shapes"]
"""Pages of the same kinds that are so long that only their HTML is looked at."""

NO_PAGES = {"/areas.csv", "/audit/report.html"}
"""Routes that give something else than a page in the frame of the others."""

PATHS = [*(path for paths in OF_ROUTES.values() for path in paths), *ELSEWHERE, *PROBLEMS]


def without_example() -> list[Route]:
    """The routes of which no page is looked at."""
    return [route for route in ROUTES if route.path not in OF_ROUTES and route.path not in NO_PAGES]
