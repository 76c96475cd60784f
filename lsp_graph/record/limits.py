"""
How much a record may be: what is more is refused before it is read.

A complete record of a county with its districts has some 500 rows and 200 kB as CSV; these limits leave room for fifty
times that and more, and keep the reading of any file within seconds and some hundred megabytes.
"""

from __future__ import annotations

from typing import Final

FILE_BYTES: Final = 20_000_000
"""Bytes of one file as it is handed in."""

UNPACKED_BYTES: Final = 100_000_000
"""Bytes of everything in a workbook or an archive, unpacked."""

PARTS: Final = 1_000
"""Files in a workbook or an archive."""

ROWS: Final = 20_000
"""Rows of a table, the header among them."""

COLUMNS: Final = 200
"""Columns of a table, known or not."""

CELL_CHARACTERS: Final = 10_000
"""Characters of one cell, or of one literal."""

TRIPLES: Final = 200_000
"""Triples of a record that is RDF."""

NESTED: Final = 256
"""How deep values of a JSON document may stand in each other."""

TOLD: Final = 1_000
"""Problems that are told of one record; of more only the number is."""
