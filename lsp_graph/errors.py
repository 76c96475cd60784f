"""
What can go wrong, said to the person who can mend it.

    LspGraphError                   exit 2 unless said otherwise
    ├── InputError                  files that cannot be used: every problem at once
    ├── UnknownName                 a name nobody knows: the nearest ones are offered
    ├── AmbiguousName               a name that fits several things: they are listed
    ├── QueryRefused                SPARQL that cannot or may not run: line and column where known
    └── StoreUnavailable            no store, a damaged or newer one, or no reasoner: exit 3
        ├── StaleVersion            a write meant for a version that is no longer the current one
        └── MissingWorld            invented places that the store was built without
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MISUSE = 2
UNAVAILABLE = 3


class LspGraphError(Exception):
    """Base of all errors that are told to a person. `exit_code` is the command's exit status."""

    exit_code = MISUSE


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file.

    `file` is the path as the user knows it, `line` counts from 1 (None where the whole file is meant), `value` is
    what stands there, `expected` says what would be right. `column` is named where one cell of a table is meant,
    `sheet` where the file is a workbook: `line` is then a row of it.
    """

    file: str
    line: int | None
    value: str
    expected: str
    column: str | None = None
    sheet: str | None = None

    def __str__(self) -> str:
        if self.sheet is not None:
            place = "" if self.line is None else f", row {self.line}"
            where = "" if self.column is None else f", {self.column}"
            return f"{self.file}, sheet {self.sheet}{place}{where}: {self.value}; expected {self.expected}"
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = "" if self.column is None else f" {self.column}:"
        return f"{place}:{where} {self.value}; expected {self.expected}"


class InputError(LspGraphError):
    """Input that cannot be used. Carries every problem found, in the order of files, sheets and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda p: (p.file, p.sheet or "", p.line or 0, p.column or "", p.value, p.expected))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownName(LspGraphError):
    """A name, code or IRI that nothing in the graph goes by. `nearest` may offer what was meant."""

    def __init__(self, kind: str, value: str, nearest: Sequence[str] = ()) -> None:
        self.kind, self.value, self.nearest = kind, value, tuple(nearest)
        hint = f"; nearest: {', '.join(self.nearest)}" if self.nearest else ""
        super().__init__(f"{value!r} is no {kind} that is known here{hint}")


class AmbiguousName(LspGraphError):
    """A name that fits several things. `candidates` are (code, label, type) of each."""

    def __init__(self, kind: str, value: str, candidates: Sequence[tuple[str, str, str]]) -> None:
        self.kind, self.value, self.candidates = kind, value, tuple(candidates)
        listed = "; ".join(f"{code} {label} ({type_})" for code, label, type_ in self.candidates)
        super().__init__(f"{value!r} fits several {kind}s, give the code of one: {listed}")


class QueryRefused(LspGraphError):
    """A SPARQL text that cannot run. `line` and `column` count from 1 and are None where not known."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        place = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(f"SPARQL refused: {place}{reason}")


class StoreUnavailable(LspGraphError):
    """The store, its backend or the reasoner cannot be had; the message says which and what to do."""

    exit_code = UNAVAILABLE


class MissingWorld(StoreUnavailable):
    """A version of the store that has nothing of a world of invented places."""


class StaleVersion(StoreUnavailable):
    """A write that was made for a version which is no longer the current one: to be made again for that."""
