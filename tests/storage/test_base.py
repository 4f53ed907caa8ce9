"""Stored times are aware and UTC, whatever zone they came in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from monitor.storage.rows.desk import OutageRow

MOMENT = datetime(2025, 11, 30, 23, 59, 59, 123456, tzinfo=UTC)


def test_a_time_comes_back_aware_and_utc(session):
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    session.execute(insert(OutageRow).values(started_at=elsewhere, ended_at=MOMENT))
    started, ended = session.execute(select(OutageRow.started_at, OutageRow.ended_at)).one()
    assert started == ended == MOMENT
    assert started.tzinfo is UTC


def test_times_of_several_zones_compare_as_moments(session):
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=-8)))
    session.execute(insert(OutageRow).values(started_at=elsewhere, ended_at=elsewhere))
    assert session.execute(select(OutageRow.id).where(OutageRow.ended_at <= MOMENT)).all()
    assert not session.execute(select(OutageRow.id).where(OutageRow.ended_at < MOMENT)).all()


def test_a_naive_time_is_refused(session):
    with pytest.raises(StatementError, match="no time zone"):
        session.execute(insert(OutageRow).values(started_at=datetime(2025, 11, 30), ended_at=MOMENT))  # noqa: DTZ001
