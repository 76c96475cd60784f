"""
What a worker does for downloads of the whole graph.

    a version of the store  ->  lsp-graph.nq, .nq.gz, .trig.gz and their checksums

The quads of the published graphs lie in the store as they are; what is packed is made when it is first asked for, and
kept: the same bytes each time. What the default dataset leaves out is in no file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from pyoxigraph import NamedNode, RdfFormat, parse, serialize

from lsp_graph.errors import StoreUnavailable
from lsp_graph.serve import html, problems
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.prefixes import PREFIXES
from lsp_graph.serve.wire import Message
from lsp_graph.store import EmbeddedBackend, Manifest, StoreDirectory
from lsp_graph.store.content import left_out

PATH: Final = "/dumps/"
SUMS: Final = "SHA256SUMS"
FILES: Final = {
    "lsp-graph.nq": ("application/n-quads", None),
    "lsp-graph.nq.gz": ("application/n-quads", "application/gzip"),
    "lsp-graph.trig.gz": ("application/trig", "application/gzip"),
}
"""The files of a version: what each holds, and how it is packed."""

_QUADS: Final = "published.nq"
_JSON: Final = "application/json"
_CHUNK: Final = 2**20


@dataclass(frozen=True)
class Dump:
    """A file that can be downloaded: where it lies, what it holds and how it is packed, its size and checksum."""

    name: str
    path: str
    media_type: str
    packed: str | None
    size: int
    sha256: str


def published(manifest: Manifest) -> dict[str, int]:
    """The triples of each named graph that the files of a version hold."""
    return {iri: number for iri, number in manifest.graphs.items() if not left_out(NamedNode(iri))}


def listing(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The versions there are and their files, the newest first. Refused: 406."""
    head = request.head
    media_type = choose(head["accept"], (_JSON, html.MEDIA_TYPE))
    if media_type is None:
        said = f"{head['accept']!r} is not offered; there are {_JSON}, {html.MEDIA_TYPE}"
        raise problems.Refusal(problems.NOT_ACCEPTABLE.reply(said))
    versions = [
        _listed(manifest, head["base"]) for manifest in reversed(StoreDirectory(Path(head["store"])).versions())
    ]
    if media_type == _JSON:
        return _reply(json.dumps({"versions": versions}, indent=1).encode(), media_type)
    shown = html.page("dumps.html", head["base"], title="Downloads", versions=versions)
    return _reply(shown, f"{media_type}; charset=utf-8")


def located(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """Where a file of a version lies, as a `Dump` in JSON. Refused: 404 for a version or a file that there is not."""
    head = request.head
    store, version, name = Path(head["store"]), head["version"], head["name"]
    if not version.isascii() or not version.isdigit() or not (store / "versions" / version).is_dir():
        raise problems.Refusal(problems.NOT_FOUND.reply(f"{version!r} is no version there is; {PATH} lists them"))
    if name != SUMS and name not in FILES:
        offered = ", ".join((*FILES, SUMS))
        raise problems.Refusal(problems.NOT_FOUND.reply(f"{name!r} is no file of a version; there are {offered}"))
    found = dumps(store, Path(head["folder"]), StoreDirectory(store).manifest(version))
    return _reply(json.dumps(asdict(found[name])).encode(), _JSON)


def dumps(store: Path, folder: Path, manifest: Manifest) -> dict[str, Dump]:
    """All files of a version by their names, and the file of their checksums; in `folder` is what had to be made.

    Raises `StoreUnavailable` where a file cannot be read or written, or is damaged.
    """
    here = folder / f"{manifest.version}-{manifest.content[:12]}"  # of this content: a store may be made anew
    whole = store / "versions" / manifest.version / _QUADS
    quads = here / "lsp-graph.nq" if manifest.is_change else whole  # of a change there is no such file yet
    try:
        if not (here / SUMS).is_file():
            _make(store, here, manifest)
        text = (here / SUMS).read_bytes()
        sums = {name: sha256 for sha256, name in (line.split("  ") for line in text.decode().splitlines())}
        found = {}
        for name, (media_type, packed) in FILES.items():
            path = here / name if packed else quads
            found[name] = Dump(name, str(path.resolve()), media_type, packed, path.stat().st_size, sums[name])
    except OSError as error:
        raise StoreUnavailable(f"{error.filename or here}: cannot be used ({error.strerror})") from error
    sha256 = hashlib.sha256(text).hexdigest()
    found[SUMS] = Dump(SUMS, str((here / SUMS).resolve()), "text/plain; charset=utf-8", None, len(text), sha256)
    return found


def _make(store: Path, here: Path, manifest: Manifest) -> None:
    """Write the packed files and the checksums, and have them all appear at once."""
    here.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=here.parent, prefix=".making-", ignore_cleanup_errors=True) as making:
        part = Path(making) / here.name
        part.mkdir()
        quads = store / "versions" / manifest.version / _QUADS
        if manifest.is_change:
            quads = part / "lsp-graph.nq"
            quads.write_bytes(StoreDirectory(store).open(manifest.version).texts()[0])
        checksum = _digest(quads)
        if not manifest.is_change and checksum != manifest.files.get(_QUADS):
            raise StoreUnavailable(f"{quads}: damaged (checksum differs); restore a backup or build again")
        with quads.open("rb") as read, _packed(part / "lsp-graph.nq.gz") as out:
            shutil.copyfileobj(read, out, _CHUNK)
        with _packed(part / "lsp-graph.trig.gz") as out:
            serialize(parse(path=quads, format=RdfFormat.N_QUADS), out, format=RdfFormat.TRIG, prefixes=PREFIXES)
        sums = {name: _digest(part / name) if packed else checksum for name, (_, packed) in FILES.items()}
        (part / SUMS).write_text("".join(f"{sha256}  {name}\n" for name, sha256 in sums.items()), encoding="ascii")
        if not here.exists():
            part.rename(here)


@contextmanager
def _packed(path: Path) -> Iterator[IO[bytes]]:
    """A gzip file to write, without name and time in it: the same content gives the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        yield cast(IO[bytes], out)


def _digest(path: Path) -> str:
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _listed(manifest: Manifest, base: str) -> dict[str, Any]:
    files = {**{name: media_type for name, (media_type, _) in FILES.items()}, SUMS: "text/plain"}
    return {
        "version": manifest.version,
        "created": manifest.created,
        "triples": sum(published(manifest).values()),
        "files": [
            {"name": name, "url": f"{base}{PATH}{manifest.version}/{name}", "mediaType": media_type}
            for name, media_type in files.items()
        ],
    }


def _reply(body: bytes, content_type: str) -> Message:
    return Message({"status": 200, "headers": {"content-type": content_type, "vary": "Accept"}}, body)
