"""
`lsp-graph ingest`: bring one's own data into the store.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_graph.options import store_option, world_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.boundaries import Ingested

_BOUNDARIES = ".geojson, .json, .gpkg, .wkt, or a .csv with a column of WKT"


@click.command()
@store_option
@world_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True))
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
    """Put the boundaries in FILES into the store: whole, with their source, or not at all.

    Each feature has the code of its area (of any day), or the IRI of a partnership. The source's earlier boundaries
    are replaced. Outlines that should fit together are compared; rules B01, B08 and B09 look at what comes of it.
    """
    from lsp_graph.boundaries import Origin, ingest_boundaries, is_boundaries
    from lsp_graph.store import StoreDirectory

    other = [str(file) for file in files if not is_boundaries(file)]
    if other:
        raise click.UsageError(f"{', '.join(other)}: no boundaries; expected {_BOUNDARIES}")
    if title is None or licence is None or attribution is None:
        raise click.UsageError("boundaries need --source TITLE, --licence URI and --attribution TEXT")
    made = ingest_boundaries(
        files,
        StoreDirectory(store or Settings.from_environment().store),
        Origin(title, licence, attribution, publisher),
        world=world,
        code_column=code_column,
        layer=layer,
        crs=crs,
        tolerance=tolerance,
        author=author,
    )
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
