"""
Which audit is meant, among those that a store keeps.

    ledger + number, or day and version  ->  the audit; None where there must be one that has not been made yet

The audits of a world are kept apart from those of the real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from lsp_graph import audit
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.serve import problems
from lsp_graph.serve.wire import UNAUDITED, Message
from lsp_graph.settings import DEFAULT_AS_OF

Recalled = tuple[audit.KeptHead, FullReport]
"""The head of an audit, and its report with the findings unexplained."""


def prepare() -> None:
    """Read the rulebook, so that workers are born with it."""
    _rules_of(DEFAULT_AS_OF)


def ledger_of(store: Path, world: str | None) -> Path:
    """The folder of a store that keeps the audits of a world (None: of the real one)."""
    return store / audit.FOLDER / (world or "")


def latest(ledger: Path, version: str, day: date) -> str | None:
    """The newest audit of a version and day that looked at all areas by all rules, as the rules are now."""
    wanted = _rules_of(day)
    for head in reversed(audit.heads(ledger)[0]):
        if (head.version, head.as_of, head.areas) == (version, day.isoformat(), None) and head.rules == wanted:
            return head.id
    return None


@lru_cache(maxsize=2)
def whole(ledger: Path, id: str) -> Recalled:
    """An audit of the ledger, which is never changed. Raises as `audit.recall` does."""
    return audit.recall(ledger, id)


@lru_cache(maxsize=16)
def part(ledger: Path, id: str, text: str | None) -> Recalled:
    """An audit of the ledger with the findings that have a text as a value. Raises as `audit.recall_part` does."""
    return audit.recall_part(ledger, id, text)


@lru_cache(maxsize=1)
def held(text: bytes) -> Recalled:
    """An audit that could not be kept, as the service holds it."""
    return audit.read_report(text.decode())


def unaudited(version: str) -> Message:
    """The reply that has a version audited."""
    reply = problems.NOT_FOUND.reply(f"version {version} has not been audited")
    return Message({**reply.head, UNAUDITED: True}, reply.body)


def _rules_of(day: date) -> dict[str, str]:
    """The rules that bound on a day, as they are now, by the hashes of their shapes."""
    rulebook = audit.read_rulebook()
    in_force = {shape.code for shape in rulebook.shapes if shape.in_force(day)}
    return {code: text for code, text in _hashes(rulebook).items() if code in in_force}


@lru_cache(maxsize=1)
def _hashes(rulebook: audit.Rulebook) -> Mapping[str, str]:
    return audit.rule_hashes(rulebook)
