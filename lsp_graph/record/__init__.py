"""
A partnership's own record: written as tables, checked, turned into facts with their evidence.

    folder of CSV files  ->  Record, or all its problems  ->  quads in a named graph of its own
"""

from lsp_graph.record.check import Record, RecordRow, check_tables, read_record, record_key
from lsp_graph.record.format import Column, Format, Kind, Table, read_format
from lsp_graph.record.known import follow_things, known_things
from lsp_graph.record.references import Known
from lsp_graph.record.statements import Origin, record_quads
from lsp_graph.record.submission import Submission, read_submission
from lsp_graph.record.tables import Tables, TextRow, read_tables

__all__ = [
    "Column",
    "Format",
    "Kind",
    "Known",
    "Origin",
    "Record",
    "RecordRow",
    "Submission",
    "Table",
    "Tables",
    "TextRow",
    "check_tables",
    "follow_things",
    "known_things",
    "read_format",
    "read_record",
    "read_submission",
    "read_tables",
    "record_key",
    "record_quads",
]
