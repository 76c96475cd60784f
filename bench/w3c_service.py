"""
A SPARQL service as a test of the W3C suite sees it: by HTTP, and by nothing else.

    dataset  ->  what the service holds;   text  ->  what it says to it

Source: SPARQL 1.1 Protocol, sections 2.1 (query) and 2.2 (update).
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import pyoxigraph as ox

from bench.w3c_results import Outcome, of_quads, outcome

QUERY: Final = "/sparql"
UPDATE: Final = "/update"
GRAPHS: Final = "/graphs"

_SELECT_ALL: Final = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
_JSON: Final = "application/sparql-results+json"
_PATIENCE_SECONDS: Final = 30


class Service:
    """The service behind an HTTP client, which may write with a token."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self.http = http
        self.authority = {"authorization": f"Bearer {token}"}
        self._loaded: frozenset[ox.Quad] | None = None

    def load(self, dataset: Iterable[ox.Quad]) -> None:
        """Have the service hold these quads and no others. Raises `httpx.HTTPStatusError` where it will not."""
        wanted = frozenset(dataset)
        if wanted != self._loaded:
            self.update(f"DROP ALL ; INSERT DATA {{ {_data(wanted)} }}").raise_for_status()
            self._loaded = wanted

    def touched(self) -> None:
        """Take note that somebody else may have written."""
        self._loaded = None

    def query(self, text: str, accept: str = _JSON) -> httpx.Response:
        """What the service says to a query."""
        headers = {"content-type": "application/sparql-query", "accept": accept}
        return self.http.post(QUERY, content=text.encode(), headers=headers)

    def update(self, text: str) -> httpx.Response:
        """What the service says to an update."""
        self.touched()
        headers = {"content-type": "application/sparql-update", **self.authority}
        return self.http.post(UPDATE, content=text.encode(), headers=headers)

    def held(self) -> Outcome:
        """All that the service holds now."""
        found = ox.parse_query_results(self.query(_SELECT_ALL).content, format=ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        return of_quads(ox.Quad(row["s"], row["p"], row["o"], row["g"] or ox.DefaultGraph()) for row in found)


def told(reply: httpx.Response, media_type: str, base: str, *, ordered: bool) -> Outcome:
    """What a reply says, in a media type that it must have. Raises `ValueError` where it is another reply."""
    if reply.status_code != 200:
        raise ValueError(said(reply))
    got = reply.headers.get("content-type", "")
    if got.partition(";")[0] != media_type:
        raise ValueError(f"content type {got!r}, expected {media_type!r}")
    return outcome(reply.content, media_type, base=base, ordered=ordered)


def said(reply: httpx.Response) -> str:
    """The status of a reply, and what a problem document says."""
    document: Mapping[str, object] = reply.json() if "json" in reply.headers.get("content-type", "") else {}
    return f"{reply.status_code} {document.get('detail', '')}".strip()


def _data(quads: Iterable[ox.Quad]) -> str:
    return "\n".join(_pattern(quad) for quad in quads)


def _pattern(quad: ox.Quad) -> str:
    triple = f"{quad.subject} {quad.predicate} {quad.object} ."
    return triple if isinstance(quad.graph_name, ox.DefaultGraph) else f"GRAPH {quad.graph_name} {{ {triple} }}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def serving() -> Iterator[Service]:
    """A service of this project on an empty store, under which queries see the store's own default graph."""
    token = token_urlsafe(32)
    environment = {**os.environ, "LSP_GRAPH_DEFAULT_GRAPH": "strict", "LSP_GRAPH_WRITE_TOKEN": token}
    with TemporaryDirectory(prefix="w3c-sparql-") as store:
        command = [sys.executable, "-m", "lsp_graph", "serve", "--empty", "--store", store]
        command += ["--port", str(_free_port())]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        assert process.stderr is not None
        try:
            found = None
            while found is None:
                line = process.stderr.readline()
                if not line:
                    raise RuntimeError("the service ended before it was ready")
                found = re.search(r"on (http://\S+)", line)
            with httpx.Client(base_url=found[1], timeout=_PATIENCE_SECONDS) as http:
                yield Service(http, token)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=_PATIENCE_SECONDS)
            process.stderr.close()
