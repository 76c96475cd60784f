"""
Texts that a spreadsheet would take for a formula.

    text  <->  the same behind an apostrophe, as a CSV file has it

What is written to CSV is opened in spreadsheets: a text that begins like a formula would be run there.
"""

from __future__ import annotations

from typing import Final

SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a formula begins with, or what stands before it without being seen."""


def harmless(text: str) -> str:
    """The text as no spreadsheet runs it."""
    return f"'{text}" if text.startswith(SIGNS) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe that `harmless` puts before it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(SIGNS) else text
