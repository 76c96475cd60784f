"""
`lsp-graph ingest`: bring one's own data into the store, records or boundaries.
"""

from __future__ import annotations

from collections import Counter
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_graph.options import store_option, world_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.boundaries import Ingested
    from lsp_graph.store import Manifest, StoreDirectory

_BOUNDARIES = ".geojson, .json, .gpkg, .wkt, or a .csv with a column of WKT"


@click.command()
@store_option
@world_option
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--submitter", metavar="NAME", help="Records: who hands them in. [default: the user of the system]")
@click.option("--dry-run", is_flag=True, help="Records: only tell what would change.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Of records.",
)
@click.option("--source", "title", metavar="TITLE", help="Boundaries: what the source is called; required.")
@click.option("--licence", metavar="URI", help="Boundaries: the address of its licence; required.")
@click.option("--attribution", metavar="TEXT", help="Boundaries: the words that name it; required.")
@click.option("--publisher", metavar="NAME", default="", help="Boundaries: who published it. [default: the source]")
@click.option("--author", metavar="NAME", default="", help="Who brings it, for the record of versions.")
@click.option("--code-column", metavar="NAME", help="Boundaries: the column of codes. [default: gss_code, or as ONS]")
@click.option("--layer", metavar="NAME", help="Boundaries: the layer of a GeoPackage, where it has several.")
@click.option(
    "--crs", metavar="CODE", help="Boundaries: the coordinate system, where the file states none: EPSG:27700."
)
@click.option(
    "--tolerance",
    type=click.FloatRange(1, 10_000),
    default=100.0,
    show_default=True,
    metavar="METRES",
    help="Boundaries: land that is nowhere wider counts as drawn alike.",
)
def ingest(
    store: Path | None,
    world: str | None,
    files: tuple[Path, ...],
    submitter: str | None,
    dry_run: bool,
    form: str,
    title: str | None,
    licence: str | None,
    attribution: str | None,
    publisher: str,
    author: str,
    code_column: str | None,
    layer: str | None,
    crs: str | None,
    tolerance: float,
) -> None:
    """Take records or boundaries into the store: all FILES or none, as one version.

    Records are workbooks, folders of CSV files, zip archives or RDF. Each gets a graph of its own, in place of what the
    same submitter handed in of the same partnership. What others say otherwise is kept and listed; what follows is
    concluded. The same file again changes nothing.

    Boundaries are outlines by the code of their area (of any day), or the IRI of a partnership. The source's earlier
    boundaries are replaced. Outlines that should fit together are compared; rules B01, B08 and B09 look at what comes
    of it.
    """
    from lsp_graph.boundaries import Origin, ingest_boundaries, is_boundaries
    from lsp_graph.store import StoreDirectory

    settings = Settings.from_environment()
    directory = StoreDirectory(store or settings.store)
    records = [file for file in files if not is_boundaries(file)]
    if len(records) == len(files):
        _take_in(directory, files, submitter or getuser(), world, dry_run, form, settings.keep_versions)
        return
    if records:
        told = f"{', '.join(map(str, records))}: no boundaries"
        raise click.UsageError(f"{told}; expected records or boundaries, not both at once ({_BOUNDARIES})")
    if title is None or licence is None or attribution is None:
        raise click.UsageError("boundaries need --source TITLE, --licence URI and --attribution TEXT")
    made = ingest_boundaries(
        files,
        directory,
        Origin(title, licence, attribution, publisher),
        world=world,
        code_column=code_column,
        layer=layer,
        crs=crs,
        tolerance=tolerance,
        author=author,
    )
    if made.new:
        _keep_small(directory, directory.manifest(made.version), settings.keep_versions)
    _tell(made)


def _tell(made: Ingested) -> None:
    for note in made.notes:
        click.echo(note, err=True)
    what = f"version {made.version} has" if made.new else f"nothing is new: version {made.version} had"
    click.echo(f"{what} {made.count:,} outlines in {made.graph.value}")
    for comparison in made.comparisons:
        for kind, count in Counter(one.kind for one in comparison.discrepancies).items():
            click.echo(f"{comparison.task.thing.label}: {kind} {count}")
    found = sum(len(comparison.discrepancies) for comparison in made.comparisons)
    click.echo(f"{len(made.comparisons):,} comparisons, {found:,} discrepancies wider than the tolerance")


def _take_in(
    directory: StoreDirectory,
    files: tuple[Path, ...],
    submitter: str,
    world: str | None,
    dry_run: bool,
    form: str,
    keep: int,
) -> None:
    from lsp_graph import intake_text, reading
    from lsp_graph.intake import accept

    made, manifest = accept(directory, files, submitter, world=world, dry_run=dry_run)
    if manifest is not None:
        _keep_small(directory, manifest, keep)
    version = None if manifest is None else manifest.version
    told = {"dryRun": dry_run, "version": version, **made.as_json()}
    if form == "json":
        click.echo(reading.as_json(told, world))
    else:
        for line in intake_text.told_lines(told):
            click.echo(line)


def _keep_small(directory: StoreDirectory, manifest: Manifest, keep: int) -> None:
    from lsp_graph.store.folding import compact, is_due

    if is_due(directory, manifest, keep):
        compact(directory, keep)
