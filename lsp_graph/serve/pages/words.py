"""
How pages put values into words: dates, numbers, names, and what is not recorded.

    value  ->  what a reader sees
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from markupsafe import Markup, escape

NAMELESS: Final = "(no name recorded)"

MARKS: Final = {"sourced": "●", "derived": "◐", "disputed": "◇", "unverified": "○"}
"""The mark of each level of confidence, which stands before its word."""


def day(value: str | date | None) -> str:
    """A date as people write it: 30 June 2008. What is no date is left as it is."""
    if value is None:
        return ""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        return str(value)
    return f"{found.day} {found:%B %Y}"


def number(value: int) -> str:
    """A number with commas between its thousands."""
    return f"{value:,}"


def spaced(value: str) -> str:
    """A local name in words: `PrimaryCareTrust` is "primary care trust", `london-borough` "london borough"."""
    parts = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in value.replace("-", " "))
    return " ".join(parts.split())


def named(value: str | None) -> str:
    """A name; what has none says so."""
    return value if value and value.strip() else NAMELESS


def capital(value: str) -> str:
    """A text that begins with a capital letter."""
    return value[:1].upper() + value[1:]


def coded(value: str) -> Markup:
    """A text in which names between backticks are shown as such."""
    parts = value.split("`")
    pieces = (
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
    return Markup("").join(pieces)


FILTERS: Final[dict[str, Any]] = {
    "day": day,
    "number": number,
    "spaced": spaced,
    "named": named,
    "capital": capital,
    "coded": coded,
}
"""By their names in templates."""
