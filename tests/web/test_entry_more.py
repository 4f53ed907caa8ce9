"""Events entered by hand, drafts that survive, links and files that belong to an entry."""

import io
import re

import pytest

from monitor.domain.derivations.incident_count import IncidentCount, UnitIs
from monitor.services.assess import assess
from monitor.storage import audit, definitions, entries, incidents, series
from tests.factories import FUEL, a_placement, a_source, an_indicator, install_desk
from tests.services.test_overview_board import counted
from tests.web.test_entry import GOOD, words

ATTACKS = "attacks:MLI"
EVENT = {
    "source": "hand", "happened_on": "2025-11-20", "day_is": "week", "place": "ML01", "kind": "Attack",
    "what": "A convoy was burnt near Kayes.", "actors": "JNIM", "killed": "12", "injured": "",
    "kidnapped": "", "grade": "b2", "citation": "Driver's call", "link": "https://example.org/report",
}  # fmt: skip


@pytest.fixture
def ben(desk, signed_in):
    counted = an_indicator(
        "attacks",
        source="hand",
        cadence_days=30.0,
        derived=IncidentCount(source="hand", unit_is=UnitIs.COUNTRY),
    )
    with desk.writing() as (session, now):
        hand = a_source("hand", kind="manual", interval_seconds=None, marking="TLP:AMBER")
        definitions.save_all(session, [hand], author="test", reason="", effective_at=now, now=now)
        install_desk(
            session,
            indicators=(an_indicator(), counted),
            placements=(a_placement(), a_placement(ATTACKS, driver="security")),
        )
        series.set_watched(session, "goita", [FUEL, ATTACKS, "incidents:hand"])
    return signed_in("ben")


def enter(visitor, **changes):
    return visitor.post("/desk/event", form="/desk/event", **(EVENT | changes))


def test_an_event_becomes_an_incident_that_indicators_count_and_can_be_taken_back(ben, desk):
    answer = enter(ben)
    assert answer.status_code == 302
    page = ben.get(answer.location)
    assert "Saved" in page.text
    asks = re.search(r'hx-get="([^"]+/effect)', page.text)[1]
    with desk.writing() as (session, now):
        (one,) = incidents.of_source(session, "hand").values()
        assess(session, "goita", slot=None, now=now, claimed_at=now)
    assert (one.country, one.admin1, one.kind, one.killed) == ("MLI", "ML01", "attack", 12)
    assert "hx-get" not in ben.get(asks).text
    told = words(ben.get(f"/incidents/hand/{one.external_id}"))
    assert "Driver's call" in told.replace("&#39;", "'")
    assert "in that week" in told
    assert "https://example.org/report" in told
    assert "B2" in told
    undone = ben.post(re.search(r'action="([^"]+/withdraw)"', page.text)[1], form="/desk/event")
    assert "Taken back" in ben.get(undone.location).text
    with desk.reading() as (session, _):
        assert incidents.of_source(session, "hand") == {}
        acts = [each.action for each in audit.find_all(session)]
    assert acts[:3] == ["incident.withdraw", "attachment.add", "incident.record"]
    again = ben.post(re.search(r'action="([^"]+/withdraw)"', page.text)[1], form="/desk/event")
    assert "Nothing was withdrawn" in ben.get(again.location).text


@pytest.mark.parametrize(
    "field,value,said",
    [
        ("source", "feed", "a source that people write"),
        ("happened_on", "2125-01-01", "the future"),
        ("happened_on", "", "on which day"),
        ("place", "Atlantis", "a country or a region"),
        ("kind", " ", "what kind"),
        ("what", "", "what happened"),
        ("citation", "", "where it comes from"),
        ("grade", "zz", "A to F"),
        ("killed", "2.5", "whole number"),
        ("killed", "-1", "whole number"),
        ("link", "javascript:alert(1)", "https://"),
        ("day_is", "year", "how exact"),
    ],
)
def test_an_event_that_cannot_be_used_is_told_by_field(ben, desk, field, value, said):
    answer = enter(ben, **{field: value})
    assert answer.status_code == 422
    assert said in answer.text.lower() or said in answer.text
    with desk.reading() as (session, _):
        assert incidents.of_source(session, "hand") == {}


