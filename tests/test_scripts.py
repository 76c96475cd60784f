"""The scripts of the pages are bundled by the packaging itself, from libraries that a lock file pins."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = Path("lsp_graph/serve/static")
BUILT = STATIC / "built"
UNREACHABLE = {
    "npm_config_registry": "http://127.0.0.1:9/",
    "npm_config_fetch_retries": "0",
    "npm_config_offline": "false",
}


def build(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the build step says for a copy of the project."""
    return subprocess.run(
        [sys.executable, "hatch_build.py"],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(root: Path, to: Path) -> Path:
    """A copy of what the build step reads and has made, without what it has fetched."""
    shutil.copy(root / "hatch_build.py", to)
    shutil.copytree(root / "web", to / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(root / STATIC, to / STATIC)
    return to


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the scripts have just been bundled from the libraries of this checkout."""
    if not (WEB / "node_modules").is_dir():
        shutil.rmtree(ROOT / BUILT, ignore_errors=True)
        assert build(ROOT).returncode == 0
    root = copied(ROOT, tmp_path_factory.mktemp("scripts"))
    shutil.rmtree(root / BUILT, ignore_errors=True)
    (root / "web" / "node_modules").symlink_to(WEB / "node_modules")
    ended = build(root, **UNREACHABLE)
    assert ended.returncode == 0, ended.stderr
    return root


@pytest.fixture(scope="module")
def built(root: Path) -> Path:
    return root / BUILT


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of that one, to be changed, in which whoever wants to bundle must fetch."""
    return copied(root, tmp_path)


def test_each_script_is_bundled_under_a_name_that_changes_with_it(built: Path) -> None:
    files = json.loads((built / "manifest.json").read_text(encoding="utf-8"))

    assert {name for name in files if name.endswith(".js")} == {path.name for path in (WEB / "src").glob("*.js")}
    assert all((built / file).stat().st_size for file in files.values())
    assert all(re.fullmatch(r"\w+-[A-Z0-9]{8}\.(js|css)", file) for file in files.values())


def test_nothing_in_the_scripts_is_loaded_from_elsewhere(built: Path) -> None:
    for sheet in built.glob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8"))
    for script in built.glob("*.js"):
        assert not re.search(
            r"\bfrom\s*[\"'](https?:)?//|import\([\"'](https?:)?//", script.read_text(encoding="utf-8")
        )


def test_the_licence_of_each_library_goes_along(built: Path) -> None:
    licences = (built / "LICENCES.txt").read_text(encoding="utf-8")
    packages = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    shipped = [f"{path.rpartition('node_modules/')[2]} {one['version']} (" for path, one in packages.items() if path]
    dev = {
        f"{path.rpartition('node_modules/')[2]} {one['version']} (" for path, one in packages.items() if one.get("dev")
    }

    assert [title for title in shipped if title not in dev and title not in licences] == []


def test_scripts_are_bundled_again_only_when_their_sources_change(copy: Path) -> None:
    (copy / BUILT / "mark").touch()

    assert build(copy, **UNREACHABLE).returncode == 0
    assert (copy / BUILT / "mark").exists()

    (copy / "web" / "src" / "another.js").write_text("document.title;\n", encoding="utf-8")
    assert build(copy, **UNREACHABLE).returncode == 1


def test_where_npm_reaches_no_registry_the_failure_says_what_to_do(copy: Path) -> None:
    shutil.rmtree(copy / BUILT)

    ended = build(copy, **UNREACHABLE)

    assert ended.returncode == 1
    assert "cannot be fetched with npm" in ended.stderr
    assert "ECONNREFUSED" in ended.stderr
    assert "LSP_GRAPH_SCRIPTS=none" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_scripts_none_are_fetched_and_none_are_left(copy: Path) -> None:
    ended = build(copy, LSP_GRAPH_SCRIPTS="none", **UNREACHABLE)

    assert ended.returncode == 0
    assert not (copy / BUILT).exists()


def test_every_library_is_pinned_with_its_integrity_and_no_place_to_get_it_from() -> None:
    packages = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [path for path, one in packages.items() if path and not one.get("integrity", "").startswith("sha512-")] == []
    assert [path for path, one in packages.items() if "resolved" in one] == []
