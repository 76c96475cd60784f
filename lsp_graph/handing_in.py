"""
Hand records in from a program: to a service, or to a store in this machine.

    files + token  ->  POST /api/v1/records  ->  what they change, or every problem of every file
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getuser
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from lsp_graph.errors import InputError, LspGraphError, Problem, StoreUnavailable
from lsp_graph.intake import accept
from lsp_graph.intake_text import told_lines
from lsp_graph.store import StoreDirectory

_RECORDS: Final = "/api/v1/records"
_SECONDS: Final = 300
_INVALID: Final = 422
_UNAVAILABLE: Final = 503


class Refused(LspGraphError):
    """A service did not take records: no token that counts, or one that may not write this."""


@dataclass(frozen=True)
class Submitted:
    """What records change, or would change: `document` is the service's reply; `version` the one that they made."""

    document: dict[str, Any]

    @property
    def version(self) -> str | None:
        """The version that they made; None for a dry run, and where nothing is new."""
        version: str | None = self.document["version"]
        return version

    def __str__(self) -> str:
        return "\n".join(told_lines(self.document))


def by_store(store: Path, paths: Sequence[Path], *, submitter: str, dry_run: bool, world: str | None) -> Submitted:
    """Hand records in to a store in this machine. Raises as `intake.accept` does."""
    made, manifest = accept(StoreDirectory(store), paths, submitter or getuser(), world=world, dry_run=dry_run)
    version = None if manifest is None else manifest.version
    return Submitted({"dryRun": dry_run, "version": version, **made.as_json()})


def by_service(endpoint: str, paths: Sequence[Path], *, token: str, dry_run: bool, world: str | None) -> Submitted:
    """Hand records in to the service whose SPARQL endpoint this is.

    Raises `InputError` with the problems of all files, `Refused`, and `StoreUnavailable` where it cannot be asked.
    """
    asked = {"dry-run": str(dry_run).lower(), **({"world": world} if world else {})}
    address = f"{endpoint.removesuffix('/sparql')}{_RECORDS}?{urlencode(asked)}"
    if urlsplit(address).scheme not in ("http", "https"):
        raise InputError([Problem("where", None, repr(endpoint), "the address of a service, http://… or https://…")])
    boundary = f"lsp-graph-{os.urandom(16).hex()}"
    headers = {"authorization": f"Bearer {token}", "content-type": f"multipart/form-data; boundary={boundary}"}
    request = Request(address, _form(paths, boundary), headers, method="POST")  # noqa: S310  # checked above
    try:
        with urlopen(request, timeout=_SECONDS) as reply:  # noqa: S310
            return Submitted(json.loads(reply.read()))
    except HTTPError as error:
        raise _told(error) from error
    except (URLError, OSError, ValueError) as error:
        raise StoreUnavailable(f"{address}: cannot be asked ({error})") from error


def _told(error: HTTPError) -> LspGraphError:
    """The error that a reply tells of."""
    try:
        document = json.loads(error.read())
        if error.code == _INVALID:
            fields = Problem.__dataclass_fields__
            known = [{name: one.get(name) for name in fields} for one in document["problems"]]
            return InputError(Problem(**one) for one in known)
        said = f"{error.url}: {error.code} {document['detail']}"
    except (ValueError, KeyError, TypeError):
        said = f"{error.url}: {error.code} {error.reason}"
    return StoreUnavailable(said) if error.code == _UNAVAILABLE else Refused(said)


def _form(paths: Sequence[Path], boundary: str) -> bytes:
    """The files as a form (RFC 7578); a folder goes as a zip archive of its tables."""
    parts = []
    for path in paths:
        name, data = _packed(path) if path.is_dir() else (path.name, _bytes(path))
        quoted = name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
        said = f'Content-Disposition: form-data; name="file"; filename="{quoted}"'
        parts.append(f"--{boundary}\r\n{said}\r\n\r\n".encode() + data + b"\r\n")
    return b"".join((*parts, f"--{boundary}--\r\n".encode()))


def _packed(folder: Path) -> tuple[str, bytes]:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in sorted(folder.glob("*.csv")):
            archive.writestr(zipfile.ZipInfo(table.name), _bytes(table))  # without times: the same bytes each time
    return f"{folder.name}.zip", packed.getvalue()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError([Problem(str(path), None, f"cannot be read ({error.strerror})", "a readable file")]) from error
