"""Start and cancel backfills: a person asks for the history of a source."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.domain.backfill import Backfill, BackfillState
from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.phrases import phrase
from monitor.services.run_source import require_speaking
from monitor.storage import audit, backfills

STEP_DAYS, MOST_STEP_DAYS = 90, 36_600
_EARLIEST = date(1800, 1, 1)


def start_backfill(  # noqa: PLR0913 - all that is asked for, and by whom
    session: Session,
    slug: str,
    *,
    since: date,
    until: date | None = None,
    step_days: int = STEP_DAYS,
    kinds: Collection[str],
    actor: str,
    now: datetime,
) -> Backfill:
    """Ask for the days from `since` to `until` (today if None), both included; a worker does it.

    InvalidInput names what cannot be; Conflict if one of this source runs; NotFound if it is never asked.
    """
    require_speaking(session, slug, kinds=kinds)
    until = until or now.date()
    _require_days(since, until, step_days, today=now.date())
    if found := backfills.running(session, slug):
        raise Conflict(
            phrase(
                "backfill {id} of {slug} is running ({share_done}); wait for it, or cancel it with {command}",
                command=f"`heatwatch source backfill --cancel {found.id}`",
                id=found.id,
                slug=slug,
                share_done=f"{found.share_done:.0%}",
            )
        )
    number = backfills.add(
        session, slug, since=since, until=until, step_days=step_days, requested_by=actor, now=now
    )
    after = {
        "backfill": number, "since": since.isoformat(), "until": until.isoformat(), "step_days": step_days
    }  # fmt: skip
    audit.record(
        session,
        actor=actor,
        action="source.backfill",
        target=slug,
        reason="",
        before=None,
        after=after,
        now=now,
    )
    return backfills.one(session, number)


def cancel_backfill(session: Session, number: int, *, actor: str, reason: str, now: datetime) -> Backfill:
    """Cancel a backfill that runs; what it stored stays. NotFound, or Conflict if it has ended."""
    found = backfills.one(session, number)
    if not backfills.end(session, found, state=BackfillState.CANCELLED, message="", now=now):
        raise Conflict(
            phrase("backfill {number} is {state} already", number=number, state=phrase(found.state.value))
        )
    audit.record(
        session, actor=actor, action="source.backfill_cancel", target=found.source, reason=reason,
        before={"backfill": number, "next_day": found.next_day.isoformat()}, after=None, now=now,
    )  # fmt: skip
    return backfills.one(session, number)


def _require_days(since: date, until: date, step_days: int, *, today: date) -> None:
    if until > today:
        raise InvalidInput(
            phrase(
                "until {until} is in the future; the last day is today, {today}", until=until, today=today
            ),
            field="until",
        )
    if not _EARLIEST <= since <= until:
        raise InvalidInput(
            phrase(
                "since {since} is not a day from {earliest} to the last day, {until}",
                since=since,
                earliest=_EARLIEST,
                until=until,
            ),
            field="since",
        )
    if not 1 <= step_days <= MOST_STEP_DAYS:
        raise InvalidInput(
            phrase(
                "step_days {step_days} is not 1 to {most}",
                step_days=step_days,
                most=MOST_STEP_DAYS,
            ),
            field="step_days",
        )
