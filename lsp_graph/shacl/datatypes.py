"""
When a literal is well-formed: the lexical forms of the datatypes of XML Schema, as SPARQL expressions.

    datatype  ->  an expression over the text of a literal, true where the text is one of the datatype's

The casts that SPARQL 1.1 has (§17.1) do not tell: they take a value of another datatype, and most datatypes have none.
So the text itself is looked at, and where its form does not tell a day of the calendar, a cast to `xsd:dateTime`.
A datatype that is not here has only well-formed literals.

Source: XML Schema 1.1 Part 2: Datatypes, §3.3 and §3.4.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from lsp_graph.namespaces import XSD

_ZONE: Final = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR: Final = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = r"(0[1-9]|1[0-2])"
_DAY: Final = r"(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_REAL: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOAT: Final = rf"{_REAL}([eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_DAYS: Final = r"[0-9]+D"
_HOURS: Final = r"T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"
_MONTHS: Final = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_NAME_START: Final = r"[\p{L}_:]"
_NAME: Final = r"[\p{L}\p{M}\p{N}._:\-]"

_FORMS: Final[dict[str, str]] = {
    "boolean": "true|false|1|0",
    "decimal": _REAL,
    "integer": "[+-]?[0-9]+",
    "float": _FLOAT,
    "double": _FLOAT,
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P({_MONTHS}({_DAYS})?({_HOURS})?|{_DAYS}({_HOURS})?|{_HOURS})",
    "dayTimeDuration": rf"-?P({_DAYS}({_HOURS})?|{_HOURS})",
    "yearMonthDuration": rf"-?P{_MONTHS}",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": "((([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]"
    "|([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=))?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\r\n\t]*",
    "token": r"([^\r\n\t ]+( [^\r\n\t ]+)*)?",
    "Name": f"{_NAME_START}{_NAME}*",
    "NCName": f"{_NAME_START.replace(':', '')}{_NAME.replace(':', '')}*",
    "NMTOKEN": f"{_NAME}+",
}

_BOUNDS: Final[dict[str, tuple[int | None, int | None]]] = {
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    **{f"unsigned{name}": (0, 2**bits - 1) for name, bits in (("Byte", 8), ("Short", 16), ("Int", 32), ("Long", 64))},
    **{
        name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        for name, bits in (("byte", 8), ("short", 16), ("int", 32), ("long", 64))
    },
}

_CALENDAR: Final[dict[str, str]] = {
    "dateTime": "{text}",
    "dateTimeStamp": "{text}",
    "date": 'CONCAT(REPLACE({text}, "(Z|[+-][0-9]{{2}}:[0-9]{{2}})$", ""), "T00:00:00")',
    "gMonthDay": 'CONCAT("2000", SUBSTR({text}, 2, 6), "T00:00:00")',
}
"""The moment, as text, that a cast finds to be in the calendar or not."""


def well_formed(datatype: ox.NamedNode, text: str) -> str:
    """The expression that is true where `text`, itself an expression, is a lexical form of the datatype; else empty."""
    name = datatype.value.removeprefix(XSD)
    form = _FORMS["integer"] if name in _BOUNDS else _FORMS.get(name)
    if form is None or datatype.value == name:
        return ""
    parts = [f"REGEX({text}, {ox.Literal(f'^({form})$')})"]
    if name in _BOUNDS:
        least, most = _BOUNDS[name]
        parts += [f"{XSD.decimal}({text}) >= {least}"] if least is not None else []
        parts += [f"{XSD.decimal}({text}) <= {most}"] if most is not None else []
    if name in _CALENDAR:
        moment = _CALENDAR[name].format(text=text)
        parts.append(f'STR({XSD.dateTime}({moment})) != ""')
    return " && ".join(parts)
