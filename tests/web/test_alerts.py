"""The inbox and an alert as pages: what a person reads, what a person can do, and who may."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.alert import AlertState
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import alerts, observations, silences
from monitor.storage.rows.routes import EpisodeRouteRow
from tests.factories import FUEL, a_placement, a_reading, a_rule, install_desk, standing

ALERT = fingerprint("fuel-high", FUEL)
PAGE = f"/alerts/{ALERT}"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def fired(desk):
    """A desk on which the fuel price is critical."""
    with desk.writing() as (session, now):
        install_desk(
            session, now=now, rules=(a_rule(name="Fuel price", runbook="Ask two traders."),),
            placements=(a_placement(),),
        )  # fmt: skip
        feel(session, 500, now=now)
    return desk


def feel(session, value, *, now):
    reading = a_reading(value, ends=now, days=1)
    observations.add(session, [reading], source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    raise_alerts(session, "goita", slot=None, now=now)


def alert_of(desk):
    with desk.reading() as (session, _):
        return alerts.get(session, ALERT)


def until(hours):
    """A time as the form's field sends it."""
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_an_empty_inbox_says_so_and_what_it_does_not_see(desk, signed_in):
    page = words(signed_in("rita").get("/alerts"))
    assert "Nothing is open." in page
    assert "the worker is silent" in page


def test_the_inbox_says_what_needs_someone_and_what_was_seen(fired, signed_in):
    page = words(signed_in("rita").get("/alerts"))
    assert "1 alert needs someone." in page
    assert "Fuel price is critical" in page
    assert "500 against 500" in page


@pytest.mark.parametrize("query", ["show=all", "by=concern", "by=subject", "subject=goita", "exercises=1"])
def test_filters_are_addresses(fired, signed_in, query):
    answer = signed_in("rita").get(f"/alerts?{query}")
    assert (answer.status_code, "Fuel price is critical" in answer.text) == (200, True)


def test_a_filter_that_is_none_is_left_out_with_a_note(fired, signed_in):
    answer = signed_in("rita").get("/alerts?show=most&by=colour")
    assert answer.status_code == 200
    page = words(answer)
    assert "Show is one of open, all. “most” in the address was left out." in page
    assert "“colour” in the address was left out." in page
    assert "Fuel price is critical" in page


def test_a_page_tells_why_who_was_told_and_when_it_ends(fired, signed_in):
    page = words(signed_in("rita").get(PAGE))
    for said in (
        "Why it fired:", "Ask two traders.", "Fired at Critical.", "no channel is set up and enabled",
        "It resolves when", "Missing data never resolves it.",
    ):  # fmt: skip
        assert said in page


def test_a_blind_series_has_a_page_and_what_it_hides_says_since_when(desk, signed_in):
    with desk.writing() as (session, now):
        install_desk(session, now=now, rules=(a_rule(name="Fuel price"),), placements=(a_placement(),))
        feel(session, 500, now=now - timedelta(days=70))
        for at in (now - timedelta(minutes=2), now):
            assess(session, "goita", slot=None, now=at, claimed_at=at)
            raise_alerts(session, "goita", slot=None, now=at)
    page = words(signed_in("rita").get(f"/alerts/{fingerprint('SeriesBlind', FUEL)}"))
    assert "Blind series" in page
    assert "the last value is 500" in page
    assert "Values come again, by the source or by hand" in page
    assert "blind since" in words(signed_in("rita").get(PAGE))


def test_the_link_of_a_message_and_that_of_the_inbox_lead_to_the_same(fired, signed_in):
    visitor = signed_in("rita")
    episode = alert_of(fired).episode_id
    for address in (f"/alerts/{episode}", PAGE):
        assert f"episode {episode[:4]}…{episode[-4:]}" in words(visitor.get(address))


def test_what_is_not_there_is_not_found(fired, signed_in):
    assert signed_in("rita").get("/alerts/nothing").status_code == 404


def test_a_reader_reads_and_is_offered_no_act(fired, signed_in):
    page = signed_in("rita").get(PAGE).text
    assert "Your account reads this desk" in page
    assert f'action="{PAGE}' not in page


@pytest.mark.parametrize("act", ["acknowledge", "close", "silence"])
def test_a_reader_may_not_act_and_nobody_acts_by_a_link(fired, signed_in, act):
    reader = signed_in("rita")
    assert reader.post(f"{PAGE}/{act}", form="/alerts", note="x").status_code == 403
    assert signed_in("ben").get(f"{PAGE}/{act}").status_code == 405
    assert alert_of(fired).ack is None


@pytest.mark.parametrize("path", ["/alerts", PAGE])
def test_a_stranger_signs_in_first(fired, client, path):
    assert client.get(path).status_code == 302


def test_the_desk_acknowledges_until_a_time_with_a_note(fired, signed_in):
    ben = signed_in("ben")
    answer = ben.post(f"{PAGE}/acknowledge", form=PAGE, note="calling traders", until=until(4), concern="4")
    assert answer.status_code == 302
    page = words(ben.get(PAGE))
    assert "Acknowledged by ben@example.org until" in page
    assert "“calling traders”" in page
    ack = alert_of(fired).ack
    assert (ack.by, ack.note) == ("ben@example.org", "calling traders")


