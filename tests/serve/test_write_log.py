"""Every attempt to write with a token is in the log before the client hears of it; no token ever is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lsp_graph.errors import StoreUnavailable
from lsp_graph.serve.write_log import MOST_LOGGED, Attempt, WriteLog

from .writable import FILLED, Writable, fresh, triple, writable

ATTEMPT = Attempt(
    "2030-01-01T00:00:00.000+00:00", "ann", "PUT", "/graphs?default", "written", 204, "2", ["default"], 1, 0
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    with writable(tmp_path_factory.mktemp("log")) as one:
        yield one


def noted(service: Writable, mark: str) -> list[dict[str, Any]]:
    """What the log says of attempts that have this mark in their text or address."""
    return [one for one in service.log() if mark in one["target"]]


def test_a_write_is_noted_with_what_it_changed(service: Writable) -> None:
    graph = fresh()
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ {triple(1)} {triple(2)} }} }}"
    reply = service.update(text)

    (line,) = noted(service, graph)
    assert line["target"] == text
    assert (line["token"], line["operation"], line["outcome"], line["status"]) == ("ann", "UPDATE", "written", 204)
    assert (line["graphs"], line["added"], line["removed"]) == ([graph], 2, 0)
    assert line["version"] == reply.headers["lsp-graph-version"]
    assert line["time"].endswith("+00:00")
    assert line["client"] == "127.0.0.1"


def test_what_changed_nothing_was_refused_or_failed_is_noted_too(service: Writable) -> None:
    unchanged, refused, outside, ended, endless = (fresh() for _ in range(5))
    service.update(f"CLEAR SILENT GRAPH <{unchanged}>")
    service.update(f"INSERT DATA {{ GRAPH <{refused}> {{ oh }} }}")
    service.update(f"INSERT DATA {{ GRAPH <{outside}> {{ {triple(1)} }} }}", "bob")
    service.update(f"INSERT DATA {{ GRAPH <{ended}> {{ {triple(1)} }} }}", "old")
    product = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(40))
    service.update(f"INSERT {{ ?a0 <{endless}> ?c9 }} USING <{FILLED}> WHERE {{ {product} }}")

    told = {
        mark: [(one["outcome"], one["token"], one["graphs"]) for one in noted(service, mark)]
        for mark in (unchanged, refused, outside, ended, endless)
    }
    assert told == {
        unchanged: [("unchanged", "ann", [])],
        refused: [("refused", "ann", None)],
        outside: [("refused", "bob", [outside])],
        ended: [],
        endless: [("failed", "ann", None)],
    }
    assert "line 1" in noted(service, refused)[0]["why"]
    assert [one for one in service.log() if (one["token"], one["status"]) == ("old", 401)]


def test_each_way_of_writing_a_graph_is_noted(service: Writable) -> None:
    graph = fresh()
    service.put(graph, triple(1))
    service.http.delete("/graphs", params={"graph": graph}, headers=service.as_("eve"))

    mark = graph.rpartition("/")[2]
    assert [(one["token"], one["operation"], one["added"], one["removed"]) for one in noted(service, mark)] == [
        ("ann", "PUT", 1, 0),
        ("eve", "DELETE", 0, 1),
    ]


def test_neither_tokens_nor_long_texts_are_noted(service: Writable) -> None:
    graph = fresh()
    service.update(f"# {graph} {'x' * 5000}\nCLEAR SILENT GRAPH <x:y>")
    service.http.post("/update", content="", headers={"authorization": "Bearer lspg_unknown"})

    (line,) = noted(service, graph)
    assert len(line["target"]) < MOST_LOGGED + 50
    text = (service.store / "writes.log").read_text(encoding="utf-8")
    assert not [token for token in service.tokens.values() if token in text]
    assert "lspg_" not in text


def test_the_log_is_read_with_an_admins_token_only(service: Writable) -> None:
    graph = fresh()
    service.put(graph, triple(1))
    replies = {name: service.http.get("/update/log", headers=service.as_(name)) for name in ("eve", "ann", "nobody")}

    assert {name: reply.status_code for name, reply in replies.items()} == {"eve": 200, "ann": 403, "nobody": 401}
    lines = [json.loads(line) for line in replies["eve"].text.splitlines()]
    assert lines == service.log()[: len(lines)]
    assert [one for one in lines if graph.rpartition("/")[2] in one["target"]]
    assert service.http.get("/update/log").status_code == 401


def test_lines_are_added_and_never_changed(tmp_path: Path) -> None:
    log = WriteLog(tmp_path)
    for number in range(3):
        before = log.path.read_bytes() if number else b""
        log.append(replace(ATTEMPT, version=str(number)))
        assert log.path.read_bytes().startswith(before)

    assert [json.loads(line)["version"] for line in log.latest().splitlines()] == ["0", "1", "2"]
    assert log.path.stat().st_mode & 0o077 == 0


def test_a_line_cut_off_by_a_crash_spoils_no_other(tmp_path: Path) -> None:
    log = WriteLog(tmp_path)
    log.append(ATTEMPT)
    with log.path.open("ab") as file:
        file.write(b'{"time": "2030')
    log.append(ATTEMPT)

    first, cut, last = log.latest().splitlines()
    assert first == last
    assert cut == b'{"time": "2030'


def test_what_would_break_a_line_stays_within_it(tmp_path: Path) -> None:
    log = WriteLog(tmp_path)
    log.append(replace(ATTEMPT, target="a\nb\u2028c\r\x1b[31m"))

    assert log.path.read_bytes().count(b"\n") == 1
    assert json.loads(log.latest())["target"] == "a\nb\u2028c\r\x1b[31m"


def test_of_a_long_log_the_last_whole_lines_are_read(tmp_path: Path) -> None:
    log = WriteLog(tmp_path)
    log.path.write_bytes(b'{"n": "x%s"}\n' % (b"y" * 2**20) + b'{"n": 1}\n')

    assert log.latest() == b'{"n": 1}\n'


def test_a_log_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"writes\.log"):
        WriteLog(tmp_path / "none").append(ATTEMPT)
