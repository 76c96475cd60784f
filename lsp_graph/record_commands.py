"""
`lsp-graph template` and `check`: a partnership's own record, made blank and looked over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from lsp_graph.errors import InputError, Problem, StoreUnavailable
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
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--submitter", metavar="NAME", help="Who would hand them in. [default: the user of the system]")
@click.option("--no-audit", is_flag=True, help="Only whether they can be read.")
@click.option(
    "--fail-on",
    type=click.Choice(["law", "guidance", "practice", "never"]),
    default="law",
    show_default=True,
    help="From which level on a breach that would be added makes the exit status 1.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(
    settings: Settings,
    world: str | None,
    as_of: date,
    files: tuple[Path, ...],
    submitter: str | None,
    no_audit: bool,
    fail_on: Literal["law", "guidance", "practice", "never"],
    form: str,
) -> int:
    """Check records: workbooks (.xlsx, .ods), folders or .zip files of CSV, or RDF (.ttl, .trig, .jsonld, .nt, .nq).

    Tells every problem at once, with its place and what would be right. Of records that can be read it tells what the
    audit would find if they were taken in: what they would add, mend and leave. Nothing is written.

    Exit status: 0 they can be read and add no breach, 1 they add one at or above --fail-on, 2 one cannot be read.
    """
    from lsp_graph.intake.accept import read_all
    from lsp_graph.record import known_things

    graph = _open(settings, world)
    known = known_things(graph)
    try:
        records = read_all(files, known)
    except InputError as error:
        if form == "json":
            click.echo(json.dumps({"problems": [asdict(problem) for problem in error.problems]}, indent=2))
        raise
    verdict = None if no_audit else _judged(settings, graph, records, submitter or getuser(), world, as_of)
    if form == "json":
        told = {"records": [_told(record) for record in records]}
        judged = {} if verdict is None else {"verdict": verdict.as_json()}
        click.echo(json.dumps(told | judged, indent=2, ensure_ascii=False))
    else:
        for record in records:
            click.echo(f"{record.name}: the record of {record.title} ({record.key}) can be read: {record.size}.")
        if verdict is not None:
            click.echo("\n".join(_lines(verdict)))
    return int(fail_on != "never" and verdict is not None and verdict.adds(fail_on))


def _judged(
    settings: Settings,
    graph: Opened,
    records: Sequence[Submission],
    submitter: str,
    world: str | None,
    as_of: date,
) -> WhatIf:
    """What the audit would say of the graph with these records in it."""
    from lsp_graph.intake.accept import now
    from lsp_graph.intake.plan import plan
    from lsp_graph.store import EmbeddedBackend, open_store
    from lsp_graph.whatif import what_if

    if not isinstance(graph, EmbeddedBackend):
        told = "what a record would change is told of the embedded store"
        raise StoreUnavailable(f"{told}; leave --backend away, or give --no-audit")
    stored = graph if world is None else open_store(settings.store)
    made = plan(stored, records, submitter, now(), world=world)
    asked = stored if world is None else stored.world(world)
    return what_if(asked, made.change, [area for record in records for area in record.areas], as_of)


def _lines(verdict: WhatIf) -> Iterator[str]:
    if verdict.comparison is None:
        yield f"On {verdict.as_of.isoformat()} none of the areas had a council: there is nothing to audit."
        return
    yield f"If it were taken in, the audit as of {verdict.as_of.isoformat()} would say:"
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


def _told(record: Submission) -> dict[str, Any]:
    return {"file": record.name, "key": record.key, "title": record.title, "sha256": record.checksum}


def _open(settings: Settings, world: str | None) -> Opened:
    """The graph, opened as every command does it: the way is the root command's."""
    opened: Opened = click.get_current_context().find_root().obj(settings, world)
    return opened
