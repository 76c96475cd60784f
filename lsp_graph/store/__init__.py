"""
The graph behind one interface.

    open_graph(settings)  ->  Backend: query it, of all periods or as of a date

Truth lies on disk in versions (`versions`), reads come from memory (`embedded`), or from a store elsewhere (`remote`).
"""

from lsp_graph.store.backend import Answer, Backend, View
from lsp_graph.store.embedded import EmbeddedBackend, Kind, in_memory, merged_view
from lsp_graph.store.opening import open_graph
from lsp_graph.store.versions import Manifest, StoreDirectory, open_store

__all__ = [
    "Answer",
    "Backend",
    "EmbeddedBackend",
    "Kind",
    "Manifest",
    "StoreDirectory",
    "View",
    "in_memory",
    "merged_view",
    "open_graph",
    "open_store",
]
