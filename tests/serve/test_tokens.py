"""Tokens: made by a command, kept as hashes, and refused from the moment they are taken back."""

from __future__ import annotations

import json
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lsp_graph.errors import InputError, StoreUnavailable, UnknownName
from lsp_graph.serve.gate import Ended, Gate
from lsp_graph.serve.problems import Refusal
from lsp_graph.serve.tokens import FILE, TokenFile
from lsp_graph.settings import Settings
from lsp_graph.store import StoreDirectory

from .conftest import running
from .writable import ENVIRONMENT, Writable, fresh, triple, writable

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    with writable(tmp_path_factory.mktemp("tokens")) as one:
        yield one


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path)


def admitted(gate: Gate, token: str) -> str:
    return gate.admit(f"Bearer {token}").name


def test_a_token_is_kept_as_a_hash_that_others_may_not_read(file: TokenFile) -> None:
    token = file.issue("ann", "write", ["https://example.org/b", "default"], date(2030, 1, 2))

    assert re.fullmatch(r"lspg_[\w-]{43}", token)
    assert token not in file.path.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    (kept,) = file.read()
    assert (kept.name, kept.scope, kept.until) == ("ann", "write", "2030-01-02")
    assert kept.graphs == ("default", "https://example.org/b")
    assert kept.created
    assert kept.revoked is None


def test_two_tokens_are_never_the_same_and_names_are_taken_once(file: TokenFile) -> None:
    first = file.issue("ann", "write", [], None)

    assert file.issue("bob", "write", [], None) != first
    file.revoke("ann")
    with pytest.raises(InputError, match="'ann' is taken"):
        file.issue("ann", "write", [], None)


def test_all_that_is_wrong_with_a_new_token_is_told_at_once(file: TokenFile) -> None:
    with pytest.raises(InputError) as caught:
        file.issue("no name", "admin", ["x y", "default"], None)

    assert len(caught.value.problems) == 3
    with pytest.raises(InputError, match="taken"):
        file.issue("environment", "write", [], None)
    assert not file.path.exists()


def test_who_is_not_known_cannot_be_revoked(file: TokenFile) -> None:
    file.issue("ann", "write", [], None)

    with pytest.raises(UnknownName, match="nearest: ann"):
        file.revoke("anne")


def test_a_damaged_file_lets_nobody_in(file: TokenFile) -> None:
    file.path.write_text('[{"name": "ann"}]', encoding="utf-8")

    with pytest.raises(StoreUnavailable, match="damaged"):
        Gate(file.path.parent, "").admit("Bearer x")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer lspg_wrong", "bearer  é"])
def test_only_a_token_that_is_known_opens(file: TokenFile, header: str | None) -> None:
    file.issue("ann", "write", [], None)

    with pytest.raises(Refusal) as caught:
        Gate(file.path.parent, "").admit(header)
    assert caught.value.reply.head["status"] == 401
    assert caught.value.reply.head["headers"]["www-authenticate"].startswith("Bearer ")


def test_a_token_opens_until_its_last_day_and_no_longer(file: TokenFile) -> None:
    token = file.issue("ann", "write", [], date(2030, 1, 2))

    assert admitted(Gate(file.path.parent, "", lambda: date(2030, 1, 2)), token) == "ann"
    with pytest.raises(Ended, match="2030-01-02"):
        admitted(Gate(file.path.parent, "", lambda: date(2030, 1, 3)), token)


def test_what_changes_in_the_file_counts_at_once(file: TokenFile) -> None:
    gate = Gate(file.path.parent, "")
    ann = file.issue("ann", "write", [], None)
    assert admitted(gate, ann) == "ann"
    bob = file.issue("bob", "write", [], None)
    assert admitted(gate, bob) == "bob"
    file.revoke("ann")

    with pytest.raises(Ended, match="revoked"):
        admitted(gate, ann)
    assert admitted(gate, bob) == "bob"


def test_without_any_token_writing_is_off(small: Settings, tmp_path: Path, store: Path) -> None:
    assert not (store / FILE).exists()
    with running(small) as server:
        for headers in ({}, {"authorization": "Bearer lspg_guess"}):
            reply = server.http.post("/update", data={"update": "CLEAR ALL"}, headers=headers)
            assert reply.status_code == 403
            assert "writing is off" in reply.json()["detail"]


@pytest.mark.parametrize("name", ["nobody", "old"])
def test_a_token_that_does_not_count_is_told_so(service: Writable, name: str) -> None:
    reply = service.update("CLEAR ALL", name)

    assert reply.status_code == 401
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]


def test_without_a_token_a_write_is_challenged(service: Writable) -> None:
    for method, path in (("POST", "/update"), ("PUT", "/graphs?default"), ("DELETE", "/graphs/a"), ("POST", "/graphs")):
        reply = service.http.request(method, path, content="CLEAR ALL")
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, 'Bearer realm="LSP Graph"')


def test_a_token_revoked_while_the_service_runs_is_refused_from_then_on(service: Writable) -> None:
    file, text = TokenFile(service.store), f"INSERT DATA {{ GRAPH <{fresh()}> {{ {triple(1)} }} }}"
    service.tokens["mel"] = file.issue("mel", "write", [], None)
    before = service.update(text, "mel").status_code
    file.revoke("mel")

    assert (before, service.update(text, "mel").status_code) == (204, 401)


def test_the_token_of_the_environment_writes_everywhere(service: Writable) -> None:
    assert service.put(fresh(), triple(1), "environment").status_code == 201


def test_a_short_token_in_the_environment_is_refused_without_being_shown() -> None:
    with pytest.raises(InputError, match="at least 32") as caught:
        Settings.from_environment({"LSP_GRAPH_WRITE_TOKEN": "hunter2-is-short"})

    assert "hunter2" not in str(caught.value)
    settings = Settings.from_environment({"LSP_GRAPH_WRITE_TOKEN": ENVIRONMENT})
    assert settings.write_token == ENVIRONMENT
    assert ENVIRONMENT not in repr(settings)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lsp_graph", *shlex.split(command)[1:]],
        capture_output=True,
        text=True,
        check=False,
        env={"LSP_GRAPH_STORE": str(folder)},
    )


def test_the_commands_of_the_readme_make_list_and_revoke_a_token(tmp_path: Path) -> None:
    commands = re.findall(r"^\$ (lsp-graph token .*?)(?:  #.*)?$", README, re.MULTILINE)
    StoreDirectory(tmp_path).begin_empty()

    done = [run(command, tmp_path) for command in commands]

    assert {command.split()[2] for command in commands} == {"new", "list", "revoke"}
    assert [one.returncode for one in done] == [0] * len(done), [one.stderr for one in done]
    kept = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert any(one["revoked"] for one in kept)
    listed = run("lsp-graph token list", tmp_path).stdout
    assert all(one["name"] in listed and one["sha256"] not in listed for one in kept)


def test_a_command_for_a_token_without_a_store_ends_with_3(tmp_path: Path) -> None:
    assert run("lsp-graph token new ann", tmp_path / "none").returncode == 3
    assert not (tmp_path / "none").exists()
