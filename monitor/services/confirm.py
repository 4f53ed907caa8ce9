"""Confirm: a person says that a provisional value stands, so that it counts before it has settled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator
from monitor.domain.phrases import phrase
from monitor.domain.scoring.view import effective, observed
from monitor.domain.series import Columns, SeriesKey
from monitor.storage import audit, confirmations, definitions, series

LONGEST_REASON = 300
_SOME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What was confirmed; `is_new` is False where the value had been confirmed before."""

    series: str
    period_start: datetime
    period_end: datetime
    value: float
    is_new: bool


def confirm(session: Session, key: str, period: str, *, reason: str, actor: str, now: datetime) -> Confirmed:
    """Confirm the value in force of the period that starts with `period` (2025, 2025-11 or 2025-11-03).

    A later revision of the period withdraws it. InvalidInput names the field: an unknown series, a period
    that is none or several, a missing reason.
    """
    if not reason.strip():
        raise InvalidInput(phrase("say why the value can be relied on already"), field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(phrase("at most {most} characters", most=LONGEST_REASON), field="reason")
    start, end, value = _period(_rows(session, key), key, period)
    indicator = definitions.get(session, Indicator, SeriesKey.parse(key).indicator)
    seq = confirmations.confirm(
        session, key, (start, end), source=indicator.source, author=actor, reason=reason, now=now
    )
    if seq is not None:
        said = {"value": value, "period_start": start.isoformat(), "period_end": end.isoformat(), "seq": seq}
        audit.record(
            session, actor=actor, action="observation.confirm", target=key, reason=reason,
            before=None, after=said, now=now,
        )  # fmt: skip
    return Confirmed(series=key, period_start=start, period_end=end, value=value, is_new=seq is not None)


def _rows(session: Session, key: str) -> Columns:
    try:
        SeriesKey.parse(key)
    except ValueError as error:
        raise InvalidInput(str(error), field="series") from None
    if not series.exists(session, key):
        raise InvalidInput(phrase("there is no series {key}", key=key), field="series")
    return observed(effective(series.columns(session, [key])[key]))


def _period(rows: Columns, key: str, asked: str) -> tuple[datetime, datetime, float]:
    days = [f"{moment(float(start)):%Y-%m-%d}" for start in rows.period_start]
    found = [number for number, day in enumerate(days) if asked and day.startswith(asked)]
    if len(found) == 1:
        number = found[0]
        ends = float(rows.period_end[number])
        return moment(float(rows.period_start[number])), moment(ends), float(rows.value[number])
    near = days[-_SOME:] if not found else [days[number] for number in found[-_SOME:]]
    if found:
        why = phrase(
            "{number} periods of {key} start in {asked}: name one by its first day, such as {days}",
            number=len(found), key=key, asked=asked, days=", ".join(near),
        )  # fmt: skip
    elif near:
        why = phrase(
            "{key} has no value for {asked}: name one by its first day, such as {days}",
            key=key, asked=repr(asked), days=", ".join(near),
        )  # fmt: skip
    else:
        why = phrase("{key} has no value for {asked}", key=key, asked=repr(asked))
    raise InvalidInput(why, field="period")
