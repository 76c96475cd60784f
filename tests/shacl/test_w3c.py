"""The engine passes the W3C SHACL test suite, where LSP_GRAPH_W3C names its folder (https://github.com/w3c/data-shapes)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.w3c_shacl import cases, difference
from tests.shacl import oracle
from tests.shacl.conftest import VARIABLE


def suite(named: str) -> Path:
    """The folder of the suite: the one named, or `shacl` in it.

    Raises `FileNotFoundError` where there is none.
    """
    for folder in (Path(named), Path(named) / "shacl"):
        if named and (folder / "manifest.ttl").is_file():
            return folder
    raise FileNotFoundError(f"{VARIABLE}={named!r}: no manifest.ttl there, nor in shacl/")


def test_every_case_of_the_suite_passes() -> None:
    with oracle.quiet():
        told = {case.name: difference(case) for case in cases(suite(os.environ.get(VARIABLE, "")))}

    assert len(told) > 100
    assert {name: lines for name, lines in told.items() if lines} == {}


def test_a_folder_without_the_suite_is_no_suite(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"manifest\.ttl"):
        suite(str(tmp_path))
