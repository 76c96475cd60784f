"""
The ledger: audits kept on disk, so that later ones can be compared with them.

    DIR/000001.json, DIR/000002.json …     one audit each, never changed

An audit is written under a temporary name, flushed, and renamed: a reader sees all of it or nothing. It holds the whole
report but the explanations: how a finding is explained can be asked again of the version that it is about.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import pyoxigraph as ox
from rdflib import URIRef

from lsp_graph.audit import kept
from lsp_graph.audit.comparison import Kept, KeptFinding, KeptHead
from lsp_graph.audit.findings import AuditReport, Outcome, Reference
from lsp_graph.audit.reports.full import FullReport
from lsp_graph.audit.rulebook import Rulebook, read_rulebook, term
from lsp_graph.errors import StoreUnavailable, UnknownName
from lsp_graph.layout import SHAPES
from lsp_graph.namespaces import LSP, SH

Result = TypeVar("Result")

FOLDER: Final = "audits"
"""The folder of a store's directory that holds its audits."""

LATEST: Final = "latest"

FORMAT: Final = 2
"""The layout of the files this program writes and reads."""

_DIGITS: Final = 6
_HEAD: Final = ("id", "created", "content", "format", "version", "asOf", "scope", "rules", "counts")
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
    text = _text(report, areas, shapes)
    content = hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()
    try:
        with _writing(directory):
            known = ids(directory)
            if known and _content(directory, known[-1]) == content:
                return load(directory, known[-1])
            number = str(int(known[-1] if known else "0") + 1).zfill(_DIGITS)
            made = {"id": number, "created": _now(), "content": content}
            _write(directory / f"{number}.json", _lines(made | text))
    except OSError as error:
        raise StoreUnavailable(f"{error.filename or directory}: cannot be written ({error.strerror})") from error
    return load(directory, number)


def unkept(report: AuditReport | FullReport, *, areas: Sequence[str] = (), shapes: Path = SHAPES) -> str:
    """What `keep` would write, for an audit that cannot be kept: it has no id. Raises `InputError` as `keep` does."""
    return _line({"id": "", "created": _now()} | _text(report, areas, shapes))


def read_kept(text: str) -> Kept:
    """What is compared of an audit that `keep` or `unkept` wrote.

    Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for any other text.
    """
    known = _known(json.loads(text))
    findings = tuple(
        KeptFinding(
            id=finding["id"],
            rule=finding["rule"],
            level=finding["level"],
            outcome=finding["outcome"],
            focus=Reference(finding["focus"]["iri"], finding["focus"]["label"]),
            areas=tuple(finding["areas"]),
            message=finding["message"],
        )
        for finding in known["findings"]
    )
    return Kept(**_head(known), findings=findings)


def read_report(text: str) -> tuple[KeptHead, FullReport]:
    """The head and the whole report, its findings unexplained. Raises as `read_kept` does."""
    known = _known(json.loads(text))
    return KeptHead(**_head(known)), kept.read(known)


