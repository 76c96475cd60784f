"""
`lsp-graph versions`, `diff`, `restore`, `backup` and `compact`: what became of the store, and how it is kept.
"""

from __future__ import annotations

import json
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_graph.errors import UnknownName
from lsp_graph.options import author_option, store_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.audit import Comparison
    from lsp_graph.differences import Difference, Differences
    from lsp_graph.store import StoreDirectory

_TOLD = 200
"""Facts that the table tells; JSON and CSV have all of them."""


@click.command()
@store_option
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The newest so many.")
@click.option("--check", is_flag=True, help="Hold the files of every version against their checksums.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def versions(store: Path | None, limit: int, check: bool, form: str) -> None:
    """List the versions of the store: when each was made, by whom, from which one, and what it changed."""
    from lsp_graph import reading

    directory = _directory(store)
    found = directory.versions()[::-1]
    if check:
        for manifest in found:
            directory.check(manifest)
    told = [manifest.as_json() for manifest in found[:limit]]
    if form == "json":
        click.echo(reading.as_json({"total": len(found), "versions": told}))
        return
    columns = ("version", "created", "author", "message", "added", "removed", "triples")
    rows = [tuple("" if one[name] is None else str(one[name]) for name in columns) for one in told]
    reading.list_rows(columns, rows, reading.console(), "No version.")
    checked = "; all files are as they were written" if check else ""
    click.echo(f"{len(rows)} of {len(found)} versions, the newest first{checked}.", err=True)


@click.command()
@store_option
@click.argument("before", metavar="V1")
@click.argument("after", metavar="V2")
@click.option("--audits", is_flag=True, help="Only what the newest audits of the two differ in.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
def diff(store: Path | None, before: str, after: str, audits: bool, form: str) -> None:
    """Compare two versions of the store: facts added, removed and changed, in words, and what their audits differ in.

    The newest audits of the two are compared, where both have been audited: `lsp-graph audit` keeps one.
    """
    from lsp_graph import audit as auditing
    from lsp_graph import reading
    from lsp_graph.differences import differences

    directory = _directory(store)
    if audits:
        ledger = directory.path / auditing.FOLDER
        found = [auditing.of_version(ledger, version) for version in (before, after)]
        click.echo(auditing.render_comparison(auditing.compare(*found), form), nl=False)
        return
    facts = differences(directory, directory.known(before), directory.known(after))
    compared = _compared(directory, before, after)
    if form == "json":
        told = None if isinstance(compared, str) else json.loads(auditing.render_comparison(compared, form))
        click.echo(reading.as_json(facts.as_json() | {"audits": told}))
    elif form == "csv":
        click.echo(_csv(facts), nl=False)
    else:
        _tell(facts)
        click.echo()
        click.echo(compared if isinstance(compared, str) else auditing.render_comparison(compared, form), nl=False)


@click.command()
@store_option
@author_option
@click.argument("what", metavar="VERSION|DIR")
def restore(store: Path | None, author: str | None, what: str) -> None:
    """Make an earlier version current again, or what a backup in the folder DIR holds.

    Either becomes a new version: nothing is lost. A backup is put back as a whole where there is no store yet.
    """
    from lsp_graph.store.backups import restore as put_back
    from lsp_graph.store.returning import go_back

    directory, who = _directory(store), author or getuser()
    if not what.isdigit():
        manifest, new = put_back(directory, Path(what), who)
        made = "a store with all its versions" if new else f"version {manifest.version}"
        click.echo(f"{directory.path}: {what} is restored as {made}; current is version {manifest.version}", err=True)
        return
    restored = go_back(directory, directory.known(what), who)
    if restored is None:
        click.echo(f"{directory.path}: the current version holds just what version {what} does", err=True)
    else:
        click.echo(f"{directory.path}: version {what} is current again, as version {restored.version}", err=True)


@click.command()
@store_option
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
def backup(store: Path | None, target: Path) -> None:
    """Copy the store, with all its versions, audits and tokens, into the folder DIR, which is not there yet.

    It may be served and written to meanwhile. Each file is kept with its checksum.
    """
    from lsp_graph.store.backups import back_up

    directory = _directory(store)
    made = back_up(directory, target)
    click.echo(f"{target}: version {made.version} and those before it, {len(made.files):,} files", err=True)


@click.command()
@store_option
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="Let all but the newest so many versions go. [default: LSP_GRAPH_KEEP_VERSIONS, else all are kept]",
)
def compact(store: Path | None, keep: int | None) -> None:
    """Write the current version whole, so that it opens quickly, and let old versions go where that is wanted."""
    from lsp_graph.store.folding import compact as run

    directory = _directory(store)
    done = run(directory, keep or Settings.from_environment().keep_versions)
    folded = f"version {done.folded} is written whole" if done.folded else "the current version is whole"
    click.echo(f"{directory.path}: {folded}; {done.gone:,} versions are gone", err=True)


def _directory(store: Path | None) -> StoreDirectory:
    from lsp_graph.store import StoreDirectory

    return StoreDirectory(store or Settings.from_environment().store)


def _compared(directory: StoreDirectory, before: str, after: str) -> Comparison | str:
    """The newest audits of two versions compared; what is to be said where one has none."""
    from lsp_graph import audit as auditing

    found = []
    for version in (before, after):
        try:
            found.append(auditing.of_version(directory.path / auditing.FOLDER, version))
        except UnknownName:
            return f"Audits: version {version} has not been audited, so there is nothing to compare.\n"
    return auditing.compare(*found)


def _tell(found: Differences) -> None:
    from lsp_graph import reading

    columns = ("change", "thing", "property", "before", "after", "source")
    rows = [_row(fact) for fact in found.stated[:_TOLD]]
    counts = found.counts()
    reading.list_rows(columns, rows, reading.console(), "No source states anything else.")
    if len(found.stated) > _TOLD:
        click.echo(f"… and {len(found.stated) - _TOLD:,} facts more; --format json or csv has them all.")
    told = ", ".join(f"{counts[kind]:,} {kind}" for kind in ("added", "removed", "changed"))
    click.echo(f"From version {found.before} to {found.after}: {told}; {counts['following']:,} facts follow from that.")
    if found.elsewhere:
        click.echo(f"Of invented places {found.elsewhere:,} triples came or went.")


def _row(fact: Difference) -> tuple[str, ...]:
    before, after = "; ".join(fact.before), "; ".join(fact.after)
    return (fact.kind, fact.thing.label, fact.property.label, before, after, fact.source.label)


def _csv(found: Differences) -> str:
    from lsp_graph.tables import Table

    columns = ("change", "thing", "property", "before", "after", "source", "follows", "iri")
    rows = tuple((*_row(fact), "yes" if fact.follows else "no", fact.thing.iri) for fact in found.facts)
    return Table("Differences", columns, rows).to_bytes("csv").decode()
