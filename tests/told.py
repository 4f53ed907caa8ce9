"""Messages as channels get them: every kind of event with a whole body, single, grouped, marked, broken."""

from datetime import UTC, datetime, timedelta

from monitor.domain.alerting.alert import Ack, Alert, AlertEvent, DataHealth, EventType
from monitor.domain.alerting.alert_body import Facts, Watched, event_body
from monitor.domain.alerting.data_quality import Trouble
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.explanation import Explanation, Moved
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.native_event import channel_test, comms_check, native_event, rfc3339
from monitor.domain.alerting.notice import Firing, silence_ending
from monitor.domain.alerting.silence import Silence
from monitor.domain.alerting.snapshot import threshold_edges
from monitor.domain.citation import Citation
from monitor.domain.observation import Observation
from monitor.domain.phrases import later, phrase
from monitor.domain.scale import STANDING, Concern
from monitor.domain.spoken import age, day
from tests.factories import FUEL, a_reading, a_rule, a_subject, an_indicator

NOW = datetime(2026, 11, 23, 1, 45, 30, tzinfo=UTC)
BASE_URL = "https://desk.example"
TOLD = [kind for kind in EventType if kind.value.startswith("alert.")]
BRIEF = Citation(
    slug="brief", title="Brief", publisher="Desk", licence="CC-BY-4.0", url="https://desk.example/b"
)
LABELS = {"alertname": "fuel-high", "series": FUEL, "subject": "goita", "team": "sahel"}

BLIND = Trouble(
    name="Fuel price, Bamako",
    sentence=phrase(
        "the last value is {value}, of a period that ended {day}",
        value="500", day=later(day, datetime(2025, 11, 30, tzinfo=UTC)),
    ),
    health=DataHealth.STALE, source="feed", since=NOW, series=(FUEL,),
)  # fmt: skip
FAILING = Trouble(
    name=phrase("Source {name}", name="Feed"),
    sentence=phrase("no good answer for {lasting}", lasting=later(age, 10_800)),
    health=DataHealth.ERROR, source="feed", since=NOW, series=(FUEL, "conflict-deaths:mali"),
)  # fmt: skip


def an_event(
    kind=EventType.FIRING, *, number=1, fingerprint="ab12cd34ef56ab78", concern=Concern.CRITICAL, **body
):  # fmt: skip
    is_over = kind is EventType.RESOLVED
    said = {
        "previousConcern": 2, "peakConcern": 4, "detail": "", "by": "amina",
        "resolution": "recovered" if is_over else None, "startsAt": rfc3339(NOW - timedelta(hours=3)),
        "endsAt": rfc3339(NOW) if is_over else None,
    }  # fmt: skip
    return AlertEvent(
        fingerprint=fingerprint, episode_id=f"0193-{fingerprint[:4]}", event_seq=number, type=kind, at=NOW,
        concern=Concern.NORMAL if is_over else concern, reason="crossed_down" if is_over else "crossed_up",
        body={**said, **body},
    )  # fmt: skip


def facts(*, is_exercise=False, **values):
    rule, indicator = a_rule(), an_indicator(name="Fuel price", tags=("fuel",))
    observation = Observation(
        reading=a_reading(512.0, ends=NOW), seq=7, stored_at=NOW, source="feed"
    )  # fmt: skip
    watched = Watched(
        series=FUEL, indicator=indicator, normalisation=indicator.normalisation, value=512.0,
        previous_value=400.0, pressure=100.0, period_start=NOW - timedelta(days=7), period_end=NOW,
        known_at=NOW, observation=observation, citation=BRIEF,
    )  # fmt: skip
    moved = Moved(
        name="Fuel price", cause="observation", heat_delta=-21.34, driver="supply", before=352.0, after=512.0,
        detail=phrase("{low} to {high}", low="352", high="512 index"),
    )  # fmt: skip
    subject = a_subject("goita@exercise-1") if is_exercise else a_subject()
    return Facts(**{
        "subject": subject, "scale": STANDING, "level": "Cold", "heat": 12.5, "health": DataHealth.OK,
        "coverage": 0.87, "confidence": 0.62,
        "slot": NOW, "rule": rule, "rule_slug": "fuel-high", "rule_version": 3, "labels": LABELS,
        "edges": threshold_edges(rule, indicator.normalisation), "watched": watched, "told": ("Desk",),
        "explanation": Explanation(moved=(moved,), since=NOW - timedelta(days=30)), **values,
    })  # fmt: skip


def an_ack():
    return Ack(by="amina", at=NOW, concern=Concern.CRITICAL, until=NOW + timedelta(hours=8), note="on it")


