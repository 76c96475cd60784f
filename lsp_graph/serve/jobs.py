"""
What a worker does for a request.

    graph + request  ->  status, headers, body

Everything a stranger sends is read here, in a process that may break.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Final

from pydantic import BaseModel

from lsp_graph import accountability, answers, questions
from lsp_graph.chains import chains
from lsp_graph.errors import LspGraphError
from lsp_graph.serve import (
    analysing,
    answering,
    auditing,
    bodies,
    describing,
    drawing,
    dumping,
    models,
    placing,
    problems,
    protocol,
    querying,
    recalling,
    receiving,
    terms,
    versioning,
    void,
    writing,
)
from lsp_graph.serve.negotiate import choose
from lsp_graph.serve.pages import editor, working
from lsp_graph.serve.results import Rendered, render
from lsp_graph.serve.service_description import service_description
from lsp_graph.serve.wire import Message
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend
from lsp_graph.store.changes import Change

JSON: Final = "application/json"
_QUESTION_FORMS: Final = {
    JSON: "records",
    "application/sparql-results+json": "json",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}


def answer(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    """The reply to a request; what cannot be answered is told by a problem document."""
    try:
        return _KINDS[request.head["kind"]](querying.of_world(backend, request.head.get("world")), request, max_rows)
    except problems.Refusal as refusal:
        return refusal.reply
    except LspGraphError as error:
        return problems.of_error(error)


def prepare(backend: EmbeddedBackend) -> None:
    """Make what a worker cannot do without."""
    backend.view(None)
    questions.library()


def more(backend: EmbeddedBackend) -> list[Callable[[], object]]:
    """How to make what most requests need, so that workers are born with it rather than each making their own.

    One step after the other, so that between them somebody can look up.
    """
    steps: list[Callable[[], object]] = [
        partial(backend.view, DEFAULT_AS_OF),
        recalling.prepare,
        describing.prepare,
        working.prepare,
    ]
    if isinstance(backend, EmbeddedBackend):  # a store elsewhere is asked for names when somebody wants them
        steps += [partial(one.prepare, backend) for one in (analysing, bodies, placing, receiving)]
        steps.append(backend.prepare_to_advance)
    return steps


def advance(backend: EmbeddedBackend, change: Change, version: str) -> None:
    """Have the graph become the next version, and what was made with it follow where that is quick."""
    before = backend.version
    backend.advance(change, version)
    receiving.follow(backend, before, change)


def _sparql(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    head = request.head
    if head["page"]:
        return editor.page(backend, request, max_rows)
    if head["address"] is not None and protocol.asks_nothing(head["queryString"]):
        options = querying.options_of(backend, strict=head["strict"])
        return _reply(service_description(backend, head["address"], head["accept"], **options))
    asked = protocol.operation(head["method"], head["queryString"], head["contentType"], request.body)
    with querying.evaluated(backend, asked, head["store"], strict=head["strict"]) as found:
        rendered = render(found.answer, head["accept"], max_rows)
    reply = _reply(rendered)
    return Message({**reply.head, "version": found.version, "retire": found.retire}, reply.body)


def _accountability(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    head = request.head
    found = accountability.who(
        backend,
        text=head["for"],
        area=head["area"],
        by=head["by"],
        to=head["to"],
        as_of=_day(head["asOf"]),
        limit=min(head["limit"], max_rows),
        policy=head["policy"],
    )
    told = {"world": head["world"]} | found.as_json()
    explained = found.answers[: head["explained"]]
    for answer, chain in zip(told["answers"], chains(backend, explained, found.as_of), strict=False):
        answer["chain"] = chain.as_json()
    return _json(models.Accountabilities.model_validate(told))


def _questions(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    return _json(models.Questions(questions=[_described(question) for question in questions.library().values()]))


def _question(backend: EmbeddedBackend, request: Message, max_rows: int) -> Message:
    head = request.head
    question = questions.find(head["name"])
    media_type = choose(head["accept"], tuple(_QUESTION_FORMS))
    if media_type is None:
        offered = ", ".join(_QUESTION_FORMS)
        raise problems.Refusal(problems.NOT_ACCEPTABLE.reply(f"{head['accept']!r} is not offered; there are {offered}"))
    found = questions.ask(backend, question, head["arguments"], _day(head["asOf"]))
    form = _QUESTION_FORMS[media_type]
    if form != "records":
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return _reply(Rendered(media_type + charset, answers.sparql_results(found, form)), _completeness(found))
    record = {
        "world": head["world"],
        "question": question.name,
        "competency": question.competency,
        "asOf": found.as_of.isoformat(),
        "arguments": {
            name: {"value": argument.term.value, "label": argument.label} for name, argument in found.arguments.items()
        },
        "completeness": found.completeness,
        "missing": found.missing,
        "columns": found.variables,
        "records": answers.records(found),
    }
    return _json(models.QuestionAnswer.model_validate(record))


def _described(question: questions.Question) -> models.Question:
    return models.Question(
        name=question.name,
        competency=question.competency,
        theme=question.theme,
        summary=question.summary,
        description=question.description,
        parameters=[models.QuestionParameter(**asdict(parameter)) for parameter in question.parameters],
    )


def _completeness(found: questions.Answer) -> Mapping[str, str]:
    return {"lsp-graph-completeness": found.completeness}


def _day(value: str | None) -> date:
    return DEFAULT_AS_OF if value is None else protocol.day(value)


def _json(model: BaseModel) -> Message:
    return _reply(Rendered(JSON, model.model_dump_json(by_alias=True).encode()))


def _reply(rendered: Rendered, more: Mapping[str, str] | None = None) -> Message:
    headers = {"content-type": rendered.content_type, "vary": "Accept", **(more or {})}
    if rendered.truncated is not None:
        headers["lsp-graph-truncated"] = f"rows={rendered.truncated}"
    return Message({"status": 200, "headers": headers}, rendered.body)


_KINDS: Final[dict[str, Callable[[EmbeddedBackend, Message, int], Message]]] = {
    "sparql": _sparql,
    "terms": terms.terms,
    "accountability": _accountability,
    "questions": _questions,
    "question": _question,
    "areas": placing.list_areas,
    "area": placing.one_area,
    "bodies": bodies.list_bodies,
    "body": bodies.one_body,
    "search": analysing.hits,
    "compare": analysing.comparison,
    "gaps": analysing.gaps,
    "network": analysing.network,
    "audits": auditing.list_audits,
    "audit": auditing.one_audit,
    "audit-diff": auditing.compared,
    "new-audit": auditing.new_audit,
    "page": working.page,
    "description": describing.description,
    "vocabulary": describing.vocabulary,
    "context": describing.context,
    "answer-file": answering.answer_file,
    "governance-diagram": drawing.governance_diagram,
    "void": void.void,
    "dumps": dumping.listing,
    "dump": dumping.located,
    "update": writing.updated,
    "graph": writing.read,
    "graph-write": writing.stored,
    "records": receiving.received,
    "versions": versioning.list_versions,
    "version": versioning.one_version,
    "version-diff": versioning.compared,
    "compact": versioning.compacted,
}
