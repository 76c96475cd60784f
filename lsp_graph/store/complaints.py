"""
What the store library's parser complains of, for people to read.

    "expected one of Prefix not found, ['%'], ['-' | '0' ..= '9' | …"  ->  "Prefix not found"

It lists everything that its grammar would have taken at that place, classes of characters among it. A sentence in the
list is what is really wrong; else the words and signs are told, and the classes left out.
"""

from __future__ import annotations

import re
from typing import Final

_EXPECTED: Final = re.compile(r"expected (?:one of )?", re.DOTALL)
_CLASS: Final = re.compile(r"\['.*?'\](?=, |\Z)|\[_\]|<unreported>|EOF", re.DOTALL)
_SENTENCE: Final = re.compile(r"[A-Z][A-Za-z]* \S.*")
_BETWEEN: Final = re.compile(r",\s+(?=[\"A-Za-z_])")
_MANY: Final = 12


def plain(complaint: str) -> str:
    """The complaint in short."""
    listed = _EXPECTED.match(complaint)
    if listed is None:
        return complaint
    told = _BETWEEN.split(_CLASS.sub("", complaint[listed.end() :]))
    alternatives = [one.strip(" ,\n") for one in told if one.strip(" ,\n")]
    sentences = [one for one in alternatives if _SENTENCE.fullmatch(one)]
    if sentences:
        return "; ".join(sentences)
    if not alternatives:
        return "the text is not well-formed up to here"
    more = ", …" if len(alternatives) > _MANY else ""
    return f"expected {', '.join(alternatives[:_MANY])}{more}"
