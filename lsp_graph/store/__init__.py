"""
The graph behind one interface.

    open_store(directory)  ->  Backend: query it, of all periods or as of a date

Truth lies on disk in versions (`versions`), reads come from memory (`embedded`).
"""

from lsp_graph.store.backend import Answer, Backend
from lsp_graph.store.embedded import EmbeddedBackend, Kind, in_memory, merged_view
from lsp_graph.store.versions import Manifest, StoreDirectory, open_store

__all__ = [
    "Answer",
    "Backend",
    "EmbeddedBackend",
    "Kind",
    "Manifest",
    "StoreDirectory",
    "in_memory",
    "merged_view",
    "open_store",
]
