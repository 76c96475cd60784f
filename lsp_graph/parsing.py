"""
RDF from strangers: what is looked at before it is parsed, and what the parser complains of in our words.

    JSON text  ->  nested too deep or not;  an error of the parser  ->  its reason
"""

from __future__ import annotations

import re
from typing import Final

_JSON_REST: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[^\[\]{}"]+', re.DOTALL)
_PLACED: Final = re.compile(r"^Parser error at [^:]*: (.*)$", re.DOTALL)
_REMOTE: Final = "LoadDocumentCallback"


def nested_deeper(body: bytes, most: int) -> bool:
    """Whether values of a JSON text are nested deeper than that: a parser's stack would end."""
    depth = 0
    for mark in _JSON_REST.sub(b"", body):
        depth += 1 if mark in b"[{" else -1
        if depth > most:
            return True
    return False


def complaint(error: SyntaxError) -> str:
    """Why a text could not be parsed, without the place, which the error has."""
    placed = _PLACED.match(error.msg)
    reason = " ".join((placed[1] if placed else error.msg).split())
    if _REMOTE in reason:
        return "a @context elsewhere; expected it in the document itself: nothing is fetched"
    return reason
