"""The pages of the audit tell what the API tells, in numbers that say what they count."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.serve.conftest import Server

from .html import Read, wrong
from .test_frame import get

BREACHES = {"world": "fictional-breaches"}


@pytest.fixture(scope="module")
def audited(real_server: Server) -> Server:
    """The service, of which the real places and those in breach have been audited."""
    for world in ({}, BREACHES):
        while latest(real_server, limit="1", **world).get("status") == 503:
            pass
    return real_server


def latest(server: Server, **asked: str) -> Any:
    return server.http.get("/api/v1/audits/latest", params=asked, timeout=60).json()


def text_of(server: Server, path: str) -> str:
    page = get(server, path)
    assert page.status_code == 200, page.text
    assert wrong(page.text) == []
    return " ".join(Read(page.text).text.split())


def test_the_country_has_a_line_for_each_rule_and_the_counts_of_the_audit(audited: Server) -> None:
    told, shown = latest(audited, limit="1"), get(audited, "/audit").text

    assert re.findall(r'<th scope="row"><a href="[^"]*">([A-Z]\d\d)</a>', shown) == [
        one["code"] for one in told["rules"]
    ]
    assert f"<dd>{told['counts']['notRecorded']:,}</dd>" in shown


def test_level_letter_and_region_choose_the_lines(audited: Server) -> None:
    told = latest(audited, limit="1")
    shown = get(audited, "/audit?level=guidance&letter=C&region=London").text

    assert re.findall(r">([A-Z]\d\d)</a> ", shown) == [
        rule["code"] for rule in told["rules"] if rule["level"] == "guidance" and rule["code"].startswith("C")
    ]
    assert "Areas of London" in shown


def test_a_rule_tells_its_law_and_each_of_its_findings(audited: Server) -> None:
    told, shown = latest(audited, rule="A06", limit="1"), get(audited, "/audit/rules/a06?offset=50").text

    for one in told["rules"][0]["authority"]:
        assert one["link"] is None or one["link"] in shown
    assert f"51 to 100 of {told['total']}" in shown


def test_an_area_tells_each_of_its_findings_with_what_would_mend_it(audited: Server) -> None:
    told, shown = (
        latest(audited, area="F06000001", limit="1000", **BREACHES),
        text_of(audited, "/audit/areas/F06000001?world=fictional-breaches"),
    )

    assert told["total"] > 10
    for finding in told["findings"]:
        assert " ".join(finding["found"].split()) in shown
        assert finding["fix"] is None or " ".join(finding["fix"].split()) in shown


def test_a_finding_tells_law_source_mend_and_since_when(audited: Server) -> None:
    (finding,) = latest(audited, rule="C04", outcome="failed", **BREACHES)["findings"]
    shown = text_of(audited, f"/audit/findings/{finding['id']}?world=fictional-breaches")

    assert finding["wanted"] in shown
    for source in finding["sources"]:
        assert source["source"] in shown
    assert re.search("What the (newest audits say|only audit says) of it", shown)
    assert finding["id"] in shown


def test_the_report_of_an_area_has_its_findings_alone_and_lets_no_other_style_in(audited: Server) -> None:
    page = get(audited, "/audit/report.html?area=F06000001&world=fictional-breaches")
    others = latest(audited, area="F10000001", limit="1000", **BREACHES)["findings"]

    assert "F06000001" in page.text
    assert "Invented places" in page.text
    assert not any(f"f-{one['id']}" in page.text for one in others if "F06000001" not in str(one["areas"]))
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/=]{44}'", page.headers["content-security-policy"])
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/audit?region=Narnia", 404, "London"),
        ("/audit?level=whim", 400, "expected one of law"),
        ("/audit?audit=999999", 404, "999999"),
        ("/audit/rules/Z99", 404, "Z99"),
        ("/audit/areas/narnia", 404, "narnia"),
        ("/audit/findings/0123456789abcdef", 404, "0123456789abcdef"),
        ("/audit/changes", 400, "from"),
        ("/audit/report.html?area=narnia", 404, "narnia"),
    ],
)
def test_what_there_is_not_is_told(audited: Server, path: str, status: int, told: str) -> None:
    page = get(audited, path)

    assert (page.status_code, told in page.text) == (status, True)
    assert "Skip to the content" in page.text
