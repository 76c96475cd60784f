"""Comunica, a SPARQL client in JavaScript, run by node as a process of its own; `npm install` in comunica/ gets it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "comunica"
_PATIENCE = 60


def node() -> str | None:
    """The node that runs it: one that was installed beside this Python, else the system's."""
    return shutil.which("node", path=os.path.dirname(sys.executable)) or shutil.which("node")


def absent() -> dict[str, str]:
    """Why Comunica cannot be run here, if so."""
    if node() is None:
        return {"comunica": "node is not installed"}
    if not (FOLDER / "node_modules" / "@comunica" / "query-sparql").is_dir():
        return {"comunica": "`npm install` has not been run in tests/serve/comunica"}
    return {}


def ask(endpoint: str, query: str) -> Any:
    """What Comunica answers: a list of rows, a list of triples, or a boolean."""
    command = [str(node()), "ask.js", endpoint, query]
    ended = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
