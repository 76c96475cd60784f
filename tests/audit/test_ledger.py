"""The ledger keeps audits whole and tells what is new, fixed and unchanged, and what it cannot tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lsp_graph.audit import AuditReport, Comparison, compare, keep, load, outcome_of, render, render_comparison
from lsp_graph.audit.ledger import ids, rule_hashes
from lsp_graph.audit.rulebook import read_rulebook
from lsp_graph.errors import InputError, StoreUnavailable, UnknownName
from lsp_graph.layout import SHAPES

Audited = Callable[..., AuditReport]
Edition = Callable[[str], Path]


@pytest.fixture
def compared(audited: Audited, tmp_path: Path) -> Callable[..., Comparison]:
    """Audit twice, keep both, and compare: each time by records, areas, rules, day and shapes."""

    def run(before: dict[str, object], after: dict[str, object]) -> Comparison:
        kept = []
        for options in (before, after):
            records = options.pop("records")
            assert isinstance(records, tuple)
            shapes = options.get("shapes", SHAPES)
            assert isinstance(shapes, Path)
            areas = options.get("areas", ())
            assert isinstance(areas, tuple)
            report = audited(*records, **options)
            kept.append(keep(tmp_path / "audits", report, areas=areas, shapes=shapes))
        return compare(*kept)

    return run


def labels(comparison: Comparison) -> dict[str, list[str]]:
    """The labels of the findings of each group that has any."""
    return {
        change: [f"{finding.rule} {finding.focus.label}" for finding in findings]
        for change, findings in comparison.groups.items()
        if findings
    }


S01_S04 = ("S01", "S04")


def test_an_audit_is_read_back_as_it_was_kept(audited: Audited, tmp_path: Path) -> None:
    report = audited("millbrook", rules=S01_S04)
    kept = keep(tmp_path, report)

    assert load(tmp_path, kept.id) == load(tmp_path, "1") == load(tmp_path, "latest") == kept
    assert [finding.id for finding in kept.findings] == [finding.id for finding in report.findings]
    assert (kept.version, kept.as_of, kept.areas) == (report.version, "2008-06-30", None)
    assert kept.rules.keys() == {"S01", "S04"}
    assert kept.counts == {"failed": 1, "notRecorded": 1, "waived": 0}


def test_an_audit_tells_the_outcome_of_each_of_its_findings_and_of_no_other(audited: Audited, tmp_path: Path) -> None:
    report = audited("millbrook", rules=S01_S04)
    kept = keep(tmp_path, report)

    assert {finding.id: outcome_of(tmp_path, kept.id, finding.id) for finding in report.findings} == {
        finding.id: finding.outcome for finding in report.findings
    }
    assert outcome_of(tmp_path, kept.id, "0" * 16) is None


def test_ids_sort_as_the_audits_came(audited: Audited, tmp_path: Path) -> None:
    made = [keep(tmp_path, audited("millbrook", rules=(rule,))).id for rule in ("S01", "S04", "B02")]

    assert made == sorted(made) == ids(tmp_path)


def test_an_audit_just_like_the_latest_is_not_kept_twice(audited: Audited, tmp_path: Path) -> None:
    first, again = (keep(tmp_path, audited("millbrook", rules=S01_S04)) for _ in range(2))

    assert (first, ids(tmp_path)) == (again, [first.id])


def test_an_unfinished_write_is_not_seen(audited: Audited, tmp_path: Path) -> None:
    kept = keep(tmp_path, audited("millbrook", rules=S01_S04))
    (tmp_path / ".000002.json.part").write_text('{"id": "0000', encoding="utf-8")

    assert load(tmp_path, "latest") == kept


def test_an_unknown_audit_is_refused_with_those_there_are(audited: Audited, tmp_path: Path) -> None:
    kept = keep(tmp_path, audited("millbrook", rules=S01_S04))

    with pytest.raises(UnknownName, match=f"'9' is no audit .*{kept.id}"):
        load(tmp_path, "9")
    with pytest.raises(UnknownName, match="'latest' is no audit"):
        load(tmp_path / "elsewhere", "latest")


@pytest.mark.parametrize("text", ['{"id": "000001"', "[]", '{"format": 99}', '{"format": 1, "scope": 3}'])
def test_a_damaged_audit_is_told_by_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "000001.json").write_text(text, encoding="utf-8")

    with pytest.raises(StoreUnavailable, match=r"000001\.json: damaged"):
        load(tmp_path, "latest")


def test_a_damaged_audit_does_not_keep_the_next_from_being_kept(audited: Audited, tmp_path: Path) -> None:
    (tmp_path / "000001.json").write_text("{", encoding="utf-8")

    assert keep(tmp_path, audited("millbrook", rules=S01_S04)).id == "000002"


def test_findings_are_new_fixed_or_unchanged(compared: Callable[..., Comparison]) -> None:
    forth = compared({"records": ("millbrook", "norham")}, {"records": ("millbrook", "norham", "joint")})
    back = compared({"records": ("millbrook", "norham", "joint")}, {"records": ("millbrook", "norham")})

    assert "S04 Riverside Transport" in labels(forth)["new"]
    assert "S04 Millbrook Culture" in labels(forth)["unchanged"]
    assert labels(forth).keys() == {"new", "unchanged"}
    assert (forth.new, forth.unchanged) == (back.fixed, back.unchanged)


def test_a_gap_that_has_become_a_breach_has_turned(compared: Callable[..., Comparison]) -> None:
    comparison = compared(
        {"records": ("millbrook",), "rules": ("S01",)},
        {"records": ("millbrook", "complete-sub-partnerships"), "rules": ("S01",)},
    )

    assert labels(comparison) == {"turned": ["S01 Millbrook Together"]}
    assert [finding.outcome for finding in comparison.turned] == ["failed"]


def test_what_goes_with_a_change_of_the_rule_is_not_called_fixed(
    compared: Callable[..., Comparison], edition: Edition
) -> None:
    comparison = compared(
        {"records": ("millbrook",), "shapes": edition("blanks")},
        {"records": ("millbrook",), "shapes": edition("narrowed")},
    )

    assert labels(comparison) == {"rule changed": ["Z01 Millbrook Culture"]}
    assert comparison.changed_rules == ("Z01",)


def test_a_rule_in_other_words_is_the_same_rule(compared: Callable[..., Comparison], edition: Edition) -> None:
    comparison = compared(
        {"records": ("millbrook",), "shapes": edition("blanks")},
        {"records": ("millbrook",), "shapes": edition("reworded")},
    )

    assert labels(comparison) == {"unchanged": ["Z01 Millbrook Culture"]}


def test_every_rule_has_a_hash_that_stays_from_reading_to_reading() -> None:
    first, again = rule_hashes(read_rulebook()), rule_hashes(read_rulebook())

    assert first == again
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"rules": ("S01", "S04")}, {"rules": ("S04",)}),
        ({"rules": ("S01", "S04")}, {"rules": ("S01", "S04"), "areas": ("E06000902",)}),
        ({"rules": ("A01",)}, {"rules": ("A01",), "as_of": date(2015, 5, 26)}),
    ],
    ids=["another rule", "another area", "a rule not in force"],
)
def test_what_the_other_audit_did_not_look_at_is_not_called_fixed(
    compared: Callable[..., Comparison], before: dict[str, object], after: dict[str, object]
) -> None:
    records = {"records": ("millbrook", "norham")}
    comparison = compared(before | records, after | records)

    assert comparison.fixed == ()
    assert comparison.not_compared != ()


def test_a_comparison_is_shown_in_every_form(compared: Callable[..., Comparison]) -> None:
    comparison = compared(
        {"records": ("millbrook", "norham"), "rules": ("S04",)},
        {"records": ("millbrook", "norham", "joint"), "rules": ("S04",)},
    )
    shown = json.loads(render_comparison(comparison, "json"))

    assert [finding["focus"]["label"] for finding in shown["new"]] == ["Riverside Transport"]
    assert (shown["fixed"], shown["unchanged"]) == ([], 1)
    assert "1 new, 0 fixed" in render_comparison(comparison, "table")
    assert render_comparison(comparison, "csv").splitlines()[1].startswith("new,")
    with pytest.raises(InputError, match="one of table, json, csv"):
        render_comparison(comparison, "html")


def test_a_report_marks_what_has_changed_since(audited: Audited, tmp_path: Path) -> None:
    before = keep(tmp_path, audited("millbrook", "norham", rules=S01_S04))
    report = audited("millbrook", "norham", "joint", rules=("S04",))
    since = compare(before, keep(tmp_path, report))
    shown = json.loads(render(report, "json", since=since))

    assert {finding["focus"]["label"]: finding["since"] for finding in shown["findings"]} == {
        "Millbrook Culture": "unchanged",
        "Riverside Transport": "new",
    }
    assert "Since audit 000001" in render(report, "html", since=since)
    assert "Since audit 000001" in render(report, "table", since=since)
