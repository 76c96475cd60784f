"""
What a worker does with records that are sent in.

    files + whose token  ->  what they would change; with that done, one new durable version

A stranger's file is read here, in a process that may break. All files of a request are taken in, or none.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from lsp_graph.errors import InputError, Problem, StaleVersion
from lsp_graph.intake import Plan, plan
from lsp_graph.intake.accept import keep, now
from lsp_graph.record import Known, Submission, follow_things, known_things, read_submission
from lsp_graph.serve import problems
from lsp_graph.serve.models import RecordsReceived
from lsp_graph.serve.submitted import Sent, files
from lsp_graph.serve.tokens import DEFAULT
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend, StoreDirectory
from lsp_graph.store.changes import Change
from lsp_graph.store.folding import is_due

JSON: Final = "application/json"
_OK, _CREATED = 200, 201


def prepare(backend: EmbeddedBackend) -> None:
    """Read what records may refer to, so that workers are born with it."""
    known_things(backend)


def follow(backend: EmbeddedBackend, before: str, change: Change) -> None:
    """The same of the version that a change has made of the one `before` it."""
    follow_things(backend, before, change)


def received(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Tell what records change, and make a version of it unless that is not wanted.

    Raises `Refusal` for what cannot be read or may not be written, `StoreUnavailable` where it cannot be kept.
    """
    head = request.head
    world = head["into"]
    asked = backend if world is None else backend.world(world)
    known = known_things(asked)
    submissions = _read(files(head["contentType"], request.body), known)
    made = plan(backend, submissions, head["author"], now(), world=world, known=known)
    touched: dict[str, Any] = {
        "graphs": sorted(graph or DEFAULT for graph in made.change.graphs),
        "added": len(made.change.came),
        "removed": len(made.change.went),
    }
    refused = _refused(made, head["graphs"])
    if refused is not None:
        return Message({**refused.head, "touched": touched}, refused.body)
    if head["dryRun"] or not made.change:
        return _told(made, None, head["dryRun"], backend.version, touched)
    directory = StoreDirectory(Path(head["store"]))
    try:
        manifest = keep(directory, backend, made)
    except StaleVersion as error:
        stale = problems.of_error(error)
        return Message({**stale.head, "stale": True}, stale.body)
    written = {"version": manifest.version, **touched}
    told = _told(made, manifest.version, False, manifest.version, touched)
    return Message({**told.head, "written": written, "due": is_due(directory, manifest, head["keep"])}, told.body)


def _read(sent: list[Sent], known: Known) -> list[Submission]:
    """The records in files. Raises `Refusal` (422) with the problems of all of them."""
    found: list[Submission] = []
    wrong: list[Problem] = []
    for one in sent:
        with TemporaryDirectory(prefix="lsp-graph-record-") as folder:
            path = Path(folder) / "record"
            path.write_bytes(one.data)
            try:
                found.append(read_submission(path, known, name=one.name))
            except InputError as error:
                wrong += error.problems
    if wrong:
        told = InputError(wrong)
        listed = [{name: value for name, value in vars(one).items() if value is not None} for one in told.problems]
        raise problems.Refusal(problems.INVALID_RECORD.reply(str(told), problems=listed))
    return found


def _refused(made: Plan, allowed: list[str] | None) -> Message | None:
    """What is told where a record's graph is none that its token may write (None: it may write every graph).

    What follows from a record is not what the token writes.
    """
    outside = [] if allowed is None else [one.graph for one in made.received if one.graph not in allowed]
    if not outside:
        return None
    return problems.FORBIDDEN.reply(
        f"this token may not write {', '.join(outside[:10])}; it may write {', '.join(allowed or ())}",
        {"www-authenticate": 'Bearer realm="LSP Graph", error="insufficient_scope"'},
    )


def _told(made: Plan, version: str | None, dry_run: bool, current: str, touched: dict[str, Any]) -> Message:
    told = RecordsReceived.model_validate({"dryRun": dry_run, "version": version, **made.as_json()})
    headers = {"content-type": JSON, "lsp-graph-version": current}
    head = {"status": _OK if version is None else _CREATED, "headers": headers, "touched": touched}
    return Message(head, told.model_dump_json(by_alias=True).encode())
