"""
What the keys in a record stand for.

    kind + key  ->  the IRI: of a row of the record, or of something that the graph knows

A key of one possible kind may stand alone (`F06000001`), else the kind comes first (`authority/F06000001`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pyoxigraph import NamedNode

from lsp_graph.namespaces import ID, LEGISLATION, provision
from lsp_graph.record.cells import Misfit
from lsp_graph.record.format import Column, Format, Kind
from lsp_graph.record.tables import Tables, Unread, nearest

Known = Mapping[str, str]
"""What there is outside the record, by IRI, with its label."""

_PROVISION: Final = re.compile(r"(ukpga|uksi|ukla|ukcm|eur|eudr)/\d{4}/\d+(/[A-Za-z0-9/.-]+)?")
KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a key looks like."""


class References:
    """Resolves the references of one record. `known` is None where what stands outside it is not looked up."""

    def __init__(self, form: Format, record: str, tables: Tables, known: Known | None) -> None:
        self._form, self._record, self._known = form, record, known
        self._keys = {
            kind.table: {row.cells["key"] for row in tables.get(kind.table, ()) if "key" in row.cells}
            for kind in form.kinds.values()
            if kind.table
        }
        self._unread = {table for table, rows in tables.items() if isinstance(rows, Unread)}

    def resolve(self, column: Column, text: str) -> NamedNode:
        """The IRI that a value stands for. Raises `Misfit` with what would be right."""
        kinds = [self._form.kinds[kind] for kind in column.kinds]
        kind, key = self._read(kinds, text)
        if kind.alone:
            return self.made(kind.iri or "")
        if kind.legislation:
            if not _PROVISION.fullmatch(key):
                raise Misfit("a provision as legislation.gov.uk identifies it, such as ukpga/1998/37/section/6")
            return self._outside(kind, key, provision(key))
        told_already = kind.table in self._unread and KEY.fullmatch(key) is not None
        if kind.table and (told_already or (key in self._keys[kind.table] and KEY.fullmatch(key))):
            return self.made(self._form.tables[kind.table].iri, key=key)
        if kind.iri is None:
            keys = sorted(self._keys[kind.table or ""])
            raise Misfit(_meant(nearest(key, keys)) + f"a key of the table {kind.table}")
        if not KEY.fullmatch(key):
            raise Misfit(self._meant_outside(kind, key) + f"the key of {_article(kind.name)}")
        return self._outside(kind, key, self.made(kind.iri, key=key))

    def made(self, form: str, **parts: str) -> NamedNode:
        """The IRI of this form for this record."""
        return NamedNode(f"{ID}{form.format(record=self._record, **parts)}")

    def _read(self, kinds: list[Kind], text: str) -> tuple[Kind, str]:
        named = {kind.name: kind for kind in kinds}
        name, slash, key = text.partition("/")
        if name in named and bool(slash) != named[name].alone:
            return named[name], key
        if "provision" in named and _PROVISION.fullmatch(text):
            return named["provision"], text
        if len(kinds) == 1 and not kinds[0].alone:
            return kinds[0], text
        forms = [kind.name if kind.alone else f"{kind.name}/KEY" for kind in kinds]
        raise Misfit(_meant(nearest(name, list(named))) + "one of " + ", ".join(forms))

    def _outside(self, kind: Kind, key: str, iri: NamedNode) -> NamedNode:
        if self._known is None or iri.value in self._known:
            return iri
        raise Misfit(
            self._meant_outside(kind, key) + f"{_article(kind.name)} that is known, or that the record tells of"
        )

    def _meant_outside(self, kind: Kind, key: str) -> str:
        """What of the things outside the record may have been meant, by their keys and labels."""
        begins = str(LEGISLATION) if kind.legislation else f"{ID}{(kind.iri or '').partition('{')[0]}"
        called = {
            iri.removeprefix(begins): f"{iri.removeprefix(begins)} {label}"
            for iri, label in sorted((self._known or {}).items())
            if iri.startswith(begins)
        }
        return _meant([f"{one} ({called[one].removeprefix(one).strip()})" for one in nearest(key, called)])


def _meant(near: list[str]) -> str:
    return f"{' or '.join(near)}? " if near else ""


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
