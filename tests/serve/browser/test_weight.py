"""A first page is light: what a phone has to fetch for it fits into a hundred thousand bytes."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Response

from .conftest import Opening

MOST = 100_000


@pytest.mark.parametrize("path", ["/", "/areas/E09000028", "/audit", "/map", "/ontology"])
def test_a_first_page_with_all_that_it_loads_is_light(opened: Opening, path: str) -> None:
    seen = opened(wide=False)
    loaded: list[Response] = []

    def note(response: Response) -> None:
        loaded.append(response)

    seen.page.on("response", note)
    seen.go(path)

    weights = {urlsplit(one.url).path: len(gzip.compress(one.body())) for one in loaded if one.status == 200}
    assert weights[path] > 0
    assert any(name.endswith(".css") for name in weights)
    assert sum(weights.values()) < MOST, weights
