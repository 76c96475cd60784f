"""
What the concepts of the code lists are called, and what they mean.

    graph  ->  label and definition of every concept, read once for each version

The ontology says it; pages only look it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lsp_graph.names import Kept
from lsp_graph.namespaces import SCHEME
from lsp_graph.serve.pages.words import spaced
from lsp_graph.serve.recorded import rows
from lsp_graph.store import EmbeddedBackend


@dataclass(frozen=True)
class Concept:
    """A concept of a code list: its local name, its label, and its definition if it has one."""

    name: str
    label: str
    definition: str | None = None


class Concepts:
    """The concepts by code list and local name."""

    def __init__(self, known: Mapping[tuple[str, str], Concept]) -> None:
        self._known = known

    def of(self, scheme: str, name: str | None) -> Concept | None:
        """A concept; one that no code list has goes by its name in words. None for None."""
        if name is None:
            return None
        return self._known.get((scheme, name)) or Concept(name, spaced(name))

    def labels(self, scheme: str) -> dict[str, str]:
        """The labels of a code list by local name."""
        return {one.name: one.label for one in self.all(scheme)}

    def all(self, scheme: str) -> list[Concept]:
        """The concepts of a code list, by their local names."""
        return [concept for (of, _), concept in self._known.items() if of == scheme]


_KEPT: Final = Kept[Concepts]()


def concepts(backend: EmbeddedBackend) -> Concepts:
    """The concepts of all code lists."""
    return _KEPT.of(backend, backend.version, lambda: _read(backend))


def _read(backend: EmbeddedBackend) -> Concepts:
    known: dict[tuple[str, str], Concept] = {}
    for row in rows(backend, "concepts", {}, None):
        name = row["concept"].replace("#", "/").rpartition("/")[2]
        scheme = row["scheme"].removeprefix(str(SCHEME))
        known.setdefault((scheme, name), Concept(name, row["label"], row.get("definition")))
    return Concepts(known)
