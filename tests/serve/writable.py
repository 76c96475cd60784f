"""A server that can be written to, and those who have a token for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pyoxigraph import Quad, RdfFormat, parse

from lsp_graph.serve.tokens import TokenFile
from lsp_graph.settings import Settings
from lsp_graph.store import StoreDirectory

from .conftest import DATA, Server, running

ENVIRONMENT = "a token from the environment, long enough"
FILLED = "https://w3id.org/lsp/graph/first"
ALLOWED = "https://example.org/allowed/a"
TURTLE = {"content-type": "text/turtle"}
S, P = "https://example.org/s", "https://example.org/p"


@dataclass(frozen=True)
class Writable:
    """A running server, its store, and the tokens by the names of who has them."""

    server: Server
    store: Path
    tokens: dict[str, str]

    @property
    def http(self) -> httpx.Client:
        return self.server.http

    @property
    def url(self) -> str:
        return self.server.url

    def as_(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[name]}"}

    def update(self, text: str, name: str = "ann", **more: Any) -> httpx.Response:
        headers = {"content-type": "application/sparql-update", **self.as_(name)}
        return self.http.post("/update", content=text.encode(), headers=headers, **more)

    def put(self, graph: str, turtle: str, name: str = "ann", **headers: str) -> httpx.Response:
        return self.http.put(
            "/graphs", params={"graph": graph}, content=turtle, headers=TURTLE | self.as_(name) | headers
        )

    def lines(self, graph: str) -> set[str]:
        """The triples of a graph, as N-Triples lines; none where there is no graph."""
        reply = self.http.get("/graphs", params={"graph": graph}, headers={"accept": "application/n-triples"})
        return set() if reply.status_code == 404 else set(reply.raise_for_status().text.splitlines())

    def versions(self) -> int:
        return len(StoreDirectory(self.store).versions())

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.store / "writes.log").read_text(encoding="utf-8").splitlines()]


def fresh() -> str:
    """A graph that no other test has."""
    return f"https://example.org/graph/{uuid4()}"


def triple(value: object) -> str:
    return f"<{S}> <{P}> {value} ."


@contextmanager
def writable(directory: Path, **settings: Any) -> Iterator[Writable]:
    """A server over a small store, with tokens."""
    store = directory / "store"
    quads = [quad for quad in parse(path=DATA / "small.trig", format=RdfFormat.TRIG) if isinstance(quad, Quad)]
    StoreDirectory(store).commit(quads, "small")
    file = TokenFile(store)
    tokens = {
        "ann": file.issue("ann", "write", [], None),
        "bob": file.issue("bob", "write", [ALLOWED, "default"], None),
        "eve": file.issue("eve", "admin", [], date(2999, 1, 1)),
        "old": file.issue("old", "write", [], date(2001, 1, 1)),
        "environment": ENVIRONMENT,
        "nobody": "lspg_" + "x" * 43,
    }
    with running(Settings(store=store, port=0, timeout=3, write_token=ENVIRONMENT, **settings)) as server:
        yield Writable(server, store, tokens)
