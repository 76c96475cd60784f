"""
The options that several commands take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from lsp_graph.settings import DEFAULT_AS_OF, Settings


class IsoDate(click.ParamType[date]):
    """A date of the form YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date; fails with what would be right."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; expected YYYY-MM-DD", param, ctx)


def store_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--store`, as `store`."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        help="The store's directory. [default: LSP_GRAPH_STORE, else ./.lsp-graph]",
    )(function)


def author_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--author`, as `author`: whom a new version is put down to."""
    return click.option(
        "--author", metavar="NAME", help="Whom the new version is put down to. [default: the user of the system]"
    )(function)


def version_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--version`, put into `settings`: an earlier version of the store is asked. Stands below `graph_options`."""

    @click.option("--version", metavar="N", help="Ask this version of the store. [default: the current one]")
    @wraps(function)
    def command(settings: Settings, version: str | None, **given: Any) -> Any:
        if version is not None and settings.backend:
            raise click.UsageError("--version asks the store: leave out --backend and LSP_GRAPH_BACKEND")
        return function(settings=replace(settings, version=version or ""), **given)

    return command


def graph_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--store` and `--backend`, as `settings`: what is given counts more than what the environment says.

    With both, the backend is asked, and the store keeps the audits.
    """

    @store_option
    @click.option(
        "--backend", metavar="URL", help="Ask this SPARQL endpoint, not the store. [default: LSP_GRAPH_BACKEND]"
    )
    @wraps(function)
    def command(store: Path | None, backend: str | None, **given: Any) -> Any:
        settings = Settings.from_environment()
        if store is not None:
            settings = replace(settings, store=store, backend="")
        return function(settings=settings if backend is None else replace(settings, backend=backend), **given)

    return command


class World(click.ParamType[str]):
    """The name of a world of invented places."""

    name = "world"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name; fails with those that there are."""
        from lsp_graph.store.worlds import WORLDS

        if value not in WORLDS:
            self.fail(f"{value!r} is no world; expected {' or '.join(WORLDS)}", param, ctx)
        return str(value)


def world_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--world`, as `world`: the invented places that are asked instead of the real register."""
    return click.option(
        "--world",
        type=World(),
        metavar="NAME",
        help="Ask invented places instead of England: fictional, or fictional-breaches.",
    )(function)


def as_of_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--as-of`, as `as_of`."""
    return click.option(
        "--as-of", type=IsoDate(), default=DEFAULT_AS_OF, show_default=True, help="The day that is asked about."
    )(function)
