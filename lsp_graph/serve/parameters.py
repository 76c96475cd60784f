"""
The parameters of a request to the API: what a route does not know, or takes once and is given twice, is refused.

    a route + a query string  ->  nothing, or a problem document

A filter that was misspelt and overlooked would give the answer to another, wider question.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, get_args, get_origin

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from rapidfuzz import process

from lsp_graph.serve import problems


def _only_known(request: Request) -> None:
    route = request.scope["route"]
    assert isinstance(route, APIRoute)  # noqa: S101  # nothing else has dependencies
    known = {field.alias: field.field_info.annotation for field in route.dependant.query_params}
    wrong = []
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            near = [key for key, _, _ in process.extract(name, list(known), limit=1, score_cutoff=50)]
            expected = ", ".join(near or sorted(known)) or "none"
            wrong.append(f"{name[:100]!r} is no parameter here; expected {expected}")
        elif times > 1 and not _takes_several(known[name]):
            wrong.append(f"given more than once: {name}")
    if wrong:
        raise problems.Refusal(problems.MALFORMED_REQUEST.reply("; ".join(wrong[:5])))


def _takes_several(annotation: Any) -> bool:
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))


ONLY_KNOWN: Final = Depends(_only_known)
"""For the routes whose every parameter is declared."""
