"""Observe: ask a source, store what is new, and keep how the run went."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.domain.errors import NotFound, SourceError
from monitor.domain.harvest import Ask, Unchanged
from monitor.domain.mask import Mask
from monitor.domain.observation import Reading
from monitor.domain.ports import Outside
from monitor.domain.source import Source
from monitor.storage import definitions, observations, runs, series, sources
from monitor.storage.engine import Database

FUTURE_TOLERANCE = timedelta(minutes=10)
PAUSE_AFTER_FAILURE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went: ok, unchanged, empty, cut or error, with counts."""

    source: str
    outcome: str
    seen: int = 0
    new: int = 0
    revised: int = 0
    withdrawn: int = 0
    rejected: int = 0
    message: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the source gave nothing because something is wrong."""
        return self.outcome == "error"

    @property
    def sentence(self) -> str:
        """The run in one line for a person."""
        if self.is_error or self.outcome == "cut":
            return f"{self.source}: {self.message}"
        counts = f"{self.seen} seen, {self.new} new, {self.revised} revised, {self.withdrawn} withdrawn"
        tail = f", {self.rejected} rejected: {self.message}" if self.rejected else ""
        return f"{self.source}: {self.outcome}, {counts}{tail}"


def observe_next(database: Database, outside: Outside) -> Outcome | None:
    """Claim the next source that is due and observe it; None if none is due."""
    with database.write() as session:
        slug = sources.claim_due(session, now=database.now(session), pause=PAUSE_AFTER_FAILURE)
    return None if slug is None else observe(database, outside, slug)


def observe(database: Database, outside: Outside, slug: str) -> Outcome:
    """Ask one source now. The network is asked outside any transaction; NotFound if it is unknown."""
    with database.read() as session:
        source = definitions.get(session, Source, slug)
        state = sources.state(session, slug)
        started_at = database.now(session)
    if state.is_cut or not source.is_enabled:
        return Outcome(source=slug, outcome="cut", message="cut off; restore it first")
    if source.kind not in outside.kinds:
        message = f"source {slug} is of kind {source.kind}, which is entered by hand or comes with a pack"
        raise NotFound(message)
    ask = Ask(now=started_at, since=state.last_ok_at, secret=partial(secret_of, source, outside.secret))
    fetcher = outside.fetchers.fetcher(source, mask=Mask())
    try:
        harvest = outside.kinds[source.kind].fetch(source, ask, fetcher)
    except Unchanged:
        return _store(database, source, [], started_at=started_at, word="unchanged")
    except SourceError as error:
        outcome = Outcome(source=slug, outcome="error", message=str(error))
        return _finish(database, source, outcome, started_at=started_at, failures=state.failures + 1)
    readings = [known_when(reading, source, ask=ask) for reading in harvest.readings]
    return _store(database, source, readings, started_at=started_at)


def secret_of(source: Source, secret: Callable[[str], str], key: str) -> str:
    """Return the secret that a setting (`token`, `auth.token`) refers to; SourceError if it does not."""
    found: object = source.settings
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    name = found.get("secret") if isinstance(found, Mapping) else None
    if not isinstance(name, str):
        raise SourceError(f'{key} is to name a secret: {key} = {{ secret = "name" }}', permanent=True)
    return secret(name)


def known_when(reading: Reading, source: Source, *, ask: Ask) -> Reading:
    """History fetched for the first time was known when it came out, not when it was first asked for."""
    usual = reading.period_end + timedelta(days=source.publication_lag_days)
    if ask.since is not None or reading.known_at != ask.now or usual >= ask.now:
        return reading
    return replace(reading, known_at=usual, is_reconstructed=True)


def _store(
    database: Database, source: Source, readings: list[Reading], *, started_at: datetime, word: str = ""
) -> Outcome:
    """Store observations, mark subjects due and record the run in one transaction."""
    with database.write() as session:
        now = database.now(session)
        known = {str(key) for key in series.find_all(session)}
        usable = [reading for reading in readings if _is_usable(reading, known=known, now=now)]
        run_id = runs.start(session, source.slug, started_at=started_at)
        added = observations.add(
            session, usable, source=source.slug, author="", note="", now=now, run_id=run_id
        )
        rejected = len(readings) - len(usable)
        outcome = Outcome(
            source=source.slug,
            outcome=word or _word(seen=len(readings), changed=added.new + added.revised + added.withdrawn),
            seen=len(readings),
            new=added.new,
            revised=added.revised,
            withdrawn=added.withdrawn,
            rejected=rejected,
            message="unknown series or a period in the future" if rejected else "",
        )
        runs.finish(session, run_id, outcome=outcome, now=now)
        sources.finish(
            session, source.slug, now=now, due_at=_next_due(source, now=now, failures=0), failures=0
        )
    return outcome


def _finish(
    database: Database, source: Source, outcome: Outcome, *, started_at: datetime, failures: int
) -> Outcome:
    with database.write() as session:
        now = database.now(session)
        run_id = runs.start(session, source.slug, started_at=started_at)
        runs.finish(session, run_id, outcome=outcome, now=now)
        due_at = _next_due(source, now=now, failures=failures)
        sources.finish(session, source.slug, now=now, due_at=due_at, failures=failures)
    return outcome


def _is_usable(reading: Reading, *, known: set[str], now: datetime) -> bool:
    return reading.series in known and reading.period_start <= now + FUTURE_TOLERANCE


def _word(*, seen: int, changed: int) -> str:
    if changed:
        return "ok"
    return "unchanged" if seen else "empty"


def _next_due(source: Source, *, now: datetime, failures: int) -> datetime | None:
    """The next turn by the interval; after a failure sooner, each time twice as late, up to an hour."""
    if source.interval_seconds is None:
        return None
    interval = timedelta(seconds=source.interval_seconds)
    if not failures:
        return now + interval
    pause: timedelta = PAUSE_AFTER_FAILURE * 2 ** min(failures - 1, 6)
    return now + min(interval, LONGEST_PAUSE, pause)
