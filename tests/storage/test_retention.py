"""Retention: what ended long ago goes, what is dead or still fires stays."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from monitor.domain.alerting.delivery import Attempt, DeliveryStatus
from monitor.storage import claims, deliveries, notifications
from monitor.storage.retention import forget_deliveries
from monitor.storage.rows.alerts import EpisodeRow
from monitor.storage.rows.deliveries import AttemptRow, DeliveryRow
from tests.services.alert_rows import NOW, add_channel, raise_event

LATER = NOW + timedelta(days=91)


@pytest.fixture
def sent(session):
    """One message that arrived, of an episode that ended at once."""
    add_channel(session)
    raise_event(session)
    [waiting] = notifications.take_due(session, now=NOW, limit=10)
    made = deliveries.form(session, waiting, recipients=["desk"], now=NOW)
    [claimed] = claims.claim(session, [made], owner="worker", now=NOW)
    attempt = Attempt(number=1, started_at=NOW, ended_at=NOW, outcome="delivered")
    deliveries.finish_delivered(session, claimed, attempt)
    session.execute(update(EpisodeRow).values(ended_at=NOW))
    return session


def left(session):
    return [session.scalar(select(func.count()).select_from(row)) for row in (DeliveryRow, AttemptRow)]


def test_what_arrived_long_ago_is_forgotten_with_its_attempts(sent):
    assert forget_deliveries(sent, before=LATER) == 1
    assert left(sent) == [0, 0]


def test_what_arrived_lately_stays(sent):
    assert forget_deliveries(sent, before=NOW) == 0


@pytest.mark.parametrize("status", [DeliveryStatus.DEAD, DeliveryStatus.FORMED, DeliveryStatus.LEASED])
def test_what_has_not_ended_stays(sent, status):
    sent.execute(update(DeliveryRow).values(status=status))
    assert forget_deliveries(sent, before=LATER) == 0
    assert left(sent) == [1, 1]


@pytest.mark.parametrize("ended_at", [None, LATER])
def test_what_an_alert_still_fires_for_or_did_lately_stays(sent, ended_at):
    sent.execute(update(EpisodeRow).values(ended_at=ended_at))
    assert forget_deliveries(sent, before=LATER) == 0
