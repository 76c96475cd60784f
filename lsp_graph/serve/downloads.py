"""
What the dataset is, and the whole of it to download.

    /void /.well-known/void  ->  its description        /dumps/  ->  its versions and files

A worker says where a file lies; from there it is sent in pieces, and in part where a client asks for a range.
"""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64encode
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import FileResponse

from lsp_graph.serve import dumping
from lsp_graph.serve.addresses import FORMATS
from lsp_graph.serve.api import PROBLEM
from lsp_graph.serve.cache import CACHE_CONTROL, unchanged
from lsp_graph.serve.linked_data import answered, base_of
from lsp_graph.serve.wire import Message
from lsp_graph.serve.workers import Pool

FOLDER: Final = "dumps"
"""The folder of the store where packed files are kept."""

_MAKING_SECONDS: Final = 900.0
"""How long files may take to be packed: no stranger's query, and done once for each version."""

_NOT_MODIFIED: Final = 304
_RDF: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {media_type: {} for media_type in FORMATS.values()}}}
_LISTING: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {}, "text/html": {}}}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "the file; `Repr-Digest` and `ETag` hold its SHA-256",
        "content": {media_type: {} for files in dumping.FILES.values() for media_type in files if media_type},
    }
}
Version = Annotated[str, Path(description="the number of a version", examples=["1"])]
Name = Annotated[str, Path(description="the name of a file", examples=list(dumping.FILES))]


class Downloads:
    """The files of the versions; packed ones are kept in the store, or beside it where it cannot be written."""

    def __init__(self, pool: Pool, public_base: str) -> None:
        self.pool, self.public_base = pool, public_base
        self._one_at_a_time = asyncio.Lock()
        self._elsewhere: TemporaryDirectory[str] | None = None

    async def answer(self, request: Request, head: dict[str, Any]) -> Response:
        """A worker's reply that tells of files."""
        return await answered(self.pool, request, self._completed(request, head))

    async def located(self, request: Request, head: dict[str, Any]) -> Message:
        """Where a file lies. Files are packed one version at a time; it goes on when a client has gone."""
        asked = {**self._completed(request, head), "accept": request.headers.get("accept")}
        async with self._one_at_a_time:
            return await self.pool.ask(Message(asked), _MAKING_SECONDS)

    def _completed(self, request: Request, head: dict[str, Any]) -> dict[str, Any]:
        base = base_of(request, self.public_base)
        return {**head, "store": self.pool.plan.store, "folder": self._folder(), "base": base}

    def _folder(self) -> str:
        store = FilePath(self.pool.plan.store)
        if os.access(store, os.W_OK):
            return str(store / FOLDER)
        self._elsewhere = self._elsewhere or TemporaryDirectory(prefix="lsp-graph-dumps-")
        return self._elsewhere.name


def router(pool: Pool, public_base: str) -> APIRouter:
    """The routes of the description and the files over a pool of workers."""
    routes = APIRouter(responses=PROBLEM, tags=["linked data"])
    downloads = Downloads(pool, public_base)

    @routes.get("/void", responses=_RDF, response_class=Response)
    @routes.get("/void.{suffix}", responses=_RDF, response_class=Response, include_in_schema=False)
    @routes.get("/.well-known/void", responses=_RDF, response_class=Response)
    async def void(request: Request, suffix: str | None = None) -> Response:
        """What the dataset is: its size, parts, sources, licences, endpoint and files, as VoID and DCAT."""
        # The files are made first, with all the time they need: their sizes and checksums are part of the description.
        await downloads.located(request, {"kind": "dump", "version": pool.version, "name": dumping.SUMS})
        return await downloads.answer(request, {"kind": "void", "suffix": suffix})

    @routes.get(dumping.PATH, response_class=Response, responses=_LISTING)
    async def listing(request: Request) -> Response:
        """The versions there are, and the files of each."""
        return await downloads.answer(request, {"kind": "dumps"})

    @routes.get(f"{dumping.PATH}{{version}}/{{name}}", responses=_FILE, response_class=Response)
    async def file(request: Request, version: Version, name: Name) -> Response:
        """The whole graph of a version, with the source of each statement as its named graph; or the checksums."""
        reply = await downloads.located(request, {"kind": "dump", "version": version, "name": name})
        if reply.head["status"] != 200:
            return Response(reply.body, reply.head["status"], reply.head["headers"])
        found = dumping.Dump(**json.loads(reply.body))
        headers = {
            "etag": f'"{found.sha256}"',
            "repr-digest": f"sha-256=:{b64encode(bytes.fromhex(found.sha256)).decode()}:",
            "cache-control": CACHE_CONTROL,
            "lsp-graph-version": version,
        }
        if unchanged(headers, request.headers.get("if-none-match")):
            return Response(status_code=_NOT_MODIFIED, headers=headers)
        media_type = found.packed or found.media_type
        stem, dot, ending = found.name.partition(".")
        return FileResponse(found.path, 200, headers, media_type, filename=f"{stem}-{version}{dot}{ending}")

    return routes
