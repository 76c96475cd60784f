"""
The text of a `sh:select` or `sh:ask`, so understood that it can be asked of all focus nodes at once.

    text  ->  tokens and groups;   tokens + what each group is given  ->  SPARQL

SHACL binds `$this` (and for ASK `$value`, the parameters, `$shapesGraph` and `$currentShape`) before the query runs,
for one focus node after the other: every group of the query begins with these bindings (Appendix A). Here every group
that looks at such a variable in an expression, or has it in an inner group before a pattern of its own binds it, begins
with a pattern that binds it for all focus nodes instead. Where that is not the same (LIMIT and OFFSET cut each focus
node's rows, GRAPH looks elsewhere), `alone` says that the text must be asked for one focus node at a time.

Source: SHACL §5.2.1 (what may not stand in such a text), §5.3.1 and Appendix A (pre-bound variables).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from lsp_graph.shacl.tokens import tokens

_FORBIDDEN: Final = {"MINUS", "SERVICE", "VALUES"}
_CUTTING: Final = {"LIMIT", "OFFSET"}
Kind = Literal["select", "ask"]
Setting = Literal["plain", "optional", "exists", "graph"]


@dataclass(frozen=True)
class Group:
    """A group graph pattern: the place after its brace, and the pre-bound variables that it must be given."""

    begin: int
    needs: frozenset[str]


@dataclass(frozen=True)
class Body:
    """One SELECT or ASK; `mentions` are the pre-bound variables that stand in it, `prologue` its prefixes."""

    kind: Kind
    prologue: str
    tokens: tuple[str, ...]
    groups: tuple[Group, ...]
    mentions: frozenset[str]
    alone: bool

    def given(self, path: str | None, give: Callable[[frozenset[str]], str]) -> str:
        """The text, without prologue, in which every group begins with what `give` gives it for its needs.

        `path` stands in for `$PATH`.
        """
        opened = {group.begin: group for group in self.groups}
        written = []
        for place, token in enumerate(self.tokens):
            written.append(f" {path}" if path is not None and token.strip() in ("$PATH", "?PATH") else token)
            if place in opened and opened[place].needs:
                written.append(f" {give(opened[place].needs)} ")
        return "".join(written)

    @property
    def pattern(self) -> int:
        """Where the outermost group begins."""
        return self.groups[0].begin


@dataclass
class _Frame:
    """A group that is being read.

    Of the pre-bound variables, it looks at some in expressions, binds a variable from some, matches some in patterns of
    its own, and has some in groups within it that come before it matches them.
    """

    begin: int
    setting: Setting
    looked_at: set[str] = field(default_factory=set)
    bound_from: set[str] = field(default_factory=set)
    matched: set[str] = field(default_factory=set)
    within: set[str] = field(default_factory=set)
    openers: list[str] = field(default_factory=list)
    selecting: bool = False
    selects: bool = False
    starred: bool = False
    projected: set[str] = field(default_factory=set)
    inner: _Frame | None = None


def read_body(text: str, kind: Kind, prefixes: Iterable[tuple[str, str]], prebound: frozenset[str]) -> Body:
    """Read the text of a query whose variables `prebound` are bound beforehand.

    Raises `ValueError`, saying what is allowed, for a text that is not of this kind or may not be used (§5.2.1).
    """
    reader = _Reader(text, kind, prebound)
    declared = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in prefixes)
    begin = reader.begin()
    reader.read(begin)
    groups = tuple(
        Group(frame.begin - begin, reader.needs(frame, number == 0)) for number, frame in enumerate(reader.groups)
    )
    return Body(
        kind=kind,
        prologue=declared + "".join(reader.texts[:begin]),
        tokens=(kind.upper(), *reader.texts[begin + 1 :]),
        groups=groups,
        mentions=frozenset(reader.mentions),
        alone=reader.alone,
    )


class _Reader:
    """Walks the tokens once, keeping the groups that are open."""

    def __init__(self, text: str, kind: Kind, prebound: frozenset[str]) -> None:
        self._tokens = tokens(text)
        self.texts = [token.whole for token in self._tokens]
        self._kind, self._prebound = kind, prebound
        self.groups: list[_Frame] = []
        self.mentions: set[str] = set()
        self.alone = False

    def begin(self) -> int:
        """The place of the keyword that opens the query."""
        for place, token in enumerate(self._tokens):
            if token.word == self._kind.upper():
                return place
        raise ValueError(f"a SPARQL {self._kind.upper()} query")

    def read(self, begin: int) -> None:
        """Read all groups from this place on."""
        stack = [_Frame(-1, "plain")]
        before: list[str] = []
        for place, token in enumerate(self._tokens[begin:], begin):
            frame = stack[-1]
            if token.variable:
                self._variable(token.variable, frame, before)
            elif token.word:
                self._word(token.word, frame)
            elif token.text == "{":
                stack.append(self._opened(place, frame, before))
            elif token.text == "}" and len(stack) > 1:
                closed = stack.pop()
                self._closed(closed)
                stack[-1].within |= (closed.matched | closed.looked_at | closed.within) - stack[-1].matched
            elif token.text == "(":
                frame.openers.append(before[-1] if before else "")
            elif token.text == ")" and frame.openers:
                frame.openers.pop()
            elif token.text == "*" and frame.selecting and not frame.openers:
                frame.starred = True
            before.append(token.word or token.text)
        self._closed(stack[0])
        if not self.groups:
            raise ValueError(f"a SPARQL {self._kind.upper()} query with a pattern")

    def needs(self, frame: _Frame, outermost: bool) -> frozenset[str]:
        """What a group must be given. A subquery's own group has been left out: it may hold nothing else."""
        if outermost:
            return frozenset(self.mentions - {"PATH"}) | (self._prebound & {"this", "value"})
        if frame.setting == "exists":
            return frozenset()
        # An OPTIONAL's FILTER sees what stands before the OPTIONAL; a BIND in it does not.
        looked = frame.bound_from if frame.setting == "optional" else frame.looked_at
        return frozenset((looked | frame.within) - {"PATH"})

    def _variable(self, name: str, frame: _Frame, before: list[str]) -> None:
        if name not in self._prebound:
            if frame.selecting:
                frame.projected.add(name)
            return
        if before and before[-1] == "AS":
            raise ValueError(f"a query that does not bind ${name}, which is bound beforehand")
        self.mentions.add(name)
        if frame.openers:
            frame.looked_at.add(name)
            if "BIND" in frame.openers:
                frame.bound_from.add(name)
        elif frame.selecting:
            frame.projected.add(name)
        else:
            frame.matched.add(name)

    def _word(self, word: str, frame: _Frame) -> None:
        if word in _FORBIDDEN:
            raise ValueError(f"a query without {word}, which SHACL does not allow here")
        if word in _CUTTING:
            self.alone = True
        if word == "SELECT" and not frame.openers:
            frame.selecting = frame.selects = True

    def _opened(self, place: int, frame: _Frame, before: list[str]) -> _Frame:
        frame.selecting = False
        setting: Setting = "plain"
        if before[-1:] == ["EXISTS"] or frame.setting == "exists":
            setting = "exists"
        elif before[-2:-1] == ["GRAPH"] or frame.setting == "graph":
            setting = "graph"
        elif before[-1:] == ["OPTIONAL"]:
            setting = "optional"
        opened = _Frame(place, setting)
        if frame.inner is None and (frame.selects or frame.begin == -1):
            frame.inner = opened
        self.groups.append(opened)
        return opened

    def _closed(self, frame: _Frame) -> None:
        if frame.setting == "graph" and "this" in frame.looked_at:
            self.alone = True
        if frame.inner is None:
            return
        # What a SELECT clause, GROUP BY or HAVING looks at is found by the pattern of the SELECT.
        frame.inner.looked_at |= frame.looked_at
        if self.alone:
            frame.inner.within |= frame.projected & self._prebound
        frame.looked_at, frame.bound_from, frame.within = set(), set(), set()
        if frame.begin == -1:
            if self._kind == "select" and not frame.starred and "this" not in frame.projected:
                raise ValueError("a SELECT that returns $this")
            return
        for name in sorted(({"this", "value"} & self._prebound) - frame.projected):
            raise ValueError(f"subqueries that return ${name}")
