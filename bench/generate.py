"""
Make a synthetic graph of any size, shaped as the real one, of places that do not exist.

    python -m bench.generate --scale 1 --output country.nq
    python -m bench.generate --scale 0.1 --defects 5 --output faulty.nq     (and faulty.nq.defects.json)

Scale 1 is 388 areas, each with the record of its partnership in a named graph of its own. The same options give the
same bytes. With `--defects N` about N of a hundred rows that can break a rule of the rulebook do, and the list of what
was planted, each with its rule and the node that an audit should name, is written beside the output.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from bench.country import invent
from bench.record import write_record
from bench.register import write_registers
from bench.schema import Schema
from bench.source import Plan, Source, read_defects
from bench.template import read_templates
from lsp_graph.layout import ONTOLOGY


def generate(scale: float, seed: int, defect_rate: float, write: Callable[[str], object]) -> list[tuple[str, str]]:
    """Hand the N-Quads text to `write`, piece by piece; the (rule, focus) pairs of the defects planted.

    `defect_rate` is a share between 0 and 1.
    """
    templates = read_templates(Schema.of(ONTOLOGY))
    plan = Plan(defect_rate, read_defects())
    country = invent(scale, seed)

    known_tables: dict[str, set[tuple[str, str]]] = {}

    def source(name: str, title: str, family: str | None = None) -> Source:
        return Source(name, family or name, title, templates, plan, write, known_tables)

    write_registers(country, source)
    for area in country.places:
        record = source(f"record-{area.key}", f"Record of {area.name}", "synthetic-record")
        write_record(area, country, record, Random(f"{seed}/{area.key}"))
    return plan.planted


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.generate", description=(__doc__ or "").strip().split("\n")[0]
    )
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 388 areas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defects", type=float, default=0.0, metavar="N", help="per cent of rows that break a rule")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE.nq")
    options = parser.parse_args(arguments)
    with options.output.open("w", encoding="utf-8", buffering=1 << 20) as file:
        planted = generate(options.scale, options.seed, options.defects / 100, file.write)
    if options.defects:
        sidecar = options.output.with_name(options.output.name + ".defects.json")
        sidecar.write_text(json.dumps([{"rule": rule, "focus": focus} for rule, focus in planted], indent=1) + "\n")


if __name__ == "__main__":
    main()
