"""
The `lsp-graph` command: one thin function per command.

Exit status: 0 done and conforming, 1 findings at or above `--fail-on`, 2 misuse or unreadable input, 3 store or backend
unavailable. Errors go to stderr, one line each. What a command needs is imported inside it, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from lsp_graph import __version__
from lsp_graph.boundaries_commands import ingest
from lsp_graph.errors import MISUSE, InputError, LspGraphError, Problem, StoreUnavailable
from lsp_graph.finding_commands import export, network, search, who
from lsp_graph.options import IsoDate, as_of_option, graph_options, store_option, world_option
from lsp_graph.record_commands import check, template
from lsp_graph.settings import DEFAULT_AS_OF, Settings
from lsp_graph.token_commands import token

if TYPE_CHECKING:
    from lsp_graph.store.opening import Opened


def main() -> NoReturn:
    """Run the command and exit with its status."""
    try:
        status = commands(standalone_mode=False)
    except LspGraphError as error:
        click.echo(str(error), err=True)
        status = error.exit_code
    except click.exceptions.Abort:
        status = MISUSE
    except click.ClickException as error:
        where = f" (see {error.ctx.command_path} --help)" if isinstance(error, click.UsageError) and error.ctx else ""
        click.echo(f"{error.format_message()}{where}", err=True)
        status = MISUSE
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong, and nothing can be told any more.
        sys.stderr.close()
        status = 0
    sys.exit(status if isinstance(status, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="lsp-graph")
@click.pass_context
def commands(context: click.Context) -> None:
    """Who is accountable for what in England's Local Strategic Partnerships, to whom, on what basis, who says so."""
    context.obj = _open


for _command in (token, who, search, network, export, ingest, template, check):
    commands.add_command(_command)


@commands.command()
@store_option
def build(store: Path | None) -> None:
    """Build the graph from its sources: a new version of the store."""
    directory = store or Settings.from_environment().store
    _build(directory)


