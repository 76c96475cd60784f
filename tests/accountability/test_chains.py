"""A chain leads on as far as the record does, ends where it says, and shows its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from rich.console import Console

from lsp_graph import account_text, chains
from lsp_graph.chains import Chain, Hop, chain
from lsp_graph.errors import UnknownName
from lsp_graph.namespaces import ID, LSP, RDF, RDFS, SCHEME, resource
from lsp_graph.settings import DEFAULT_AS_OF
from lsp_graph.store import EmbeddedBackend, in_memory


def one(place: EmbeddedBackend, kind: str, key: str, as_of: date = DEFAULT_AS_OF) -> Chain:
    return chain(place, resource(kind, key).value, as_of=as_of)[0]


def lines(hops: Iterable[Hop]) -> Iterator[tuple[str, ...]]:
    """Each line of the tree from its beginning to its end."""
    for hop in hops:
        step = f"{hop.by} {hop.to.label}"
        if hop.end:
            yield (step, hop.end)
        yield from ((step, *rest) for rest in lines(hop.onward))


def test_a_target_leads_up_to_central_government_and_down_to_citizens(place: EmbeddedBackend) -> None:
    found = one(place, "accountability", "rival")

    assert set(lines(found.hops)) == {
        ("answers to Aford Together", "is led by Aford Council", "answers to Secretary of State", "central government"),
        ("answers to Aford Together", "is led by Aford Council", "answers to the people of Aford", "citizens"),
        ("answers to Aford Together", "is led by Aford Council", "answers to Aford Together", "circle"),
    }


def test_every_hop_has_its_basis_source_and_period(place: EmbeddedBackend) -> None:
    (together,) = one(place, "accountability", "rival").hops
    (council,) = together.onward
    up = next(hop for hop in council.onward if hop.end == chains.GOVERNMENT)

    assert [(cited.source, cited.place) for cited in council.evidence] == [("The old plan", "page 1")]
    assert up.account is not None
    assert [basis.label for basis in up.account.basis] == ["the Act s.106"]
    assert (up.since, up.until) == ("2008-04-01", None)


def test_partners_who_answer_to_each_other_are_shown_as_a_circle(place: EmbeddedBackend) -> None:
    found = one(place, "accountability", "patrol-1")

    assert list(lines(found.hops)) == [("answers to Aford Fire", "answers to Aford Police", "circle")]


def test_a_party_that_answers_to_nobody_is_a_dead_end(place: EmbeddedBackend) -> None:
    assert one(place, "accountability", "news").ends() == {chains.DEAD_END}


def test_a_derived_accountability_shows_the_rule_and_the_facts_that_fired_it(place: EmbeddedBackend) -> None:
    made = one(place, "accountability", "up").derivation

    assert made is not None
    assert made.rule.label == "the responsible authority bears the duty"
    (duty,) = made.facts
    assert (duty.thing.label, duty.thing.kind) == ("prepare the agreement", "duty")
    assert duty.bearer_class is not None
    assert duty.bearer_class.label == "responsible authority"
    assert duty.since == "2007-12-30"


def test_the_chain_of_a_day_has_no_accounts_of_other_days(place: EmbeddedBackend) -> None:
    assert chains.GOVERNMENT in one(place, "accountability", "rival").ends()
    assert chains.GOVERNMENT not in one(place, "accountability", "rival", date(2008, 3, 31)).ends()


def test_a_matter_has_a_chain_for_each_who_is_accountable_for_it(place: EmbeddedBackend) -> None:
    found = chain(place, resource("target", "1").value, area=resource("area", "A"))

    assert [one.root.accountable.label for one in found] == ["Aford Fire", "Aford Council"]
    with pytest.raises(UnknownName):
        chain(place, resource("target", "1").value, area=resource("area", "B"))


def test_a_line_without_end_is_followed_only_so_far() -> None:
    parties = [ID[f"party/{number:02}"] for number in range(30)]
    quads = [Quad(party, RDFS.label, Literal(party.value)) for party in [*parties, ID["matter/1"]]]
    for number, (owing, owed) in enumerate(pairwise(parties)):
        account = ID[f"accountability/{number:02}"]
        said: list[tuple[NamedNode, NamedNode]] = [
            (RDF.type, LSP.Accountability),
            (LSP.accountable, owing),
            (LSP.accountableTo, owed),
            (LSP.accountableFor, ID["matter/1"]),
            (LSP.area, ID["area/A"]),
            (LSP.direction, NamedNode(f"{SCHEME}direction/upwards")),
        ]
        quads += [Quad(account, prop, value) for prop, value in said]

    (line,) = lines(one(in_memory(quads), "accountability", "00").hops)

    assert len(line) == chains.DEPTH + 2
    assert line[-1] == chains.DEEP


def test_the_tree_is_told_in_plain_text_when_piped(place: EmbeddedBackend, tmp_path: Path) -> None:
    with (tmp_path / "tree.txt").open("w+", encoding="utf-8") as file:
        Console(file=file, width=300).print(account_text.tree(one(place, "accountability", "up")))
        file.seek(0)
        told = file.read()

    assert "\x1b" not in told
    assert "binds every responsible authority" in told
    assert "answers to Secretary of State" in told
    assert "[central government]" in told


def test_as_json_the_tree_keeps_its_ends(place: EmbeddedBackend) -> None:
    told = one(place, "accountability", "up").as_json()

    assert told["derivation"]["facts"][0]["bearerClass"] == "responsible authority"
    assert [(hop["to"]["label"], hop["end"]) for hop in told["hops"]] == [("Secretary of State", "central government")]
