"""
The one place where a graph is opened: the store on disk, or the endpoint that stands in for it.

    settings  ->  EmbeddedBackend or RemoteBackend
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from lsp_graph.settings import Settings
from lsp_graph.store.embedded import EmbeddedBackend
from lsp_graph.store.versions import open_store

if TYPE_CHECKING:
    from lsp_graph.store.catalogue import Edition
    from lsp_graph.store.endpoint import Credentials
    from lsp_graph.store.publish import Progress
    from lsp_graph.store.remote import RemoteBackend

    Opened = EmbeddedBackend | RemoteBackend


def open_graph(settings: Settings) -> Opened:
    """The graph that the settings name.

    Raises `StoreUnavailable` where there is none or it cannot be read, `InputError` for a backend that is no address.
    """
    if not settings.backend:
        return open_store(settings.store, settings.version or None)
    # Only who asks an endpoint pays for loading what speaks with it.
    from lsp_graph.store.remote import connect

    return connect(settings.backend, credentials(settings), settings.backend_timeout)


def publish_graph(settings: Settings, address: str, days: Sequence[date], progress: Progress) -> Edition:
    """Publish the store on disk to another one; gives the edition that is there now. Raises as `publish` does."""
    from lsp_graph.store.publish import publish

    graph = open_store(settings.store)
    return publish(graph, address, days, credentials(settings), settings.backend_timeout, progress).edition


def credentials(settings: Settings) -> Credentials:
    """Who asks, as the settings say."""
    from lsp_graph.store.endpoint import Credentials

    return Credentials(settings.backend_user, settings.backend_password, settings.backend_token)
