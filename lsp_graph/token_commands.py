"""
`lsp-graph token`: who may write over HTTP.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from lsp_graph.options import IsoDate, store_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.serve.tokens import TokenFile


@click.group()
def token() -> None:
    """Make, list and revoke the tokens that let somebody write over HTTP."""


@token.command()
@store_option
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["write", "admin"]),
    default="write",
    show_default=True,
    help="What it is for: writing, or also reading the log of writes.",
)
@click.option("--graph", "graphs", multiple=True, metavar="IRI", help="Only this graph, or `default` (repeatable).")
@click.option("--until", type=IsoDate(), help="Its last day. [default: until it is revoked]")
def new(
    store: Path | None, name: str, scope: Literal["write", "admin"], graphs: tuple[str, ...], until: date | None
) -> None:
    """Make a token for NAME, whom each write is put down to. It is shown this once and kept only as a hash."""
    click.echo(_tokens(store).issue(name, scope, graphs, until))
    click.echo("Keep it now: it is not shown again. Send it as `Authorization: Bearer TOKEN`.", err=True)


@token.command(name="list")
@store_option
def list_tokens(store: Path | None) -> None:
    """List the tokens, ended ones too, by what is kept of them."""
    from lsp_graph.serve.tokens import today

    rows: list[tuple[str, ...]] = [
        (
            one.name,
            one.scope,
            one.created,
            one.until or "-",
            one.ended(today()) or "good",
            " ".join(one.graphs or ["all"]),
        )
        for one in _tokens(store).read()
    ]
    rows.insert(0, ("name", "scope", "made", "until", "state", "graphs"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@token.command()
@store_option
@click.argument("name")
def revoke(store: Path | None, name: str) -> None:
    """Take the token of NAME back, for good; a running service refuses it from now on."""
    _tokens(store).revoke(name)
    click.echo(f"{name}: revoked", err=True)


def _tokens(store: Path | None) -> TokenFile:
    """The tokens of a store, of which there has to be one. Raises `StoreUnavailable`."""
    from lsp_graph.serve.tokens import TokenFile
    from lsp_graph.store import StoreDirectory

    directory = StoreDirectory(store or Settings.from_environment().store)
    directory.current()
    return TokenFile(directory.path)
