"""Saved views as pages: the menu beside the filters, the list, the page one begins with; filters."""

import re

from monitor.services.write_log import write_log
from monitor.storage import definitions
from tests.factories import NOW, a_source
from tests.languages.pages import unsaid
from tests.web.conftest import PASSWORD, Visitor


def test_filters_are_kept_shared_begun_with_and_removed(app, signed_in):
    ben, rita = signed_in("ben"), signed_in("rita")
    query = "concern=high&q=fuel"
    page = ben.get(f"/alerts?{query}&after=9").text
    assert 'name="query" value="concern=high&amp;q=fuel"' in page
    fields = {"page": "alerts", "query": query, "name": "Fuel <first>", "is_shared": "y", "is_start": "y"}
    answer = ben.post("/views", form="/alerts", **fields)
    assert (answer.status_code, answer.location) == (302, f"/alerts?{query}")
    menu = rita.get("/alerts").text
    assert 'href="/alerts?concern=high&amp;q=fuel"' in menu
    assert "Fuel &lt;first&gt;" in menu
    assert re.search(
        r'<summary class="btn" aria-current="true">.*?Fuel &lt;first', ben.get(answer.location).text
    )
    assert "Share with the desk" not in menu
    assert ben.get("/start").location == f"/alerts?{query}"
    assert rita.get("/start").location == "/"
    again = Visitor(app)
    assert again.sign_in("ben", password=PASSWORD).location == f"/alerts?{query}"
    assert again.sign_in("ben", next="/log").location == "/log"

    listed = rita.get("/views").text
    assert "concern high · q fuel" in listed
    assert "/views/1/change" not in listed
    assert rita.post("/views/1/change", form="/alerts", name="Mine").status_code == 404
    assert rita.post("/views/start", form="/alerts", view="1").status_code == 302
    assert "You begin with Fuel &lt;first&gt;." in rita.get("/views").text
    assert ben.post("/views/1/change", form="/views", name="Fuel", is_shared="y").status_code == 302
    assert ben.post("/views", form="/views", page="nothing", name="x").status_code == 422
    assert ben.post("/views", form="/views", page="log", name=" ").status_code == 422
    assert ben.post("/views/1/remove", form="/views").status_code == 302
    assert "No view is kept yet." in rita.get("/views").text
    assert rita.get("/start").location == "/"


def test_sources_and_the_log_are_filtered_by_their_address(desk, signed_in):
    with desk.writing() as (session, now):
        values = [a_source(), a_source("hand", name="By ourselves", interval_seconds=None)]
        definitions.save_all(session, values, author="t", reason="t", effective_at=NOW, now=now)
        for text in ("Rang Kéïta", "Nothing new"):
            write_log(session, text, by="ben@example.org", now=now)
    ben = signed_in("ben")
    page = ben.get("/sources?condition=by+hand").text
    assert "By ourselves" in page
    assert 'data-row="feed"' not in page
    assert 'data-row="feed"' in ben.get("/sources?q=FEED").text
    assert "Nothing under these filters." in ben.get("/sources?q=zzz").text
    page = ben.get("/log?q=keita").text
    assert "Rang Kéïta" in page
    assert "Nothing new" not in page
    assert "Nothing under these filters." in ben.get("/log?q=zzz").text
    assert "Rang Kéïta" in ben.get("/log?entry=1").text


def test_the_search_and_the_views_leave_no_sentence_unsaid(signed_in):
    ben = signed_in("ben")
    ben.post("/views", form="/alerts", page="alerts", query="concern=high", name="Zug", is_shared="y")
    assert "is kept." in ben.get("/views").text
    known = ("Zug", "concern", "high", "zzz")
    assert unsaid(ben, "/views", "/search", "/search?q=zzz", "/log?q=zzz", "/alerts", known=known) == {}
