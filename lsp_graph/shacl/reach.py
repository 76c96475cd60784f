"""
From where a path leads to something, without walking it from each node.

    path + end  ->  a pattern that binds the nodes from which the path leads to the end

The path is walked backwards, one step at a time, each step from the distinct nodes of the one before: so the work is at
most one look at each triple of each step, however many ways the path as a whole has.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from lsp_graph.shacl.paths import Alternative, Inverse, Path, Repeat, Sequence, sparql


def leading(path: Path, variable: str, end: str, among: str = "") -> str:
    """The pattern that binds the variable to each node from which the path leads to the end (a term), once.

    `among` is a pattern that narrows the variable.
    """
    return f"{{ SELECT DISTINCT ?{variable} WHERE {{ {among} {_back(_turned(path), variable, end, '', count(1))} }} }}"


def leading_anywhere(path: Path, variable: str, among: str = "") -> str | None:
    """The pattern that binds the variable to each node from which the path leads anywhere.

    None when that is every node, since the path may have no step at all.
    """
    needed = _needed(_turned(path))
    return None if needed is None else leading(needed, variable, "?any", among)


def _back(path: Path, variable: str, end: str, found: str, numbers: Iterator[int]) -> str:
    """The pattern that binds the variable to where the path comes from; `found` binds the end, if it is a variable.

    `numbers` tell the nodes in between apart.
    """
    match path:
        case Sequence(parts):
            for part in parts[:0:-1]:
                name = f"{variable}{next(numbers)}"
                found = f"{{ SELECT DISTINCT ?{name} WHERE {{ {_back(part, name, end, found, numbers)} }} }}"
                end = f"?{name}"
            return _back(parts[0], variable, end, found, numbers)
        case Alternative(parts):
            return " UNION ".join(f"{{ {_back(part, variable, end, found, numbers)} }}" for part in parts)
        case _:
            return f"{found} ?{variable} {sparql(path)} {end} ."


def _needed(path: Path) -> Path | None:
    """What of a path must be there for it to lead anywhere; None where nothing must."""
    match path:
        case Repeat(inner, "+"):
            return _needed(inner)
        case Repeat():
            return None
        case Alternative(parts):
            needed = [_needed(part) for part in parts]
            return None if None in needed else Alternative(tuple(part for part in needed if part is not None))
        case Sequence(parts):
            *first, last = parts
            before = Sequence(tuple(first)) if len(first) > 1 else first[0]
            rest = _needed(last)
            return _needed(before) if rest is None else Sequence((*first, rest))
        case _:
            return path


def _turned(path: Path) -> Path:
    """The same path, with inverses only around single steps and repetitions."""
    match path:
        case Inverse(Inverse(inner)):
            return _turned(inner)
        case Inverse(Sequence(parts)):
            return Sequence(tuple(_turned(Inverse(part)) for part in reversed(parts)))
        case Inverse(Alternative(parts)):
            return Alternative(tuple(_turned(Inverse(part)) for part in parts))
        case Sequence(parts):
            return Sequence(tuple(_turned(part) for part in parts))
        case Alternative(parts):
            return Alternative(tuple(_turned(part) for part in parts))
        case _:
            return path
