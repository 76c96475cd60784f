"""
LSP Graph: who is accountable for what, to whom, on what basis, and who says so.

A sourced knowledge graph of England's Local Strategic Partnerships (2000 to 2010).

    data  ->  ingest  ->  derive  ->  store  ->  (questions | audit)  ->  serve
"""

__version__ = "0.1.0"
