"""Alert mail: what is known is said in order, the rest is left out, and a fault in layout loses nothing."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import jinja2
import pytest

from monitor.domain.alerting.after_silence import after_silence
from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import native_event
from monitor.domain.scale import STANDING, Concern
from monitor.render import messages
from monitor.render.mail_view import mail_view
from monitor.render.mail_words import number
from monitor.render.messages import mail
from tests import told

AT = datetime(2025, 11, 30, 12, 50, tzinfo=UTC)
LEVELS = [
    {"name": level.name, "low": level.low, "high": level.high, "concern": int(level.concern)}
    for level in STANDING.levels
]
FUEL = {
    "level": "Cold",
    "previousConcern": 3,
    "peakConcern": 4,
    "startsAt": "2025-11-30T12:50:00Z",
    "subject": {"slug": "assimi-goita", "name": "Assimi Goïta", "scale": "standing", "levels": LEVELS},
    "series": {"slug": "fuel-price:bamako", "unit": "bamako", "name": "Bamako"},
    "indicator": {
        "slug": "fuel-price",
        "name": "Fuel price",
        "unit": "index, Aug 2025 = 100",
        "thresholds": {"calm": 100, "watch": 150, "elevated": 250, "high": 350, "critical": 500},
    },
    "rule": {
        "id": "any", "name": "Any indicator critical", "version": 3, "enter": {"critical": 500},
        "exit": {"critical": 495}, "keepFiringFor": 172_800,
    },
    "observation": {
        "value": 500.0, "previousValue": 485.0, "periodStart": "2025-11-28T00:00:00Z",
        "periodEnd": "2025-11-29T00:00:00Z", "knownAt": "2025-11-30T12:50:00Z", "grade": "B2",
    },
    "evaluation": {"heat": 16.2},
    "moved": "Fuel price −21.3 (352 to 500 index); Deaths −1.6 (118 to 131)",
    "movedSince": "2025-10-31T12:50:00Z",
    "told": ["Desk on duty, 12:50", "L. Moreau, 13:50"],
}  # fmt: skip


def a_message(
    kind=EventType.FIRING, body=None, *, concern=Concern.CRITICAL, absorbed=(), reason="crossed_up", **values
):
    event = AlertEvent(
        fingerprint="ab12cd34ef56ab78", episode_id="0193", event_seq=2, type=kind, at=AT, concern=concern,
        reason=reason, body=FUEL if body is None else body,
    )  # fmt: skip
    data = native_event(
        event, message_id="msg_abc", first_concern=Concern.CRITICAL, absorbed=absorbed,
        base_url="https://desk.example",
    )  # fmt: skip
    return Message(**{
        "message_id": "msg_abc", "delivery_id": "d", "recipient": "moreau@example.org", "formed_at": AT,
        "episode_id": "0193", "events": (data,), "base_url": "https://desk.example", **values,
    })  # fmt: skip


def test_the_mail_says_what_happened_what_it_means_and_what_is_next():
    text = mail(a_message()).text
    wanted = [
        "CRITICAL firing since Sun 30 Nov, 12:50 UTC, up from high",
        "Fuel price, Bamako: 500, critical from 500",
        "Up from 485. Assimi Goïta is Cold at 16. Nobody has acknowledged.",
        "https://desk.example/alerts/ab12cd34ef56ab78", "critical  500  <- now", "Cold  <- now",
        "Why: Rule “Any indicator critical”, version 3: critical from 500.",
        "Value of: Fri 28 Nov 2025; known Sun 30 Nov, 12:50 UTC; grade B2",
        "What moved: since 31 Oct 2025: Fuel price −21.3 (352 to 500 index); Deaths −1.6 (118 to 131)",
        "Who was told: Desk on duty, 12:50; L. Moreau, 13:50",
        "It resolves: when below 495 for 2 days. Missing data never resolves it.", "moreau@example.org",
    ]  # fmt: skip
    places = [text.find(each) for each in wanted]
    assert -1 not in places
    assert places == sorted(places)


def test_an_alert_on_the_data_says_what_is_missing_instead_of_a_value():
    text = mail(told.every_message()["blind"]).text
    assert "Blind: Fuel price, Bamako, critical" in text
    assert "The last value is 500, of a period that ended 30 Nov 2025." in text


def test_a_failing_source_has_its_own_name():
    assert "[CRITICAL] Failing: Source Feed" in mail(told.every_message()["failing"]).subject


def test_an_alert_on_the_data_with_a_broken_name_is_laid_out_plainly():
    event = told.native(given={"trouble": replace(told.BLIND, name="Fuel\nprice")})
    assert "could not be laid out" in mail(told.a_message(event)).text


def test_a_flapping_alert_says_that_it_stays():
    body = FUEL | {"detail": "it came back 4 times within 24 h"}
    message = a_message(EventType.FLAPPING_STARTED, body, reason="came_back")
    assert "It flaps: It came back" not in mail(message).text
    assert "It flaps: it came back 4 times within 24 h. It stays firing" in mail(message).text
    ended = a_message(EventType.FLAPPING_ENDED, FUEL, reason="settled")
    assert "It has settled, and flaps no longer." in mail(ended).text


def test_the_html_is_self_contained_and_acts_on_nothing():
    html = mail(a_message()).html
    assert "<h1" in html
    assert "Fuel price, Bamako: 500, critical from 500" in html
    for remote in ("<img", "<script", "<link", "<form", "http-equiv", "url("):
        assert remote not in html
    links = re.findall(r'href="([^"]+)"', html)
    page = f"https://desk.example/alerts/{a_message().events[0]['data']['fingerprint']}"
    assert links == [page, f"{page}#acknowledge", f"{page}#silence"]


def test_why_one_gets_it_stands_at_the_end():
    made = mail(a_message(), why="You get this on duty. To get less, silence it.")
    for text in (made.text, made.html):
        assert "You get this on duty. To get less, silence it." in text


def test_how_sure_it_is_is_said_where_it_is_known():
    body = {"subject": {"name": "Goïta"}, "evaluation": {"coverage": 0.87, "confidence": 0.62}}
    said = "87_% of the weight behind Goïta is observed; confidence moderate, 62_% by grade and age."
    said = said.replace("_", "\N{NO-BREAK SPACE}")
    assert f"How sure: {said}" in mail(a_message(body=body)).text
    assert "How sure" not in mail(a_message()).text


def test_names_are_escaped_in_html():
    html = mail(a_message(body={"subject": {"name": "<script>alert(1)</script>"}})).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("kind", list(EventType))
def test_an_event_that_knows_nothing_else_still_makes_a_mail(kind):
    made = mail(a_message(kind, {}))
    assert (made.problem, made.subject) == ("", "[CRITICAL] ab12cd34ef56ab78")
    assert "None" not in made.text


@pytest.mark.parametrize("key", sorted(FUEL))
def test_any_part_may_be_missing(key):
    made = mail(a_message(body={name: value for name, value in FUEL.items() if name != key}))
    assert made.problem == ""
    assert "None" not in made.text


def test_resolved_says_why_and_what_it_stands_for():
    absorbed = ((1, EventType.FIRING),)
    body = FUEL | {"resolution": "retracted"}
    text = mail(a_message(EventType.RESOLVED, body, concern=Concern.NORMAL, absorbed=absorbed)).text
    assert "RESOLVED since Sun 30 Nov, 12:50 UTC, the source revised the value that caused it" in text
    assert "could not be delivered; this one stands for both" in text
    assert "Also told here: 1 earlier message of" in text
    assert "acknowledge" not in text


def test_an_alert_on_heat_shows_the_level():
    body = {name: FUEL[name] for name in ("level", "subject", "evaluation", "startsAt")}
    text = mail(a_message(body=body)).text
    assert "Assimi Goïta: Cold, heat 16" in text
    assert "black rule marks the alarming end: cold" in text


def test_hue_follows_heat_and_the_black_rule_the_alarming_end():
    scale = mail_view(a_message()).scale
    assert [cell.ground for cell in scale] == ["#2257a5", "#e6f1f9", "#f3f0e9", "#fceddc", "#f9dfd8"]
    assert [cell.is_alarming for cell in scale] == [True, False, False, False, False]


ARCHIVE = FUEL | {"archive": True, "asOf": "2025-11-30T23:59:59Z", "startsAt": "2025-11-30T23:59:59Z"}
WALL = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_mail_of_an_archive_says_as_of_which_day_of_which_year():
    made = mail(a_message(body=ARCHIVE, formed_at=WALL))
    for said in (
        "CRITICAL firing, as of 30 November 2025, archive, up from high",
        "Assimi Goïta is Cold at 16, as of 30 November 2025, archive.",
        "As of: 30 November 2025, archive: the subject's clock stands",
        "known Sun 30 Nov 2025, 12:50 UTC",
        "It resolves: by hand: the archive's clock stands, so it is never below 495 for 2 days.",
    ):
        assert said in made.text
        assert (
            said.partition("'")[0]
            .removeprefix("CRITICAL ")
            .removeprefix("As of: ")
            .removeprefix("It resolves: ")
            in made.html
        )
    assert "23:59" not in made.text


def test_an_archive_s_alert_that_fired_before_its_clock_was_set_on_says_both_days():
    body = ARCHIVE | {"startsAt": "2025-11-28T10:00:00Z"}
    status = mail_view(a_message(body=body, formed_at=WALL)).status
    assert status == (
        "firing since Fri 28 Nov 2025, 10:00 UTC, as of 30 November 2025, archive, up from high"
    )


def test_what_resolves_in_an_archive_is_as_of_its_day():
    made = mail(a_message(EventType.RESOLVED, ARCHIVE | {"resolution": "retracted"}, formed_at=WALL))
    assert (
        "RESOLVED the source revised the value that caused it, as of 30 November 2025, archive" in made.text
    )


def test_a_mail_of_an_exercise_says_on_which_day_it_plays():
    body = FUEL | {"asOf": "2025-11-30T12:50:00Z"}
    status = mail_view(a_message(body=body, formed_at=WALL, is_exercise=True)).status
    assert status.startswith("firing since Sun 30 Nov 2025, 12:50 UTC, on 30 November 2025 of the exercise")


def test_a_time_of_another_year_carries_its_year():
    assert "firing since Sun 30 Nov 2025, 12:50 UTC" in mail(a_message(formed_at=WALL)).text


def test_what_was_entered_at_the_moment_itself_is_told_as_such():
    body = FUEL | {"evaluation": {"heat": 16.2, "slot": "2025-10-31T12:50:00Z"}}
    assert "What moved: with what was entered then: Fuel price" in mail(a_message(body=body)).text


def test_a_region_is_called_by_its_name():
    body = FUEL | {"series": {"slug": "fuel-price:ML01", "unit": "ML01", "name": "ML01"}}
    made = mail(a_message(body=body))
    assert made.subject == "[CRITICAL] Fuel price, Kayes"
    assert "ML01" not in made.text


def test_an_acknowledged_alert_names_who_took_it():
    assert "L. Moreau has acknowledged." in mail(a_message(body=FUEL | {"ack": {"by": "L. Moreau"}})).text


def test_a_fault_in_a_template_sends_plain_words_and_says_so(monkeypatch):
    broken = jinja2.Environment(
        loader=jinja2.DictLoader({f"alert/{name}": "{{ 1 / 0 }}" for name in ("subject.txt",)}),
        autoescape=True,
    )
    monkeypatch.setattr(messages, "_environment", lambda: broken)
    made = mail(a_message(is_exercise=True))
    assert made.subject == "[EXERCISE] [CRITICAL] alert ab12cd34ef56ab78"
    assert made.problem == "ZeroDivisionError: division by zero"
    assert "could not be laid out (ZeroDivisionError: division by zero)" in made.text
    assert "concernName: critical" in made.text
    assert made.html == ""


def test_a_body_that_makes_no_sense_is_told_in_plain_words():
    made = mail(a_message(body={"observation": {"value": "many"}}))
    assert made.problem.startswith("TypeError")
    assert "ab12cd34ef56ab78" in made.text


@pytest.mark.parametrize(
    "value,text",
    [(500.0, "500"), (-21.3, "−21.3"), (197_000, "197 000"), (0.5, "0.5"), (1999.6, "2 000"), (0.0, "0")],
)
def test_figures_read_as_people_write_them(value, text):
    assert number(value) == text.replace(" ", "\u202f")


def test_a_change_carries_its_sign():
    assert number(2.5, is_change=True) == "+2.5"
    assert number(-1200.0, is_change=True) == "−1\u202f200"


def test_after_a_silence_the_mail_says_that_it_still_fires_and_what_was_held_back():
    told = a_message(EventType.CONCERN_RAISED, absorbed=((1, EventType.FIRING),))
    silenced = after_silence(told.events[0], held="silence:7")
    text = mail(a_message(events=(silenced,))).text
    assert "CRITICAL still firing since Sun 30 Nov, 12:50 UTC, silence ended, up from high" in text
    assert "Also told here: 1 earlier message of this episode that a silence held back" in text
    assert "could not be delivered" not in text
