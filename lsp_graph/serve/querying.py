"""
Evaluate a stranger's query, in the version, the world and the confinement that it is due.

    operation + graph  ->  an answer, to be read while the context lasts
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lsp_graph.errors import QueryRefused, UnknownName
from lsp_graph.serve import lexer, problems, protocol
from lsp_graph.serve.confinement import no_new_descriptors
from lsp_graph.store import Answer, EmbeddedBackend, StoreDirectory


@dataclass(frozen=True)
class Asked:
    """An answer, the version that it is of, and whether what that version takes in memory is to go with the worker."""

    answer: Answer
    version: str
    retire: bool


@contextmanager
def evaluated(
    backend: EmbeddedBackend, asked: protocol.Operation, store: str, *, strict: bool = False
) -> Iterator[Asked]:
    """The answer to a query. Raises `QueryRefused` for one that cannot be evaluated, also while it is being read."""
    options = options_of(backend, strict=strict)
    lexer.refuse_service(asked.query)
    stored = _of_version(backend, asked.version, store)
    graph = of_world(stored, asked.world)
    with _confined(graph, asked, **options):
        try:
            found = graph.query(
                asked.query,
                as_of=asked.as_of,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                **options,
            )
            yield Asked(found, graph.version, stored is not backend)
        except (RuntimeError, OSError) as error:
            raise QueryRefused(f"the evaluation failed: {error}") from error


def options_of(backend: EmbeddedBackend, *, strict: bool) -> dict[str, bool]:
    """What makes a query see the store's own default graph, where that is wanted and can be had."""
    return {"strict": True} if strict and isinstance(backend, EmbeddedBackend) else {}


def of_world(backend: EmbeddedBackend, world: str | None) -> EmbeddedBackend:
    """The graph, or that of a world of invented places. Raises `UnknownName` where there is no such world."""
    if world is None:
        return backend
    if not isinstance(backend, EmbeddedBackend):
        refused = "worlds of a store elsewhere are not kept here; leave `world` away"
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply(refused))
    return backend.world(world)


def _of_version(backend: EmbeddedBackend, version: str | None, store: str) -> EmbeddedBackend:
    """The graph as that version of the store has it."""
    if version in (None, backend.version):
        return backend
    if not isinstance(backend, EmbeddedBackend):
        refused = "versions of a store elsewhere are not kept here; leave `version` away"
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply(refused))
    directory = StoreDirectory(Path(store))
    try:
        return directory.open(directory.known(version))
    except UnknownName as error:
        refused = f"version {version}: there are {', '.join(error.nearest)}"
        raise problems.Refusal(problems.NOT_FOUND.reply(refused)) from error


@contextmanager
def _confined(backend: EmbeddedBackend, asked: protocol.Operation, *, strict: bool = False) -> Iterator[None]:
    """Within this context a stranger's query runs in this process, unless a store elsewhere runs it."""
    if not isinstance(backend, EmbeddedBackend):
        yield
        return
    # Making the view reads files, which is over before the stranger's query runs.
    backend.store_for(asked.query, asked.as_of, [*asked.default_graphs, *asked.named_graphs], strict=strict)
    with no_new_descriptors():
        yield
