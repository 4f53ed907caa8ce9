"""The body of an alert event: everything a message needs, and its bottom line."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.alert import Ack, AlertEvent, DataHealth, EventType
from monitor.domain.alerting.alert_body import Facts, Watched, event_body, summary
from monitor.domain.alerting.explanation import Explanation, Moved
from monitor.domain.alerting.native_event import native_event
from monitor.domain.alerting.snapshot import level_edges, threshold_edges
from monitor.domain.citation import Citation
from monitor.domain.indicator import StepNormalisation
from monitor.domain.observation import Observation
from monitor.domain.scale import STANDING, Concern
from tests.factories import FUEL, NOW, a_level_rule, a_reading, a_rule, a_subject, an_indicator

BRIEF = Citation(
    slug="brief", title="Brief", publisher="Desk", licence="CC-BY-4.0", url="https://desk.example/b"
)


def an_event(kind=EventType.FIRING, concern=Concern.CRITICAL, **body):
    said = {"previousConcern": 0, "peakConcern": int(concern), "resolution": None, "detail": "", "by": ""}
    return AlertEvent(
        fingerprint="f00", episode_id="e1", event_seq=1, type=kind, at=NOW, concern=concern,
        reason="crossed_up", body={**said, **body},
    )  # fmt: skip


def a_watched(**values):
    indicator = an_indicator(name="Fuel price", tags=("fuel",))
    observation = Observation(reading=a_reading(512.0), seq=7, stored_at=NOW, source="feed")
    return Watched(**{
        "series": FUEL, "indicator": indicator, "normalisation": indicator.normalisation, "value": 512.0,
        "previous_value": 400.0, "pressure": 100.0, "period_end": NOW, "known_at": NOW,
        "observation": observation, "citation": BRIEF, **values,
    })  # fmt: skip


def facts(**values):
    rule = a_rule()
    return Facts(**{
        "subject": a_subject(), "scale": STANDING, "level": "Cold", "heat": 12.5, "health": DataHealth.OK,
        "coverage": 0.87, "confidence": 0.62,
        "slot": NOW, "rule": rule, "rule_slug": "fuel-high", "rule_version": 3,
        "edges": threshold_edges(rule, an_indicator().normalisation), "watched": a_watched(), **values,
    })  # fmt: skip


def level_facts(**values):
    rule = a_level_rule()
    moved = (
        Moved(
            name="Fuel price",
            cause="observation",
            heat_delta=-21.34,
            driver="supply",
            before=352.0,
            after=500.0,
            detail="352 to 500 index",
        ),
    )
    said = {"watched": None, "explanation": Explanation(moved=moved, since=NOW - timedelta(days=30))}
    return facts(**{"rule": rule, "edges": level_edges(rule), **said, **values})


def test_the_body_says_subject_rule_and_reading():
    body = event_body(an_event(), facts())
    assert body["subject"]["name"] == "Assimi Goïta"
    assert body["subject"]["levels"][0] == {"name": "Cold", "low": 0.0, "high": 20.0, "concern": 4}
    assert (body["rule"]["id"], body["rule"]["version"], body["rule"]["enter"]["critical"]) == (
        "fuel-high",
        3,
        500,
    )
    assert body["rule"]["keepFiringFor"] == 48 * 3600
    assert body["indicator"]["thresholds"]["calm"] == 100
    assert body["series"] == {"slug": FUEL, "unit": "bamako", "name": "bamako"}
    assert body["evaluation"] == {
        "slot": "2025-11-30T12:00:00Z", "pressure": 100.0, "heat": 12.5, "dataHealth": "ok",
        "coverage": 0.87, "confidence": 0.62,
    }  # fmt: skip


def test_the_observation_has_its_grade_and_citation():
    seen = event_body(an_event(), facts())["observation"]
    assert (seen["value"], seen["previousValue"], seen["grade"]) == (512.0, 400.0, "B2")
    assert seen["citation"] == {"title": "Brief", "publisher": "Desk"}
    assert seen["sourceUrl"] == "https://desk.example/b"


def test_a_held_value_claims_no_provenance():
    watched = a_watched(observation=None, citation=None, is_held=True)
    seen = event_body(an_event(), facts(watched=watched))["observation"]
    assert (seen["isHeld"], seen["grade"], seen["sourceUrl"]) == (True, None, None)


def test_a_series_without_a_value_has_no_observation():
    body = event_body(an_event(), facts(watched=a_watched(value=None, period_end=None)))
    assert body["observation"] is None


def test_a_level_has_neither_series_nor_edges():
    body = event_body(an_event(), level_facts())
    assert (body["series"], body["indicator"], body["observation"], body["rule"]["enter"]) == (
        None,
        None,
        None,
        {},
    )
    assert body["evaluation"]["pressure"] is None


def test_what_moved_heat_is_named():
    body = event_body(an_event(), level_facts())
    assert body["moved"] == "Fuel price −21.3 (352 to 500 index)"
    assert body["movedSince"] == "2025-10-31T12:00:00Z"
    assert body["why"][0]["heatDelta"] == -21.34


def test_an_explanation_is_read_back_as_it_was_told():
    told = level_facts().explanation
    assert Explanation.read(told.body()) == told


def test_a_body_that_does_not_say_since_when_explains_nothing():
    assert Explanation.read({"why": [{"name": "Fuel price"}]}) == Explanation()


def test_steps_show_no_edges_in_a_unit_they_do_not_have():
    steps = StepNormalisation(steps=((0, 0), (1, 100)))
    body = event_body(
        an_event(), facts(edges=threshold_edges(a_rule(), steps), watched=a_watched(normalisation=steps))
    )
    assert (body["rule"]["enter"], body["rule"]["measure"], body["indicator"]["thresholds"]) == (
        {},
        "pressure",
        {},
    )


def test_a_rule_that_is_gone_keeps_its_name():
    assert event_body(an_event(), facts(rule=None, watched=None))["rule"] == {
        "id": "fuel-high", "version": 3, "enter": {}, "exit": {},
    }  # fmt: skip


def test_an_ack_is_told_with_its_end():
    ack = Ack(
        by="amina", at=NOW, concern=Concern.HIGH, until=datetime(2025, 11, 30, 20, tzinfo=UTC), note="on it"
    )
    assert event_body(an_event(), facts(ack=ack))["ack"] == {
        "by": "amina", "at": "2025-11-30T12:00:00Z", "concern": 3, "until": "2025-11-30T20:00:00Z",
        "note": "on it",
    }  # fmt: skip


def test_an_archive_says_as_of_when():
    body = event_body(an_event(), facts(as_of=NOW, is_archive=True))
    assert (body["archive"], body["asOf"], body["exercise"]) == (True, "2025-11-30T12:00:00Z", False)
    assert body["summary"].startswith("Assimi Goïta: Cold, critical, as of 30 November 2025, archive.")


def test_an_exercise_says_on_which_day_it_plays():
    subject = replace(a_subject(), slug="goita@exercise-1")
    said = summary(an_event(), facts(subject=subject, as_of=NOW))
    assert said.startswith("EXERCISE. Assimi Goïta: Cold, critical, on 30 November 2025 of the exercise.")


def test_an_exercise_says_so_first():
    subject = replace(a_subject(), slug="goita@exercise-1")
    watched = a_watched(series=f"{FUEL}@exercise-1")
    body = event_body(an_event(), facts(subject=subject, watched=watched))
    assert body["exercise"] is True
    assert body["summary"].startswith("EXERCISE. Assimi Goïta: Cold, critical.")
    assert body["series"]["name"] == "bamako"


@pytest.mark.parametrize(
    "event, begins",
    [
        (an_event(), "Assimi Goïta: Cold, critical. Fuel price: 512, critical from 500."),
        (an_event(EventType.CONCERN_RAISED, previousConcern=3), "Assimi Goïta: Cold, critical, was high."),
        (
            an_event(EventType.RESOLVED, Concern.NORMAL, peakConcern=4, resolution="rule_changed"),
            "Assimi Goïta: Cold, resolved after critical (rule changed). Fuel price: 512.",
        ),
        (
            an_event(EventType.ACKNOWLEDGED, by="amina", detail="on it"),
            "Assimi Goïta: Cold, critical, acknowledged by amina. Fuel price: 512, critical from 500. On it.",
        ),
        (
            an_event(EventType.UNACKNOWLEDGED, by="amina"),
            "Assimi Goïta: Cold, critical, the ack of amina ran out.",
        ),
    ],
)
def test_the_bottom_line_says_subject_level_and_concern_first(event, begins):
    assert summary(event, facts()).startswith(begins)


def test_the_bottom_line_of_a_level_says_what_moved_it():
    assert summary(an_event(), level_facts()) == "Assimi Goïta: Cold, critical. Moved by Fuel price −21.3."
    assert summary(an_event(), level_facts(explanation=Explanation())) == "Assimi Goïta: Cold, critical."


def test_the_bottom_line_fits_into_160_characters():
    assert len(summary(an_event(detail="word " * 80), facts())) <= 160


def test_the_body_is_plain_json_and_fits_the_native_event():
    body = event_body(an_event(), facts(labels={"team": "sahel"}, told=("Hook",), changed_by="amina"))
    sent = native_event(replace(an_event(), body=body), message_id="m", first_concern=Concern.CRITICAL)
    assert json.loads(json.dumps(sent, allow_nan=False))["data"]["labels"] == {"team": "sahel"}
    assert len(json.dumps(sent)) < 20_000
