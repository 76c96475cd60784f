"""
What a constraint in SPARQL looks at: its text as triple patterns in groups.

    text  ->  Group, or None where the text says more than these can

For asking less than the text asks: which nodes cannot break it, which nodes a change cannot reach. The text itself
stays what is asked.
Source: SPARQL 1.1 §19.8 (grammar), §5 (group graph patterns), §9 (property paths).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, Literal

import pyoxigraph as ox

from lsp_graph.namespaces import RDF
from lsp_graph.shacl.body import Body
from lsp_graph.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from lsp_graph.shacl.terms import Term
from lsp_graph.shacl.tokens import Token, tokens

Kind = Literal["exists", "not exists", "optional", "union", "expression"]


@dataclass(frozen=True)
class Variable:
    """A variable, or a blank node that stands for one."""

    name: str


End = Variable | Term


@dataclass(frozen=True)
class Step:
    """A triple pattern; `path` is None where the property is a variable, too."""

    start: End
    path: Path | None
    end: End

    @cached_property
    def variables(self) -> frozenset[str]:
        """The variables at its ends."""
        return frozenset(end.name for end in (self.start, self.end) if isinstance(end, Variable))


@dataclass(frozen=True)
class Part:
    """Groups within a group: one that is looked for, one that may be there, several of which any may be there.

    An `expression` is a group in an EXISTS that is part of a larger expression.
    """

    kind: Kind
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Group:
    """What stands between braces: triple patterns, groups within it, and what else it says.

    `tests` says whether it has expressions in FILTER; `made` are the variables that BIND gives a value, with what it
    is: a term, another variable, or None for an expression.
    """

    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    tests: bool
    made: tuple[tuple[str, End | None], ...]

    @cached_property
    def variables(self) -> frozenset[str]:
        """All variables of the patterns in it and within it."""
        own = {name for step in self.steps for name in step.variables}
        return frozenset(own | {name for part in self.parts for group in part.groups for name in group.variables})

    @cached_property
    def own(self) -> frozenset[str]:
        """The variables that its own triple patterns bind."""
        return frozenset(name for step in self.steps for name in step.variables)

    @cached_property
    def unsure(self) -> frozenset[str]:
        """The variables that it may bind, or to something that its patterns do not tell."""
        found = {name for name, end in self.made if end is None}
        for part in self.parts:
            for group in part.groups:
                if part.kind == "optional":
                    found |= group.variables
                elif part.kind == "union":
                    found |= group.unsure
        return frozenset(found - self.own)


class _Unknown(ValueError):
    """The text says something that no Group can."""


_UNSAID: Final = {"SELECT", "GRAPH", "SERVICE", "MINUS", "VALUES"}
_ENDS: Final = {".", "}", "{"}


@lru_cache(maxsize=1024)
def looks_of(body: Body, path: Path | None) -> Group | None:
    """What the text of a constraint looks at; `path` is that of the shape, which `$PATH` stands for."""
    return read_group(body.prologue + "".join(body.tokens), path)


@lru_cache(maxsize=64)
def read_group(text: str, path: Path | None = None) -> Group | None:
    """What the outermost group of a query looks at."""
    reader = _Reader(text, path)
    try:
        return reader.outermost()
    except (_Unknown, IndexError):
        return None


@dataclass
class _Group:
    """A group that is being read."""

    steps: list[Step] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    tests: bool = False
    made: list[tuple[str, End | None]] = field(default_factory=list)


class _Reader:
    """Reads the tokens from left to right."""

    def __init__(self, text: str, path: Path | None) -> None:
        self._tokens = list(_split(tokens(text)))
        self._place = 0
        self._path = path
        self._prefixes: dict[str, str] = {}

    def outermost(self) -> Group:
        while self._now.text != "{":
            if self._now.word == "PREFIX":
                prefix, iri = self._tokens[self._place + 1].text, self._tokens[self._place + 2].text
                self._prefixes[prefix] = iri[1:-1]
                self._place += 2
            elif self._now.word in ("BASE", "FROM") or self._now.text == "(":
                raise _Unknown  # relative IRIs, another dataset, an expression in the SELECT clause
            self._place += 1
        group = self._group()
        if any(token.word in ("GROUP", "HAVING", "VALUES") or token.text == "{" for token in self._rest()):
            raise _Unknown
        _check(group, Counter(_mentions(group)))
        return group

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _rest(self) -> Iterator[Token]:
        return iter(self._tokens[self._place :])

    def _take(self) -> Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _group(self) -> Group:
        self._expect("{")
        group = _Group()
        while self._now.text != "}":
            self._item(group)
        self._take()
        return Group(tuple(group.steps), tuple(group.parts), group.tests, tuple(group.made))

    def _expect(self, text: str) -> None:
        if self._take().text != text:
            raise _Unknown

    def _item(self, group: _Group) -> None:
        word = self._now.word
        if word in _UNSAID:
            raise _Unknown
        if word == "FILTER":
            self._take()
            self._filter(group)
        elif word == "BIND":
            self._take()
            group.made.append(self._bind(group))
        elif word == "OPTIONAL":
            self._take()
            group.parts.append(Part("optional", (self._group(),)))
        elif self._now.text == "{":
            choices = [self._group()]
            while self._now.word == "UNION":
                self._take()
                choices.append(self._group())
            group.parts.append(Part("union", tuple(choices)))
        elif self._now.text == ".":
            self._take()
        else:
            self._triples(group)

    def _filter(self, group: _Group) -> None:
        if self._now.word == "EXISTS":
            self._take()
            group.parts.append(Part("exists", (self._group(),)))
        elif self._now.word == "NOT" and self._tokens[self._place + 1].word == "EXISTS":
            self._place += 2
            group.parts.append(Part("not exists", (self._group(),)))
        else:
            group.tests = True
            while self._now.text != "(":  # the name of a function
                if self._now.text in _ENDS:
                    raise _Unknown
                self._take()
            self._expression(group)

    def _bind(self, group: _Group) -> tuple[str, End | None]:
        """The variable that a BIND makes, and of what."""
        inner = self._tokens[self._place + 1]
        if self._tokens[self._place + 2].word != "AS":
            return self._expression(group), None
        self._place += 1
        if inner.text.isdecimal():
            self._take()
            made: End | None = ox.Literal(int(inner.text))
        else:
            made = self._end()
            if isinstance(made, Variable) and all(made.name not in step.variables for step in group.steps):
                made = None  # nothing before it binds the variable
        self._expect_word("AS")
        name = self._take().variable
        self._expect(")")
        return name, made

    def _expect_word(self, word: str) -> None:
        if self._take().word != word:
            raise _Unknown

    def _expression(self, group: _Group) -> str:
        """Pass over what stands in parentheses; the last variable in it."""
        depth, last = 0, ""
        while True:
            if self._now.text == "{":
                group.parts.append(Part("expression", (self._group(),)))
                continue
            token = self._take()
            last = token.variable or last
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                return last

    def _triples(self, group: _Group) -> None:
        subject = self._end()
        while True:
            path = self._verb()
            group.steps.append(Step(subject, path, self._end()))
            while self._now.text == ",":
                self._take()
                group.steps.append(Step(subject, path, self._end()))
            if self._now.text != ";":
                return
            while self._now.text == ";":
                self._take()
            if self._now.text in _ENDS:
                return

    def _verb(self) -> Path | None:
        if self._now.text in ("$PATH", "?PATH"):
            if self._path is None:
                raise _Unknown
            self._take()
            return self._path
        if self._now.variable:
            self._take()
            return None
        return self._alternatives()

    def _alternatives(self) -> Path:
        parts = [self._sequence()]
        while self._now.text == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternative(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._turned()]
        while self._now.text == "/":
            self._take()
            parts.append(self._turned())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _turned(self) -> Path:
        if self._now.text == "^":
            self._take()
            return Inverse(self._repeated())
        return self._repeated()

    def _repeated(self) -> Path:
        path = self._primary()
        if self._now.text in ("*", "+", "?"):
            path = Repeat(path, self._take().text)
        return path

    def _primary(self) -> Path:
        if self._now.text == "(":
            self._take()
            path = self._alternatives()
            self._expect(")")
            return path
        if self._now.text == "a":
            self._take()
            return Predicate(RDF.type.value)
        name = self._end()
        if not isinstance(name, ox.NamedNode):
            raise _Unknown
        return Predicate(name.value)

    def _end(self) -> End:
        token = self._take()
        if token.variable:
            return Variable(token.variable)
        if token.text.startswith("_:"):
            return Variable(token.text)
        if token.text.startswith(("'", '"')):
            return self._literal(token.text)
        if token.word in ("TRUE", "FALSE"):
            return ox.Literal(token.word == "TRUE")
        return self._iri(token)

    def _literal(self, text: str) -> ox.Literal:
        mark = text[0] * 3 if text.startswith(text[0] * 3) and len(text) >= 6 else text[0]
        value = text[len(mark) : -len(mark)]
        if "\\" in value:
            raise _Unknown
        if self._now.text == "@":
            self._take()
            language = self._take().text
            while self._now.text == "-" and not self._now.before:
                language += self._take().text + self._take().text
            return ox.Literal(value, language=language)
        if self._now.text == "^":
            self._expect("^")
            self._expect("^")
            return ox.Literal(value, datatype=self._iri(self._take()))
        return ox.Literal(value)

    def _iri(self, token: Token) -> ox.NamedNode:
        if token.text.startswith("<"):
            iri = token.text[1:-1]
        else:
            prefix, colon, local = token.text.partition(":")
            if not colon or prefix + colon not in self._prefixes or "\\" in local:
                raise _Unknown  # a number, a collection, a blank node's own properties, an escape
            iri = self._prefixes[prefix + colon] + local
        if "\\" in iri or ":" not in iri:
            raise _Unknown
        return ox.NamedNode(iri)


def _mentions(group: Group) -> Iterator[str]:
    """Each mention of a variable in the patterns of a group and within it."""
    for step in group.steps:
        yield from step.variables
    for part in group.parts:
        for inner in part.groups:
            yield from _mentions(inner)


def _check(group: Group, all_mentions: Counter[str], depth: int = 0) -> None:
    """Refuse groups within groups that share a variable with what is outside the group right around them.

    There it may be another variable by the same name: what a group binds is not known in another one within it
    (SPARQL 1.1 §18.2.1, bottom up).
    """
    for part in group.parts:
        for inner in part.groups:
            mentions = Counter(_mentions(inner))
            strange = mentions.keys() - group.own - {"this"}
            if depth and any(all_mentions[name] > mentions[name] for name in strange):
                raise _Unknown
            _check(inner, all_mentions, depth + 1)


def _split(found: list[Token]) -> Iterator[Token]:
    """The tokens, with the full stop that ends a triple parted from the name before it."""
    for token in found:
        name = token.text.rstrip(".")
        if ":" in token.text and name != token.text and not token.text.startswith(("<", "'", '"')):
            yield Token(name, "", "", token.before)
            yield Token(".", "", "", "")
        else:
            yield token
