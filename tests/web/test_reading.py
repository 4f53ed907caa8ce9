"""Language and time: everyone sets their own, and messages follow it."""

import pytest

from monitor.storage import people
from tests.web.test_alerts import words

RITA = "rita@example.org"


def rita_as_stored(desk):
    with desk.reading() as (session, _):
        return people.by_email(session, RITA)[0]


def test_a_reader_sets_language_and_zone_of_their_own(desk, signed_in):
    rita = signed_in("rita")
    assert 'href="/settings"' in rita.get("/").text
    assert "How pages and messages for rita@example.org are written." in words(rita.get("/settings"))
    answer = rita.post("/settings", form="/settings", language="fr", zone="Africa/Bamako")
    assert answer.status_code == 302
    found = rita_as_stored(desk)
    assert (found.language, found.zone) == ("fr", "Africa/Bamako")
    page = rita.get("/settings").text
    assert '<option value="fr" lang="fr" selected>Français</option>' in page
    assert 'value="Africa/Bamako" spellcheck' in page


@pytest.mark.parametrize(
    "values,said",
    [
        ({"language": "fr", "zone": "Mars/Olympus"}, "no IANA time zone"),
        ({"language": "xx", "zone": "UTC"}, "This choice is not offered"),
        ({"language": "fr", "zone": ""}, "Say which time zone"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nothing_is_kept(desk, signed_in, values, said):
    answer = signed_in("rita").post("/settings", form="/settings", **values)
    assert answer.status_code == 422
    assert said in words(answer)
    assert rita_as_stored(desk).language == "en"