def test_beside_each_button_stands_what_it_will_do(fired, signed_in):
    page = words(signed_in("ben").get(PAGE))
    for said in (
        "Repeats and escalation stop until", "A higher concern breaks it.", "mutes 1 open alert now",
        "What is breached now must be crossed afresh to fire again.",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize("wrong", [{"until": until(-1)}, {"until": until(30)}, {"until": "soon"}])
def test_an_end_that_cannot_be_is_named_at_its_field(fired, signed_in, wrong):
    answer = signed_in("ben").post(f"{PAGE}/acknowledge", form=PAGE, note="", concern="4", **wrong)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert alert_of(fired).ack is None


def test_an_ack_of_what_was_raised_meanwhile_is_refused(fired, signed_in):
    ben = signed_in("ben")
    answer = ben.post(f"{PAGE}/acknowledge", form=PAGE, note="", until=until(4), concern="3")
    assert answer.status_code == 409
    assert "look again" in answer.text


def test_closing_needs_a_reason(fired, signed_in):
    ben = signed_in("ben")
    assert ben.post(f"{PAGE}/close", form=PAGE, note="").status_code == 422
    assert ben.post(f"{PAGE}/close", form=PAGE, note="a false value").status_code == 302
    assert alert_of(fired).state is AlertState.INACTIVE
    assert "ben@example.org closed it: “a false value”" in words(ben.get(PAGE))


def test_a_silence_mutes_and_is_explained(fired, signed_in):
    ben = signed_in("ben")
    scope = f"alertname=fuel-high, subject=goita, series={FUEL}"
    answer = ben.post(f"{PAGE}/silence", form=PAGE, scope=scope, lasts="8h", comment="port strike")
    assert answer.status_code == 302
    with fired.reading() as (session, now):
        (silence,) = silences.active(session, now=now)
    assert (silence.author, silence.comment) == ("ben@example.org", "port strike")
    assert "Silenced by ben@example.org until" in words(ben.get(PAGE))
    assert "Quiet for a reason" in words(ben.get("/alerts"))


def test_a_silence_of_something_else_or_without_a_reason_is_refused(fired, signed_in):
    ben = signed_in("ben")
    assert ben.post(f"{PAGE}/silence", form=PAGE, scope="team=x", comment="why").status_code == 422
    assert ben.post(f"{PAGE}/silence", form=PAGE, scope="subject=goita", comment="").status_code == 422


@pytest.mark.parametrize("act", ["acknowledge", "close", "silence"])
def test_a_form_without_its_token_is_refused(fired, signed_in, act):
    ben = signed_in("ben")
    assert ben.client.post(f"{PAGE}/{act}", data={"note": "x", "until": until(4)}).status_code == 400


def test_what_people_write_stays_text(fired, signed_in):
    ben = signed_in("ben")
    ben.post(f"{PAGE}/acknowledge", form=PAGE, note="<b>loud</b>", until=until(4), concern="4")
    assert "<b>loud</b>" not in ben.get(PAGE).text


@pytest.mark.parametrize("path", ["/alerts", PAGE])
def test_no_style_attribute_and_no_inline_script(fired, signed_in, path):
    page = signed_in("ben").get(path).text
    assert not re.search(r"\sstyle=|<style|<script(?! src)|\son\w+=", page)


def test_an_alert_of_an_archive_says_as_of_which_day(desk, signed_in):
    with desk.writing() as (session, now):
        install_desk(
            session, now=now, rules=(a_rule(name="Fuel price"),), placements=(a_placement(),),
            clock=standing(),
        )  # fmt: skip
        observations.add(session, [a_reading(500, days=1)], source="feed", author="", note="", now=now)
        assess(session, "goita", slot=None, now=now, claimed_at=now)
        raise_alerts(session, "goita", slot=None, now=now)
    page = words(signed_in("rita").get(PAGE))
    assert "firing as of 30 November 2025, archive" in page
    assert "Longest unanswered critical: as of 30 November 2025, archive." in page
    assert "A person closes it: the archive’s clock stands" in page
    with desk.writing() as (session, now):
        observations.add(session, [a_reading(100, days=1)], source="feed", author="", note="", now=now)
        assess(session, "goita", slot=None, now=now, claimed_at=now)
        raise_alerts(session, "goita", slot=None, now=now)
    page = words(signed_in("rita").get(PAGE))
    assert "The archive’s clock stands, so no time passes for it: close it by hand" in page


def test_what_was_escalated_in_vain_stands_in_a_banner_until_someone_acts(fired, signed_in):
    with fired.writing() as (session, now):
        row = EpisodeRouteRow(
            episode_id=alerts.get(session, ALERT).episode_id, route="default", channels=[], routing_version=0,
            repeat_due_at=None, step=0, step_due_at=None, step_began_at=now, loops=3, version=1,
        )  # fmt: skip
        session.merge(row)
    ben = signed_in("ben")
    said = "1 alert was escalated to the end and nobody has acted: fuel-high"
    assert said in words(ben.get("/"))
    assert said in words(ben.get("/worker"))
    ben.post(f"{PAGE}/acknowledge", form=PAGE, note="", until=until(4), concern="4")
    assert "escalated to the end" not in words(ben.get("/"))