@pytest.mark.parametrize("kind,field", [("value", "citation"), ("event", "what"), ("table", "table")])
def test_a_draft_is_kept_for_its_person_in_every_browser_until_saved_or_thrown_away(
    ben, desk, signed_in, kind, field
):
    page = f"/desk/{kind}"
    quiet = ben.post(f"/desk/drafts/{kind}", form=page, headers={"X-Draft": "quiet"}, **{field: "half a tho"})
    assert (quiet.status_code, quiet.data) == (204, b"")
    kept = ben.post(f"/desk/drafts/{kind}", form=page, **{field: "half a thought", "unknown": "x"})
    assert kept.location == page
    again = signed_in("ben").get(page)
    assert "half a thought" in again.text
    assert "Your draft of" in again.text
    assert "half a thought" not in signed_in("ana").get(page).text
    ben.post(f"/desk/drafts/{kind}/discard", form=page)
    assert "half a thought" not in ben.get(page).text
    with desk.reading() as (session, _):
        assert entries.draft(session, 2, kind) is None


def test_a_saved_value_leaves_no_draft_and_an_empty_form_makes_none(ben):
    ben.post("/desk/drafts/value", form="/desk/value", citation="Depot", starts_on="2025-11-24")
    assert "Your draft of" in ben.get("/desk/value").text
    ben.post("/desk/value", form="/desk/value", **(GOOD | {"link": "https://example.org/depot"}))
    assert "Your draft of" not in ben.get("/desk/value").text
    ben.post("/desk/drafts/value", form="/desk/value", starts_on="2025-11-24")
    assert "Your draft of" not in ben.get("/desk/value").text


def send(visitor, page, name, content, **fields):
    data = {"csrf_token": visitor.token("/desk/value"), "file": (io.BytesIO(content), name), **fields}
    return visitor.client.post(f"{page}/attachments", data=data, content_type="multipart/form-data")


def test_a_file_is_kept_with_its_value_and_only_ever_handed_out_to_be_saved(ben, signed_in):
    row = ben.post("/desk/value", form="/desk/value", **GOOD).location.partition("row=")[2]
    page = f"/series/{FUEL}/observations/{row}"
    assert send(ben, page, "..\\depot list.pdf", b"%PDF-1.7 <script>").status_code == 302
    shown = ben.get(page).text
    assert "depot list.pdf" in shown
    address = re.search(r'href="(/attachments/\d+)"', shown)[1]
    got = signed_in("rita").get(address)
    assert got.data == b"%PDF-1.7 <script>"
    assert got.content_type == "application/octet-stream"
    assert got.headers["Content-Disposition"] == "attachment; filename=depot_list.pdf"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    send(ben, page, "same.pdf", b"%PDF-1.7 <script>")
    assert ben.get(page).text.count('href="/attachments/') == 1


@pytest.mark.parametrize(
    "name,content,said",
    [
        ("page.html", b"<html>", "not kept"),
        ("report.pdf", b"<html>", "not what its name says"),
        ("notes.txt", b"a\0b", "not what its name says"),
        ("none", b"x", "not kept"),
    ],
)
def test_other_files_are_refused(ben, name, content, said):
    row = ben.post("/desk/value", form="/desk/value", **GOOD).location.partition("row=")[2]
    page = f"/series/{FUEL}/observations/{row}"
    send(ben, page, name, content)
    shown = ben.get(page).text
    assert "Nothing was attached" in shown
    assert said in shown


def test_a_file_of_a_marked_source_says_its_marking_and_a_reader_attaches_nothing(ben, desk, signed_in):
    ben.get(enter(ben).location)
    with desk.reading() as (session, _):
        (one,) = incidents.of_source(session, "hand").values()
    page = f"/incidents/hand/{one.external_id}"
    send(ben, page, "photo.png", b"\x89PNG\r\n\x1a\n")
    shown = ben.get(page).text
    assert "TLP:AMBER" in shown
    address = re.search(r'href="(/attachments/\d+)"', shown)[1]
    assert "filename=TLP-AMBER_photo.png" in ben.get(address).headers["Content-Disposition"]
    rita = signed_in("rita")
    data = {"csrf_token": rita.token("/log"), "link": "https://example.org"}
    assert rita.client.post(f"{page}/attachments", data=data).status_code == 403
    assert ben.get("/attachments/99").status_code == 404


@pytest.mark.parametrize(
    "path,most", [("/desk/value", 14), ("/desk/event", 12), ("/desk/table", 10), ("/desk/series.json", 12)]
)
def test_pages_of_entry_ask_few_questions_however_much_was_entered(ben, desk, path, most):
    for day in range(10, 15):
        ben.post("/desk/value", form="/log", **(GOOD | {"starts_on": f"2025-11-{day}", "ends_on": ""}))
    ben.get(path)
    with desk.reading() as (session, _), counted(session) as statements:
        assert ben.get(path).status_code == 200
    assert len([each for each in statements if not each.startswith("BEGIN")]) <= most
