"""
A name in a form that was not understood, told beside the form.

    error + what was given  ->  which field, why, and what was perhaps meant
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lsp_graph.errors import AmbiguousName, LspGraphError, UnknownName

_CODED: Final = re.compile(r".*\((\w+)\)")
"""A name with the code that is surer than it."""

NOT_FOUND, WRONG = 404, 400


@dataclass(frozen=True)
class Mistake:
    """What was not understood: in which field, why, and what was perhaps meant (its value, and what it is called).

    `status` is the HTTP status of a page that tells it.
    """

    field: str | None
    why: str
    near: Sequence[tuple[str, str]] = ()
    status: int = WRONG


def mistake(error: LspGraphError, given: Mapping[str, str | None]) -> Mistake:
    """What to tell of an error that a name in a form led to."""
    match error:
        case UnknownName():
            why = f"“{error.value}” is no {error.kind} that is known here."
            return Mistake(_field(error.value, given), why, [_near(one) for one in error.nearest], NOT_FOUND)
        case AmbiguousName():
            near = [(code, f"{label} ({kind}, {code})") for code, label, kind in error.candidates]
            return Mistake(_field(error.value, given), f"“{error.value}” fits several. Which one?", near)
        case _:
            return Mistake(None, str(error))


def _field(value: str, given: Mapping[str, str | None]) -> str | None:
    return next((name for name, text in given.items() if text == value), None)


def _near(name: str) -> tuple[str, str]:
    coded = _CODED.fullmatch(name)
    return (coded[1] if coded else name), name
