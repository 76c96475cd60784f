"""
The graph for notebooks and programs.

    connect()  or  connect("http://…")  ->  Graph: who(), ask(), sparql(), audit(), area(…).draw()

Answers are tables (`lsp_graph.tables.Table`): shown as such in a notebook, made data frames by `to_pandas()` and
`to_polars()`, written to files by `write()`. What was not found is told apart from what is not recorded in their notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from lsp_graph import accountability, areas, questions, tables
from lsp_graph.accountability import Accountabilities
from lsp_graph.errors import InputError, Problem
from lsp_graph.settings import DEFAULT_AS_OF, Settings
from lsp_graph.store import StoreDirectory, open_graph, open_store
from lsp_graph.tables import Table

if TYPE_CHECKING:
    from lsp_graph.audit import AuditReport
    from lsp_graph.handing_in import Submitted
    from lsp_graph.pictures import Governance
    from lsp_graph.store.opening import Opened

_ENDPOINT: Final = "/sparql"

Day = date | str
"""A day, as a date or as YYYY-MM-DD."""

Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""


@dataclass(frozen=True, repr=False)
class Answers(Table):
    """Who is accountable, as a table; `found` holds the accountabilities with all that is said of each."""

    found: Accountabilities | None = None


@dataclass(frozen=True, repr=False)
class Findings(Table):
    """What an audit found, as a table; `report` holds the verdicts of each rule and area as well."""

    report: AuditReport | None = None

    def rules(self) -> Table:
        """How each rule fared: nodes tested, passed, failed, not recorded, and areas to which it does not apply."""
        assert self.report is not None  # noqa: S101  # made with one
        records = [
            {
                "rule": rule.code,
                "level": rule.level,
                "name": "; ".join(rule.names),
                "tested": rule.tested,
                "passed": rule.passed,
                "failed": rule.failed,
                "notRecorded": rule.not_recorded,
                "inapplicable": rule.inapplicable,
            }
            for rule in self.report.rules
        ]
        return tables.of_records("How each rule fared", records, self.notes)


class Graph:
    """A graph that can be asked. Use `connect`."""

    def __init__(self, backend: Opened, where: str, store: Path | None = None, world: str | None = None) -> None:
        self._backend, self._where, self._store, self._world = backend, where, store, world

    def __repr__(self) -> str:
        return f"<LSP Graph, version {self._backend.version}, {self._where}>"

    @property
    def version(self) -> str:
        """The version of the data."""
        return self._backend.version

    def who(
        self,
        text: str | None = None,
        *,
        area: str | Point | None = None,
        by: str | None = None,
        to: str | None = None,
        as_of: Day = DEFAULT_AS_OF,
        limit: int = 100,
    ) -> Answers:
        """Who is accountable for what is called `text`. The arguments and errors are those of `accountability.who`.

        `area` may also be a point in the area: its latitude and longitude.
        """
        day, place = _day(as_of), None if area is None else _place(area)
        found = accountability.who(self._backend, text=text, area=place, by=by, to=to, as_of=day, limit=limit)
        table = tables.of_accountabilities(found)
        return Answers(table.title, table.columns, table.rows, table.notes, table.shown, found)

    def ask(self, name: str, *, as_of: Day = DEFAULT_AS_OF, **arguments: str | int | date) -> Table:
        """The answer to a question of the library, by its name or number.

        Arguments go by the question's parameters. Raises `UnknownName` for a question or parameter that there is not,
        and what the arguments' types raise.
        """
        question = questions.find(name)
        given = {key: str(value) for key, value in arguments.items()}
        return tables.of_answer(questions.ask(self._backend, question, given, _day(as_of)))

    def questions(self) -> Table:
        """The questions of the library with their parameters."""
        records = [
            {
                "name": question.name,
                "competency": question.competency,
                "theme": question.theme,
                "asks": question.summary,
                "parameters": ", ".join(parameter.name for parameter in question.parameters),
            }
            for question in questions.library().values()
        ]
        return tables.of_records("The questions of the library", records)

    def sparql(self, query: str, *, as_of: Day | None = None) -> Table:
        """The rows, triples or truth that a SPARQL query gives; of what was valid on a day where one is given.

        Raises `QueryRefused` with line and column for a text that is no query.
        """
        return tables.of_results(self._backend.query(query, as_of=None if as_of is None else _day(as_of)))

    def audit(
        self, *, area: str | Sequence[str] = (), rule: str | Sequence[str] = (), as_of: Day = DEFAULT_AS_OF
    ) -> Findings:
        """What the rulebook finds, over all areas or those named, by all rules or those named."""
        from lsp_graph.audit import audit

        chosen = [area] if isinstance(area, str) else area
        rules = [rule] if isinstance(rule, str) else rule
        report = audit(self._backend, as_of=_day(as_of), areas=chosen, rules=rules)
        records = [
            {
                "rule": one.rule,
                "level": one.level,
                "outcome": one.outcome,
                "area": one.area.label if one.area else None,
                "about": one.focus.label,
                "message": one.message,
                "fix": one.fix,
                "id": one.id,
            }
            for one in report.findings
        ]
        failed = sum(one.outcome == "failed" for one in report.findings)
        notes = (
            f"As of {report.as_of.isoformat()}, {len(report.areas)} areas, {len(report.rules)} rules: {failed} failed, "
            f"{len(records) - failed} not recorded.",
        )
        table = tables.of_records("Findings of the audit", records, notes)
        return Findings(table.title, table.columns, table.rows, table.notes, table.shown, report)

    def submit(
        self,
        path: str | Path | Sequence[str | Path],
        *,
        token: str = "",
        submitter: str = "",
        dry_run: bool = True,
        world: str | None = None,
    ) -> Submitted:
        """Hand records in, and tell what they change; nothing is changed unless `dry_run` is False.

        A service wants a `token`, which says who the `submitter` is; for a store in this machine the `submitter` is
        named (unless given: the user of the system), and `connect` it again to see the new version. Raises `InputError`
        with every problem of every file, `Refused` where the service does not take them, `StoreUnavailable`.
        """
        from lsp_graph.handing_in import by_service, by_store

        paths = [Path(one) for one in ([path] if isinstance(path, str | Path) else path)]
        if self._store is None:
            return by_service(self._where, paths, token=token, dry_run=dry_run, world=world)
        return by_store(self._store, paths, submitter=submitter, dry_run=dry_run, world=world or self._world)

    def area(self, name: str | Point, *, as_of: Day = DEFAULT_AS_OF) -> Area:
        """An area by its code, an old code, its name or IRI, or by a point in it (latitude, longitude).

        Raises `UnknownName` or `AmbiguousName`, `InputError` for a point that lies in no boundary.
        """
        day, called = _day(as_of), _place(name)
        iri = areas.resolve(self._backend, called, day)
        known = {one.iri: one for one in areas.known(self._backend)}
        label = known[iri.value].label if iri.value in known else called
        return Area(self, iri, label, day)

    def governance(self, area: Area) -> Governance:
        """How an area is governed, to be drawn."""
        from lsp_graph.pictures import governance

        return governance(self._backend, area.iri, area.label, area.as_of)


@dataclass(frozen=True)
class Area:
    """An area of a graph, on a day."""

    graph: Graph
    iri: NamedNode
    label: str
    as_of: date

    def who(self, text: str | None = None, *, limit: int = 100) -> Answers:
        """Who is accountable there for what is called `text`; None: for anything."""
        return self.graph.who(text, area=self.iri.value, as_of=self.as_of, limit=limit)

    def ask(self, name: str, **arguments: str | int | date) -> Table:
        """A question of the library about the area."""
        return self.graph.ask(name, as_of=self.as_of, area=self.iri.value, **arguments)

    def audit(self, *, rule: str | Sequence[str] = ()) -> Findings:
        """What the rulebook finds there."""
        return self.graph.audit(area=self.iri.value, rule=rule, as_of=self.as_of)

    def draw(self, path: str | Path | None = None) -> Governance:
        """A picture of how the area is governed: shown in a notebook; with a path it is written, as SVG, PNG or DOT.

        Raises `InputError` for another form, `LspGraphError` where the file cannot be written.
        """
        picture = self.graph.governance(self)
        if path is not None:
            picture.write(Path(path))
        return picture


def connect(where: str | Path | None = None, *, world: str | None = None) -> Graph:
    """The graph: that of the store in this machine, or of a service.

    `where` is a store's directory, or the address of a service or of a SPARQL endpoint (`http://…`); without it the
    environment decides (`LSP_GRAPH_STORE`, `LSP_GRAPH_BACKEND`). A store that is not there yet is built first. `world`
    asks the invented places of a store instead: "fictional" or "fictional-breaches". Raises `StoreUnavailable` where
    the graph cannot be had, `UnknownName` for another world, `InputError` for a world of a service.
    """
    settings = Settings.from_environment()
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        settings = replace(settings, backend=_endpoint(where))
    elif where is not None:
        settings = replace(settings, store=Path(where), backend="")
    if world and settings.backend:
        raise InputError([Problem("world", None, repr(world), "none with a service; a store has worlds")])
    if not settings.backend and not StoreDirectory(settings.store).exists():
        from lsp_graph.build import build

        build(StoreDirectory(settings.store))
    if world:
        where = f"{settings.store}, the {world} world"
        return Graph(open_store(settings.store).world(world), where, settings.store, world)
    return Graph(
        open_graph(settings), settings.backend or str(settings.store), None if settings.backend else settings.store
    )


def _endpoint(address: str) -> str:
    """The SPARQL endpoint: that of a service, where only the service is named."""
    return address.rstrip("/") + _ENDPOINT if urlsplit(address).path in ("", "/") else address


def _place(area: str | Point) -> str:
    """An area as it is asked for; a point as one writes it."""
    return area if isinstance(area, str) else f"{area[0]:.10f}, {area[1]:.10f}"


def _day(given: Day) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InputError([Problem("as_of", None, repr(given), "a date of the form YYYY-MM-DD")]) from None
