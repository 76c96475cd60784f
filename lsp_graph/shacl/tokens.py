"""
The tokens of a SPARQL text, as far as its groups and variables can be told by them.

Source: SPARQL 1.1 §19.8 (grammar).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s+|\#[^\r\n]*)
    | (?P<iri><[^<>"{}|^`\\\s]*>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | [?$](?P<variable>\w+)
    | (?P<name>(?:\w[\w.\-]*)?:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\.)*)
    | (?P<word>[^\W\d]\w*)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of text; `word` is a keyword in upper case, `variable` a variable's name, each empty for other tokens.

    `before` are the white space and the comments that stand before it.
    """

    text: str
    word: str
    variable: str
    before: str

    @property
    def whole(self) -> str:
        """The token with what stands before it."""
        return self.before + self.text


def tokens(text: str) -> list[Token]:
    """All tokens in order; together they are the text, but for what follows the last of them."""
    found, before = [], ""
    for match in _TOKEN.finditer(text):
        if match["space"]:
            before += match[0]
        else:
            found.append(Token(match[0], (match["word"] or "").upper(), match["variable"] or "", before))
            before = ""
    return found
