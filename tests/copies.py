"""A copy of the store that tests share, for a test that changes it or wants it unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path


def copy_of(store: Path, folder: Path) -> Path:
    """The same versions in another folder; audits are left out, for other tests may be writing some meanwhile."""
    shutil.copytree(store / "versions", folder / "versions")
    for name in ("FORMAT", "CURRENT"):
        shutil.copy(store / name, folder)
    return folder
