"""The jobs of a worker: each drains one kind of due work through its service."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from monitor.bootstrap import Application
from monitor.faults import passing
from monitor.scheduling.backfilling import Backfillers
from monitor.scheduling.beating import Beats
from monitor.scheduling.observing import Observers
from monitor.services.announce_endings import announce_endings, is_ending
from monitor.services.assess import (
    Claim,
    assess_all,
    claim_assessments,
    mark_daily,
    mark_for_assessment,
    unassessed,
)
from monitor.services.attend import attend, is_attention_due
from monitor.services.check_comms import check_due, is_check_due
from monitor.services.deliver import DeliverResult, deliver
from monitor.services.due_work import DueWork, due_work
from monitor.services.escalate import escalate, is_escalation_due
from monitor.services.exercise import advance_exercise, running_exercises
from monitor.services.form_deliveries import form_deliveries
from monitor.services.pack_series import is_packing_due, pack_series
from monitor.services.purge import purge
from monitor.services.raise_alerts import raise_due
from monitor.services.relay_critical import is_relay_due, relay_critical
from monitor.services.signal_alive import is_signal_due, note_signal
from monitor.services.watch_channels import is_watch_due, watch_channels

# One drain at a time in one process: a second would only wait for the first one's rows.
_pipeline = threading.Lock()
_delivery = threading.Lock()
# Whoever finds another thread delivering leaves word here, so that it looks once more before it stops.
_asked = threading.Event()
# Subjects claimed at once, those worked on in the same few statements, and how long one transaction may keep
# other writers waiting. A few go first: what they tell is on its way while others are reckoned.
MOST_TOGETHER, LOT, FIRST_LOT, LONGEST_SECONDS = 64, 16, 4, 0.2
GIVEN_BACK_SECONDS = 5.0
# Episodes that one tick tells again or escalates: a subject a transaction, and never two held at once.
MOST_LOOKS = 50
SIGNAL_EVERY = timedelta(minutes=1)
_generator = np.random.default_rng()
beats, observers, backfillers = Beats(), Observers(), Backfillers()


def beat(application: Application) -> bool:
    """Tell the database that this worker lives; a gap since the last beat is an outage, and then True."""
    return beats.tick(application)


def observe_due(application: Application) -> None:
    """Fetch every source that is due, several at once; those that take long go on after this returns."""
    observers.tick(application)


def backfill_due(application: Application) -> None:
    """Ask for the history that people want, beside everything else."""
    backfillers.tick(application)


def purge_old(application: Application) -> None:
    """Forget raw answers and runs that gave nothing, once they are old enough."""
    with application.writing() as (session, now):
        purge(session, days=application.settings.raw_answer_days, now=now)


def drain_pipeline(application: Application, *, may_form: Callable[[], bool] = lambda: False) -> int:
    """Assess subjects that are due, then raise their alerts, until nothing is due; count the assessed.

    While it `may_form`, what alerts tell at once becomes messages with them: that is one commit less to wait
    for.
    """
    assessed, most = 0, FIRST_LOT
    with _pipeline:
        while not application.should_stop() and (due := _due(application)).pipeline:
            if due.days:
                _mark_daily(application)
            together = _all_at_once(application, most=most, may_form=may_form)
            most = LOT
            if together is not None:
                assessed += together
                continue
            if due.assessments:
                assessed += _assess_some(application)
            # At once: what the first ones are told for need not wait for all the others.
            _raise_some(application)
    return assessed


def advance_exercises(application: Application) -> None:
    """Play every running exercise up to now, draining the pipeline after each moment of its history."""
    with application.database.read() as session:
        slugs = running_exercises(session)
    for slug in slugs:
        while not application.should_stop() and _advance(application, slug):
            drain_pipeline(application)


def any_exercise_runs(application: Application) -> bool:
    """Whether an exercise has not reached its end."""
    with application.database.read() as session:
        return bool(running_exercises(session))


def deliver_due(application: Application) -> DeliverResult | None:
    """Form and send what is due; None if nothing is, or another thread of this process is at it."""
    _asked.set()
    if not _delivery.acquire(blocking=False):
        return None
    try:
        result = None
        while _asked.is_set() and not application.should_stop():
            _asked.clear()
            if _due(application).messages:
                result = _deliver(application)
        return result
    finally:
        _delivery.release()


def signal_due(application: Application) -> bool:
    """Tell the outside monitor, once a minute, that all that was due was evaluated and sent."""
    ping = application.ping
    if ping is None:
        return False
    with application.reading() as (session, now):
        if not is_signal_due(session, every=SIGNAL_EVERY, now=now):
            return False
    drain_pipeline(application)
    if application.should_stop() or not _drain_messages(application):
        return False
    problem = ping()
    with application.writing() as (session, now):
        note_signal(session, problem=problem, now=now)
    return not problem


def _drain_messages(application: Application) -> bool:
    """Send what is due, and wait for whoever is at it; False if that takes too long."""
    if not _delivery.acquire(timeout=SIGNAL_EVERY.total_seconds()):
        return False
    try:
        if _due(application).messages:
            _deliver(application)
    finally:
        _delivery.release()
    return True


def relay_due(application: Application) -> int:
    """Tell the fallbacks of channels what is critical and was not taken; count it."""
    with application.reading() as (session, now):
        if not is_relay_due(session, now=now):
            return 0
    with application.writing() as (session, now):
        return relay_critical(session, now=now)


def watch_channels_due(application: Application) -> int:
    """Open or end the alerts on channels that do not take what is critical; count them."""
    changed = 0
    for _ in range(MOST_LOOKS):
        with application.reading() as (session, now):
            if application.should_stop() or not is_watch_due(session, now=now):
                break
        with application.writing() as (session, now):
            changed += watch_channels(session, now=now)
    return changed


def attend_due(application: Application) -> int:
    """Tell again what still fires, and newcomers when routes changed; count the episodes looked at."""
    looked_at = 0
    while looked_at < MOST_LOOKS and not application.should_stop():
        with application.reading() as (session, now):
            if not is_attention_due(session, now=now):
                break
        with application.writing() as (session, now):
            looked_at += attend(session, now=now).looked_at
    return looked_at


def escalate_due(application: Application) -> int:
    """Tell the next in line of what nobody took on; count the steps told."""
    told = 0
    for _ in range(MOST_LOOKS):
        with application.reading() as (session, now):
            if application.should_stop() or not is_escalation_due(session, now=now):
                break
        with application.writing() as (session, now):
            told += escalate(session, now=now, most=1)
    return told


def announce_due(application: Application) -> int:
    """Tell of silences that end within the hour while what they mute fires; count the notices."""
    with application.reading() as (session, now):
        if not is_ending(session, now=now):
            return 0
    with application.writing() as (session, now):
        return announce_endings(session, now=now)


def check_comms_due(application: Application) -> int:
    """Send the comms checks that are due; count them."""
    with application.reading() as (session, now):
        if not is_check_due(session, now=now):
            return 0
    return len(
        check_due(
            application.database, application.channel_kinds, secrets=application.secrets, now=now,
            base_url=application.base_url,
        )
    )  # fmt: skip


def pack_due(application: Application) -> int:
    """Pack the series with many new rows, a short transaction at a time; count them."""
    packed = 0
    while not application.should_stop() and _is_packing_due(application):
        with application.database.write() as session:
            packed += pack_series(session)
    return packed


def _is_packing_due(application: Application) -> bool:
    with application.database.read() as session:
        return is_packing_due(session)


def _deliver(application: Application) -> DeliverResult:
    with application.reading() as (_, now):
        pass
    return deliver(
        application.database,
        application.channel_kinds,
        secrets=application.secrets,
        now=now,
        owner=application.worker_name,
        generator=_generator,
        base_url=application.base_url,
        should_stop=application.should_stop,
    )


def _due(application: Application) -> DueWork:
    with application.reading() as (session, now):
        return due_work(session, now=now)


def _mark_daily(application: Application) -> None:
    with application.database.write() as session:
        mark_daily(session, now=application.database.now(session))


def _all_at_once(application: Application, *, most: int, may_form: Callable[[], bool]) -> int | None:
    """Assess a lot, raise its alerts and form their messages in one transaction; count the assessed.

    Only where the database has one writer, so that nobody waits crosswise: there each commit costs a wait for
    the disk. None, and nothing is done, where that would take long, or where anything fails: stage by stage
    what failed is met again by itself.
    """
    if not application.database.is_sqlite:
        return None
    try:
        with application.writing() as (session, now):
            claims = claim_assessments(session, now=now, most=most)
            if claims and unassessed(session, [claim.slug for claim in claims]):
                raise _Apart
            if claims:
                assess_all(session, claims, now=now, claimed_at=now, is_kept=True)
            # All at one moment: what was scored for it explains the alerts.
            raise_due(session, most=most, now=now)
            if may_form():
                form_deliveries(session, application.channel_kinds, now=now)
        passing("after_commit")
    except Exception:  # noqa: BLE001 - whatever it was is met again stage by stage, and raised there
        return None
    return len(claims)


class _Apart(Exception):
    """These claims are better worked on one after the other."""


def _assess_some(application: Application) -> int:
    """Claim in one transaction, work in the next: a killed worker's claims run out and are taken again."""
    with application.database.write() as session:
        claimed_at = application.database.now(session)
        claims = claim_assessments(session, now=claimed_at, most=MOST_TOGETHER)
    begun, done = time.monotonic(), 0
    while done < len(claims):
        if application.should_stop() or time.monotonic() - begun > GIVEN_BACK_SECONDS:
            _give_back(application, claims[done:])
            break
        try:
            done += _assess_together(application, claims[done:], claimed_at=claimed_at)
        except Exception:  # noqa: BLE001 - whatever it was is met again by itself, and raised there
            _assess_one_by_one(application, claims[done:], claimed_at=claimed_at)
            done = len(claims)
    return done


