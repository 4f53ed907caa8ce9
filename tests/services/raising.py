"""A desk whose alerts are raised as the worker does it, and what it then holds."""

from datetime import timedelta

from sqlalchemy import select

from monitor.domain.alerting.fingerprint import fingerprint
from monitor.services.assess import assess, claim_assessment
from monitor.services.raise_alerts import raise_next
from monitor.storage import (
    channels,
    definitions,
    observations,
    subjects,
)
from monitor.storage.rows.deliveries import NotificationRow
from tests.factories import (
    DEATHS,
    FUEL,
    NOW,
    a_channel,
    a_reading,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FUEL_ALERT, LEVEL_ALERT = fingerprint("fuel-high", FUEL), fingerprint("level", "goita")
FAST = {"keep_firing_seconds": 0.0}


def open_channel(session, slug="hook", **values):
    channels.add(session, a_channel(slug, **values), box=None, now=NOW)


def learn(session, *readings, now=NOW):
    return observations.add(session, list(readings), source="feed", author="", note="", now=now)


def run(session, *, now=NOW):
    """Assess and raise, as the worker does; return what was raised."""
    subjects.mark_due(session, ["goita"], now=now)
    claim = claim_assessment(session, now=now)
    assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
    return raise_next(session, now=now)


def save(session, *values, reason="test", author="amina", now=NOW):
    definitions.save_all(session, values, author=author, reason=reason, effective_at=now, now=now)


def waiting(session):
    rows = session.scalars(select(NotificationRow).order_by(NotificationRow.id))
    return [(row.channel, row.event_seq, row.due_at) for row in rows]


def crisis(session, *, now=NOW, fuel=500.0, deaths=500.0):
    learn(session, a_reading(fuel, ends=now), a_reading(deaths, ends=now, series=DEATHS), now=now)
    return run(session, now=now)


def calm(session, *, now):
    return crisis(session, now=now, fuel=100.0, deaths=100.0)


def types(result):
    return sorted(event.type.removeprefix("alert.") for event in result.events)
