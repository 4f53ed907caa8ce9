"""The pages of incidents: filters in the address, access, the decision of the desk."""

import re
from dataclasses import replace
from datetime import date

import pytest

from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.incident import Incident
from monitor.services.propose_duplicates import propose_duplicates
from monitor.storage import audit, definitions, incidents
from tests.factories import NOW, a_placement, a_source, a_subject, an_indicator, install_desk
from tests.languages.pages import unsaid
from tests.web.test_index import counted

RAID = Incident(
    source="feed", external_id="A 1/2?", happened_on=date(2025, 10, 3), country="MLI", kind="raid",
    actor="JNIM", latitude=14.53, longitude=-4.09, precision="exact", killed=3,
    description="<b>two</b> carts & a horse",
)  # fmt: skip
TWIN = replace(RAID, source="closed", external_id="77", killed=4, admin1="Mopti")
PAGE = "/incidents/feed/A 1/2%3F"
VERDICT = {
    "source": "feed", "external_id": "A 1/2?", "other_source": "closed", "other_id": "77", "verdict": "same",
    "reason": "one raid",
}  # fmt: skip


@pytest.fixture
def told(desk):
    """Two incidents of two sources that look alike, one of them marked; a series counts the open one."""
    with desk.writing() as (session, now):
        install_desk(
            session,
            subject=a_subject(country="MLI"),
            indicators=(an_indicator("raids", derived=IncidentCount(source="feed", countries=("MLI",))),),
            placements=(a_placement("raids:mali"),),
        )
        stated = {"name": "Closed", "marking": "TLP:AMBER", "may_redistribute": False}
        closed = a_source("closed", attribution="Closed, 2025.", **stated)
        definitions.save(session, closed, author="t", reason="t", effective_at=NOW, now=NOW)
        incidents.keep(session, [RAID, TWIN, replace(RAID, external_id="9", kind="theft")], now=now)
        propose_duplicates(session, now=now)
    return desk


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_a_reader_sees_the_list_the_strip_the_map_and_the_marking(told, signed_in):
    page = signed_in("rita").get("/incidents")
    assert "3 incidents" in words(page)
    assert "TLP:AMBER, not to be passed on" in words(page)
    assert "Closed, 2025" in words(page)
    assert 'aria-label="3 incidents by week; most, 3, in 29 Sep to 3 Oct 2025."' in page.text
    assert 'aria-label="3 incidents at 1 point."' in page.text
    assert "Mopti, MLI coded by us" in words(page)
    assert "<b>two</b>" not in page.text
    assert "&lt;b&gt;two&lt;/b&gt; carts" in page.text
    assert '<a href="/incidents" aria-current="page">Incidents</a>' in page.text


def test_the_address_narrows_it_and_nonsense_asks_nothing(told, signed_in):
    rita = signed_in("rita")
    assert "1 incident from" in words(rita.get("/incidents?kind=theft"))
    assert "2 incidents from" in words(rita.get("/incidents?kind=theft&kind=raid&source=feed"))
    assert "Any kind: raid and theft" not in words(rita.get("/incidents?kind=theft"))
    assert "No incident under these filters." in words(rita.get("/incidents?since=2025-10-04"))
    nonsense = "since=soon&until=2025-13-01&span=x&after=2025-10-03.x&kind="
    assert "3 incidents" in words(rita.get(f"/incidents?{nonsense}"))
    assert "None further back" in words(rita.get("/incidents?after=2020-01-01.1"))
    assert rita.get("/incidents?since=0001-01-01&until=9999-12-31").status_code == 200
    assert "3 incidents" in words(rita.get("/incidents?region=ML05"))
    assert "only by" in words(rita.get("/incidents?actor=JNIM")).casefold()


def test_a_stranger_sees_nothing(told, client):
    for path in ("/incidents", PAGE):
        assert client.get(path).location.startswith("/sign-in?next=")
    assert client.client.post("/incidents/duplicates", data=VERDICT).status_code in {400, 401}


def test_one_incident_is_told_with_its_source_versions_twins_and_who_counts_it(told, signed_in):
    with told.writing() as (session, now):
        incidents.keep(session, [replace(RAID, killed=5)], now=now)
    page = signed_in("rita").get(PAGE)
    text = words(page)
    assert "Raid, 3 Oct 2025" in text
    assert "Mopti ML05 by its point, by us" in text
    assert "Killed : 3 became 5" in text
    assert "First told." in text
    assert "Proposed" in text
    assert "raids:mali" in text
    assert "CC-BY-4.0" in text
    assert "Decide" not in text, "a reader decides nothing"
    assert "A 1/2?" in text
    assert "TLP:AMBER , not to be passed on" in words(signed_in("rita").get("/incidents/closed/77"))