def _give_back(application: Application, claims: Sequence[Claim]) -> None:
    """Let others take what would have to wait for long: drawing the past of a subject takes seconds."""
    with application.database.write() as session:
        slugs = tuple(claim.slug for claim in claims)
        mark_for_assessment(session, slugs, now=application.database.now(session))


def _assess_together(application: Application, claims: Sequence[Claim], *, claimed_at: datetime) -> int:
    """Assess as many as one short transaction takes; count them. A commit costs as much as an assessment."""
    with application.database.write() as session:
        lots = _lots(claims, new=unassessed(session, [claim.slug for claim in claims]))
        return _in_short(_assess(application, session, lot, claimed_at=claimed_at) for lot in lots)


def _lots(claims: Sequence[Claim], *, new: Collection[str]) -> Iterator[Sequence[Claim]]:
    """Yield what is assessed in the same few statements; a new subject, whose past is drawn, is by itself."""
    lot: list[Claim] = []
    for claim in claims:
        if lot and (claim.slug in new or len(lot) == LOT):
            yield lot
            lot = []
        lot.append(claim)
        if claim.slug in new:
            yield lot
            lot = []
    if lot:
        yield lot


def _assess_one_by_one(application: Application, claims: Sequence[Claim], *, claimed_at: datetime) -> None:
    """Assess each in a transaction of its own, so that one that fails takes no other with it."""
    failed: Exception | None = None
    for claim in claims:
        try:
            with application.database.write() as session:
                _assess(application, session, [claim], claimed_at=claimed_at)
        except Exception as error:  # noqa: BLE001 - raised below, after the others had their turn
            failed = failed or error
    if failed is not None:
        raise failed


