"""
`lsp-graph template` and `check`: a partnership's own record, made blank and looked over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from lsp_graph.errors import InputError, Problem
from lsp_graph.options import as_of_option, graph_options, world_option
from lsp_graph.settings import Settings

if TYPE_CHECKING:
    from lsp_graph.record import Submission
    from lsp_graph.record.template import Prefilled
    from lsp_graph.store.opening import Opened
    from lsp_graph.whatif import WhatIf

_GROUPS = {
    "new": "would be added",
    "turned": "would turn from breach to not recorded, or the other way",
    "fixed": "would be mended",
    "unchanged": "would stay",
}

_MARKS = {"new": "+", "turned": "~", "fixed": "-"}
"""The groups whose findings are told one by one."""


@click.command()
@graph_options
@world_option
@as_of_option
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--area", metavar="CODE|NAME", help="Fill in what the graph knows of this area's partnership.")
def template(settings: Settings, world: str | None, as_of: date, target: Path, area: str | None) -> None:
    """Make a blank record to be filled in: the workbook TARGET.xlsx, or CSV files in the new folder TARGET.

    With --area, what the graph knows of the partnership is filled in, with the source of each row, and the cells offer
    the bodies, areas and indicators that they may refer to.
    """
    from lsp_graph.record import read_format
    from lsp_graph.record.template import Prefilled, csv_files, workbook

    if target.suffix not in ("", ".xlsx"):
        right = "a name that ends with .xlsx, or the name of a folder for CSV files"
        raise InputError([Problem(str(target), None, f"a template of the kind {target.suffix}", right)])
    if target.exists():
        raise InputError([Problem(str(target), None, "it is there already", "a new name: nothing is overwritten")])
    form = read_format()
    filled = Prefilled() if area is None else _prefilled(settings, world, area, as_of)
    try:
        if target.suffix:
            target.write_bytes(workbook(form, filled))
        else:
            target.mkdir(parents=True)
            for name, text in csv_files(form, filled).items():
                (target / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem(str(target), None, f"{error.strerror}", "a place that can be written")]) from error
    rows = sum(map(len, filled.rows.values()))
    click.echo(f"{target}: {len(form.tables)} tables, {rows} rows filled in")


def _prefilled(settings: Settings, world: str | None, area: str, as_of: date) -> Prefilled:
    from lsp_graph import areas
    from lsp_graph.record import read_format
    from lsp_graph.record.recalled import choices_of_area, key_of_area, recalled
    from lsp_graph.record.template import Prefilled

    graph = _open(settings, world)
    place = areas.resolve(graph, area, as_of)
    rows = recalled(graph, key_of_area(graph, place), read_format())
    return Prefilled(rows, choices_of_area(graph, place))


@click.command()
@graph_options
@world_option
@as_of_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--submitter",
    default="",
    metavar="NAME",
    help="Whose record it is: it takes the place of the earlier one of the same submitter.",
)
@click.option("--no-audit", is_flag=True, help="Only whether it can be read.")
@click.option(
    "--fail-on",
    type=click.Choice(["law", "guidance", "practice", "never"]),
    default="law",
    show_default=True,
    help="From which level on a breach that the record would add makes the exit status 1.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(
    settings: Settings,
    world: str | None,
    as_of: date,
    files: tuple[Path, ...],
    submitter: str,
    no_audit: bool,
    fail_on: Literal["law", "guidance", "practice", "never"],
    form: str,
) -> int:
    """Check records: FILES are workbooks (.xlsx, .ods), folders or .zip files of CSV, or RDF (.ttl, .trig, .jsonld).

    Tells every problem at once, with its place and what would be right. Of a record that can be read it tells what the
    audit would find if it were accepted: what it would add, mend and leave. Nothing is written.

    Exit status: 0 it can be read and adds no breach, 1 it adds one at or above --fail-on, 2 it cannot be read.
    """
    from lsp_graph.record import known_things, read_submission

    graph = _open(settings, world)
    known = known_things(graph)
    problems: list[Problem] = []
    read: list[tuple[Path, Submission]] = []
    for file in files:
        try:
            read.append((file, read_submission(file, known)))
        except InputError as error:
            problems += error.problems
    if problems:
        if form == "json":
            click.echo(json.dumps({"problems": [_as_json(one) for one in InputError(problems).problems]}, indent=2))
        raise InputError(problems)
    told = [
        (file, record, None if no_audit else _judged(graph, record, submitter, world, as_of)) for file, record in read
    ]
    if form == "json":
        click.echo(json.dumps({"records": [_told(*one) for one in told]}, indent=2, ensure_ascii=False))
    else:
        for one in told:
            for line in _lines(*one):
                click.echo(line)
    if fail_on == "never":
        return 0
    return int(any(verdict is not None and verdict.adds(fail_on) for _, _, verdict in told))


def _judged(graph: Opened, record: Submission, submitter: str, world: str | None, as_of: date) -> WhatIf:
    from lsp_graph.errors import StoreUnavailable
    from lsp_graph.record.accepting import change_by, origin_of
    from lsp_graph.store import EmbeddedBackend
    from lsp_graph.whatif import what_if

    if not isinstance(graph, EmbeddedBackend):
        raise StoreUnavailable(
            "what a record would change is told of the embedded store; leave --backend away, or give --no-audit"
        )
    trial = EmbeddedBackend(*graph.texts(), graph.version)
    change = change_by(trial, record, origin_of(record, submitter, world), world)
    return what_if(trial, change, record.areas, as_of)


def _lines(file: Path, record: Submission, verdict: WhatIf | None) -> Iterator[str]:
    yield f"{file}: the record of {record.title} ({record.key}) can be read: {record.size}."
    if verdict is None:
        return
    if verdict.comparison is None:
        yield f"On {verdict.as_of.isoformat()} none of its areas had a council: there is nothing to audit."
        return
    yield f"If it were accepted, the audit as of {verdict.as_of.isoformat()} would say:"
    for area in (*verdict.areas, None):
        groups = {group: verdict.of_area(area, group) for group in _GROUPS}
        if area is None and not any(groups.values()):
            continue
        counts = ", ".join(f"{len(found)} {_GROUPS[group]}" for group, found in groups.items() if found)
        where = "Elsewhere" if area is None else f"{area.label} ({area.code})"
        yield f"{where}: {counts or 'no finding, before or after'}"
        for group in _MARKS:
            for finding in groups[group]:
                what = "not recorded" if finding.outcome == "not-recorded" else finding.level
                yield f"  {_MARKS[group]} {finding.rule} {what}: {finding.focus.label}: {finding.message}"
                fix = verdict.fixes.get(finding.id)
                if group == "new" and fix:
                    yield f"      to mend it: {fix}"


def _told(file: Path, record: Submission, verdict: WhatIf | None) -> dict[str, Any]:
    return {
        "file": str(file),
        "key": record.key,
        "title": record.title,
        "checksum": record.checksum,
        "verdict": None if verdict is None else verdict.as_json(),
    }


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "sheet": problem.sheet,
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "expected": problem.expected,
    }


def _open(settings: Settings, world: str | None) -> Opened:
    """The graph, opened as every command does it: the way is the root command's."""
    opened: Opened = click.get_current_context().find_root().obj(settings, world)
    return opened
