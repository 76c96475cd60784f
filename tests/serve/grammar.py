"""Random SPARQL: strategies that follow the grammar of SPARQL 1.1 (section 19.8), and now and then stray from it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_VARIABLES = st.sampled_from(["?a", "?b", "?c", "$d", "?é"])
_IRIS = st.sampled_from(
    [
        "<https://w3id.org/lsp/id/area/E09000901>",
        "rdfs:label",
        "a:b",
        "<x>",
        "<http://x/é>",
        "xsd:integer",
        "a",
        r"<http://x/\u0041>",
    ]
)
_LITERALS = st.one_of(
    st.sampled_from(
        ["true", "1", "-1.5", "1e400", '"x"@en', '"x"^^xsd:date', "'''a\nb'''", '"\\n"', '""', '"\\u0000"', "9" * 40]
    ),
    st.text(alphabet=st.characters(exclude_characters='"\\\r\n', exclude_categories=["Cs"]), max_size=5).map(
        lambda text: f'"{text}"'
    ),
)
_TERMS = st.one_of(_VARIABLES, _IRIS, _LITERALS, st.sampled_from(["[]", "_:x", "()", "(1 ?a)"]))
_PATHS = st.recursive(
    _IRIS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("*+?")).map(lambda parts: f"({parts[0]}){parts[1]}"),
        st.tuples(inner, st.sampled_from("/|"), inner).map("".join),
        inner.map(lambda path: f"^({path})"),
        _IRIS.map(lambda iri: f"!({iri})"),
    ),
    max_leaves=3,
)
_FUNCTIONS = st.one_of(
    st.sampled_from(["STR", "LANG", "DATATYPE", "IRI", "ABS", "CEIL", "STRLEN", "UCASE", "ENCODE_FOR_URI", "YEAR"]),
    st.sampled_from(["TIMEZONE", "MD5", "SHA512", "isIRI", "BNODE", "<http://no/such>", "xsd:integer", "xsd:dateTime"]),
    st.sampled_from(["COUNT", "SUM", "GROUP_CONCAT", "SAMPLE"]),
)


def _call(parts: tuple[str, str]) -> str:
    return f"{parts[0]}({parts[1]})"


_EXPRESSIONS = st.recursive(
    st.one_of(_VARIABLES, _LITERALS, _IRIS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "=", "!=", "<", ">", "&&", "||"]), inner).map(
            lambda one: f"({' '.join(one)})"
        ),
        st.tuples(_FUNCTIONS, inner).map(_call),
        st.tuples(inner, inner).map(lambda one: f"REGEX({one[0]}, {one[1]})"),
        st.tuples(inner, inner).map(lambda one: f"REPLACE({one[0]}, {one[1]}, '$1')"),
        st.tuples(inner, inner).map(lambda one: f"SUBSTR({one[0]}, {one[1]})"),
        st.tuples(inner, inner, inner).map(lambda one: f"IF({', '.join(one)})"),
        st.lists(inner, max_size=3).map(lambda several: f"COALESCE({', '.join(several)})"),
        inner.map(lambda one: f"!{one}"),
        st.tuples(inner, st.lists(inner, max_size=2)).map(lambda one: f"({one[0]} IN ({', '.join(one[1])}))"),
    ),
    max_leaves=5,
)
_TRIPLES = st.tuples(_TERMS, st.one_of(_VARIABLES, _PATHS), _TERMS).map(lambda parts: f"{' '.join(parts)} .")


def _grouped(pattern: SearchStrategy[str]) -> SearchStrategy[str]:
    return pattern.map(lambda inner: f"{{ {inner} }}")


def _patterns() -> SearchStrategy[str]:
    return st.recursive(
        _TRIPLES,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(" ".join),
            st.tuples(_grouped(inner), _grouped(inner)).map(" UNION ".join),
            _grouped(inner).map(lambda group: f"OPTIONAL {group}"),
            _grouped(inner).map(lambda group: f"MINUS {group}"),
            st.tuples(st.one_of(_VARIABLES, _IRIS), _grouped(inner)).map(lambda parts: f"GRAPH {' '.join(parts)}"),
            _grouped(inner).map(lambda group: f"FILTER NOT EXISTS {group}"),
            st.tuples(inner, _EXPRESSIONS).map(lambda parts: f"{parts[0]} FILTER({parts[1]})"),
            st.tuples(inner, _EXPRESSIONS, _VARIABLES).map(lambda parts: f"{parts[0]} BIND({parts[1]} AS {parts[2]})"),
            _LITERALS.map(lambda literal: f"VALUES (?a ?b) {{ ({literal} UNDEF) }}"),
            _grouped(inner).map(lambda group: f"{{ SELECT ?a (COUNT(*) AS ?n) {group} GROUP BY ?a }}"),
        ),
        max_leaves=4,
    )


def _solution_modifiers() -> SearchStrategy[str]:
    return st.tuples(
        st.one_of(st.just(""), st.tuples(_EXPRESSIONS).map(lambda one: f" ORDER BY DESC({one[0]})")),
        st.sampled_from(["", " LIMIT 0", " LIMIT 5", " OFFSET 99999999999999999999", " LIMIT 3 OFFSET 1"]),
    ).map("".join)


_PROLOGUE = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    "PREFIX a: <http://x/a#> BASE <http://x/> "
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query; of ten, one is broken somewhere."""
    where = draw(_grouped(_patterns()))
    head = draw(
        st.one_of(
            st.sampled_from(["SELECT *", "SELECT DISTINCT ?a ?b", "SELECT REDUCED ?c", "ASK", "DESCRIBE ?a"]),
            _EXPRESSIONS.map(lambda expression: f"SELECT ({expression} AS ?x)"),
            st.lists(_TRIPLES, max_size=2).map(lambda triples: f"CONSTRUCT {{ {' '.join(triples)} }}"),
        )
    )
    text = f"{_PROLOGUE}{head} WHERE {where}{draw(_solution_modifiers())}"
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(text)))
        text = (
            text[:place]
            + draw(st.sampled_from(["", "{", "\x00", "SERVICE <http://127.0.0.1:9/> {}", "\\u", "\ufffe"]))
            + text[place + 1 :]
        )
    return text
