"""A timeline: what is observed and done when, which messages must come within which window, and no other.

The worker's own jobs run on a clock that only the timeline moves: to the next act that was declared, to the
next moment at which anything is due, and at least every ten minutes.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Receipt
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.scheduling.timetable import timetable
from monitor.services.acknowledge import acknowledge
from monitor.services.add_silence import add_silence
from monitor.storage import alerts, channels, definitions, observations, subjects
from monitor.storage.due import due
from tests.factories import FUEL, a_channel, a_reading, an_indicator, install_desk

BEGIN = datetime(2025, 11, 24, 8, tzinfo=UTC)  # a Monday
STEP, WAIT, SECOND = timedelta(minutes=10), timedelta(seconds=30), timedelta(seconds=1)
# What a timeline has no part in: sources, exercises, housekeeping, and beats, whose gaps are outages.
_LEFT_OUT = {"observe", "exercises", "pack", "backfill", "purge", "beat"}
_PARTS = re.compile(r"(\d+)([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def span(text):
    """ "1h30m" after the beginning, or "0s"."""
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PARTS.findall(text)), timedelta())


@dataclass(frozen=True)
class Told:
    """A message as its channel got it: which events of which alerts, and when."""

    at: datetime
    channel: str
    types: tuple
    concern: int
    rules: frozenset
    starts_at: datetime

    def __str__(self):
        words = ", ".join(self.types)
        return f"{self.at - BEGIN} {self.channel}: {words} at concern {self.concern} of {sorted(self.rules)}"


@dataclass(frozen=True)
class Wanted:
    """A message that must come: to a channel, of types, between two spans; concern and rule where given."""

    channel: str
    types: tuple
    after: timedelta
    before: timedelta
    concern: int | None
    rule: str | None

    def is_met_by(self, told):
        return (
            (told.channel, told.types) == (self.channel, self.types)
            and BEGIN + self.after <= told.at <= BEGIN + self.before
            and self.concern in {None, told.concern}
            and (self.rule is None or self.rule in told.rules)
        )

    def __str__(self):
        return (
            f"{self.after} to {self.before} {self.channel}: {', '.join(self.types)} (concern {self.concern})"
        )


class RecordingKind:
    """Keeps what arrives and when, by the timeline's clock; a channel that is down refuses."""

    is_grouped = True

    def __init__(self, timeline):
        self.timeline = timeline
        self.down = set()

    def recipients(self, channel):
        return ["desk"]

    def render(self, channel, message):
        return b"told", "text/plain"

    def send(self, channel, message, body, *, now):
        if channel.slug in self.down:
            raise DeliveryError("the receiver answered 503", status_code=503)
        data = [event["data"] for event in message.events]
        self.timeline.told.append(
            Told(
                at=self.timeline.now,
                channel=channel.slug,
                types=tuple(event["type"].removeprefix("alert.") for event in message.events),
                concern=max(int(each["concern"]) for each in data),
                rules=frozenset(each["rule"]["id"] for each in data),
                starts_at=datetime.fromisoformat(data[-1]["startsAt"]),
            )
        )
        return Receipt(status_code=200)


class Timeline:
    """One desk from `BEGIN` on; nothing is due at first. `said` is what was done, for when it fails."""

    def __init__(self, database_url, tmp_path, *, rules=(), channel_values=None, indicators=()):
        self.now, self.told, self.wanted, self.acts = BEGIN, [], [], []
        self.kind = RecordingKind(self)
        environ = {"HEATWATCH_HOME": str(tmp_path), "HEATWATCH_DATABASE_URL": database_url}
        self.application = replace(build(load_settings(environ)), channel_kinds={"fake": self.kind})
        self.database = self.application.database
        self.database.now = lambda _session: self.now
        with self.database.write() as session:
            install_desk(
                session, now=BEGIN, rules=rules,
                indicators=indicators or (an_indicator(cadence_days=1 / 24), an_indicator("conflict-deaths")),
            )  # fmt: skip
            for slug, values in (channel_values or {"hook": {}}).items():
                channels.add(session, a_channel(slug, **values), box=None, now=BEGIN)
        self.jobs = [job for job in timetable() if job.name not in _LEFT_OUT]
        self._work()

    def close(self):
        self.application.close()

    def at(self, when, act):
        """Declare something that is done: a function of a session and the moment."""
        self.acts.append((BEGIN + span(when), act))

    def observe(self, when, value, *, series=FUEL, hours=1, **values):
        """Declare that a value of the hours before becomes known."""

        def act(session, now):
            reading = a_reading(float(value), ends=now, days=hours / 24, series=series, **values)
            observations.add(session, [reading], source="feed", author="", note="", now=now)
            subjects.mark_due(session, ["goita"], now=now)

        self.at(when, act)

    def edit(self, when, definition):
        """Declare that a definition is saved."""

        def act(session, now):
            definitions.save(session, definition, author="ann", reason="edit", effective_at=now, now=now)
            subjects.mark_due(session, ["goita"], now=now)

        self.at(when, act)

    def ack(self, when, rule, **values):
        """Declare that someone acknowledges what the rule has open."""

        def act(session, now):
            [alert] = [each for each in alerts.find_open(session) if each.rule == rule]
            acknowledge(session, alert.fingerprint, by="bob", note="mine", now=now, **values)

        self.at(when, act)

    def silence(self, when, silence):
        """Declare a silence."""
        self.at(when, lambda session, now: add_silence(session, silence, now=now))

    def want(self, channel, *types, after, before, concern=None, rule=None):
        """Declare a message; whatever is not declared must not come."""
        number = None if concern is None else int(Concern[concern.upper()])
        wanted = Wanted(channel, types, span(after), span(before), number, rule)
        self.wanted.append(wanted)

    def events(self):
        """All that happened to alerts, changes of data health aside, in the order it was stored."""
        with self.database.read() as session:
            found = alerts.recent_events(session, limit=1000)
        return [each for each in reversed(found) if each.type is not EventType.DATA_HEALTH]

    def run(self, until):
        """Play it, and compare every message with every one wanted."""
        end = BEGIN + span(until)
        for when, act in sorted(self.acts, key=lambda each: each[0]):
            self._play(min(when, end))
            with self.database.write() as session:
                act(session, self.now)
            self._work()
        self.acts = []
        self._play(end)
        self._compare()

    def _play(self, until):
        while self.now < until:
            self.now = min(self._next_due(min(self.now + STEP, until)), until)
            self._work()

    def _work(self):
        for job in self.jobs:
            job.run(self.application)

    def _next_due(self, horizon):
        """The first second up to the horizon at which anything is due, else the horizon."""
        low, high = self.now, horizon
        if not self._is_due(high):
            return high
        if self._is_due(low):
            return low + WAIT  # it waits for something else: a breaker, a rate, a group
        while high - low > SECOND:
            middle = low + timedelta(seconds=((high - low) // SECOND) // 2)
            low, high = (low, middle) if self._is_due(middle) else (middle, high)
        return high

    def _is_due(self, when):
        with self.database.read() as session:
            found = due(session, now=when)
            return found.pipeline or found.messages

    def _compare(self):
        left = list(self.told)
        missing = []
        for wanted in self.wanted:
            found = next((told for told in left if wanted.is_met_by(told)), None)
            if found is None:
                missing.append(wanted)
            else:
                left.remove(found)
        lines = [
            *(f"did not come: {wanted}" for wanted in missing),
            *(f"was not wanted: {told}" for told in left),
            "all that came:",
            *(f"  {told}" for told in self.told),
        ]
        assert not missing, "\n".join(lines)
        assert not left, "\n".join(lines)
