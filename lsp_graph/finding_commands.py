"""
`lsp-graph who`, `search`, `network` and `export`: find who is accountable, what goes by a name, and who holds it all
together; and take it along.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_graph.errors import LspGraphError
from lsp_graph.options import IsoDate, as_of_option, graph_options, version_option, world_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.store.opening import Opened


@click.command()
@graph_options
@version_option
@world_option
@as_of_option
@click.argument("text")
@click.option("--area", metavar="CODE|NAME|LAT,LON", help="In this area; a code or name of any day will do.")
@click.option("--by", metavar="NAME|IRI", help="Only what this body is accountable for.")
@click.option("--to", metavar="NAME|IRI", help="Only what is owed to this counterpart.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="Answers to tell.")
@click.option("--full", is_flag=True, help="Each answer in full, where many would be summed up.")
@click.option("--explain", is_flag=True, help="With the chain of each, and the rule and facts it was derived from.")
@click.option(
    "--policy",
    metavar="all|best|newest|DOCUMENT",
    default="all",
    show_default=True,
    help="Where sources disagree: tell all, the best ranked, the newest, or what this document says.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True, help="The form."
)
def who(
    settings: Settings,
    world: str | None,
    as_of: date,
    text: str,
    area: str | None,
    by: str | None,
    to: str | None,
    limit: int,
    full: bool,
    explain: bool,
    policy: str,
    form: str,
) -> None:
    """Who is accountable for TEXT, to whom, on what basis, and who says so."""
    from lsp_graph import account_text, reading
    from lsp_graph.accountability import who as find
    from lsp_graph.chains import chains

    graph = _open(settings, world)
    found = find(graph, text=text, area=area, by=by, to=to, as_of=as_of, limit=limit, policy=policy)
    explained = chains(graph, found.answers, as_of) if explain else None
    if form == "json":
        told = found.as_json()
        for answer, chain in zip(told["answers"], explained or (), strict=False):
            answer["chain"] = chain.as_json()
        click.echo(reading.as_json(told, world))
    elif form == "csv":
        click.echo(account_text.as_csv(found), nl=False)
    else:
        account_text.tell(found, reading.console(), explained, full=full)


@click.command()
@graph_options
@version_option
@world_option
@as_of_option
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="area, body, partnership, theme … (repeatable).")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most hits.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def search(
    settings: Settings, world: str | None, as_of: date, text: str, kinds: tuple[str, ...], limit: int, form: str
) -> None:
    """Search areas, bodies, partnerships, themes, duties and questions for TEXT, misspelt or half typed."""
    from lsp_graph import reading
    from lsp_graph.search import search as find

    hits = find(_open(settings, world), text, kinds, limit, as_of)
    if form == "json":
        click.echo(reading.as_json({"text": text, "hits": [hit.as_json() for hit in hits]}, world))
    else:
        columns = ("label", "kind", "matched", "iri")
        rows = [(hit.label, hit.kind, hit.matched, hit.iri) for hit in hits]
        reading.list_rows(columns, rows, reading.console(), f"Nothing goes by {text!r} on {as_of.isoformat()}.")


@click.command()
@graph_options
@version_option
@world_option
@as_of_option
@click.option("--region", metavar="CODE|NAME", help="Only partnerships in this region.")
@click.option("--between", nargs=2, metavar="AREA AREA", help="Compare the partners of two areas instead.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Nodes to tell.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def network(
    settings: Settings,
    world: str | None,
    as_of: date,
    region: str | None,
    between: tuple[str, str] | None,
    limit: int,
    form: str,
) -> None:
    """Measure who holds the partnerships together: degree, betweenness and connected parts of shared partners."""
    from lsp_graph import areas, networks, reading

    graph = _open(settings, world)
    if between:
        here, there = (areas.resolve(graph, name, as_of) for name in between)
        shared = networks.compare(graph, here, there, as_of)
        if form == "json":
            click.echo(reading.as_json(shared.as_json(), world))
        else:
            reading.tell_shared(shared, between, reading.console())
        return
    found = networks.network(graph, region=areas.resolve(graph, region, as_of) if region else None, as_of=as_of)
    if form == "json":
        told = found.as_json()
        click.echo(reading.as_json({**told, "standings": told["standings"][:limit]}, world))
    else:
        reading.tell_network(found, limit, reading.console())


@click.command()
@graph_options
@version_option
@world_option
@click.option("--as-of", type=IsoDate(), help="The day. [default: all periods; of questions and areas 2008-06-30]")
@click.option("--area", metavar="CODE|NAME", help="Only this area, or the question about it.")
@click.option("--question", metavar="NAME", help="The answer to this question instead.")
@click.option("--set", "given", multiple=True, nargs=2, metavar="NAME VALUE", help="Its parameter (repeatable).")
@click.option("--format", "form", metavar="FORM", help="nq trig ttl jsonld · csv xlsx parquet json · graphml")
@click.option("--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file.")
def export(
    settings: Settings,
    world: str | None,
    as_of: date | None,
    area: str | None,
    question: str | None,
    given: tuple[tuple[str, str], ...],
    form: str | None,
    output: Path,
) -> None:
    """Write the graph, an area or an answer to a file, in the form that its name ends with unless --format says.

    RDF holds all periods unless --as-of is given. A table of an area holds who is accountable there, GraphML how it is
    governed.
    """
    from lsp_graph import questions
    from lsp_graph.exporting import export as made

    asked = None if question is None else questions.find(question)
    arguments = {**dict(given), **({"area": area} if asked and area else {})}
    data = made(
        _open(settings, world),
        form or output.suffix.removeprefix("."),
        question=asked,
        arguments=arguments,
        area=None if asked else area,
        as_of=as_of,
    )
    try:
        output.write_bytes(data)
    except OSError as error:
        raise LspGraphError(f"{output}: cannot be written ({error.strerror})") from error
    click.echo(f"{output}: {len(data):,} bytes")


def _open(settings: Settings, world: str | None) -> Opened:
    """The graph, opened as every command does it: the way is the root command's."""
    opened: Opened = click.get_current_context().find_root().obj(settings, world)
    return opened
