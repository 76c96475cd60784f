"""What the tests of records share: the complete record of an invented borough, and what it may refer to."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from lsp_graph.layout import DATA
from lsp_graph.namespaces import RDFS
from lsp_graph.record import Known, Tables, read_format, read_tables
from lsp_graph.store import EmbeddedBackend

GOOD = DATA / "fictional" / "records" / "quillhaven"


@pytest.fixture(scope="session")
def known(real: EmbeddedBackend) -> Known:
    """Everything in the invented world that has a label."""
    labels = real.world("fictional").view(None).quads_for_pattern(None, RDFS.label, None, None)
    return {
        quad.subject.value: quad.object.value
        for quad in labels
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
    }


@pytest.fixture(scope="session")
def good() -> Tables:
    """The tables of the record, as they are written."""
    tables, problems = read_tables(GOOD, read_format())
    assert problems == []
    return tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the record, to be spoilt."""
    for path in GOOD.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path