def _text(report: AuditReport | FullReport, areas: Sequence[str], shapes: Path) -> dict[str, Any]:
    full = report if isinstance(report, FullReport) else FullReport(report)
    codes = [rule.code for rule in full.report.rules]
    hashes = rule_hashes(read_rulebook(shapes))
    return {
        "format": FORMAT,
        "version": full.report.version,
        "asOf": full.report.as_of.isoformat(),
        "scope": {"areas": sorted(area.code for area in full.report.areas) if areas else None, "rules": codes},
        "rules": {code: hashes[code] for code in codes},
        "counts": {
            "failed": len(full.of_outcome("failed")),
            "notRecorded": len(full.of_outcome("not-recorded")),
            "waived": len(full.waived_findings),
        },
        **kept.common(full),
        "findings": [kept.finding_text(finding) for finding in full.report.findings],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def ids(directory: Path) -> list[str]:
    """The ids of the audits that are kept, oldest first."""
    return sorted(file.stem for file in directory.glob("*.json") if file.stem.isdigit())


def load(directory: Path, id: str) -> Kept:
    """An audit by its id (leading zeros may be left out), or the `latest`.

    Raises `UnknownName` when it is not there, `StoreUnavailable` when it cannot be read or is damaged.
    """
    return _read(_file(directory, id), lambda file: read_kept(file.read_text(encoding="utf-8")))


def recall(directory: Path, id: str) -> tuple[KeptHead, FullReport]:
    """The head of an audit and its whole report, the findings unexplained. Raises as `load` does."""
    return _read(_file(directory, id), lambda file: read_report(file.read_text(encoding="utf-8")))


def recall_part(directory: Path, id: str, text: str | None) -> tuple[KeptHead, FullReport]:
    """As `recall`, but of the findings only those that have a text as one of their values, such as a rule's code.

    Of most audits no more is read than is asked for; the counts of the rules are those of all findings. An audit with
    waivers is read whole: only its findings tell what is left of a rule.
    """
    return _read(_file(directory, id), lambda file: read_report(_part(file, text)))


def outcome_of(directory: Path, id: str, finding: str) -> Outcome | None:
    """What an audit found by the id of a finding; None where it has none of that id. Raises as `load` does."""
    mark = f'{{"id":{_line_value(finding)},'

    def reading(file: Path) -> Outcome | None:
        with file.open(encoding="utf-8") as lines:
            found = next((line for line in lines if line.startswith(mark)), None)
        return None if found is None else json.loads(found.rstrip().removesuffix(","))["outcome"]

    return _read(_file(directory, id), reading)


def heads(directory: Path) -> tuple[list[KeptHead], list[StoreUnavailable]]:
    """The heads of the audits that are kept, oldest first, and what is to be said of those that cannot be read."""
    found, damaged = [], []
    for id in ids(directory):
        try:
            found.append(head(directory, id))
        except StoreUnavailable as error:
            damaged.append(error)
    return found, damaged


def head(directory: Path, id: str) -> KeptHead:
    """The head of an audit, its findings unread. Raises as `load` does."""
    return _read(_file(directory, id), lambda file: KeptHead(**_head(_known(_first_line(file)))))


def _file(directory: Path, id: str) -> Path:
    known = ids(directory)
    wanted = known[-1] if id == LATEST and known else id.zfill(_DIGITS)
    if wanted not in known:
        raise UnknownName("audit", id, known[-3:])
    return directory / f"{wanted}.json"


def _read(file: Path, reading: Callable[[Path], Result]) -> Result:
    """What is read from a file; its errors name the file."""
    try:
        return reading(file)
    except OSError as error:
        raise StoreUnavailable(f"{file}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreUnavailable(f"{file}: damaged ({error}); delete it and audit again") from error


def _content(directory: Path, id: str) -> str | None:
    """The hash of an audit's content; None for a damaged one, which nothing is just like."""
    try:
        return str(_first_line(directory / f"{id}.json")["content"])
    except (ValueError, KeyError, TypeError):
        return None


def of_version(directory: Path, version: str) -> Kept:
    """The newest audit that is kept of a version of the store.

    Raises `UnknownName` when there is none, `StoreUnavailable` when one cannot be read.
    """
    found, damaged = heads(directory)
    for one in reversed(found):
        if one.version == version:
            return load(directory, one.id)
    if damaged:
        raise damaged[-1]
    raise UnknownName("version with an audit", version, sorted({one.version for one in found}))


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


def _lines(text: dict[str, Any]) -> Iterator[str]:
    """One JSON object, its head on the first line, so that a list of audits need read no more than that."""
    findings = text.pop("findings")
    head = {name: text.pop(name) for name in _HEAD}
    yield f"{_line(head)[:-1]},\n"
    yield f'{_line(text)[1:-1]},"findings":[\n'
    yield ",\n".join(_line(finding) for finding in findings)
    yield "\n]}\n"


def _line(text: dict[str, Any]) -> str:
    return json.dumps(text, ensure_ascii=False, separators=(",", ":"))


def _first_line(file: Path) -> Any:
    with file.open(encoding="utf-8") as lines:
        line = lines.readline().rstrip()
    return json.loads(line if line.endswith("}") else line.removesuffix(",") + "}")


def _part(file: Path, text: str | None) -> str:
    """The lines of an audit that tell of all its findings, and of the findings those that have the text as a value."""
    with file.open(encoding="utf-8") as lines:
        opening = lines.readline() + lines.readline()
        if '"waivers":[]' not in opening:
            return opening + lines.read()
        if text is None:
            return f"{opening}]}}"
        wanted = _line_value(text)
        found = [line.rstrip().removesuffix(",") for line in lines if wanted in line]
    return f"{opening}{','.join(found)}]}}"


def _line_value(text: str) -> str:
    """A text as JSON writes it; within another value its quotes would be escaped."""
    return json.dumps(text, ensure_ascii=False)


def _known(text: Any) -> dict[str, Any]:
    """The text, when it is of the format this program knows. Raises `ValueError` for another."""
    if text["format"] != FORMAT:
        raise ValueError(f"format {text['format']}, this program knows {FORMAT}")
    return dict(text)


def _head(text: Mapping[str, Any]) -> dict[str, Any]:
    areas = text["scope"]["areas"]
    return {
        "id": text["id"],
        "created": text["created"],
        "version": text["version"],
        "as_of": text["asOf"],
        "rules": text["rules"],
        "areas": None if areas is None else tuple(areas),
        "counts": text["counts"],
    }


@contextmanager
def _writing(directory: Path) -> Iterator[None]:
    """Hold the writer's lock, so that two audits that end together get two numbers."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(file: Path, text: Iterable[str]) -> None:
    part = file.with_name(f".{file.name}.part")
    with part.open("w", encoding="utf-8") as out:
        out.writelines(text)
        out.flush()
        os.fsync(out.fileno())
    part.rename(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
