"""
The service: the graph over HTTP, for strangers.

    request  ->  serving process  ->  a worker that may be killed  ->  answer or problem document

Three kinds of process. The *serving* process speaks HTTP and reads nothing of what a stranger asks. The *keeper* holds
the graph in memory, has one thread and only ever forks. Its *workers* each answer one request at a time; a worker
that runs too long, takes too much memory or breaks is ended and forked anew, and nobody else notices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsp_graph.settings import Settings


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises `StoreUnavailable` where the graph cannot be loaded."""
    from lsp_graph.serve import server  # the keeper imports this package too, and needs no HTTP

    server.run(settings)
