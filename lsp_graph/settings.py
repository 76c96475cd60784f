"""
What the environment decides: the variables `LSP_GRAPH_*`, read once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final

from lsp_graph.errors import InputError, Problem

DEFAULT_AS_OF: Final = date(2008, 6, 30)
"""The date of questions, `who` and audits unless given: the agreements of 2008-11 stand, no council has ended yet."""

SHORTEST_TOKEN: Final = 32
"""Characters that a token from the environment has at least."""


@dataclass(frozen=True)
class Settings:
    """The service's settings.

    `version` is the version of the store that a command asks (empty: the current one), `keep_versions` how many of them
    are kept when old ones go (0: all).

    `timeout` in seconds of wall clock for one public query, `max_rows` in rows of one answer, `worker_memory_mb` in
    megabytes for one worker, `cache_mb` in megabytes for kept answers, `public_base` the address under
    which strangers see the service (empty: as asked), `access_log` the file that gets a line for each exchange (`-`:
    standard output; empty: none).

    `connections` is how many connections there may be at once, `request_timeout` in seconds how long a request may
    take to arrive, and `trusted_proxies` whose word counts for whom a request comes from: addresses and networks, with
    commas between (empty: nobody's).

    `write_token` is a token that may write every graph (empty: only those of the store may write), `max_write_mb` in
    megabytes is what one write may send.

    `default_graph` is what /sparql asks where a query names no graph: the `union` of the published graphs, or `strict`,
    the store's own default graph.

    `backend` is the address of the SPARQL endpoint that is asked instead of the store (empty: the store), with a token,
    or a user and a password, where it wants one; `backend_timeout` in seconds is how long it may be silent.
    """

    store: Path = Path(".lsp-graph")
    version: str = ""
    keep_versions: int = 0
    host: str = "127.0.0.1"
    port: int = 8000
    timeout: float = 30.0
    max_rows: int = 100_000
    workers: int = 10
    worker_memory_mb: int = 2048
    cache_mb: int = 128
    public_base: str = ""
    access_log: str = ""
    default_graph: str = "union"
    write_token: str = field(default="", repr=False)
    max_write_mb: int = 64
    connections: int = 1000
    request_timeout: float = 20.0
    trusted_proxies: str = ""
    backend: str = ""
    backend_user: str = ""
    backend_password: str = field(default="", repr=False)
    backend_token: str = field(default="", repr=False)
    backend_timeout: float = 300.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables named `LSP_GRAPH_` and the field, such as `LSP_GRAPH_MAX_ROWS`.

        Raises `InputError` naming every variable whose value is no number or not positive.
        """
        problems: list[Problem] = []

        def number(name: str, default: float) -> float:
            text = environment.get(f"LSP_GRAPH_{name}", "")
            try:
                value = float(text) if text else float(default)
            except ValueError:
                value = -1.0
            if not 0 < value < float("inf"):
                problems.append(Problem(f"LSP_GRAPH_{name}", None, repr(text), "a positive number"))
            return value

        write_token = environment.get("LSP_GRAPH_WRITE_TOKEN", "")
        if write_token and (
            len(write_token) < SHORTEST_TOKEN or not write_token.isascii() or not write_token.isprintable()
        ):
            told = f"a token of {len(write_token)} characters"  # the token itself is shown nowhere
            wanted = f"at least {SHORTEST_TOKEN} printable ASCII characters that nobody can guess"
            problems.append(Problem("LSP_GRAPH_WRITE_TOKEN", None, told, wanted))
        default_graph = environment.get("LSP_GRAPH_DEFAULT_GRAPH") or cls.default_graph
        if default_graph not in ("union", "strict"):
            problems.append(Problem("LSP_GRAPH_DEFAULT_GRAPH", None, repr(default_graph), "union or strict"))
        settings = cls(
            store=Path(environment.get("LSP_GRAPH_STORE") or cls.store),
            keep_versions=int(number("KEEP_VERSIONS", 0)) if environment.get("LSP_GRAPH_KEEP_VERSIONS") else 0,
            host=environment.get("LSP_GRAPH_HOST") or cls.host,
            port=int(number("PORT", cls.port)),
            timeout=number("TIMEOUT", cls.timeout),
            max_rows=int(number("MAX_ROWS", cls.max_rows)),
            workers=int(number("WORKERS", cls.workers)),
            worker_memory_mb=int(number("WORKER_MEMORY_MB", cls.worker_memory_mb)),
            cache_mb=int(number("CACHE_MB", cls.cache_mb)),
            public_base=environment.get("LSP_GRAPH_PUBLIC_BASE", ""),
            access_log=environment.get("LSP_GRAPH_ACCESS_LOG", ""),
            connections=int(number("CONNECTIONS", cls.connections)),
            request_timeout=number("REQUEST_TIMEOUT", cls.request_timeout),
            trusted_proxies=environment.get("LSP_GRAPH_TRUSTED_PROXIES", ""),
            default_graph=default_graph,
            write_token=write_token,
            max_write_mb=int(number("MAX_WRITE_MB", cls.max_write_mb)),
            backend=environment.get("LSP_GRAPH_BACKEND", ""),
            backend_user=environment.get("LSP_GRAPH_BACKEND_USER", ""),
            backend_password=environment.get("LSP_GRAPH_BACKEND_PASSWORD", ""),
            backend_token=environment.get("LSP_GRAPH_BACKEND_TOKEN", ""),
            backend_timeout=number("BACKEND_TIMEOUT", cls.backend_timeout),
        )
        try:
            networks(settings.trusted_proxies)
        except ValueError as error:
            wanted = "addresses and networks such as 10.0.0.0/8, with commas between"
            problems.append(Problem("LSP_GRAPH_TRUSTED_PROXIES", None, str(error), wanted))
        if problems:
            raise InputError(problems)
        return settings


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a list with commas between; an address is a network of one. Raises `ValueError`."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
