"""
What a graph knows of a partnership, as the rows of its record.

    graph + key of a record  ->  rows of text by table, each with the source that says so

This is `statements` read backwards: the format says beside each column which property its cells state, and beside each
table what the IRIs of its things look like. What the format has no place for is left out, and so is a row of which
something is not known that it must have.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions

from lsp_graph.binding import bind
from lsp_graph.layout import QUERIES
from lsp_graph.namespaces import ID, LEGISLATION, LSP, RDF, expand
from lsp_graph.record.codes import code_lists, local_name
from lsp_graph.record.format import SEPARATOR, Column, Format, Table
from lsp_graph.record.known import known_things
from lsp_graph.store import Backend
from lsp_graph.store.facts import Facts, Value

Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""By table: the cells of each row by column, without the empty ones."""

_LOOKUP: Final = QUERIES / "lookup"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_SOURCES: Final = "sources"
_AS_A_RULE: Final = "sourced"
"""The confidence of a row that says nothing of it."""


@dataclass(frozen=True)
class _Evidence:
    """Who says what a row states."""

    document: NamedNode
    place: str
    confidence: str
    table: str


def recalled(backend: Backend, key: str, form: Format) -> Rows:
    """What the sources in a graph state of the partnership with this key, of all periods; nothing that was derived."""
    return _Recall(backend, key, form).rows()


def key_of_area(backend: Backend, area: NamedNode) -> str:
    """The key of the partnership that an area has, or shares with others; of one that is not known the area's code."""
    begins = f"{ID}lsp/"
    found = (one.value for one in Facts(backend, None).holders(LSP.area, area) if one.value.startswith(begins))
    return next(found, area.value).rpartition("/")[2]


def choices_of_area(backend: Backend, area: NamedNode) -> dict[str, str]:
    """What its partnership's record may refer to in an area, or above it, and anywhere: IRIs, with their labels."""
    query = bind((_LOOKUP / "record-choices.rq").read_text(encoding="utf-8"), {"_area": area})
    placed = {thing.value: label.value for thing, label in _solutions(backend, query, "thing", "label")}
    anywhere = (f"{ID}indicator/", f"{ID}duty/", str(LEGISLATION))
    return placed | {iri: label for iri, label in known_things(backend).items() if iri.startswith(anywhere)}


