"""
`lsp-graph ingest`: take records of partnerships in.
"""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lsp_graph.options import store_option, world_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.intake import Plan
    from lsp_graph.store import Manifest

_TOLD = 20
"""Clashes of a record that are told to people; JSON has all of them."""


@click.command()
@store_option
@world_option
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--submitter", metavar="NAME", help="Who hands the records in. [default: the user of the system]")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def ingest(
    store: Path | None,
    world: str | None,
    files: tuple[Path, ...],
    submitter: str | None,
    dry_run: bool,
    form: str,
) -> None:
    """Take records in, all of them or none: workbooks, folders of CSV files, zip archives or RDF.

    Each gets a graph of its own, in place of what the same submitter handed in of the same partnership. What others say
    otherwise is kept and listed; what follows from the records is concluded. The same file again changes nothing.
    """
    from lsp_graph import reading
    from lsp_graph.intake import accept
    from lsp_graph.store import StoreDirectory

    settings = Settings.from_environment()
    directory = StoreDirectory(store or settings.store)
    made, manifest = accept(directory, files, submitter or getuser(), world=world, dry_run=dry_run)
    if manifest is not None:
        _keep_small(directory, manifest, settings.keep_versions)
    if form == "json":
        click.echo(reading.as_json(_document(made, manifest, dry_run), world))
    else:
        _tell(made, manifest, dry_run)


def _keep_small(directory: Any, manifest: Manifest, keep: int) -> None:
    from lsp_graph.store.folding import compact, is_due

    if is_due(directory, manifest, keep):
        compact(directory, keep)


def _document(made: Plan, manifest: Manifest | None, dry_run: bool) -> dict[str, Any]:
    return {"dryRun": dry_run, "version": None if manifest is None else manifest.version, **made.as_json()}


def _tell(made: Plan, manifest: Manifest | None, dry_run: bool) -> None:
    for one in made.received:
        said = {
            "new": f"a new record, {one.added:,} triples",
            "replaced": f"in place of the one before: {one.added:,} triples added, {one.removed:,} removed",
            "unchanged": "just what is recorded already; nothing changes",
        }[one.outcome]
        click.echo(f"{one.file}: {one.title} ({one.key}): {said}")
        for clash in one.clashes[:_TOLD]:
            here, there = "; ".join(clash.here), "; ".join(clash.there)
            click.echo(f"  {clash.label}, {clash.property}: {here!r} here, {there!r} in {clash.source_label}")
        if len(one.clashes) > _TOLD:
            click.echo(f"  and {len(one.clashes) - _TOLD:,} more of which other sources say otherwise")
    if made.following:
        click.echo(f"{made.following:,} triples follow, or follow no more.")
    if manifest is not None:
        click.echo(f"Version {manifest.version} is current: {manifest.message}.")
    else:
        click.echo("Nothing was written: this was a dry run." if dry_run else "No new version: nothing is new.")
