"""
Accept a record: what the graph comes to state, and no longer states, when it does.

    graph + Submission + whose it is  ->  Change of the stored quads, with all that follows from it

A record stands in a named graph of its own, one for each partnership and submitter: what others say of the same
partnership stays as it is, and a later record of the same submitter takes the place of the earlier one.
"""

from __future__ import annotations

from urllib.parse import quote

from pyoxigraph import NamedNode

from lsp_graph.namespaces import GRAPH
from lsp_graph.record.consequences import change_of
from lsp_graph.record.known import known_things
from lsp_graph.record.statements import Origin
from lsp_graph.record.submission import Submission
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change
from lsp_graph.store.worlds import prefix


def record_graph(key: str, submitter: str = "", world: str | None = None) -> NamedNode:
    """The named graph of the record of a partnership that somebody hands in; `world` is named for invented places."""
    begins = str(GRAPH) if world is None else prefix(world)
    return NamedNode(f"{begins}record/{key}{'/' if submitter else ''}{quote(submitter, safe='')}")


def origin_of(record: Submission, submitter: str = "", world: str | None = None) -> Origin:
    """How a record's graph is described where nothing more is known of it than whose it is."""
    return Origin(
        graph=record_graph(record.key, submitter, world).value.removeprefix(str(GRAPH)),
        title=f"Record of {record.title}",
        description="The partnership's own record, as it was handed in.",
        licence="not stated",
        attribution=submitter or record.title,
        publisher=submitter or record.title,
    )


def change_by(backend: EmbeddedBackend, record: Submission, origin: Origin, world: str | None = None) -> Change:
    """What accepting a record changes: its quads come, those of its graph before go, and what follows from them.

    `world` is named where the backend is that of invented places. A record that is in the graph already changes
    nothing.
    """
    store = backend.own()
    before = store.quads_for_pattern(None, None, None, GRAPH[origin.graph])
    return change_of(store, record.quads(origin, known_things(backend)), before, world)
