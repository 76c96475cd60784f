"""Audit the records of this folder, merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from lsp_graph.audit import AuditReport, audit
from lsp_graph.layout import SHAPES
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import in_memory

RECORDS = Path(__file__).parent / "records"


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
