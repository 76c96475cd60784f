"""
Take records in: read, planned and kept as one version, or not at all.

    store + files + submitter  ->  Plan and the version that it made, None where nothing is new
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lsp_graph.errors import InputError, Problem, StaleVersion
from lsp_graph.intake.plan import Plan, plan
from lsp_graph.record import Known, Submission, known_things, read_submission
from lsp_graph.store import EmbeddedBackend, Manifest, StoreDirectory

_ATTEMPTS: Final = 3
"""How often it is planned anew where another version has come meanwhile."""


def read_all(paths: Sequence[Path], known: Known) -> list[Submission]:
    """The records in files and folders. Raises `InputError` with the problems of all of them."""
    found: list[Submission] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(read_submission(path, known))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def accept(
    directory: StoreDirectory,
    paths: Sequence[Path],
    submitter: str,
    *,
    world: str | None = None,
    dry_run: bool = False,
) -> tuple[Plan, Manifest | None]:
    """Take the records in these files and folders in, all of them or none.

    `dry_run` only tells what would change. Raises `InputError` with every problem of every file, `StoreUnavailable`
    where the store cannot be read or written; then it is as it was.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        backend = directory.open()
        asked = backend if world is None else backend.world(world)
        known = known_things(asked)
        made = plan(backend, read_all(paths, known), submitter, now(), world=world, known=known)
        if dry_run or not made.change:
            return made, None
        try:
            return made, keep(directory, backend, made)
        except StaleVersion:
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("an attempt returns or raises")


def keep(directory: StoreDirectory, backend: EmbeddedBackend, made: Plan) -> Manifest:
    """Make what a plan changes the next version. Raises as `StoreDirectory.commit_change` does."""
    return directory.commit_change(made.change, parent=backend.version, author=made.submitter, message=made.message)


def now() -> str:
    """The time, as receipts have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
