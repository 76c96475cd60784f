"""
The question library.

    queries/<theme>/<question>.rq + arguments + a date  ->  an answer that says how complete it is

A question is a SPARQL query in a file of its own; the lines that open it with `#+ ` are YAML and say what it asks,
which parameters it takes and in which view of the graph it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, parse_query_results
from rapidfuzz import process

from lsp_graph import areas
from lsp_graph.binding import Term, bind, variables
from lsp_graph.errors import InputError, LspGraphError, Problem, UnknownName
from lsp_graph.headers import read_query
from lsp_graph.layout import QUERIES, shown
from lsp_graph.namespaces import PREFIXES, SCHEME, XSD
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import Backend

TYPES: Final = ("area", "iri", "concept", "date", "text", "integer")
AS_OF: Final = "as-of"
"""As a view: asked of what was valid on the date. As a date parameter's default: that date."""

VIEWS: Final = (AS_OF, "all")
NOT_QUESTIONS: Final = frozenset({"audit", "chain", "derive", "lookup", "missing", "picture", "serve"})
"""Folders of `queries/` that hold other things than questions."""

_KEYS = frozenset(
    {
        "summary",
        "description",
        "competency",
        "theme",
        "parameters",
        "view",
        "missing",
        "notRecordedWhenEmpty",
    }
)
_PARAMETER_KEYS = frozenset(
    {"type", "required", "description", "default", "example", "scheme", "latest", "least", "most", "after"}
)
_PARAMETER_NAME = re.compile(r"_[a-z][A-Za-z0-9]*")
_PROJECTION = re.compile(r"^select\b(.*?)^where\b", re.IGNORECASE | re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """What a question can be asked about; `name` is the query's variable without its underscore.

    `scheme` is the code list of a concept, whose values may then be given by their bare name; `latest` says that an
    area's name is taken in its latest meaning instead of that of the question's date. A number lies between `least` and
    `most`; a date comes `after` that of another parameter.
    """

    name: str
    type: str
    description: str
    required: bool = False
    default: str | None = None
    example: str | None = None
    scheme: str | None = None
    latest: bool = False
    least: int | None = None
    most: int | None = None
    after: str | None = None


@dataclass(frozen=True)
class Question:
    """A question of the library: what its file's header says, and the query.

    `view` is "as-of" (asked of what was valid on the date) or "all" (of all periods). `missing` names the companion
    query that lists what is known to be absent.
    """

    name: str
    competency: str | None
    theme: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    view: str
    missing: str | None
    not_recorded_when_empty: bool
    path: Path
    text: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """The competency numbers one by one."""
        return tuple(self.competency.split(", ")) if self.competency else ()

    @property
    def companion(self) -> Path | None:
        """The file of the companion query."""
        return None if self.missing is None else _companion(self.path, self.missing)


@dataclass(frozen=True)
class Argument:
    """An argument as it was understood: the term, and its label (of an IRI) or its text."""

    term: Term
    label: str


@dataclass(frozen=True)
class Answer:
    """What a question came to.

    `completeness` is "complete", "lower-bound" (`missing` says what is known to be absent) or "not-recorded".
    `results` are the same rows as SPARQL 1.1 Query Results JSON.
    """

    question: Question
    as_of: date
    arguments: Mapping[str, Argument]
    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    completeness: str
    missing: tuple[str, ...]
    results: bytes = field(repr=False)


@cache
def library(folder: Path = QUERIES) -> dict[str, Question]:
    """All questions by name, in the order of theme and name.

    Raises `InputError` with every problem of every header, by file and line.
    """
    problems: list[Problem] = []
    questions: dict[str, Question] = {}
    numbered: dict[str, Question] = {}
    for path in sorted(folder.glob("*/*.rq")):
        if path.parent.name in NOT_QUESTIONS:
            continue
        try:
            question = read(path)
        except InputError as error:
            problems += error.problems
            continue
        namesake = questions.setdefault(question.name, question)
        if namesake is not question:
            problems.append(Problem(shown(path), None, question.name, f"a name other than {shown(namesake.path)}'s"))
        for number in question.numbers:
            other = numbered.setdefault(number, question)
            if other is not question:
                problems.append(Problem(shown(path), None, number, f"a number other than {shown(other.path)}'s"))
    if problems:
        raise InputError(problems)
    return questions


def find(name: str, folder: Path = QUERIES) -> Question:
    """The question of this file name or competency number.

    Raises `UnknownName` with the nearest names.
    """
    questions = library(folder)
    if name in questions:
        return questions[name]
    for question in questions.values():
        if name.upper() in question.numbers:
            return question
    near = [key for key, _, _ in process.extract(name, list(questions), limit=3, score_cutoff=50)]
    raise UnknownName("question", name, near)


def read(path: Path) -> Question:
    """The question in a file.

    Raises `InputError` with every problem of its header.
    """
    return _Header(path).question()


def ask(backend: Backend, question: Question, arguments: Mapping[str, str], as_of: date = DEFAULT_AS_OF) -> Answer:
    """Ask a question of a graph.

    Arguments go by the parameter's name; a parameter that is neither given nor has a default stays open. An empty
    answer is "not recorded" where the question says so, unless the companion query knows that nothing is absent.
    Raises `UnknownName` or `AmbiguousName` for the one argument that names nothing or several things, `InputError`
    with all problems when there are more, or others.
    """
    understood = _understood(backend, question, arguments, as_of)
    terms = {f"_{name}": argument.term for name, argument in understood.items()}
    day = as_of if question.view == AS_OF else None
    results = _select(backend, question.text, terms, day)
    names, rows = table(results)
    missing: tuple[str, ...] = ()
    if question.companion is not None:
        absent = table(_select(backend, question.companion.read_text(encoding="utf-8"), terms, day))[1]
        missing = tuple(cell.value for row in absent for cell in row if cell is not None)
    if not rows and question.not_recorded_when_empty and (missing or question.companion is None):
        completeness = "not-recorded"
    else:
        completeness = "lower-bound" if missing else "complete"
    return Answer(question, as_of, understood, names, rows, completeness, missing, results)


def bound(backend: Backend, question: Question, arguments: Mapping[str, str], as_of: date = DEFAULT_AS_OF) -> str:
    """A question with its arguments in it and without its header, to be asked by hand. Raises as `ask` does."""
    terms = {f"_{name}": argument.term for name, argument in _understood(backend, question, arguments, as_of).items()}
    lines = [line for line in bind(question.text, terms).splitlines() if not line.startswith("#+")]
    return f"# {question.summary}\n" + "\n".join(lines).lstrip("\n") + "\n"


def table(results: bytes) -> tuple[tuple[str, ...], tuple[tuple[Term | None, ...], ...]]:
    """The variables and the rows of SPARQL results in JSON; what is neither IRI nor literal counts as unbound."""
    solutions = parse_query_results(results, format=QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101  # only answers to SELECT are kept
    names = tuple(variable.value for variable in solutions.variables)
    rows = tuple(
        tuple(term if isinstance(term := row[name], NamedNode | Literal) else None for name in names)
        for row in solutions
    )
    return names, rows


def _select(backend: Backend, text: str, terms: Mapping[str, Term], day: date | None) -> bytes:
    solutions = backend.query(bind(text, terms), as_of=day)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101  # reading the library makes sure that it is a SELECT
    return solutions.serialize(format=QueryResultsFormat.JSON) or b""


def _understood(backend: Backend, question: Question, arguments: Mapping[str, str], as_of: date) -> dict[str, Argument]:
    parameters = {parameter.name: parameter for parameter in question.parameters}
    errors: list[LspGraphError] = [
        UnknownName(f"parameter of {question.name}", name, list(parameters))
        for name in arguments
        if name not in parameters
    ]
    understood: dict[str, Argument] = {}
    for parameter in question.parameters:
        value = arguments.get(parameter.name) or parameter.default
        if value is None:
            if parameter.required:
                errors.append(_misfit(parameter, "nothing", f"{parameter.description}, such as {parameter.example}"))
            continue
        try:
            understood[parameter.name] = _argument(backend, parameter, value, as_of)
        except LspGraphError as error:
            errors.append(error)
    for parameter in question.parameters:
        first, last = (understood.get(name or "") for name in (parameter.after, parameter.name))
        if first is not None and last is not None and last.label <= first.label:
            errors.append(_misfit(parameter, last.label, f"a date after {parameter.after}, {first.label}"))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputError([problem for error in errors for problem in _problems(error)])
    return understood


def _problems(error: LspGraphError) -> Iterable[Problem]:
    if isinstance(error, InputError):
        return error.problems
    return [Problem("arguments", None, str(error), "something that is known here and is one")]


def _misfit(parameter: Parameter, value: str, expected: str) -> InputError:
    return InputError([Problem(f"parameter {parameter.name}", None, value, expected)])


def _argument(backend: Backend, parameter: Parameter, value: str, as_of: date) -> Argument:
    match parameter.type:
        case "area":
            iri = areas.resolve(backend, value, date.max if parameter.latest else as_of)
            return Argument(iri, _label(backend, iri))
        case "iri" | "concept":
            iri = _iri(parameter, value)
            if not _known(backend, iri):
                raise UnknownName(parameter.type, value)
            return Argument(iri, _label(backend, iri))
        case "date":
            text = as_of.isoformat() if value == AS_OF else value
            try:
                day = date.fromisoformat(text)
            except ValueError as error:
                raise _misfit(parameter, repr(value), "a date YYYY-MM-DD") from error
            return Argument(Literal(day.isoformat(), datatype=XSD.date), day.isoformat())
        case "integer":
            try:
                number = int(value)
            except ValueError as error:
                raise _misfit(parameter, repr(value), "a whole number") from error
            least, most = parameter.least, parameter.most
            if (least is not None and number < least) or (most is not None and number > most):
                raise _misfit(parameter, value[:100], f"a whole number from {least} to {most}")
            return Argument(Literal(number), str(number))
        case _:
            return Argument(Literal(value), value)


def _iri(parameter: Parameter, value: str) -> NamedNode:
    """An IRI given in full, as a prefixed name, or as the bare name of a concept of the parameter's code list."""
    prefix, colon, local = value.partition(":")
    if colon and prefix in PREFIXES:
        value = PREFIXES[prefix] + local
    elif not colon and parameter.scheme:
        value = f"{SCHEME}{parameter.scheme}/{value}"
    try:
        return NamedNode(value)
    except ValueError as error:
        raise _misfit(parameter, repr(value), "an IRI or a prefixed name such as id:lsp/E09000028") from error


def _known(backend: Backend, iri: NamedNode) -> bool:
    text = (QUERIES / "lookup" / "known.rq").read_text(encoding="utf-8")
    answer = backend.query(bind(text, {"_thing": iri}))
    return isinstance(answer, QueryBoolean) and bool(answer)


def _label(backend: Backend, iri: NamedNode) -> str:
    text = (QUERIES / "lookup" / "label.rq").read_text(encoding="utf-8")
    _, rows = table(_select(backend, text, {"_thing": iri}, None))
    return next((cell.value for row in rows for cell in row if cell is not None), iri.value)


def _companion(path: Path, name: str) -> Path:
    return path.parent.parent / "missing" / f"{name}.rq"


class _Header:
    """The opening lines of a question's file, and what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said, self.text = read_query(path)
        self.problems: list[Problem] = []

    def question(self) -> Question:
        said = self.said
        for key in set(said) - _KEYS:
            self._problem(key, key, f"one of {', '.join(sorted(_KEYS))}")
        for key in ("summary", "description", "theme"):
            if not isinstance(said.get(key), str):
                self._problem(key, f"no {key}", f"a {key} in words")
        if said.get("theme") != self.path.parent.name:
            self._problem("theme", str(said.get("theme")), f"the name of its folder, {self.path.parent.name}")
        if said.get("view", AS_OF) not in VIEWS:
            self._problem("view", str(said["view"]), " or ".join(VIEWS))
        missing = said.get("missing")
        if missing is not None and not _companion(self.path, str(missing)).is_file():
            self._problem("missing", str(missing), "the name of a query in missing/")
        parameters = self._parameters(said.get("parameters") or {})
        self._check_query({f"_{parameter.name}" for parameter in parameters})
        if self.problems:
            raise InputError(self.problems)
        return Question(
            name=self.path.stem,
            competency=said.get("competency"),
            theme=said["theme"],
            summary=said["summary"],
            description=said["description"],
            parameters=parameters,
            view=said.get("view", AS_OF),
            missing=missing,
            not_recorded_when_empty=bool(said.get("notRecordedWhenEmpty", False)),
            path=self.path,
            text=self.text,
        )

    def _parameters(self, said: Mapping[str, Any]) -> tuple[Parameter, ...]:
        found = []
        for name, about in said.items():
            if not _PARAMETER_NAME.fullmatch(name):
                self._problem(name, name, "a parameter's name, such as _area")
            elif not isinstance(about, dict) or about.get("type") not in TYPES or not about.get("description"):
                self._problem(name, str(about), f"a description and a type: {', '.join(TYPES)}")
            elif set(about) - _PARAMETER_KEYS:
                self._problem(name, ", ".join(sorted(set(about) - _PARAMETER_KEYS)), "a parameter's keys")
            elif about.get("required") and "example" not in about:
                self._problem(name, "no example", "an example of a required parameter")
            else:
                texts = {key: str(about[key]) for key in ("default", "example") if key in about}
                found.append(Parameter(**{**about, **texts, "name": name.removeprefix("_")}))
        return tuple(found)

    def _check_query(self, declared: set[str]) -> None:
        used = {name for name in variables(self.text) if name.startswith("_")}
        for name in sorted(used ^ declared):
            self._problem(name, name, "to be both declared and used")
        projection = _PROJECTION.search(self.text)
        if projection is None:
            self.problems.append(Problem(shown(self.path), None, "no SELECT", "a SELECT query"))
        elif any(re.search(rf"(?<!\()\?{name}\b", projection[1]) for name in declared):
            self._problem("SELECT", "a bare parameter in SELECT", "(?_parameter AS ?name)")

    def _problem(self, key: str, value: str, expected: str) -> None:
        """Note a problem at the line where the key is given or, failing that, first mentioned."""
        lines = list(enumerate(self.text.splitlines(), 1))
        places = [i for pattern in (rf"\b{key}\s*:", rf"\b{key}\b") for i, line in lines if re.search(pattern, line)]
        line = next(iter(places), None)
        self.problems.append(Problem(shown(self.path), line, value, expected))