@commands.command()
@graph_options
@click.option("--host", help="The address to listen on. [default: LSP_GRAPH_HOST, else 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port. [default: LSP_GRAPH_PORT, else 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="How many queries run at once. [default: 10]")
@click.option("--timeout", type=click.FloatRange(0.1), help="Seconds that a query may take. [default: 30]")
@click.option("--max-rows", type=click.IntRange(1), help="Rows that an answer may have. [default: 100000]")
@click.option("--empty", is_flag=True, help="Begin with a store that has nothing in it, to be written to.")
def serve(settings: Settings, empty: bool, **given: Any) -> None:
    """Serve the graph over HTTP: SPARQL, the API and its documentation."""
    from lsp_graph.serve import run
    from lsp_graph.store import StoreDirectory

    if empty:
        StoreDirectory(settings.store).begin_empty()
    else:
        _ensure(settings)
    run(replace(settings, **{name: value for name, value in given.items() if value is not None}))


@commands.command()
@graph_options
@world_option
@as_of_option
@click.option("--area", "areas", multiple=True, metavar="CODE", help="Only this area (repeatable).")
@click.option("--rule", "rules", multiple=True, metavar="CODE", help="Only this rule (repeatable).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "turtle", "json", "csv", "html", "junit"]),
    default="table",
    show_default=True,
    help="The form of the report.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(["law", "guidance", "practice", "never"]),
    default="law",
    show_default=True,
    help="From which level on a finding makes the exit status 1.",
)
@click.option("--since", metavar="AUDIT", help="Tell what changed since this earlier audit (its number, or `latest`).")
@click.option(
    "--changed-since",
    metavar="VERSION",
    help="Test again only what the change since this version of the store can affect; the report is the same.",
)
@click.option(
    "--waivers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Findings that do not count, with reason, who and until when. [default: waivers.csv in the store]",
)
def audit(
    settings: Settings,
    world: str | None,
    as_of: date,
    areas: tuple[str, ...],
    rules: tuple[str, ...],
    form: str,
    output: Path | None,
    fail_on: Literal["law", "guidance", "practice", "never"],
    since: str | None,
    changed_since: str | None,
    waivers: Path | None,
) -> int:
    """Check the graph against the rulebook. Each audit is kept in the store, so that later ones can be compared."""
    from lsp_graph import audit as auditing
    from lsp_graph import reading
    from lsp_graph.store import EmbeddedBackend

    ledger = settings.store / auditing.FOLDER / (world or "")
    _ensure(settings)
    earlier = auditing.load(ledger, since) if since else None
    granted = auditing.waivers_of(settings.store, waivers)
    with reading.progress(5) as step:
        step("open the store")
        backend = _open(settings, world)
        step("audit")
        if changed_since is None:
            report = auditing.audit(backend, as_of=as_of, areas=areas, rules=rules)
        elif areas or world or not isinstance(backend, EmbeddedBackend):
            without = "leave out --area, --world and --backend"
            raise click.UsageError(f"--changed-since audits all areas of a store: {without}")
        else:
            report = auditing.audit_since(
                settings.store,
                changed_since,
                backend,
                as_of=as_of,
                rules=rules,
                tell=lambda text: click.echo(text, err=True),
            )
        report = replace(report, world=world)
        waived = auditing.apply(granted, report, date.today())
        step(f"explain {len(report.findings):,} findings")
        explained = auditing.explain(backend, report)
        step("keep")
        full = auditing.full_report(report, explained=explained, waived=waived)
        try:
            kept = auditing.keep(ledger, full, areas=areas)
            if not (areas or world) and isinstance(backend, EmbeddedBackend):
                auditing.note_basis(settings.store, kept.id, report)
        except StoreUnavailable as error:
            click.echo(f"{error}; this audit is told but not kept", err=True)
            kept = auditing.read_kept(auditing.unkept(full, areas=areas))
        changes = auditing.compare(earlier, kept) if earlier else None
        step("write")
        text = auditing.render(report, form, explained=explained, waived=waived, since=changes)
    _write(text, output)
    return auditing.exit_code(report, fail_on, waived)


@commands.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--shapes", multiple=True, required=True, type=click.Path(path_type=Path), help="Shapes (repeatable).")
@click.option("--format", "form", type=click.Choice(["turtle", "table", "json"]), default="turtle", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
def validate(data: tuple[Path, ...], shapes: tuple[Path, ...], form: str, output: Path | None) -> int:
    """Validate the RDF files DATA, as one graph, against SHACL shapes (Core and SPARQL).

    Exit status: 0 the data conforms, 1 there are results, 2 a file or a shape cannot be used.
    """
    from lsp_graph.shacl.examine import examine
    from lsp_graph.shacl.forms import render

    found = examine(data, shapes)
    for note in found.notes:
        click.echo(note, err=True)
    _write(render(found, form), output)
    return 0 if found.conforms else 1


@commands.command()
@store_option
@click.argument("before", metavar="V1")
@click.argument("after", metavar="V2")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="The form.",
)
def diff(store: Path | None, before: str, after: str, form: str) -> None:
    """Compare the newest audits of two versions of the store: what is new, fixed, unchanged."""
    from lsp_graph import audit as auditing

    ledger = (store or Settings.from_environment().store) / auditing.FOLDER
    found = [auditing.of_version(ledger, version) for version in (before, after)]
    _write(auditing.render_comparison(auditing.compare(*found), form), None)


@commands.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@graph_options
@world_option
@as_of_option
@click.argument("name")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "tsv", "records"]),
    default="table",
    show_default=True,
    help="A table, SPARQL results (json, csv, tsv) or JSON records.",
)
@click.pass_context
def ask(context: click.Context, settings: Settings, world: str | None, as_of: date, name: str, form: str) -> None:
    """Ask the question NAME of the library; its parameters are options: `ask Q03 --area E09000028`."""
    from lsp_graph import answers, questions, reading

    question = questions.find(name)
    arguments = _arguments(context.args)
    answer = questions.ask(_open(settings, world), question, arguments, as_of)
    if form == "table":
        reading.show(answer, reading.console())
    elif form == "records":
        click.echo(reading.as_json(answers.document(answer), world))
    else:
        click.echo(answers.sparql_results(answer, form).decode().rstrip("\r\n"))
        for line in reading.caveats(answer):
            click.echo(line, err=True)


