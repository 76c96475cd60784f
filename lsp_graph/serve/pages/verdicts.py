"""
How an area stands under the rules of the audit.

    newest audit of the version and day  ->  by level of rule: how many passed, failed, could not be told
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lsp_graph.audit.findings import LEVELS
from lsp_graph.serve import recalling
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.store import EmbeddedBackend


@dataclass(frozen=True)
class Verdicts:
    """Of one audit, the standings of an area by the level of the rules."""

    made: str
    levels: Mapping[str, Mapping[str, int]]


def verdicts(backend: EmbeddedBackend, asked: Asked, code: str | None) -> Verdicts | None:
    """How an area stands; None where the version has not been audited as of the day, or the audit left it out."""
    ledger = recalling.ledger_of(asked.store, asked.world)
    id = recalling.latest(ledger, backend.version, asked.as_of) if code else None
    if id is None or code is None:
        return None
    made, levels = _by_area(ledger, id)
    return Verdicts(made, levels[code]) if code in levels else None


@lru_cache(maxsize=4)
def _by_area(ledger: Path, id: str) -> tuple[str, Mapping[str, Mapping[str, Counter[str]]]]:
    """When an audit was made, and the standings of all areas that it looked at, by code and level, counted once."""
    head, report = recalling.whole(ledger, id)
    counted: dict[str, dict[str, Counter[str]]] = {}
    for rule in report.report.rules:
        for code, standing in report.standings(rule).items():
            of_area = counted.setdefault(code, {level: Counter() for level in LEVELS})
            of_area[rule.level][standing] += 1
    return head.created, counted
