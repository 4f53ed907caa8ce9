"""When a source is asked next, and why then: its schedule and what changes it, in sentences."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.schedule import expected, is_scheduled, next_planned, pause_after
from monitor.domain.source import Source
from monitor.domain.spoken import age, listed, plain
from monitor.domain.wording import msgid, say, say_many
from monitor.services.cron_times import CRON_TIMES
from monitor.storage.sources import SourceState

# A turn and its plan may lie apart by what a run itself takes.
_CLOSE = timedelta(minutes=2)
_KNOWN_A_DAY = msgid("values are usually known {days} day after a period’s end")
_KNOWN = msgid("values are usually known {days} days after a period’s end")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRelease:
    """A line of the release calendar with its next moment, and when it is late from then on."""

    name: str
    rule: str
    at: datetime
    late_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """A source's next turn (None: none is planned), why then, and what it follows."""

    next_at: datetime | None
    why: str
    is_now: bool
    schedule: tuple[str, ...]
    releases: tuple[NextRelease, ...]


def turns_of(source: Source, state: SourceState, *, is_asked: bool, now: datetime) -> Turns:
    """Return when a source is asked next and why; `is_asked`: whether its kind is one that is asked."""
    is_now = state.lease_until is not None and state.lease_until > now
    next_at = None if state.is_cut or not source.is_enabled or not is_asked else state.due_at
    return Turns(
        next_at=next_at,
        why=_why(source, state, is_asked=is_asked, is_now=is_now, now=now),
        is_now=is_now,
        schedule=tuple(_schedule(source)),
        releases=tuple(_releases(source, now=now)),
    )


def _why(source: Source, state: SourceState, *, is_asked: bool, is_now: bool, now: datetime) -> str:
    """Say in a sentence why it is asked then, or why it is not."""
    if state.is_cut:
        return say("It is cut off: nobody asks it until it is restored.")
    if not source.is_enabled:
        return say("It is switched off in its definition.")
    if source.is_pushed:
        return say("Programs push to it; nobody asks it.")
    if not is_asked:
        return say("Its values come by hand or with a pack; nobody asks it.")
    if is_now:
        return say("A worker asks it at this moment.")
    if state.due_at is None:
        return say("It has no schedule: it is asked when somebody runs it.")
    if state.due_at <= now:
        return say("It is due: the next worker that is free asks it.")
    return _why_then(source, state, state.due_at)


def _why_then(source: Source, state: SourceState, due_at: datetime) -> str:
    ended = state.last_run_at
    planned = None if ended is None else next_planned(source, after=ended, times=CRON_TIMES)
    if ended is None or planned is None:
        if is_scheduled(source):
            return say("Its first turn by its schedule.")
        return say("Somebody asked for it.")
    if due_at > planned + _CLOSE:
        return say("The other side asked to wait until then.")
    if state.failures and due_at < planned - _CLOSE:
        pause = age(pause_after(state.failures).total_seconds())
        if state.failures == 1:
            return say("It failed once: it is tried again {pause} after a failure.", pause=pause)
        return say_many(
            "It failed {n} time in a row: it is tried again {pause} after a failure.",
            "It failed {n} times in a row: it is tried again {pause} after a failure.",
            state.failures,
            pause=pause,
        )
    owed = expected(source, now=ended, last_new_at=state.last_new_at, times=CRON_TIMES)
    if owed and due_at < planned - _CLOSE:
        names = listed([each.release.name or say("a release") for each in owed])
        return say("Asked again and again until {names} has come.", names=names)
    if any(abs(each.at - due_at) <= _CLOSE for each in _releases(source, now=ended)):
        return say("That is when its release is expected.")
    return say("By its schedule.")


def _schedule(source: Source) -> list[str]:
    found = []
    if source.interval_seconds is not None:
        found.append(say("every {time}", time=_span(source.interval_seconds)))
    if source.cron:
        found.append(say("at {times} in {zone}", times=source.cron, zone=source.timezone))
    if found and source.jitter_seconds:
        found.append(
            say("up to {time} later, so that not all ask at once", time=_span(source.jitter_seconds))
        )
    if source.trailing_days is not None:
        found.append(
            say_many(
                "the last {n} day again each time, for revisions",
                "the last {n} days again each time, for revisions",
                int(source.trailing_days),
            )
        )
    if source.publication_lag_days:
        days = source.publication_lag_days
        found.append(say(_KNOWN_A_DAY if days == 1 else _KNOWN, days=plain(days)))
    return found


def _releases(source: Source, *, now: datetime) -> list[NextRelease]:
    found = [
        NextRelease(
            name=each.name or say("Release"),
            rule=say("{times} in {zone}", times=each.cron, zone=each.timezone),
            at=(at := CRON_TIMES.after(each.cron, each.timezone, now)),
            late_at=at + timedelta(hours=each.grace_hours),
        )
        for each in source.releases
    ]
    return sorted(found, key=lambda each: each.at)


def _span(seconds: float) -> str:
    """24 h, 15 min, 7 d: exact where it is whole."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0 and seconds >= 2 * size:
            number = int(seconds // size)
            return say("{n} d", n=number) if unit == "d" else f"{number} {unit}"
    return age(seconds)
