"""
What the environment decides: the variables `LSP_GRAPH_*`, read once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from lsp_graph.errors import InputError, Problem

DEFAULT_AS_OF: Final = date(2008, 6, 30)
"""The date of questions, `who` and audits unless given: the agreements of 2008-11 stand, no council has ended yet."""


@dataclass(frozen=True)
class Settings:
    """The service's settings.

    `timeout` in seconds of wall clock for one public query, `max_rows` in rows of one answer, `worker_memory_mb` in
    megabytes for one worker, `public_base` the address under which strangers see the service (empty: as asked).
    """

    store: Path = Path(".lsp-graph")
    host: str = "127.0.0.1"
    port: int = 8000
    timeout: float = 30.0
    max_rows: int = 100_000
    workers: int = 2
    worker_memory_mb: int = 2048
    public_base: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables named `LSP_GRAPH_` and the field, such as `LSP_GRAPH_MAX_ROWS`.

        Raises `InputError` naming every variable whose value is no number or not positive.
        """
        problems: list[Problem] = []

        def number(name: str, default: float) -> float:
            text = environment.get(f"LSP_GRAPH_{name}", "")
            try:
                value = float(text) if text else float(default)
            except ValueError:
                value = -1.0
            if not 0 < value < float("inf"):
                problems.append(Problem(f"LSP_GRAPH_{name}", None, repr(text), "a positive number"))
            return value

        settings = cls(
            store=Path(environment.get("LSP_GRAPH_STORE") or cls.store),
            host=environment.get("LSP_GRAPH_HOST") or cls.host,
            port=int(number("PORT", cls.port)),
            timeout=number("TIMEOUT", cls.timeout),
            max_rows=int(number("MAX_ROWS", cls.max_rows)),
            workers=int(number("WORKERS", cls.workers)),
            worker_memory_mb=int(number("WORKER_MEMORY_MB", cls.worker_memory_mb)),
            public_base=environment.get("LSP_GRAPH_PUBLIC_BASE", ""),
        )
        if problems:
            raise InputError(problems)
        return settings
