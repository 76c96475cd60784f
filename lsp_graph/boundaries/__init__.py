"""
Outlines of areas: brought by a user with their source, checked, compared, and put into the store.

    GeoJSON, GeoPackage or WKT in a table + who says so  ->  a new version of the store, or every problem at once
"""

from lsp_graph.boundaries.ingest import Ingested, ingest_boundaries, is_boundaries
from lsp_graph.boundaries.outlines import Origin
from lsp_graph.boundaries.reading import Limits

__all__ = ["Ingested", "Limits", "Origin", "ingest_boundaries", "is_boundaries"]