def native(
    kind=EventType.FIRING, *, is_exercise=False, absorbed=(), message_id="msg_abc", given=None, **event
):
    """One event as it is sent, with all that surrounds it."""
    ack = an_ack() if kind is EventType.ACKNOWLEDGED else None
    happened = an_event(kind, **event)
    body = event_body(happened, facts(is_exercise=is_exercise, ack=ack, **(given or {})))
    happened = AlertEvent(**{name: getattr(happened, name) for name in happened.__slots__} | {"body": body})
    return native_event(
        happened, message_id=message_id, first_concern=Concern.CRITICAL, absorbed=absorbed,
        is_exercise=is_exercise, base_url=BASE_URL,
    )  # fmt: skip


def a_message(*events, is_exercise=False, recipient="hooks.example", **values):
    """A message about these events, or about one alert that fires."""
    events = events or (native(is_exercise=is_exercise),)
    return Message(**{
        "message_id": "msg_abc", "delivery_id": "d", "recipient": recipient, "formed_at": NOW,
        "episode_id": events[0]["data"]["episodeId"], "events": events, "base_url": BASE_URL,
        "is_exercise": is_exercise, **values,
    })  # fmt: skip


def a_test_message(**values):
    event = channel_test(message_id="msg_abc", channel="Operations", at=NOW, base_url=BASE_URL)
    return a_message(event, **{"episode_id": "", **values})


def a_comms_check(**values):
    answer_by = NOW + timedelta(days=1)
    event = comms_check(
        message_id="msg_abc", channel="Operations", at=NOW, answer_by=answer_by, base_url=BASE_URL
    )
    return a_message(event, **{"episode_id": "", **values})


def a_broken_event():
    """An event that no layout can show: its name holds a line break."""
    event = native()
    indicator = {**event["data"]["indicator"], "name": "Fuel\r\nprice"}
    return {**event, "data": {**event["data"], "indicator": indicator}}


def every_message():
    """What a channel may ever be given, by a name for each."""
    other = "12ab34cd56ef78ab"
    return {
        **{kind.value: a_message(native(kind)) for kind in TOLD},
        "test": a_test_message(),
        "comms check": a_comms_check(),
        "exercise": a_message(is_exercise=True),
        "exercise resolved": a_message(native(EventType.RESOLVED, is_exercise=True), is_exercise=True),
        "blind": a_message(native(given={"trouble": BLIND, "rule_slug": "SeriesBlind"})),
        "failing": a_message(
            native(given={"trouble": FAILING, "rule_slug": "SourceFailing", "watched": None})
        ),
        "group": a_message(native(), native(fingerprint=other, concern=Concern.HIGH)),
        "group, one over": a_message(native(EventType.RESOLVED), native(fingerprint=other)),
        "twice the same": a_message(native(), native(EventType.RESOLVED, number=2)),
        "undelivered firing": a_message(
            native(EventType.RESOLVED, number=2, absorbed=((1, EventType.FIRING),))
        ),
        "broken": a_message(a_broken_event()),
        "bare": a_message(bare()),
        "notice": a_message(a_notice(), episode_id="silence:7", recipient="desk@example.org"),
        "after a silence": a_message(a_repeat()),
        "without an address of its own": a_message(base_url=""),
    }  # fmt: skip


def a_repeat():
    """That an alert fires still, as it is told when a silence has ended."""
    event = native(EventType.CONCERN_RAISED)
    told = {"reason": "silence_ended", "suppressedWhile": ["silence:7"]}
    return {**event, "type": "alert.repeated", "data": {**event["data"], **told}}


def a_notice():
    """That a silence ends soon while what it mutes still fires."""
    silence = Silence(
        id=7, matchers=(Matcher(name="subject", value="goita"),), author="amina", comment="known",
        starts_at=NOW - timedelta(hours=8), ends_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    alert = Alert(
        fingerprint="ab12cd34ef56ab78", rule="fuel-high", subject="goita", series=FUEL, concern=Concern.HIGH
    )
    firing = [Firing(alert=alert, name="Fuel price, Bamako")]
    event = silence_ending(silence, firing, ends_at=NOW + timedelta(hours=1), at=NOW, number=1)
    return native_event(event, message_id="msg_abc", first_concern=Concern.HIGH, base_url=BASE_URL)


def bare():
    """An event about which nothing is known but that it happened."""
    happened = AlertEvent(
        fingerprint="ab12cd34ef56ab78", episode_id="0193", event_seq=1, type=EventType.FIRING, at=NOW,
        concern=Concern.HIGH, reason="crossed_up", body={"subject": {"slug": "goita", "name": "Goïta"}},
    )  # fmt: skip
    return native_event(happened, message_id="msg_abc", first_concern=Concern.HIGH)
