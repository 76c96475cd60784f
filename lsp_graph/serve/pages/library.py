"""
`/questions`: the library by theme.

    library  ->  every question, with what it can be asked about
"""

from __future__ import annotations

from lsp_graph.questions import Question, library
from lsp_graph.serve.pages.asked import Asked
from lsp_graph.serve.pages.page import Format, Page
from lsp_graph.store import EmbeddedBackend


def page(backend: EmbeddedBackend, asked: Asked) -> Page:
    """All questions."""
    themes: dict[str, list[Question]] = {}
    for question in library().values():
        themes.setdefault(question.theme, []).append(question)
    for found in themes.values():
        found.sort(key=lambda one: (not one.numbers, one.numbers, one.name))
    return Page(
        template="questions.html",
        title="Questions",
        shown={"themes": themes, "number": len(library())},
        formats=(Format("JSON", asked.url("/api/v1/questions"), "application/json"),),
    )
