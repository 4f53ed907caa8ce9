"""A sound and a notification: a person's own choice, kept, audited, and told to the pages they open."""

import pytest

from monitor.domain.errors import NotFound
from monitor.services.set_attention import set_attention
from monitor.storage import audit


def test_what_a_person_chose_is_kept_for_them_alone_and_audited(desk, signed_in):
    rita, ben = signed_in("rita"), signed_in("ben")
    assert "data-sound" not in rita.get("/").text
    assert rita.post("/settings/attention", form="/settings", hears="on").status_code == 302
    assert 'data-sound="1"' in rita.get("/").text
    assert "data-desktop" not in rita.get("/").text
    assert "data-sound" not in ben.get("/").text
    rita.post("/settings/attention", form="/settings", is_notified="on")
    page = rita.get("/settings").text
    assert 'name="is_notified" checked' in page
    assert 'name="hears" checked' not in page
    rita.post("/settings/attention", form="/settings", is_notified="on")
    with desk.reading() as (session, _):
        kept = [each.after for each in audit.find_all(session, target="rita@example.org") if each.before]
    assert kept == [{"hears": False, "is_notified": True}, {"hears": True, "is_notified": False}]


def test_nobody_without_an_account_chooses(desk):
    with desk.writing() as (session, now), pytest.raises(NotFound):
        set_attention(session, email="nobody@example.org", hears=True, is_notified=True, now=now)