@commands.command()
def questions() -> None:
    """List the questions of the library."""
    from lsp_graph import questions as library
    from lsp_graph import reading

    reading.list_questions(library.library().values(), reading.console())


@commands.command()
@graph_options
@world_option
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--as-of", type=IsoDate(), help="The day that is asked about. [default: all periods]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "xml", "csv", "tsv", "turtle", "nt", "rdf"]),
    help="The form of the answer. [default: a table, or Turtle for triples]",
)
def sparql(settings: Settings, world: str | None, file: Any, as_of: date | None, form: str | None) -> None:
    """Run the SPARQL query in FILE (- for standard input)."""
    from lsp_graph import reading

    try:
        text = file.read()
    except UnicodeDecodeError as error:
        raise InputError([Problem(file.name, None, f"byte {error.start} is not UTF-8", "UTF-8 text")]) from error
    reading.print_answer(_open(settings, world).query(text, as_of=as_of), form, reading.console())


@commands.command()
@store_option
@click.argument("address")
@click.option(
    "--as-of", "days", type=IsoDate(), multiple=True, help="A day to publish (repeatable). [default: 2008-06-30]"
)
def publish(store: Path | None, address: str, days: tuple[date, ...]) -> None:
    """Write the graph to the store whose Graph Store Protocol is at ADDRESS, for `--backend` to ask there.

    All periods are written, and what was valid on each day. Readers find the version before until it is whole.
    """
    from lsp_graph import reading
    from lsp_graph.store.opening import publish_graph

    settings = replace(Settings.from_environment(), backend="")
    settings = settings if store is None else replace(settings, store=store)
    _ensure(settings)
    with reading.progress(len(days) + 4) as step:
        made = publish_graph(settings, address, days or (DEFAULT_AS_OF,), step)
    click.echo(f"{address}: version {made.version} is published, of {reading.days(made.views)}")


def _open(settings: Settings, world: str | None = None) -> Opened:
    """The graph, or one of its worlds; the store is built first when there is none."""
    from lsp_graph.store import open_graph, open_store

    if world and settings.backend:
        raise click.UsageError("--world asks the store: leave out --backend and LSP_GRAPH_BACKEND")
    _ensure(settings)
    return open_store(settings.store).world(world) if world else open_graph(settings)


def _ensure(settings: Settings) -> None:
    from lsp_graph.store import StoreDirectory

    if not settings.backend and not StoreDirectory(settings.store).exists():
        click.echo(f"{settings.store}: no store here yet, building it from the sources", err=True)
        _build(settings.store)


def _build(directory: Path) -> None:
    from lsp_graph import reading
    from lsp_graph.build import build as run
    from lsp_graph.build import steps
    from lsp_graph.store import StoreDirectory

    with reading.progress(steps()) as step:
        built = run(StoreDirectory(directory), step)
    reading.summary(built.manifest, built.new, directory, reading.console(stderr=True))


def _arguments(given: list[str]) -> dict[str, str]:
    """`--area E09000028 --on=2008-06-30` as a mapping.

    Raises `click.UsageError` for anything else.
    """
    arguments: dict[str, str] = {}
    rest = iter(given)
    for word in rest:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not name:
            raise click.UsageError(f"{word!r} is no parameter; expected --NAME VALUE")
        if not equals:
            following = next(rest, None)
            if following is None:
                raise click.UsageError(f"--{name} has no value; expected --{name} VALUE")
            value = following
        arguments[name] = value
    return arguments


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem(str(output), None, str(error.strerror), "a file that can be written")]) from error
