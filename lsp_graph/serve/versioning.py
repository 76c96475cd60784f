"""
What a worker does for requests about versions, and to keep the store quick to open.

    the store  ->  its versions, what two of them differ in;   many changes  ->  a version written whole as well
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

from lsp_graph.differences import differences
from lsp_graph.serve import models, problems
from lsp_graph.serve.paging import page, reply
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.folding import compact

_DONE = 200


def list_versions(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The versions that are kept, the newest first."""
    directory = _directory(backend, request)
    current, oldest = int(directory.current()), max(directory.oldest(), 1)
    shown = page(range(current, oldest - 1, -1), request.head, max_rows)
    offset, limit = request.head["offset"], min(request.head["limit"], max_rows)
    found = [manifest.as_json() for manifest in islice(directory.lineage(), offset, offset + limit)]
    return reply(models.Versions.model_validate({"versions": found, "next": shown.next}), shown.headers())


def one_version(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """One version, with the triples of each graph. Raises `UnknownName` where there is none."""
    directory = _directory(backend, request)
    manifest = directory.manifest(directory.known(request.head["version"]))
    return reply(models.Version.model_validate(manifest.as_json() | {"graphs": dict(manifest.graphs)}))


def compared(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """What two versions differ in: a page of facts. Raises `UnknownName` where one is not there."""
    head = request.head
    directory = _directory(backend, request)
    before, after = directory.known(head["version"]), directory.known(head["to"] or backend.version)
    found = differences(directory, before, after, backend)
    shown = page(found.facts, head, max_rows)
    told = replace(found, facts=tuple(shown.shown)).as_json() | {"counts": found.counts(), "next": shown.next}
    answer = reply(models.VersionDifference.model_validate(told), shown.headers())
    return Message({**answer.head, "retire": True}, answer.body)


def compacted(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Fold the current version where it is time, and let old ones go. No client asks for that."""
    directory = StoreDirectory(Path(request.head["store"]))
    compact(directory, request.head["keep"], backend)
    return Message({"status": _DONE, "headers": {}, "retire": True})


def _directory(backend: EmbeddedBackend, request: Message) -> StoreDirectory:
    if not isinstance(backend, EmbeddedBackend):
        said = "versions of a store elsewhere are not kept here"
        raise problems.Refusal(problems.NOT_FOUND.reply(said))
    return StoreDirectory(Path(request.head["store"]))
