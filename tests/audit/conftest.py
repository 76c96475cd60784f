"""Audit the records of this folder, merged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from lsp_graph.audit import AuditReport, Explained, audit, explain
from lsp_graph.layout import ONTOLOGY, SHAPES
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import in_memory

RECORDS = Path(__file__).parent / "records"
RULES = Path(__file__).parent / "rules"
"""Shapes of one rule, each file another edition of it."""


@pytest.fixture
def audited() -> Callable[..., AuditReport]:
    """Audit some records, named by their files."""

    def run(
        *names: str,
        as_of: date = DEFAULT_AS_OF,
        areas: tuple[str, ...] = (),
        rules: tuple[str, ...] = (),
        shapes: Path = SHAPES,
    ) -> AuditReport:
        files = [RECORDS / f"{name}.ttl" for name in names]
        quads = [quad for file in files for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE)]
        return audit(in_memory(quads), as_of=as_of, areas=areas, rules=rules, shapes=shapes)

    return run


@pytest.fixture
def explained() -> Callable[..., tuple[AuditReport, Explained]]:
    """Audit some records, with the labels of the ontology, and explain what is found."""

    def run(*names: str, rules: tuple[str, ...] = (), shapes: Path = SHAPES) -> tuple[AuditReport, Explained]:
        files = [*(RECORDS / f"{name}.ttl" for name in names), *sorted(ONTOLOGY.glob("*.ttl"))]
        backend = in_memory(quad for file in files for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE))
        report = audit(backend, as_of=DEFAULT_AS_OF, rules=rules, shapes=shapes)
        return report, explain(backend, report, shapes)

    return run


@pytest.fixture
def edition(tmp_path: Path) -> Callable[[str], Path]:
    """A folder that holds one edition of the rule Z01."""

    def run(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        shutil.copy(RULES / f"{name}.ttl", folder)
        return folder

    return run
