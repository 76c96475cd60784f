"""
Audit a version by what was found in an earlier one of the same store.

    the ledger + the store + a version  ->  the report of the version that is current

    DIR/000001.basis.json …     what audit 000001 was made of: the content of the version, the shapes as written

An audit of the ledger is counted on from only where it was made of the very same: the version's number could come again
after a restore, and another wording of a rule makes other findings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from lsp_graph.audit.findings import AuditReport
from lsp_graph.audit.increment import Held, reaudit
from lsp_graph.audit.ledger import FOLDER, heads, recall
from lsp_graph.audit.rulebook import VOCABULARY, read_rulebook
from lsp_graph.audit.run import audit
from lsp_graph.errors import StoreUnavailable
from lsp_graph.layout import SHAPES
from lsp_graph.store import StoreDirectory

_BASIS: Final = ".basis.json"


def audit_since(
    store: Path,
    version: str,
    after: Held,
    *,
    as_of: date,
    rules: Sequence[str] = (),
    shapes: Path = SHAPES,
    tell: Callable[[str], None],
) -> AuditReport:
    """Audit all areas: what an audit of the version in a store's directory found is taken over where it still holds.

    Where the ledger has no such audit, the version is audited first; `tell` is told that, and what was tested again.
    Raises `StoreUnavailable` for a version that is not there, and what `audit` raises.
    """
    directory = StoreDirectory(store)
    before = directory.open(version)
    known = _known(store / FOLDER, version, directory.manifest(version).content, as_of, rules, shapes)
    if known is None:
        tell(f"the ledger has no audit of version {version} by these rules as of {as_of}: it is audited first")
        known = audit(before, as_of=as_of, rules=rules, shapes=shapes)
    again = reaudit(known, before, after, shapes=shapes)
    whole = f", {len(again.whole)} rules as a whole ({', '.join(again.whole)})" if again.whole else ""
    tell(f"since version {version}: {again.nodes:,} tests of a node were made again{whole}")
    return again.report


def note_basis(store: Path, id: str, report: AuditReport, shapes: Path = SHAPES) -> None:
    """Note what an audit of all areas that the ledger keeps under this id was made of.

    Not noted where two areas share a code, by which the ledger knows them. Raises `StoreUnavailable` when the note
    cannot be written.
    """
    places = {area for finding in report.findings for area in finding.areas} | set(report.areas)
    if len({area.code for area in places}) < len(places):
        return
    content = StoreDirectory(store).manifest(report.version).content
    file = store / FOLDER / f"{id}{_BASIS}"
    try:
        file.write_text(json.dumps(_basis(content, shapes)), encoding="utf-8")
    except OSError as error:
        raise StoreUnavailable(f"{file}: cannot be written ({error.strerror})") from error


def _known(
    ledger: Path, version: str, content: str, as_of: date, rules: Sequence[str], shapes: Path
) -> AuditReport | None:
    """The newest audit of the ledger that was made of just this."""
    chosen = read_rulebook(shapes).chosen(rules)
    codes = {shape.code for shape in chosen if shape.in_force(as_of)}
    silent = tuple(sorted({shape.code for shape in chosen} - codes))
    for head in reversed(heads(ledger)[0]):
        asked = (head.version, head.as_of, head.areas, set(head.rules))
        if asked == (version, as_of.isoformat(), None, codes) and _noted(ledger, head.id) == _basis(content, shapes):
            report = recall(ledger, head.id)[1].report
            if report.not_in_force == silent:
                return report
    return None


def _noted(ledger: Path, id: str) -> object:
    """What was noted of an audit; None where nothing was, or it cannot be read."""
    try:
        return json.loads((ledger / f"{id}{_BASIS}").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _basis(content: str, shapes: Path) -> dict[str, str]:
    digest = hashlib.sha256()
    for file in sorted(shapes.glob("*.ttl")):
        if file.name != VOCABULARY:
            digest.update(file.read_bytes())
    return {"content": content, "shapes": digest.hexdigest()}
