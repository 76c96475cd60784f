"""
A worker: answers one request after the other, until it is ended.

    channel + graph  ->  replies

Forked by the keeper, so it has the whole graph from its first moment. It holds no state that is worth keeping: an
error that nobody foresaw ends it with a traceback on standard error, and the keeper forks another.
"""

from __future__ import annotations

import socket
from typing import Any, Final

from pyoxigraph import BlankNode

from lsp_graph.serve import confinement, jobs, problems, wire
from lsp_graph.store import EmbeddedBackend

_DRAWS: Final = 2**13
"""Labels of 16 bytes; after 64 KiB the store library's source of random numbers takes a new seed from the system."""


def work(channel: socket.socket, backend: EmbeddedBackend, max_rows: int, memory_mb: int) -> None:
    """Answer requests from the channel until its other side closes, or this process has grown too large.

    A worker that has come to hold half of what it may take says `retire` with its reply and returns: the views of the
    dates it was asked for, and what the allocator keeps, are not charged to the next client. So does one whose job
    says that it leaves much behind.
    """
    confinement.end_with_parent()
    confinement.die_first()
    confinement.limit_memory(memory_mb)
    _draw_afresh()
    memory = confinement.Memory()
    born_with = memory.bytes()
    heard = channel.makefile("rb")
    retire = False
    while not retire and (request := wire.receive(heard)) is not None:
        try:
            reply = jobs.answer(backend, request, max_rows)
            grown = memory.bytes() - born_with > memory_mb * 2**20 / 2
            retire = grown or reply.head.get("retire", False)
            head: dict[str, Any] = {**reply.head, "retire": retire}
            head.setdefault("version", backend.version)
            wire.send(channel, wire.Message(head, reply.body))
        except MemoryError:
            retire = True
            reply = problems.OUT_OF_MEMORY.reply(f"the query wanted more than {memory_mb} MB")
            wire.send(channel, wire.Message({**reply.head, "retire": True}, reply.body))


def _draw_afresh() -> None:
    """Have this process draw other random numbers than the workers before it, which were forked from the same state.

    Else two writes would call different blank nodes the same, and UUID() and RAND() would repeat themselves.
    """
    for _ in range(_DRAWS):
        BlankNode()
