"""The W3C's suites are somebody else's and not among the project's files: where one is not given, that is said."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

VARIABLE = "LSP_GRAPH_W3C"
SPARQL = "sparql11"


def folder(suite: str) -> Path:
    """The folder of a suite: the one that LSP_GRAPH_W3C names, or the one of that name in it.

    Raises `FileNotFoundError` where there is none.
    """
    named = os.environ.get(VARIABLE, "")
    for path in (Path(named) / suite, Path(named)):
        if named and path.name == suite and (path / "manifest.ttl").is_file():
            return path
    raise FileNotFoundError(f"{VARIABLE}={named!r}: no manifest.ttl in {suite}/ there")


def left_out(suite: str) -> bool | None:
    """True where the tests of a suite are left out, neither skipped nor passed. Workers pass the warning on."""
    try:
        folder(suite)
    except FileNotFoundError as error:
        warnings.warn(pytest.PytestWarning(f"W3C suite not run: {error}"), stacklevel=1)
        return True
    return None
