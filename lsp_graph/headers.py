"""
The header of a query file: its `#+ ` lines, which together are YAML.

    queries/…/name.rq  ->  {summary: …, parameters: …} and the text
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from lsp_graph.errors import InputError, Problem
from lsp_graph.layout import shown

_MARK = "#+"


def read_query(path: Path) -> tuple[dict[str, Any], str]:
    """Header and text of a query file.

    Raises `InputError` with file and line when the file is not UTF-8 or its header is no YAML mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError([Problem(shown(path), None, f"byte {error.start} is not UTF-8", "UTF-8 text")]) from error
    lines = text.splitlines()
    # Lines that are no header stay as empty ones, so that YAML's line numbers are the file's.
    marked = "\n".join(line[len(_MARK) :].removeprefix(" ") if line.startswith(_MARK) else "" for line in lines)
    try:
        header = yaml.safe_load(marked) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError([Problem(shown(path), line, str(error.problem), "a header in YAML")]) from error
    if not isinstance(header, dict):
        raise InputError([Problem(shown(path), 1, "the header is no mapping", "lines such as `#+ summary: …`")])
    return header, text