def test_what_its_source_took_back_says_so(told, signed_in):
    with told.writing() as (session, now):
        incidents.withdraw(session, "feed", ["9"], now=now)
    text = words(signed_in("rita").get("/incidents/feed/9"))
    assert "Taken back by Feed" in text
    assert "Nothing: it was taken back." in text
    assert signed_in("rita").get("/incidents/feed/10").status_code == 404


def test_the_desk_says_which_are_the_same_with_a_reason(told, signed_in):
    ben = signed_in("ben")
    answer = ben.post("/incidents/duplicates", form=PAGE, **VERDICT)
    assert (answer.status_code, answer.location) == (302, "/incidents/feed/A%201/2%3F")
    text = words(ben.get(PAGE))
    assert "Kept: closed/77 is the same incident." in text
    assert "The same incident , says ben@example.org" in text
    with told.reading() as (session, _):
        (entry,) = (each for each in audit.find_all(session) if each.action == "incident.same")
        assert (entry.actor, entry.reason) == ("ben@example.org", "one raid")
        assert len(incidents.between(session, "MLI")) == 3, "nothing is merged"
    again = ben.post("/incidents/duplicates", form=PAGE, **{**VERDICT, "verdict": "different"})
    assert again.status_code == 302
    assert "Two incidents" in words(ben.get("/incidents/closed/77"))


@pytest.mark.parametrize(
    "changed,said",
    [
        ({"reason": ""}, "Say why"),
        ({"verdict": "maybe"}, "Same or different?"),
        ({"other_id": "404"}, "There is no incident closed/404"),
        ({"other_source": "feed", "other_id": "9"}, "Both are of one source"),
    ],
)
def test_what_cannot_be_decided_is_said_on_the_page(told, signed_in, changed, said):
    answer = signed_in("ben").post("/incidents/duplicates", form=PAGE, **{**VERDICT, **changed})
    assert answer.status_code == 422
    assert said in words(answer)


def test_a_reader_cannot_decide_and_no_one_without_the_token(told, signed_in):
    rita, ben = signed_in("rita"), signed_in("ben")
    token = rita.token("/incidents")
    assert rita.client.post("/incidents/duplicates", data={"csrf_token": token, **VERDICT}).status_code == 403
    assert ben.client.post("/incidents/duplicates", data=VERDICT).status_code == 400
    with told.reading() as (session, _):
        assert not [each for each in audit.find_all(session) if each.action.startswith("incident.")]


def test_a_count_on_a_series_page_leads_to_its_incidents(told, signed_in):
    rita = signed_in("rita")
    page = rita.get("/series/raids:mali")
    (address,) = re.findall(r'href="(/incidents\?[^"]*since=2025-10-01[^"]*)"', page.text)
    told_list = words(rita.get(address.replace("&amp;", "&")))
    assert "2 incidents from 1 Oct 2025 to 31 Oct 2025" in told_list
    assert re.search(r">2<span class=\"sr\"> incidents behind", page.text)


@pytest.mark.parametrize("path,budget", [("/incidents", 16), (PAGE, 14)])
def test_a_page_keeps_its_query_budget(told, signed_in, path, budget):
    rita = signed_in("rita")
    rita.get(path)
    with told.reading() as (session, _), counted(session) as seen:
        assert rita.get(path).status_code == 200
    assert 0 < len(seen) <= budget, len(seen)


def test_no_word_of_theirs_was_written_and_not_said(told, signed_in):
    names = (
        "raid", "theft", "JNIM", "MLI", "ML05", "Mopti", "Feed", "Closed", "TLP:AMBER", "TLP:CLEAR", "raids",
        "mali", "Gao", "Kayes", "Kidal", "Koulikoro", "Sikasso", "Ségou", "Timbuktu", "Tombouctou", "Bamako",
        "two carts & a horse", "CC-BY", "exact", "two", "carts", "horse",
    )  # fmt: skip
    paths = ("/incidents", "/incidents?source=feed&after=2020-01-01.1", PAGE)
    assert unsaid(signed_in("ben"), *paths, known=names) == {}
