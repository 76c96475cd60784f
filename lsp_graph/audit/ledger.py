"""
The ledger: audits kept on disk, so that later ones can be compared with them.

    DIR/000001.json, DIR/000002.json …     one audit each, never changed

An audit is written under a temporary name, flushed, and renamed: a reader sees all of it or nothing. It holds what is
needed to compare: how a finding is explained can be asked again of the version that it is about.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from rdflib import URIRef

from lsp_graph.audit.comparison import Comparison, Kept, KeptFinding, compare
from lsp_graph.audit.findings import AuditReport, Finding, Reference
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.rulebook import Rulebook, read_rulebook, term
from lsp_graph.errors import StoreUnavailable, UnknownName
from lsp_graph.layout import SHAPES
from lsp_graph.namespaces import LSP, SH

__all__ = ["FOLDER", "LATEST", "Comparison", "Kept", "KeptFinding", "compare", "ids", "keep", "load", "rule_hashes"]

FOLDER: Final = "audits"
"""The folder of a store's directory that holds its audits."""

LATEST: Final = "latest"

FORMAT: Final = 1
"""The layout of the files this program writes and reads."""

_DIGITS: Final = 6
_PROSE: Final = frozenset(
    {term(SH, "name"), term(SH, "description"), term(SH, "message"), term(LSP, "fix"), URIRef(SH + "order")}
)
"""What a shape says about itself: another wording makes no other rule."""


def keep(
    directory: Path, report: AuditReport | FullReport, *, areas: Sequence[str] = (), shapes: Path = SHAPES
) -> Kept:
    """Keep an audit; one that is just like the latest is not kept twice, the latest stands for it.

    `areas` are those that were asked for (none: all), `shapes` the rulebook it was made with. Raises
    `StoreUnavailable` when the directory cannot be written, `InputError` when the shapes cannot be used.
    """
    full = report if isinstance(report, FullReport) else FullReport(report)
    codes = [rule.code for rule in full.report.rules]
    hashes = rule_hashes(read_rulebook(shapes))
    text = {
        "format": FORMAT,
        "version": full.report.version,
        "asOf": full.report.as_of.isoformat(),
        "scope": {"areas": sorted(area.code for area in full.report.areas) if areas else None, "rules": codes},
        "rules": {code: hashes[code] for code in codes},
        "counts": {
            "failed": sum(finding.outcome == "failed" for finding in full.counted),
            "notRecorded": sum(finding.outcome == "not-recorded" for finding in full.counted),
            "waived": len(full.report.findings) - len(full.counted),
        },
        "findings": [_finding(finding) for finding in full.report.findings],
    }
    content = hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()
    try:
        with _writing(directory):
            known = ids(directory)
            if known and _content(directory, known[-1]) == content:
                return load(directory, known[-1])
            number = str(int(known[-1] if known else "0") + 1).zfill(_DIGITS)
            made = {"id": number, "created": datetime.now(UTC).isoformat(timespec="seconds"), "content": content}
            _write(directory / f"{number}.json", json.dumps(made | text, ensure_ascii=False))
    except OSError as error:
        raise StoreUnavailable(f"{error.filename or directory}: cannot be written ({error.strerror})") from error
    return load(directory, number)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "level": finding.level,
        "outcome": finding.outcome,
        "focus": {"iri": finding.focus.iri, "label": finding.focus.label},
        "areas": [area.code for area in finding.areas],
        "message": finding.message,
    }


def ids(directory: Path) -> list[str]:
    """The ids of the audits that are kept, oldest first."""
    return sorted(file.stem for file in directory.glob("*.json") if file.stem.isdigit())


def load(directory: Path, id: str) -> Kept:
    """An audit by its id (leading zeros may be left out), or the `latest`.

    Raises `UnknownName` when it is not there, `StoreUnavailable` when it cannot be read or is damaged.
    """
    known = ids(directory)
    wanted = known[-1] if id == LATEST and known else id.zfill(_DIGITS)
    if wanted not in known:
        raise UnknownName("audit", id, known[-3:])
    file = directory / f"{wanted}.json"
    try:
        return _kept(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise StoreUnavailable(f"{file}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreUnavailable(f"{file}: damaged ({error}); delete it and audit again") from error


def _content(directory: Path, id: str) -> str | None:
    """The hash of an audit's content; None for a damaged one, which nothing is just like."""
    try:
        found = json.loads((directory / f"{id}.json").read_text(encoding="utf-8"))
        return str(found["content"])
    except (ValueError, KeyError, TypeError):
        return None


def of_version(directory: Path, version: str) -> Kept:
    """The newest audit that is kept of a version of the store.

    Raises `UnknownName` when there is none, `StoreUnavailable` when one cannot be read.
    """
    versions: set[str] = set()
    for known in reversed(ids(directory)):
        kept = load(directory, known)
        if kept.version == version:
            return kept
        versions.add(kept.version)
    raise UnknownName("version with an audit", version, sorted(versions))


def rule_hashes(rulebook: Rulebook) -> dict[str, str]:
    """For each rule the SHA-256 of its shapes in canonical form (RDFC-1.0), without their prose."""
    hashes = {}
    for code in rulebook.codes:
        part = rulebook.part(shape for shape in rulebook.shapes if shape.code == code)
        for triple in list(part):
            if triple[1] in _PROSE:
                part.remove(triple)
        triples = part.serialize(format="nt", encoding="utf-8")
        canonical = ox.Dataset(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))
        canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        lines = (ox.serialize(canonical, format=ox.RdfFormat.N_QUADS) or b"").splitlines()
        hashes[code] = hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()
    return hashes


def _kept(text: dict[str, Any]) -> Kept:
    """Read what `keep` wrote. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    if text["format"] > FORMAT:
        raise ValueError(f"format {text['format']}, this program knows up to {FORMAT}")
    areas = text["scope"]["areas"]
    return Kept(
        id=text["id"],
        created=text["created"],
        version=text["version"],
        as_of=text["asOf"],
        rules=text["rules"],
        areas=None if areas is None else tuple(areas),
        counts=text["counts"],
        findings=tuple(
            KeptFinding(
                id=finding["id"],
                rule=finding["rule"],
                level=finding["level"],
                outcome=finding["outcome"],
                focus=Reference(finding["focus"]["iri"], finding["focus"]["label"]),
                areas=tuple(finding["areas"]),
                message=finding["message"],
            )
            for finding in text["findings"]
        ),
    )


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """Hold the writer's lock, so that two audits that end together get two numbers."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.part")
    with part.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.rename(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
