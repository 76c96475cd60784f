"""
The keeper: holds one version of the graph in memory and forks the workers that answer from it.

    python -m lsp_graph.serve.keeper CONTROL PLAN

CONTROL is the number of an inherited socket, PLAN a JSON object. The keeper has one thread, reads nothing that a
stranger sent, and does nothing but fork, end and bury workers; so a fork takes milliseconds and is always safe.

It tells the serving process, one JSON object a line: `{"ready": VERSION}` or `{"failed": MESSAGE}` once;
`{"worker": PID}`, together with the worker's channel as a file descriptor; `{"died": PID, "status": STATUS}`, where a
negative status is a signal; `{"renew": COUNT}` when the workers forked from now on know more than those so far. It is
told `{"end": PID}`; `{"advance": true}`, on which it follows the changes of the store and says `{"advanced": VERSION}`,
with a null where they cannot be followed one by one, or `{"failed": MESSAGE}`; `{"drain": true}`, on which it forks no
more and ends with its last worker. When the serving process closes the socket, or is no more, everything ends.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lsp_graph.errors import LspGraphError
from lsp_graph.serve import confinement, jobs, worker
from lsp_graph.serve.wire import Plan
from lsp_graph.settings import Settings
from lsp_graph.store import EmbeddedBackend, StoreDirectory, open_graph


class Keeper:
    """The loaded graph, the line to the serving process, and the living workers."""

    def __init__(self, control: socket.socket, backend: EmbeddedBackend, plan: Plan) -> None:
        self.control, self.backend, self.plan = control, backend, plan
        self.living: set[int] = set()
        self.draining = False
        self.heard = bytearray()
        self.wake, self.waker = socket.socketpair()
        self.wake.setblocking(False)
        self.waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)

    def keep(self) -> None:
        """Fork the workers, replace each that ends, and end each that is to end, until told to stop.

        The first workers answer while the rest of what most requests need is made; then they are to be renewed.
        """
        for _ in range(self.plan.workers):
            self.fork()
        told = True
        for prepare in jobs.more(self.backend):
            prepare()
            told = told and self.attend(0)
        gc.freeze()
        _tell(self.control, {"renew": self.plan.workers})
        while told and (self.living or not self.draining):
            told = self.attend(None)
        signal.set_wakeup_fd(-1)
        for pid in self.living:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def attend(self, seconds: float | None) -> bool:
        """Do what is to be done, and wait so long for it (None: however long); False when the line is closed."""
        readable, _, _ = select.select([self.control, self.wake], [], [], seconds)
        if self.wake in readable:
            self.wake.recv(4096)
            self.bury()
        return self.control not in readable or self.listen()

    def fork(self) -> None:
        """Fork one worker and hand its channel over. In the child this does not return."""
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self.become_worker(theirs, ours)
        theirs.close()
        self.living.add(pid)
        _tell(self.control, {"worker": pid}, ours)
        ours.close()

    def become_worker(self, channel: socket.socket, other_side: socket.socket) -> None:
        """Work in this forked process, and end it. Nothing of the keeper is unwound."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for inherited in (self.control, self.wake, self.waker, other_side):
                inherited.close()
            worker.work(channel, self.backend, self.plan.max_rows, self.plan.memory_mb)
            status = 0
        except (BrokenPipeError, ConnectionResetError):
            status = 0  # the client went away and the serving process let go of the channel
        finally:
            if status:
                traceback.print_exc()
            sys.stderr.flush()
            os._exit(status)

    def bury(self) -> None:
        """Reap the workers that ended, tell of them, and fork others in their place."""
        while self.living:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self.living.discard(pid)
            _tell(self.control, {"died": pid, "status": os.waitstatus_to_exitcode(status)})
            if not self.draining:
                self.fork()

    def listen(self) -> bool:
        """Do what the serving process tells; False when it has closed the line."""
        heard = self.control.recv(4096)
        self.heard += heard
        *lines, rest = self.heard.split(b"\n")
        self.heard = bytearray(rest)
        for line in lines:
            match json.loads(line):
                case {"end": pid} if pid in self.living:
                    # Else it has ended by itself, and its number may be another process's by now.
                    os.kill(pid, signal.SIGKILL)
                case {"advance": _}:
                    self.advance()
                case {"drain": _}:
                    self.draining = True
        return bool(heard)

    def advance(self) -> None:
        """Follow the changes that were made of the version held here."""
        directory = StoreDirectory(Path(self.plan.store))
        try:
            changes = directory.changes(self.backend.version)
            for manifest in changes or ():
                jobs.advance(self.backend, directory.change(manifest), manifest.version)
        except LspGraphError as error:
            _tell(self.control, {"failed": str(error)})
            return
        gc.freeze()
        _tell(self.control, {"advanced": None if changes is None else self.backend.version})


def main() -> None:
    """Load the graph, say so, and keep workers until the serving process is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    plan = Plan(**json.loads(sys.argv[2]))
    confinement.end_with_parent()
    confinement.deepen_stack()
    try:
        settings = replace(Settings.from_environment(), store=Path(plan.store), backend=plan.backend)
        # Of a graph elsewhere the service asks what it asks of the one in memory: its version, queries and views.
        backend = cast(EmbeddedBackend, open_graph(settings))
        jobs.prepare(backend)
    except LspGraphError as error:
        _tell(control, {"failed": str(error)})
        return
    if not plan.backend:
        confinement.cut_off_network()
    gc.freeze()  # so that no collection in a worker touches, and thereby copies, the keeper's pages
    _tell(control, {"ready": backend.version})
    try:
        Keeper(control, backend, plan).keep()
    except (BrokenPipeError, ConnectionResetError):
        return  # the serving process is gone; the system ends the workers with their parent


def _tell(control: socket.socket, event: dict[str, Any], channel: socket.socket | None = None) -> None:
    line = json.dumps(event).encode() + b"\n"
    if channel is None:
        control.sendall(line)
    else:
        socket.send_fds(control, [line], [channel.fileno()])


if __name__ == "__main__":
    main()
