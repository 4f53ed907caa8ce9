"""Searching as a page, as the palette's part and for programs; every page has a name and is found by it."""

import re

from monitor.web.places import PLACES
from tests.services.test_overview_board import counted

# No page of a person at a desk: what nobody signs in for, screens, what scripts ask for.
NO_PLACES = {"schemas.every", "sign_in.show", "wall.show", "handling.show"}


def test_the_page_marks_what_was_asked_and_leads_to_it(mali, signed_in):
    page = signed_in("rita").get
    text = page("/search?q=goita").text
    assert '<h2 id="g-subject">Subjects</h2>' in text
    assert "Assimi <mark>Goïta</mark>" in text
    assert 'href="/subjects/assimi-goita"' in text
    assert "Everything by its words" in page("/search").text
    assert "Nothing found for “&lt;b&gt;zzzz”" in page("/search?q=<b>zzzz").text
    assert page(f"/search?q={'x' * 5000}").status_code == 200
    # The part for the palette: options with numbers, the last of them the way to all.
    text = page("/search?part=1&q=goita").text
    assert "<html" not in text
    ids = re.findall(r'id="hit-(\d+)"', text)
    assert ids == [str(number) for number in range(1, len(ids) + 1)]
    assert text.count('role="option"') == len(ids)
    assert 'href="/search?q=goita"' in text


def test_programs_are_answered_with_addresses_that_there_are(app, mali, signed_in, client):
    visitor, seen = signed_in("ana"), set()
    routes = app.url_map.bind("localhost")
    for words in ("mali", "ucdp", "coup", "a"):
        for group in visitor.get(f"/api/v1/search?q={words}&limit=3").json["groups"]:
            for hit in group["hits"]:
                seen.add(hit["kind"])
                assert routes.match(hit["path"].partition("#")[0].partition("?")[0]), hit
    assert {"page", "series", "driver", "rule", "source", "definition", "subject"} <= seen
    answer = visitor.get("/api/v1/search?q=goita&limit=1").json
    assert answer["groups"][0]["hits"][0]["key"] == "assimi-goita"
    assert {len(group["hits"]) for group in answer["groups"]} == {1}
    assert client.get("/api/v1/search?q=x").status_code == 401
    assert visitor.get("/api/v1/search?q=x&limit=0").status_code == 400
    with mali.reading() as (session, _), counted(session) as statements:
        visitor.get("/search?q=mali")
    assert len(statements) <= 20, "\n@@".join(each[:160].replace("\n", " ") for each in statements)


def test_pages_are_found_by_their_names_by_who_may_see_them(desk, signed_in):
    def pages(name, words):
        groups = signed_in(name).get(f"/api/v1/search?q={words}").json["groups"]
        return [hit["path"] for group in groups if group["kind"] == "page" for hit in group["hits"]]

    assert pages("rita", "routes") == ["/routes"]
    assert pages("rita", "who is told") == ["/routes"]
    assert pages("rita", "style guide") == []
    assert pages("ana", "style guide") == ["/styleguide"]


def test_every_page_without_a_thing_of_its_own_is_a_place(app):
    """A page is what `show`, `index` and the like return; the rest are its parts and files."""
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.arguments and rule.endpoint.partition(".")[2] in {"show", "show_all", "index", "every"}
    }
    assert pages - NO_PLACES == {place.endpoint for place in PLACES}
    letters = [place.go for place in PLACES if place.go]
    assert len(letters) == len(set(letters))
