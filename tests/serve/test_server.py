"""The server starts quickly or says why not."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_graph.errors import LspGraphError, StoreUnavailable
from lsp_graph.serve import run
from lsp_graph.settings import Settings

from .conftest import children, running


def test_a_small_store_is_served_for_less_than_three_seconds_of_work(small: Settings) -> None:
    with running(replace(small, max_rows=3)) as server:
        assert server.get("SELECT * { ?s ?p ?o }").headers["lsp-graph-truncated"] == "rows=3"
        assert sum(worked(pid) for pid in (server.process.pid, *children(server.process.pid))) < 3


def worked(pid: int) -> float:
    """The seconds of processor time that a process has had: unlike the clock's, they do not depend on other tests."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_store_that_is_not_there_is_told_at_once(small: Settings, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="lsp-graph build"):
        run(replace(small, store=tmp_path / "none"))


def test_an_address_that_is_taken_is_named(small: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LspGraphError, match=rf"127\.0\.0\.1:{port}"):
            run(replace(small, port=port))
