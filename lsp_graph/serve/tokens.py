"""
The tokens that let somebody write.

    name, scope  ->  a token, shown once;   STORE/tokens.json  ->  whose token this is

A token is 256 random bits, so its SHA-256 is kept and nothing slower: a slow hash protects words that can be guessed,
and here there is nothing to guess. Who reads the file cannot write with it. It is replaced in one step, so that a
running service sees each change at once and never half of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode

from lsp_graph.errors import InputError, Problem, StoreUnavailable, UnknownName

FILE: Final = "tokens.json"
PREFIX: Final = "lspg_"
"""How a token begins, so that people and scanners recognise one that lies where it should not."""

ENVIRONMENT: Final = "environment"
"""The name of the token that the environment gives."""

DEFAULT: Final = "default"
"""How the store's own default graph is called where people name graphs."""

Scope = Literal["write", "admin"]

_BYTES: Final = 32
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class Token:
    """What is kept of a token.

    `scope` is write, or admin, which may read the log of writes, too. `graphs` are those it may write, by their IRIs or
    `default`; None: all. `until` is its last day (UTC), `revoked` when it was taken back.
    """

    name: str
    sha256: str
    scope: Scope = "write"
    graphs: tuple[str, ...] | None = None
    created: str = ""
    until: str | None = None
    revoked: str | None = None

    def ended(self, today: date) -> str | None:
        """Why it does not count any more; None while it does."""
        if self.revoked is not None:
            return "it has been revoked"
        if self.until is not None and self.until < today.isoformat():
            return f"it was good until {self.until}"
        return None


class TokenFile:
    """The tokens of a store."""

    def __init__(self, store: Path) -> None:
        self.path = store / FILE

    def read(self) -> tuple[Token, ...]:
        """All tokens, the ended ones too, in the order they were made. Raises `StoreUnavailable` for a damaged file."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(Token(**{**one, "graphs": _graphs(one["graphs"])}) for one in kept)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreUnavailable(f"{self.path}: cannot be read ({error.strerror})") from error
        except (ValueError, TypeError, KeyError) as error:
            raise StoreUnavailable(f"{self.path}: damaged ({error}); restore a backup, or remove it") from error

    def issue(self, name: str, scope: Scope, graphs: Sequence[str], until: date | None) -> str:
        """Make a token and keep its hash; gives the token, which is nowhere else.

        `graphs` are those it may write; none: all. Raises `InputError` for a name that is taken or none, an IRI that is
        none, and an admin's token with graphs; `StoreUnavailable` where it cannot be kept.
        """
        with self._changing() as kept:
            problems = [
                Problem("--graph", None, repr(graph), f"an absolute IRI, or {DEFAULT}")
                for graph in graphs
                if not _is_graph(graph)
            ]
            if not _NAME.fullmatch(name):
                problems.append(Problem("NAME", None, repr(name), "letters, digits and . _ @ -, at most 64"))
            if name == ENVIRONMENT or name in {token.name for token in kept}:
                problems.append(Problem("NAME", None, f"{name!r} is taken", "a name that no token has had"))
            if scope == "admin" and graphs:
                problems.append(Problem("--graph", None, "an admin's token", "no graphs: it may write all of them"))
            if problems:
                raise InputError(problems)
            token = PREFIX + secrets.token_urlsafe(_BYTES)
            kept.append(
                Token(
                    name=name,
                    sha256=hashed(token),
                    scope=scope,
                    graphs=tuple(sorted(set(graphs))) or None,
                    created=_now(),
                    until=None if until is None else until.isoformat(),
                )
            )
        return token

    def revoke(self, name: str) -> None:
        """Take a token back, for good. Raises `UnknownName` where none goes by this name."""
        with self._changing() as kept:
            names = [token.name for token in kept]
            if name not in names:
                raise UnknownName("token", name, names)
            place = names.index(name)
            if kept[place].revoked is None:
                kept[place] = replace(kept[place], revoked=_now())

    @contextmanager
    def _changing(self) -> Iterator[list[Token]]:
        """The tokens, to be changed within this context by one process at a time; kept unless an error is raised."""
        try:
            with _opened(self.path.with_name(f".{FILE}.lock"), os.O_CREAT) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                kept = list(self.read())
                yield kept
                self._keep(kept)
        except OSError as error:
            where = error.filename or self.path
            raise StoreUnavailable(f"{where}: cannot be written ({error.strerror})") from error

    def _keep(self, tokens: Sequence[Token]) -> None:
        made = self.path.with_name(f".{FILE}.part")
        made.unlink(missing_ok=True)
        with _opened(made, os.O_CREAT | os.O_EXCL) as descriptor:
            os.write(descriptor, json.dumps([asdict(token) for token in tokens], indent=1).encode() + b"\n")
            os.fsync(descriptor)
        made.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def today() -> date:
    """The day by which tokens end (UTC)."""
    return datetime.now(UTC).date()


def _graphs(kept: list[str] | None) -> tuple[str, ...] | None:
    return None if kept is None else tuple(kept)


def _is_graph(text: str) -> bool:
    try:
        return text == DEFAULT or bool(NamedNode(text))
    except ValueError:
        return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _opened(path: Path, how: int) -> Iterator[int]:
    """A file that nobody else may read, opened for writing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | how, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