def _assess(application: Application, session: Any, lot: Sequence[Claim], *, claimed_at: datetime) -> int:
    now = application.database.now(session)
    return len(assess_all(session, lot, now=now, claimed_at=claimed_at, is_kept=True))


def _raise_some(application: Application) -> None:
    """Evaluate the rules of as many subjects as one short transaction takes; by itself what then fails."""
    # Where others write too, one lot: it ends silences, which comes before any message in the order of locks.
    lots = MOST_TOGETHER // LOT if application.database.is_sqlite else 1
    try:
        with application.database.write() as session:
            _in_short(_raise_lot(application, session, most=LOT) for _ in range(lots))
        passing("after_commit")
    except Exception:  # noqa: BLE001 - whatever it was is met again by itself, and raised there
        with application.database.write() as session:
            _raise_lot(application, session, most=1)


def _raise_lot(application: Application, session: Any, *, most: int) -> int:
    return len(raise_due(session, most=most, now=application.database.now(session)))


def _in_short(steps: Iterator[int]) -> int:
    """Take steps until one has nothing to do or others have waited long enough; count what they did."""
    begun, done = time.monotonic(), 0
    for count in steps:
        done += count
        if not count or time.monotonic() - begun > LONGEST_SECONDS:
            break
    return done


def _advance(application: Application, slug: str) -> bool:
    with application.database.write() as session:
        return advance_exercise(session, slug, now=application.database.now(session))
