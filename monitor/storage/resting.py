"""Alerts at rest: of most alerts, a few columns tell that there is nothing to evaluate."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import AlertState, DataHealth
from monitor.domain.alerting.rest import Rest
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples
from monitor.storage.rows.alerts import AlertRow

_HEALTH = {each.value: each for each in DataHealth}


def at_rest(session: Session, subjects: Collection[str]) -> dict[str, Rest]:
    """Return by fingerprint what is at rest of these subjects."""
    return {
        name: Rest(
            rule_version=version, data_health=_HEALTH[health], value=value, period=period, evaluated_seq=seq
        )
        for part in in_batches(subjects)
        for name, version, health, value, period, seq in fetch_tuples(session, _resting(), {"subjects": part})
    }


@cache
def _resting() -> Any:
    row = AlertRow
    is_at_rest = and_(
        row.state == AlertState.INACTIVE.value,
        row.held_concern == 0,
        row.closed_concern == 0,
        row.awaits_seq == 0,
        row.due_at.is_(None),
        row.ack.is_(None),
    )
    what = (row.fingerprint, row.rule_version, row.data_health, row.value, row.period, row.evaluated_seq)
    return select(*what).where(row.subject.in_(bindparam("subjects", expanding=True)), is_at_rest)
