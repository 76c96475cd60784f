"""The media type that is sent is the one wanted most (RFC 9110 section 12.5.1)."""

from __future__ import annotations

import pytest

from lsp_graph.serve.negotiate import choose

OFFERS = ("application/json", "text/csv", "text/html")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
        ("text/*", "text/csv"),
        ("text/html, text/csv", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv"),
        ("application/json ; q=0.5 , text/csv ; q=0.4", "application/json"),
        ("text/csv, */*", "text/csv"),
        ("text/csv;q=0.5, */*;q=0.6", "application/json"),
        ("*/*, application/json;q=0", "text/csv"),
        ("text/*;q=0.3, text/html;q=0.7", "text/html"),
        ("text/*, text/csv;q=0", "text/html"),
        ("text/csv;q=0", None),
        ("image/png", None),
        ("image/png, */*;q=0.1", "application/json"),
        ("text/csv;q=high", None),
        ("text/csv;q=2", None),
        ("nonsense", None),
        ("*/html", None),
    ],
)
def test_the_best_of_what_is_accepted_is_chosen(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERS) == chosen
