"""
Go back to an earlier version.

    a version that is kept  ->  a new version with the same quads; nothing of those between is lost
"""

from __future__ import annotations

from typing import Final

from lsp_graph.store.changes import Change
from lsp_graph.store.versions import Manifest, StoreDirectory

_MOST_CHANGED: Final = 100_000
"""Lines; a version that differs in more of them is written whole."""


def go_back(directory: StoreDirectory, version: str, author: str) -> Manifest | None:
    """Make an earlier version current again, as a new version; None where it holds just what the current one does.

    Raises `StoreUnavailable` where the version is not kept, one is damaged, or the directory cannot be written,
    `StaleVersion` where another version has been made meanwhile.
    """
    earlier, current = directory.manifest(version), directory.current()
    texts = directory.open(version).texts()
    before, _, left_out = directory.open(current).texts()
    change = Change.between(before + left_out, texts[0] + texts[2])
    if not change:
        return None
    message = f"restore version {version}"
    if change.added.count(b"\n") + change.removed.count(b"\n") > _MOST_CHANGED:
        return directory.commit_whole(texts, author=author, message=message, written=earlier.written, parent=current)
    return directory.commit_change(change, parent=current, author=author, message=message, written=earlier.written)
