"""`lsp-graph validate` keeps its contract: any RDF files, any SHACL shapes, and what cannot be used is named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from lsp_graph.namespaces import RDF, SH

FILES = Path(__file__).parent / "files"
README = Path(__file__).resolve().parents[2] / "README.md"
AGES = {"-1", "many"}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def validate(tmp_path: Path) -> Run:
    """Run `lsp-graph validate` as a user does, beside the files."""

    def run(*words: str, where: Path = FILES) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lsp_graph", "validate", *words],
            capture_output=True,
            text=True,
            cwd=where,
            timeout=120,
            check=False,
        )

    return run


def results(done: subprocess.CompletedProcess[str]) -> list[dict[str, ox.NamedNode | ox.Literal | ox.BlankNode]]:
    """The results of a report in Turtle."""
    assert "Traceback" not in done.stderr
    store = ox.Store()
    store.load(done.stdout.encode(), format=ox.RdfFormat.TURTLE)
    (report,) = (quad.subject for quad in store.quads_for_pattern(None, RDF.type, SH.ValidationReport))
    (conforms,) = (quad.object for quad in store.quads_for_pattern(report, SH.conforms, None))
    found = []
    for result in store.quads_for_pattern(report, SH.result, None):
        assert isinstance(result.object, ox.BlankNode)
        held = store.quads_for_pattern(result.object, None, None)
        found.append({quad.predicate.value.removeprefix(SH): quad.object for quad in held})
    assert conforms == ox.Literal(not found)
    assert done.returncode == (1 if found else 0)
    return found  # type: ignore[return-value]  # no report has triple terms


def refused(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of an error."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def test_a_report_is_a_standard_validation_report(validate: Run) -> None:
    done = validate("people.ttl", "--shapes", "shapes.ttl")

    found = results(done)
    assert {one["focusNode"].value for one in found} == {"https://example.org/bob"}
    assert {(one["sourceConstraintComponent"].value.removeprefix(SH), one["value"].value) for one in found} == {
        ("MinInclusiveConstraintComponent", "-1"),
        ("MinInclusiveConstraintComponent", "many"),
        ("DatatypeConstraintComponent", "many"),
    }
    assert {one["resultMessage"].value for one in found} == {"An age is a number from 0 on."}
    assert done.stderr == ""


def test_data_that_conforms_is_status_0(validate: Run, tmp_path: Path) -> None:
    (tmp_path / "ann.ttl").write_text("@prefix ex: <https://example.org/> . ex:ann a ex:Person ; ex:age 34 .")

    assert results(validate(str(tmp_path / "ann.ttl"), "--shapes", "shapes.ttl")) == []


@pytest.mark.parametrize("extension", ["ttl", "nt", "nq", "trig", "rdf", "jsonld", "n3"])
def test_every_format_is_read(validate: Run, extension: str) -> None:
    (found,) = results(validate(f"data/bob.{extension}", "--shapes", "shapes.ttl"))

    assert found["focusNode"] == ox.NamedNode("https://example.org/bob")


def test_several_files_are_one_graph_of_data_and_one_of_shapes(validate: Run, tmp_path: Path) -> None:
    (tmp_path / "type.nt").write_text("<urn:x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:Thing> .\n")
    (tmp_path / "p.nt").write_text('<urn:x> <urn:p> _:same .\n_:same <urn:p> "1" .\n')
    (tmp_path / "q.nt").write_text('_:same <urn:p> "2" .\n')
    sh = "@prefix sh: <http://www.w3.org/ns/shacl#> . "
    (tmp_path / "a.ttl").write_text(sh + "<urn:A> a sh:NodeShape ; sh:targetClass <urn:Thing> ; sh:node <urn:B> .")
    (tmp_path / "b.ttl").write_text(
        sh + "<urn:B> a sh:NodeShape ; sh:property [ sh:path ( <urn:p> <urn:p> ) ; sh:minCount 2 ] ."
    )

    done = validate("type.nt", "p.nt", "q.nt", "--shapes", "a.ttl", "--shapes", "b.ttl", where=tmp_path)

    (found,) = results(done)  # a blank node belongs to its file: there is one value, not two
    assert found["sourceShape"] == ox.NamedNode("urn:A")


def test_a_table_is_for_people(validate: Run) -> None:
    done = validate("people.ttl", "--shapes", "shapes.ttl", "--format", "table")

    assert done.returncode == 1
    assert "does not conform: 3 results" in done.stdout
    assert "An age is a number" in done.stdout
    assert "ex:bob" in done.stdout


def test_json_is_for_programs(validate: Run) -> None:
    told = json.loads(validate("people.ttl", "--shapes", "shapes.ttl", "--format", "json").stdout)

    assert told["conforms"] is False
    assert told["shapes"] == [{"shape": "<https://example.org/PersonShape>", "focusNodes": 2, "results": 3}]
    assert {one["value"]["value"] for one in told["results"]} == AGES


def test_a_report_goes_to_a_file(validate: Run, tmp_path: Path) -> None:
    done = validate("people.ttl", "--shapes", "shapes.ttl", "--output", str(tmp_path / "report.ttl"))

    assert (done.returncode, done.stdout) == (1, "")
    assert "sh:ValidationReport" in (tmp_path / "report.ttl").read_text()


def test_a_shape_without_a_focus_node_is_told(validate: Run) -> None:
    done = validate("people.ttl", "--shapes", "idle.ttl")

    assert results(done) == []
    assert done.stderr.splitlines() == ["<https://example.org/IdleShape>: found no focus node"]


@pytest.mark.parametrize("name", ["empty.ttl", "empty.nt", "empty.rdf", "empty.jsonld", "empty.trig"])
def test_data_without_triples_is_told(validate: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\n")

    done = validate(str(tmp_path / name), "--shapes", "shapes.ttl")

    assert results(done) == []
    assert f"{name}: no triples" in done.stderr
    assert "found no focus node" in done.stderr


def test_a_datatype_that_the_store_forgets_is_asked_of_pyshacl_and_told(validate: Run) -> None:
    done = validate("people.ttl", "--shapes", "pupils.ttl", "--shapes", "shapes.ttl")

    pupils = [one for one in results(done) if one["resultPath"] == ox.NamedNode("https://example.org/pupils")]
    assert [one["focusNode"].value for one in pupils] == ["https://example.org/bob"]
    (line,) = done.stderr.splitlines()
    assert line.startswith("<https://example.org/PupilsShape>: asked of pySHACL")


def test_the_shapes_graph_has_a_name(validate: Run) -> None:
    (found,) = results(validate("people.ttl", "--shapes", "uses-shapes-graph.ttl"))

    assert found["value"].value == "-1"


def test_imports_are_not_followed_and_that_is_told(validate: Run, tmp_path: Path) -> None:
    stated = "<urn:o> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/more> ."
    (tmp_path / "importing.ttl").write_text((FILES / "shapes.ttl").read_text() + stated)

    done = validate("people.ttl", "--shapes", str(tmp_path / "importing.ttl"))

    assert "owl:imports http://127.0.0.1:9/more: not followed" in done.stderr


SHAPES = {
    "syntax": [":7: "],
    "no-shape": ["no shape"],
    "no-target": ["no active shape has a target"],
    "deactivated": ["no active shape has a target"],
    "misspelt-class": ["sh:NodeShpae; expected a class of SHACL Core or SHACL-SPARQL; nearest: sh:NodeShape"],
    "unknown-terms": [
        "<https://example.org/AShape>: sh:minimumCount",
        "a shape in <https://example.org/AShape> with sh:path <https://example.org/age>: sh:maxCuont",
    ],
    "rule": ["sh:rule", "sh:TripleRule"],
    "ill-formed": ["sh:nodeKind", "a property shape without sh:path", 'sh:minCount "one"'],
    "recursion": ["recursive shapes", "<https://example.org/AShape>"],
    "service": ["a query without SERVICE"],
    "unknown-function": ["<https://example.org/AShape>: The custom function <https://example.org/f>"],
    "from": ["<https://example.org/AShape>", "SPARQL that the store can answer"],
    "limit-about-blank-nodes": ["<https://example.org/AShape>: LIMIT, OFFSET or GRAPH in a query about blank nodes"],
}


@pytest.mark.parametrize("name", [file.stem for file in sorted((FILES / "refused-shapes").glob("*.ttl"))])
def test_shapes_that_cannot_be_used_are_refused_by_name(validate: Run, name: str, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("@prefix ex: <https://example.org/> . ex:a a ex:Person ; ex:address [] .")
    lines = refused(validate(str(tmp_path / "data.ttl"), "--shapes", f"refused-shapes/{name}.ttl"))

    assert all(line.startswith(f"refused-shapes/{name}.ttl") for line in lines)
    assert all(any(part in line for line in lines) for part in SHAPES[name])


DATA = {
    "syntax.ttl": ":2: ",
    "syntax.jsonld": ":2: ",
    "syntax.rdf": ":3: ",
    "not-rdf.rdf": "RDF/XML",
    "entities.rdf": ":3: <!ENTITY a>; expected RDF/XML without entities of its own",
    "remote-context.jsonld": "nothing is fetched",
    "rules.n3": "variables are not allowed",
    "triple-term.ttl": "expected RDF 1.1",
    "latin-1.nt": ":1: ",
    "table.csv": "extension '.csv'",
}


@pytest.mark.parametrize("name", [file.name for file in sorted((FILES / "refused-data").iterdir())])
def test_data_that_cannot_be_read_is_refused_with_its_place(validate: Run, name: str) -> None:
    (line,) = refused(validate(f"refused-data/{name}", "--shapes", "shapes.ttl"))

    assert line.startswith(f"refused-data/{name}:")
    assert DATA[name] in line


def test_all_unusable_files_are_told_at_once(validate: Run) -> None:
    lines = refused(
        validate("missing.ttl", "refused-data/syntax.ttl", "refused-data", "--shapes", "refused-shapes/recursion.ttl")
    )

    assert [line.split(":")[0] for line in lines] == [
        "missing.ttl",
        "refused-data",
        "refused-data/syntax.ttl",
        "refused-shapes/recursion.ttl",
    ]


DEEP = {
    "deep.rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/">',
        "<ex:C><ex:p>",
        "</ex:p></ex:C>",
        "</rdf:RDF>",
    ),
    "deep.jsonld": ("", '{"https://example.org/p": ', "}", ""),
}


@pytest.mark.parametrize("name", DEEP)
def test_data_nested_without_end_is_refused(validate: Run, tmp_path: Path, name: str) -> None:
    begin, down, up, end = DEEP[name]
    inner = "1" if name.endswith("jsonld") else ""
    (tmp_path / name).write_text(begin + down * 50_000 + inner + up * 50_000 + end)

    (line,) = refused(validate(str(tmp_path / name), "--shapes", "shapes.ttl"))

    assert "deeper nesting" in line


SHAPES_BEYOND = {
    "nested": "sh:not " + "[ sh:not " * 3_000 + "[ sh:class ex:C ]" + " ]" * 3_000,
    "path": "sh:property [ sh:minCount 1 ; sh:path ( " + "ex:p " * 3_000 + ") ]",
    "brackets": 'sh:sparql [ sh:select "SELECT $this WHERE { FILTER (' + "(" * 9_000 + "1" + ")" * 9_000 + ') }" ]',
    "signs": 'sh:sparql [ sh:select "SELECT $this WHERE { FILTER (' + "!" * 15_000 + 'true) }" ]',
    "text": 'sh:sparql [ sh:select "SELECT $this WHERE { FILTER (' + "$this = 1 || " * 20_000 + 'false) }" ]',
    "named": "sh:node ex:S0 . "
    + " ".join(f"ex:S{number} a sh:NodeShape ; sh:node ex:S{number + 1} ." for number in range(1_000))
    + " ex:S1000 a sh:NodeShape ; sh:class ex:C",
}


@pytest.mark.parametrize("name", SHAPES_BEYOND)
def test_shapes_beyond_all_measure_are_refused(validate: Run, tmp_path: Path, name: str) -> None:
    prefixes = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    text = f"{prefixes} ex:Deep a sh:NodeShape ; sh:targetClass ex:Person ; {SHAPES_BEYOND[name]} ."
    (tmp_path / "shapes.ttl").write_text(text)

    lines = refused(validate("people.ttl", "--shapes", str(tmp_path / "shapes.ttl")))

    assert any("ex:Deep" in line or "<https://example.org/Deep>" in line for line in lines)


def test_a_long_list_of_allowed_values_is_no_deep_expression(validate: Run, tmp_path: Path) -> None:
    codes = " ".join(f'"{number}" {number} ex:c{number}' for number in range(7_000))
    prefixes = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    shape = f"ex:CodeShape a sh:PropertyShape ; sh:targetSubjectsOf ex:age ; sh:path ex:age ; sh:in ( {codes} ) ."
    (tmp_path / "codes.ttl").write_text(prefixes + shape)

    found = results(validate("people.ttl", "--shapes", str(tmp_path / "codes.ttl")))

    assert {one["value"].value for one in found} == AGES


def test_the_example_of_the_readme_shows_what_it_prints(validate: Run, tmp_path: Path) -> None:
    section = README.read_text(encoding="utf-8").partition("## Validate your own RDF")[2].partition("\n## ")[0]
    for name, text in re.findall(r"```turtle\n# (\S+)\n(.*?)```", section, re.DOTALL):
        (tmp_path / name).write_text(text)
    (command, printed) = re.search(r"```console\n\$ lsp-graph validate (.*?)\n(.*?)```", section, re.DOTALL).groups()  # type: ignore[union-attr]

    done = validate(*command.split(), where=tmp_path)

    assert done.stdout == printed
    assert done.returncode == 1
