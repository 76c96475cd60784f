"""
What a worker does for a request that writes.

    the stored quads + update or graph  ->  a change  ->  one new durable version, or none where nothing changes

A write is evaluated on the stored quads themselves: without GRAPH, WITH or USING an update speaks of the store's own
default graph. What it may touch is judged by what it changes, not by how it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Store

from lsp_graph.errors import QueryRefused, StaleVersion
from lsp_graph.serve import data_updates, graph_store, lexer, problems
from lsp_graph.serve.confinement import no_new_descriptors
from lsp_graph.serve.graph_store import Outcome
from lsp_graph.serve.tokens import DEFAULT
from lsp_graph.serve.update_protocol import update, with_dataset, without_load
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.changes import OWN, Change, dumped
from lsp_graph.store.content import SHORTCUTS
from lsp_graph.store.embedded import refusal
from lsp_graph.store.folding import is_due
from lsp_graph.store.functions import Functions, with_functions

_FAILING: Final = "DROP GRAPH <urn:none>;"
"""An operation at which an update of an empty store ends, once all of it has been read."""


def updated(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Run a SPARQL update and make a version of what it changes.

    Raises `Refusal` and `QueryRefused` for what may not or cannot run, `StoreUnavailable` where it cannot be kept.
    """
    return _written(backend, request, _evaluated, "SPARQL update")


def stored(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Put, merge or delete a graph, and make a version of what that changes. Raises as `updated` does."""
    return _written(backend, request, graph_store.write, request.head["method"])


def read(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The triples of a graph, all of them: what was cut could not be sent back."""
    rendered = graph_store.read(backend, request)
    return Message({"status": 200, "headers": {"content-type": rendered.content_type, "vary": "Accept"}}, rendered.body)


def _written(
    backend: EmbeddedBackend, request: Message, evaluate: Callable[[EmbeddedBackend, Message], Outcome], what: str
) -> Message:
    head = request.head
    _presume(head["ifMatch"], backend.version)
    with no_new_descriptors():
        outcome = evaluate(backend, request)
    change = outcome.change
    touched: dict[str, Any] = {
        "graphs": sorted(graph or DEFAULT for graph in change.graphs),
        "added": len(change.came),
        "removed": len(change.went),
    }
    refused = _refused(change, head["graphs"])
    if refused is not None:
        return Message({**refused.head, "touched": touched}, refused.body)
    written: dict[str, Any] = {}
    version = backend.version
    if change:
        directory = StoreDirectory(Path(head["store"]))
        message = f"{what}: {touched['added']} added, {touched['removed']} removed"
        try:
            manifest = directory.commit_change(change, parent=version, author=head["author"], message=message)
        except StaleVersion as error:
            stale = problems.of_error(error)
            return Message({**stale.head, "stale": True}, stale.body)
        version = manifest.version
        written = {"written": {"version": version, **touched}, "due": is_due(directory, manifest, head["keep"])}
    location = {} if outcome.location is None else {"location": outcome.location}
    headers = {"lsp-graph-version": version, **location}
    return Message({"status": outcome.status, "headers": headers, "touched": touched, **written})


def _presume(if_match: str | None, version: str) -> None:
    """Raise `Refusal` (412) where the client saw another version than this: entity tags begin with it."""
    if if_match is None or if_match.strip() == "*":
        return
    if not any(tag.strip().startswith(f'"{version}-') for tag in if_match.split(",")):
        raise problems.Refusal(problems.PRECONDITION.reply(f"{if_match} is not of version {version}, the current one"))


def _evaluated(backend: EmbeddedBackend, request: Message) -> Outcome:
    """What an update changes."""
    head = request.head
    asked = update(head["queryString"], head["contentType"], request.body)
    base = head["base"] + head["address"]
    for step in lexer.steps(asked.text):
        _check(step, base)  # so that an error is told with its place in what was sent
    lexer.refuse_service(asked.text)
    bound = with_dataset(replace(asked, text=without_load(asked.text)))
    change = data_updates.change_of(backend, bound, base)
    if change is not None:
        return Outcome(change)
    store = backend.own()
    before = dumped(store)

    def run(step: str, functions: Functions) -> None:
        store.update(step, base_iri=base, custom_functions=functions)

    try:
        for step in lexer.steps(bound):
            with_functions(partial(run, step))
    except SyntaxError as error:
        raise refusal(error) from error
    except (RuntimeError, OSError) as error:
        raise problems.Refusal(problems.UPDATE_FAILED.reply(str(error))) from error
    return Outcome(Change.between(before, dumped(store)))


def _check(text: str, base: str) -> None:
    """Raise `QueryRefused` for a text that is no update, with its place. Nothing of the text is run."""
    place = lexer.first_operation(text)
    line, column = lexer.line_and_column(text, place)
    try:
        Store().update(text[:place] + _FAILING + text[place:], base_iri=base)
    except SyntaxError as error:
        told = refusal(error)
        if told.line == line and told.column is not None and told.column >= column + len(_FAILING):
            told = QueryRefused(told.reason, told.line, told.column - len(_FAILING))
        raise told from error
    except RuntimeError:
        return  # the operation before those of the text


def _refused(change: Change, allowed: list[str] | None) -> Message | None:
    """What is told where a change touches what its token may not write (None: it may write every graph)."""
    if SHORTCUTS.value in change.graphs:
        return problems.FORBIDDEN.reply(f"{SHORTCUTS.value} is derived from the other graphs; write to those")
    if allowed is None:
        return None
    outside = sorted(graph or DEFAULT for graph in change.graphs - {OWN if one == DEFAULT else one for one in allowed})
    if not outside:
        return None
    return problems.FORBIDDEN.reply(
        f"this token may not write {', '.join(outside[:10])}; it may write {', '.join(allowed)}",
        {"www-authenticate": 'Bearer realm="LSP Graph", error="insufficient_scope"'},
    )