class _Recall:
    def __init__(self, backend: Backend, key: str, form: Format) -> None:
        self._key, self._form = key, form
        self._facts = Facts(backend, None)
        self._said: dict[NamedNode, dict[NamedNode, list[Value]]] = defaultdict(lambda: defaultdict(list))
        self._back: dict[NamedNode, dict[NamedNode, list[NamedNode]]] = defaultdict(lambda: defaultdict(list))
        query = bind((_LOOKUP / "record-triples.rq").read_text(encoding="utf-8"), {"_key": Literal(key)})
        for thing, property, value in _solutions(backend, query, "thing", "property", "value"):
            if isinstance(thing, NamedNode) and isinstance(property, NamedNode):
                self._said[thing][property].append(value)
                if isinstance(value, NamedNode):
                    self._back[value][property].append(thing)
        self._patterns = {table.name: _pattern(table.iri, key) for table in form.tables.values()}
        self._documents: dict[NamedNode, None] = {}

    def rows(self) -> dict[str, list[dict[str, str]]]:
        """The rows of every table; the sources last, for they are what the others cite."""
        found = {
            table.name: list(self._of_table(table)) for table in self._form.tables.values() if table.name != _SOURCES
        }
        told = {thing for thing in self._said if self._is(self._form.tables["documents"], thing)}
        own = (thing for thing in self._said if self._patterns[_SOURCES].fullmatch(thing.value) and thing not in told)
        self._documents.update(dict.fromkeys(own))
        found[_SOURCES] = [self._source(document) for document in self._documents]
        return found

    def _of_table(self, table: Table) -> Iterator[dict[str, str]]:
        names = set(_PLACEHOLDER.findall(table.iri)) - {"record"}
        for thing in sorted(self._said, key=_in_order):
            if not self._is(table, thing):
                continue
            row = self._row(table, thing)
            rows = [row]
            if table.rows != "one" and not names:  # a table of what is said of the partnership: a row for each value
                (name,) = table.primary_key
                column = next(column for column in table.columns if column.name == name)
                rows = [{**row, name: one} for one in self._texts(column, thing, row)]
            for row in rows:
                if all(row.get(column.name) for column in table.columns if column.required):
                    self._cite(table, thing)
                    yield {column.name: row[column.name] for column in table.columns if row.get(column.name)}

    def _is(self, table: Table, thing: NamedNode) -> bool:
        types = self._said[thing][RDF.type]
        kinds = next((column.enum for column in table.columns if column.value == "class"), ())
        return (
            self._patterns[table.name].fullmatch(thing.value) is not None
            and all(expand(one) in types for one in table.types)
            and (not kinds or any(LSP[kind] in types for kind in kinds))
        )

    def _row(self, table: Table, thing: NamedNode) -> dict[str, str]:
        match = self._patterns[table.name].fullmatch(thing.value)
        evidence = self._evidence(table, thing)
        row: dict[str, str] = {}
        for column in table.columns:
            if column.value == "key":
                text = match["key"] if match and "key" in match.groupdict() else ""
            elif column.value == "document":
                text = "" if evidence is None else self._source_key(evidence.document)
            elif column.value == "place":
                text = "" if evidence is None else evidence.place
            elif column.value == "confidence":
                said = "" if evidence is None else evidence.confidence
                text = said if said in column.enum and said != _AS_A_RULE else ""
            else:
                text = self._cell(column, thing, row)
            row[column.name] = text
        return row

    def _cell(self, column: Column, thing: NamedNode, row: Mapping[str, str]) -> str:
        texts = self._texts(column, thing, row)
        return f"{SEPARATOR} ".join(texts if column.list else texts[:1])

    def _texts(self, column: Column, thing: NamedNode, row: Mapping[str, str]) -> list[str]:
        """What a thing has of the property of a column, each value as a cell has it."""
        stated = column.properties.get(row.get(column.by, "") if column.by else "")
        if stated is None:
            return []
        if column.inverse:
            values: Iterable[Value] = self._back[thing][expand(stated)]
        else:
            values = self._said[thing][expand(stated)]
        texts = dict.fromkeys(text for value in values if (text := self._text(column, value)))
        return [text for text in texts if not column.enum or text in column.enum]

    def _text(self, column: Column, value: Value) -> str:
        """A value as a cell has it; nothing where no cell can have it."""
        if isinstance(value, Literal):
            return "" if column.list and SEPARATOR in value.value else value.value
        match column.value:
            case "class":
                return local_name(value)
            case "rank":
                return local_name(value).removesuffix("Rank").lower()
            case "concept":
                known = code_lists().get(column.scheme or "", {})
                return local_name(value) if value in known.values() else ""
            case "reference":
                return self._reference(column, value)
            case _:
                return ""

    def _reference(self, column: Column, value: NamedNode) -> str:
        for name in column.kinds:
            kind = self._form.kinds[name]
            if kind.alone:
                if value.value == f"{ID}{(kind.iri or '').format(record=self._key)}":
                    return name
                continue
            key = self._key_of(kind.table, kind.iri, value)
            if kind.legislation and value.value.startswith(str(LEGISLATION)):
                key = value.value.removeprefix(str(LEGISLATION))
            if key:
                return key if len(column.kinds) == 1 else f"{name}/{key}"
        return ""

    def _key_of(self, table: str | None, iri: str | None, value: NamedNode) -> str:
        if table is not None:
            match = self._patterns[table].fullmatch(value.value)
            if match and self._is(self._form.tables[table], value):
                return match["key"]
        outside = _pattern(iri, self._key).fullmatch(value.value) if iri is not None else None
        return outside["key"] if outside else ""

    def _evidence(self, table: Table, thing: NamedNode) -> _Evidence | None:
        """Who says what the row of a thing states: the evidence of the same table, where there is any."""
        known = [
            one for node in self._said[thing][LSP.evidence] if isinstance(node, NamedNode) for one in self._read(node)
        ]
        own = [one for one in known if one.table == table.name] or known
        if not own:
            return None
        same = [one for one in own if one.document == own[0].document]
        places = f"{SEPARATOR} ".join(dict.fromkeys(one.place for one in same))
        return _Evidence(own[0].document, places, own[0].confidence, own[0].table)

    def _read(self, node: NamedNode) -> Iterator[_Evidence]:
        def one(property: NamedNode) -> Value | None:
            return next(iter(self._facts.values(node, property)), None)

        document, place, confidence, table = (one(LSP[name]) for name in ("document", "place", "confidence", "table"))
        if isinstance(document, NamedNode):
            yield _Evidence(
                document,
                "" if place is None else place.value,
                local_name(confidence) if isinstance(confidence, NamedNode) else "",
                local_name(table) if isinstance(table, NamedNode) else "",
            )

    def _cite(self, table: Table, thing: NamedNode) -> None:
        evidence = self._evidence(table, thing)
        if evidence is not None:
            self._documents[evidence.document] = None

    def _source_key(self, document: NamedNode) -> str:
        match = self._patterns[_SOURCES].fullmatch(document.value)
        return match["key"] if match else _UNFIT.sub("-", document.value.removeprefix(f"{ID}document/")).strip("-._")

    def _source(self, document: NamedNode) -> dict[str, str]:
        row = {"key": self._source_key(document)}
        for column in self._form.tables[_SOURCES].columns:
            said = self._facts.values(document, expand(column.properties[""])) if column.properties else ()
            texts = [value.value for value in said if isinstance(value, Literal)]
            fitting = [text for text in texts if not column.pattern or re.fullmatch(column.pattern, text)]
            if fitting:
                row[column.name] = fitting[0]
        row.setdefault("name", row["key"])
        return row


def _pattern(form: str, key: str) -> re.Pattern[str]:
    """What IRIs of a form look like in the record with this key; its named parts are groups."""
    parts = re.split(r"(\{\w+\})", form)
    written = (
        re.escape(key)
        if part == "{record}"
        else f"(?P<{part[1:-1]}>[A-Za-z0-9][A-Za-z0-9._-]*)"
        if _PLACEHOLDER.fullmatch(part)
        else re.escape(part)
        for part in parts
    )
    return re.compile(re.escape(str(ID)) + "".join(written))


def _in_order(thing: NamedNode) -> tuple[tuple[int, str], ...]:
    """Things by their IRIs, numbers in them by what they count."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", thing.value))


def _solutions(backend: Backend, query: str, *names: str) -> Iterator[tuple[Value, ...]]:
    answer = backend.query(query)
    assert isinstance(answer, QuerySolutions)  # noqa: S101  # the files hold SELECTs
    for row in answer:
        values = tuple(row[name] for name in names)
        if all(isinstance(value, NamedNode | Literal) for value in values):
            yield values
