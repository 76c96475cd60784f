"""
Where the files of the project lie: in a checkout beside the package, in a wheel inside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "resources"

ROOT: Final = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
ONTOLOGY: Final = ROOT / "ontology"
SHAPES: Final = ROOT / "shapes"
QUERIES: Final = ROOT / "queries"
DATA: Final = ROOT / "data"
MAPS: Final = ROOT / "maps"


def shown(path: Path) -> str:
    """The path as a reader of the project knows it: relative to the project's root where it lies within."""
    resolved = path.resolve()
    return str(resolved.relative_to(ROOT)) if resolved.is_relative_to(ROOT) else str(path)
