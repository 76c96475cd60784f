"""
Who may write.

    Authorization header  ->  the token it holds, or why it does not count

Source: RFC 6750 (bearer tokens) sections 2.1 and 3.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from lsp_graph.serve import problems
from lsp_graph.serve.tokens import ENVIRONMENT, Token, TokenFile, hashed, today

_CHALLENGE: Final = 'Bearer realm="LSP Graph"'
_OFF: Final = "writing is off, as there is no token for it: `lsp-graph token new NAME` makes one"
_NONE: Final = "no token; expected `Authorization: Bearer TOKEN`"
_UNKNOWN: Final = "a token that is not known here"


class Ended(Exception):
    """A token that is known and does not count any more."""

    def __init__(self, token: Token, why: str) -> None:
        self.token = token
        super().__init__(why)


class Gate:
    """The tokens of a running service: those of the store, as they are just now, and that of the environment."""

    def __init__(self, store: Path, given: str, day: Callable[[], date] = today) -> None:
        self._file, self._today = TokenFile(store), day
        self._given = (Token(ENVIRONMENT, hashed(given)),) if given else ()
        self._seen: tuple[int, int, int] | None = None
        self._kept: tuple[Token, ...] = ()

    def admit(self, authorization: str | None) -> Token:
        """The token of a request.

        Raises `Refusal`: 403 where writing is off, 401 where there is no token or one that is not known; `Ended` for
        one that counts no more; `StoreUnavailable` where the tokens cannot be read.
        """
        tokens = self.tokens()
        if not tokens:
            raise problems.Refusal(problems.FORBIDDEN.reply(_OFF))
        if authorization is None:
            raise unauthorized(_NONE, _CHALLENGE)
        scheme, _, sent = authorization.partition(" ")
        sent = sent.strip()
        if scheme.lower() != "bearer" or not sent:
            raise unauthorized(_NONE, _CHALLENGE)
        digest = hashed(sent)
        # All are compared, each in constant time: how long it takes tells nothing of which one is near.
        found = [token for token in tokens if hmac.compare_digest(token.sha256, digest)]
        if not found:
            raise unauthorized(_UNKNOWN)
        why = found[0].ended(self._today())
        if why is not None:
            raise Ended(found[0], why)
        return found[0]

    def tokens(self) -> tuple[Token, ...]:
        """All tokens there are; the file is read again when it has changed."""
        try:
            status = self._file.path.stat()
            now = (status.st_ino, status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            now = None
        if now != self._seen:
            self._kept, self._seen = self._file.read() if now else (), now
        return (*self._given, *self._kept)


def unauthorized(why: str, challenge: str = f'{_CHALLENGE}, error="invalid_token"') -> problems.Refusal:
    """What is raised for a request without a token that counts."""
    return problems.Refusal(problems.UNAUTHORIZED.reply(why, {"www-authenticate": challenge}))
