"""The picture of an area shows what is recorded of its governance, and nothing that a label says can change it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_graph.areas import resolve
from lsp_graph.errors import InputError, LspGraphError
from lsp_graph.pictures import Governance, Line, Thing, governance
from lsp_graph.store import EmbeddedBackend

DAY = date(2008, 6, 30)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def southwark(real: EmbeddedBackend) -> Governance:
    return governance(real, resolve(real, "Southwark", DAY), "Southwark", DAY)


def texts(drawn: bytes) -> str:
    """All that a picture says, in one line."""
    return " ".join(text.text or "" for text in ElementTree.fromstring(drawn).iter(f"{SVG}text"))  # noqa: S314  # ours


def test_it_shows_the_partnership_its_groups_its_partners_and_whom_the_council_answers_to(
    southwark: Governance,
) -> None:
    kinds = {thing.label: thing.kind for thing in southwark.things}
    assert kinds["Southwark Alliance"] == "partnership"
    assert kinds["London Borough of Southwark"] == "council"
    assert kinds["Young Southwark"] == "group"
    assert kinds["Environment Agency"] == "partner"
    assert kinds["Secretary of State"] == kinds["the people of Southwark"] == "answered to"
    shown = texts(southwark.draw())
    assert "Environment Agency" in shown
    assert "What is not recorded is not drawn." in shown


def test_every_box_leads_to_the_page_of_what_it_shows(southwark: Governance) -> None:
    drawn = ElementTree.fromstring(southwark.draw())  # noqa: S314  # ours
    links = {link.get("{http://www.w3.org/1999/xlink}href") for link in drawn.iter(f"{SVG}a")}
    assert {thing.iri for thing in southwark.things} <= links


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("dot", b"digraph")])
def test_it_is_written_in_the_form_that_the_file_s_name_says(
    southwark: Governance, tmp_path: Path, form: str, begins: bytes
) -> None:
    southwark.write(tmp_path / f"southwark.{form}")
    assert (tmp_path / f"southwark.{form}").read_bytes().lstrip().startswith(begins)


def test_another_form_is_told_with_those_there_are(southwark: Governance, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one of svg, png, dot"):
        southwark.write(tmp_path / "southwark.gif")
    with pytest.raises(LspGraphError, match="cannot be written"):
        southwark.write(tmp_path / "nowhere" / "southwark.svg")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60))
@pytest.mark.parametrize("frame", ["{}", "<b>{}</b>", "<{}>", "\\N{}\\", '"{}"', "<script>{}</script>", "&lt;{}&#65;"])
def test_a_label_is_shown_as_it_is(frame: str, text: str) -> None:
    label = frame.format(text)
    one, other = Thing("urn:one", label, "partner", label), Thing("urn:other", "Council", "council")
    picture = Governance(label, DAY, (one, other), (Line(one.iri, other.iri, "answers between-partners", 2),))
    drawn = picture.draw()
    assert "".join(label.split()) in "".join(texts(drawn).split())
    assert b"<script" not in drawn
