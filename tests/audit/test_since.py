"""`audit --changed-since`: the report is that of an audit of all, however little is tested again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from lsp_graph.audit import FOLDER, audit, audit_since, keep, note_basis
from lsp_graph.cli import commands
from lsp_graph.errors import StoreUnavailable
from lsp_graph.layout import SHAPES
from lsp_graph.namespaces import GRAPH, RDFS
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import StoreDirectory
from tests.audit.test_incremental import named, schema, told

RELABELLED = ox.Literal("Renamed", language="en")


def commit(store: Path, triples: Iterable[ox.Triple]) -> str:
    """A new version of a store; its number."""
    quads = (ox.Quad(one.subject, one.predicate, one.object, GRAPH.test) for one in (*schema(), *triples))
    return StoreDirectory(store).commit(quads, "test")[0].version


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of two versions: in the second, what had a label is called otherwise, and one triple is gone."""
    known = sorted(named(), key=str)
    commit(tmp_path, known)
    labels = [one for one in known if one.predicate == RDFS.label][:3]
    renamed = [ox.Triple(one.subject, one.predicate, RELABELLED) for one in labels]
    commit(tmp_path, [*(one for one in known[:-1] if one not in labels), *renamed])
    return tmp_path


def kept(store: Path, version: str) -> None:
    """Audit a version in full, as the command does."""
    report = audit(StoreDirectory(store).open(version), as_of=DEFAULT_AS_OF)
    note_basis(store, keep(store / FOLDER, report).id, report)


def since(store: Path, version: str, shapes: Path = SHAPES) -> tuple[object, list[str]]:
    """The report of the current version by an earlier one, and what was said."""
    said: list[str] = []
    now = StoreDirectory(store).open()
    report = audit_since(store, version, now, as_of=DEFAULT_AS_OF, shapes=shapes, tell=said.append)
    return told(report), said


def test_an_audit_of_the_ledger_is_counted_on_from(store: Path) -> None:
    kept(store, "1")
    report, said = since(store, "1")

    assert report == told(audit(StoreDirectory(store).open(), as_of=DEFAULT_AS_OF))
    assert [line.partition(":")[0] for line in said] == ["since version 1"]


def test_a_version_that_was_not_audited_is_audited_first_and_that_is_said(store: Path) -> None:
    report, said = since(store, "1")

    assert report == told(audit(StoreDirectory(store).open(), as_of=DEFAULT_AS_OF))
    assert "no audit of version 1" in said[0]


def test_an_audit_by_rules_in_another_wording_is_not_counted_on_from(
    store: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept(store, "1")
    shapes = tmp_path_factory.mktemp("shapes")
    for file in SHAPES.glob("[A-Z].ttl"):
        text = file.read_text(encoding="utf-8").replace("No lead council is recorded", "A lead council is not recorded")
        (shapes / file.name).write_text(text, encoding="utf-8")
    report, said = since(store, "1", shapes)

    assert report == told(audit(StoreDirectory(store).open(), as_of=DEFAULT_AS_OF, shapes=shapes))
    assert "no audit of version 1" in said[0]


def test_an_audit_of_another_version_of_the_same_number_is_not_counted_on_from(store: Path) -> None:
    kept(store, "1")
    (note,) = (store / FOLDER).glob("*.basis.json")
    note.write_text(json.dumps(json.loads(note.read_text()) | {"content": "of another store"}))

    assert "no audit of version 1" in since(store, "1")[1][0]


def test_an_unknown_version_is_refused(store: Path) -> None:
    with pytest.raises(StoreUnavailable, match="version 9"):
        since(store, "9")


def test_the_command_tells_the_same_as_without(store: Path) -> None:
    run = CliRunner().invoke
    known = ["audit", "--store", str(store), "--format", "json", "--fail-on", "never"]
    whole = run(commands, known)
    part = run(commands, [*known, "--changed-since", "1"])

    assert json.loads(part.stdout) == json.loads(whole.stdout)
    assert "since version 1: " in part.stderr


def test_the_command_refuses_to_look_at_one_area_and_at_all(store: Path) -> None:
    result = CliRunner().invoke(
        commands, ["audit", "--store", str(store), "--changed-since", "1", "--area", "E06000901"]
    )

    assert result.exit_code == 2
    assert "--area" in result.output
