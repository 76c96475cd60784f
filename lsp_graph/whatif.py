"""
What an audit would say of a graph if it stated something else.

    graph + change  ->  WhatIf: the findings that the change would add, mend, turn and leave, area by area

Both audits are of the same areas and the same day: those that the change has anything to do with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyoxigraph import NamedNode

from lsp_graph.audit import AuditedArea, AuditReport, Comparison, KeptFinding, Level, audit, compare, read_kept, unkept
from lsp_graph.audit.findings import LEVELS
from lsp_graph.audit.record import local_record
from lsp_graph.namespaces import ID
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change, joined, lines_of, triple_part
from lsp_graph.store.content import left_out

GROUPS: Final = ("new", "turned", "fixed", "unchanged")
"""What can become of a finding here, in the order in which it is told."""


@dataclass(frozen=True)
class WhatIf:
    """Two audits compared: of a graph as it is, and with a change.

    `areas` are those audited, `fixes` say for findings what would mend them. Where none of the areas had a council on
    the day, there is nothing to audit and nothing to compare.
    """

    as_of: date
    areas: tuple[AuditedArea, ...]
    comparison: Comparison | None
    fixes: Mapping[str, str]

    def findings(self, group: str) -> tuple[KeptFinding, ...]:
        """The findings of one of `GROUPS`."""
        if self.comparison is None:
            return ()
        return next(found for name, found in self.comparison.groups.items() if name == group)

    def adds(self, level: Level) -> bool:
        """Whether it would add a breach of this level or of a more binding one. Not recorded is no breach."""
        counted = LEVELS[: LEVELS.index(level) + 1]
        worse = (*self.findings("new"), *self.findings("turned"))
        return any(finding.outcome == "failed" and finding.level in counted for finding in worse)

    def of_area(self, area: AuditedArea | None, group: str) -> list[KeptFinding]:
        """The findings of a group that are counted under an area first; None: under none of those audited."""
        codes = {one.code for one in self.areas}
        first = {finding.id: next((c for c in finding.areas if c in codes), None) for finding in self.findings(group)}
        return [one for one in self.findings(group) if first[one.id] == (None if area is None else area.code)]

    def as_json(self) -> dict[str, Any]:
        """The whole of it."""
        return {
            "asOf": self.as_of.isoformat(),
            "areas": [
                {
                    "code": area.code,
                    "label": area.label,
                    "counts": {group: len(self.of_area(area, group)) for group in GROUPS},
                }
                for area in self.areas
            ],
            **{group: [self._told(finding) for finding in self.findings(group)] for group in GROUPS},
        }

    def _told(self, finding: KeptFinding) -> dict[str, Any]:
        return finding.as_json() | {"fix": self.fixes.get(finding.id)}


def what_if(backend: EmbeddedBackend, change: Change, areas: Iterable[NamedNode], as_of: date) -> WhatIf:
    """What the audit of a day would say with a change, beside what it says without.

    Audited are these areas and all that the change names. The backend may take the change in: it has to be one that
    nobody else asks.
    """
    named = {*areas, *_areas_of(change)}
    before, there = _audited(backend, named, as_of)
    after, here = _audited(_changed(backend, change), named, as_of)
    if before is None or after is None:
        return WhatIf(as_of, (), None, {})
    codes = tuple(dict.fromkeys((*there, *here)))
    kept = [read_kept(unkept(report, areas=[area.code for area in codes])) for report in (before, after)]
    findings = (*before.findings, *after.findings)
    return WhatIf(as_of, codes, compare(*kept), {finding.id: finding.fix for finding in findings if finding.fix})


def _changed(backend: EmbeddedBackend, change: Change) -> EmbeddedBackend:
    """The graph with the change."""
    version = f"{backend.version}+"
    if not any(left_out(NamedNode(graph)) for graph in change.graphs if graph):
        backend.advance(change, version)
        return backend
    # A backend leaves out changes to the graphs of invented places, that of their world too: it is made anew.
    lines = (set(lines_of(backend.own())) - set(change.removed.splitlines())) | set(change.added.splitlines())
    quads = joined(lines)
    triples = {triple_part(line, quad) for line, quad in Change(quads).came}
    return EmbeddedBackend(quads, joined(triples), b"", version)


def _audited(
    backend: EmbeddedBackend, areas: set[NamedNode], as_of: date
) -> tuple[AuditReport | None, tuple[AuditedArea, ...]]:
    """The audit of those of the areas that had a council on the day."""
    standing = tuple(sorted(set(local_record(backend.view(as_of)).areas(sorted(areas, key=str)).values())))
    if not standing:
        return None, ()
    return audit(backend, as_of=as_of, areas=[area.iri for area in standing]), standing


def _areas_of(change: Change) -> set[NamedNode]:
    begins = f"{ID}area/"
    return {
        quad.object
        for _, quad in (*change.came, *change.went)
        if isinstance(quad.object, NamedNode) and quad.object.value.startswith(begins)
    }
