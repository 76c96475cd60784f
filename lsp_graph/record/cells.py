"""
One value of a cell, by the kind of value that its column holds.

    column + text  ->  the value; or what would be right

References to other things are resolved elsewhere (`references`).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph.record.codes import CodeLists
from lsp_graph.record.format import SEPARATOR, Column
from lsp_graph.record.tables import nearest

Value = str | bool | int | Decimal | date | NamedNode

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_TRUTH: Final = {"true": True, "false": False}
_FEW: Final = 12


class Misfit(Exception):
    """A value that its column cannot hold. Carries what would be right."""

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(expected)


def values(column: Column, text: str) -> list[str]:
    """The values that a cell holds, as written."""
    parts = text.split(SEPARATOR) if column.list else [text]
    return [part.strip() for part in parts if part.strip()]


def read_value(column: Column, text: str, codes: CodeLists) -> Value:
    """One value of a cell; references stay text. Raises `Misfit` with what would be right."""
    if column.enum and text not in column.enum:
        raise Misfit(choice(text, column.enum))
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise Misfit(f"text of the form {column.pattern}, such as {column.example}")
    match column.value:
        case "date":
            return _day(text)
        case "number" | "integer":
            return _number(column, text)
        case "boolean":
            if text.lower() not in _TRUTH:
                raise Misfit("true or false")
            return _TRUTH[text.lower()]
        case "uri":
            if not _ADDRESS.fullmatch(text):
                raise Misfit("an address that begins with http:// or https://")
            return text
        case "concept":
            known = codes[column.scheme or ""]
            if text not in known:
                raise Misfit(choice(text, list(known)))
            return known[text]
        case _:
            return text


def choice(text: str, known: list[str] | tuple[str, ...]) -> str:
    """What to choose instead of a text: what it may have been meant to be, else all where they are few."""
    near = nearest(text, known)
    listed = ", ".join(known[:_FEW]) + (" …" if len(known) > _FEW else "")
    return f"{' or '.join(near)}? one of {listed}" if near else f"one of {listed}"


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Misfit("a date YYYY-MM-DD")


def _number(column: Column, text: str) -> Decimal | int:
    wanted = "a whole number" if column.value == "integer" else "a number, with a point before its decimals"
    if column.minimum is not None:
        wanted += f", at least {column.minimum:g}"
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Misfit(wanted) from None
    if not number.is_finite() or (column.minimum is not None and number < Decimal(str(column.minimum))):
        raise Misfit(wanted)
    if column.value == "integer":
        if number != number.to_integral_value():
            raise Misfit(wanted)
        return int(number)
    return number
