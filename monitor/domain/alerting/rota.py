"""Rotas: who is on duty when, hand-over by hand-over in local time, with those who stand in for others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from monitor.domain.alerting.window import (
    MINUTES_A_DAY,
    Occurrence,
    Stretch,
    Window,
    instant,
    joined,
    zone_named,
)
from monitor.domain.clock import require_utc
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.phrases import phrase

# How a channel names whoever is on duty among its recipients: `oncall:desk`.
ON_DUTY = "oncall:"
LONGEST_TURN_DAYS = 366
LONGEST_STAND_IN = timedelta(days=92)
# How far a shift is followed either way: no further than it takes.
_REACHES = tuple(timedelta(days=days) for days in (2, 20, LONGEST_TURN_DAYS + 1))
# Stand-ins are remembered for so long after their end.
_FAR = timedelta(days=100)
_DAY = timedelta(days=1)
_RECIPIENT = re.compile(rf"{ON_DUTY}([a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """People who take turns: each `days` long, handed over at these minutes of the local day.

    With several hand-overs a day (480, 1200: day and night) turns are shorter than a day. `windows` narrow
    when there is duty at all. The first turn begins at the first hand-over on `starts_on`.
    """

    members: tuple[str, ...]
    starts_on: date
    handovers: tuple[int, ...] = (480,)
    days: int = 7
    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        """Refuse turns that nobody takes, or that never change; InvalidInput."""
        if not self.members or not all(member.strip() for member in self.members):
            raise InvalidInput(phrase("say who takes turns, by address"), field="members")
        if not 1 <= self.days <= LONGEST_TURN_DAYS:
            raise InvalidInput(
                phrase("a turn lasts 1 to {longest_turn_days} days", longest_turn_days=LONGEST_TURN_DAYS),
                field="days",
            )
        is_sorted = all(first < second for first, second in pairwise(self.handovers))
        if (
            not self.handovers
            or not is_sorted
            or not 0 <= self.handovers[0] <= self.handovers[-1] < MINUTES_A_DAY
        ):
            raise InvalidInput(phrase("hand-overs are minutes of the day, in their order"), field="handovers")
        if len(self.handovers) > 1 and self.days != 1:
            raise InvalidInput(phrase("with several hand-overs a day, a turn's days are 1"), field="days")

    def begins(self, turn: int, zone: str) -> datetime:
        """Return the instant at which a turn begins: at the second of two, so that no cover is missing."""
        day, of_day = divmod(turn, len(self.handovers))
        local = datetime.combine(self.starts_on + _DAY * day * self.days, time())
        local += timedelta(minutes=self.handovers[of_day])
        return instant(local, zone_named(zone), occurrence=Occurrence.SECOND)

    def turn_at(self, at: datetime, zone: str) -> int:
        """Return the number of the turn at an instant; negative before the first."""
        local = at.astimezone(zone_named(zone)).date()
        turn = (local - self.starts_on).days // self.days * len(self.handovers) - 1
        while self.begins(turn + 1, zone) <= at:
            turn += 1
        while self.begins(turn, zone) > at:
            turn -= 1
        return turn

    def on_duty(self, at: datetime, zone: str) -> str:
        """Return whose turn it is; empty before the first, and where its windows are closed."""
        turn = self.turn_at(at, zone)
        is_narrowed = self.windows and not any(
            each.starts_at <= at < each.ends_at
            for window in self.windows
            for each in window.stretches(at, at, closes=Occurrence.SECOND)
        )
        return "" if turn < 0 or is_narrowed else self.members[turn % len(self.members)]

    def changes(self, since: datetime, until: datetime, zone: str) -> Iterator[datetime]:
        """Yield the instants between two at which who is on duty may change."""
        turn = max(self.turn_at(since, zone), -1)
        while (at := self.begins(turn + 1, zone)) < until:
            yield at
            turn += 1
        for each in joined(self.windows, since, until, closes=Occurrence.SECOND):
            yield from (each.starts_at, each.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """For a stretch, someone in another's place; where nobody is named, beside whoever is on duty."""

    person: str
    instead_of: str = ""
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse one that is nobody, for nobody's time, or for ever; InvalidInput."""
        if not self.person.strip() or self.person == self.instead_of:
            raise InvalidInput(phrase("say who stands in, and for whom"), field="person")
        length = require_utc(self.ends_at, field="ends_at") - require_utc(self.starts_at, field="starts_at")
        if not timedelta(0) < length <= LONGEST_STAND_IN:
            raise InvalidInput(
                phrase("one stands in for at most {days} days", days=LONGEST_STAND_IN.days), field="ends_at"
            )

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at an instant."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch in which the same people are on duty; none: a hole in the cover."""

    people: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """An on-call calendar: several turns at once (a first and a second, day and night), and stand-ins."""

    slug: str
    name: str
    zone: str
    turns: tuple[Turns, ...]
    stand_ins: tuple[StandIn, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rota without turns or of a zone nobody knows; InvalidInput."""
        zone_named(self.zone)
        if not self.turns:
            raise InvalidInput(phrase("a rota has at least one set of turns"), field="turns")

    @property
    def members(self) -> tuple[str, ...]:
        """Everyone who takes turns, each once."""
        return tuple(dict.fromkeys(member for each in self.turns for member in each.members))

    def on_duty(self, at: datetime) -> tuple[str, ...]:
        """Return who is on duty at an instant, each once; those who stand in in the place of others."""
        found = [person for each in self.turns if (person := each.on_duty(at, self.zone))]
        for each in self.stand_ins:
            if not each.holds(at):
                continue
            if not each.instead_of:
                found.append(each.person)
            found = [each.person if person == each.instead_of else person for person in found]
        return tuple(dict.fromkeys(found))

    def shifts(self, since: datetime, until: datetime) -> tuple[Shift, ...]:
        """Return who is on duty between two instants, stretch by stretch, holes included."""
        inner = {at for each in self.turns for at in each.changes(since, until, self.zone)}
        inner |= {at for each in self.stand_ins for at in (each.starts_at, each.ends_at)}
        edges = [since, *sorted(at for at in inner if since < at < until), until]
        return tuple(
            _merged(
                Shift(people=self.on_duty(start), starts_at=start, ends_at=end)
                for start, end in pairwise(edges)
                if start < end
            )
        )

    def shift_at(self, at: datetime) -> Shift:
        """Return the shift around an instant; one that lasts longer than the longest turn is cut there."""
        for reach in _REACHES:
            since, until = at - reach, at + reach
            found = next(each for each in self.shifts(since, until) if each.starts_at <= at < each.ends_at)
            if found.starts_at > since and found.ends_at < until:
                break
        return found

    def reached(self, at: datetime) -> tuple[str, ...]:
        """Return whom a message for whoever is on duty goes to: where there is nobody, to every member."""
        return self.on_duty(at) or self.members

    def with_turns(self, turns: Turns, *, number: int = 0) -> "Rota":
        """Return it with these turns instead of those of this number (from 1), or beside all; NotFound."""
        kept = self.turns if number == 0 else self._without(number)
        at = len(kept) if number == 0 else number - 1
        return replace(self, turns=(*kept[:at], turns, *kept[at:]))

    def without_turns(self, number: int) -> "Rota":
        """Return it without the turns of this number (from 1); NotFound, InvalidInput for the last."""
        return replace(self, turns=self._without(number))

    def in_zone(self, zone: str) -> "Rota":
        """Return it in another zone: hand-overs and windows stay at the same local times."""
        moved = (
            replace(each, windows=tuple(replace(window, zone=zone) for window in each.windows))
            for each in self.turns
        )
        return replace(self, zone=zone, turns=tuple(moved))

    def _without(self, number: int) -> tuple[Turns, ...]:
        if not 1 <= number <= len(self.turns):
            raise NotFound(phrase("{slug} has no turns {number}", slug=self.slug, number=number))
        return (*self.turns[: number - 1], *self.turns[number:])

    def with_stand_in(self, stand_in: StandIn, *, at: datetime) -> "Rota":
        """Return it with one more stand-in; those long over are forgotten. InvalidInput names a stranger."""
        if stand_in.instead_of and stand_in.instead_of not in self.members:
            raise InvalidInput(
                phrase(
                    "{instead_of} takes no turns in {slug}", instead_of=stand_in.instead_of, slug=self.slug
                ),
                field="instead_of",
            )
        kept = tuple(each for each in self.stand_ins if each.ends_at > at - _FAR)
        return replace(self, stand_ins=(*kept, stand_in))

    def without_stand_in(self, number: int, *, at: datetime) -> "Rota":
        """Return it with the stand-in of this number (from 1) ended now, or gone if it had not begun."""
        if not 1 <= number <= len(self.stand_ins):
            raise NotFound(phrase("{slug} has no stand-in {number}", slug=self.slug, number=number))
        found = self.stand_ins[number - 1]
        ended = (replace(found, ends_at=min(at, found.ends_at)),) if found.starts_at < at else ()
        return replace(self, stand_ins=(*self.stand_ins[: number - 1], *ended, *self.stand_ins[number:]))


def rota_meant(recipient: str) -> str:
    """Return the rota that a recipient such as `oncall:desk` means; empty where it is an address."""
    found = _RECIPIENT.fullmatch(recipient)
    return "" if found is None else found[1]


def holes(shifts: Iterable[Shift]) -> tuple[Stretch, ...]:
    """Return the stretches in which nobody is on duty."""
    return tuple(
        Stretch(starts_at=each.starts_at, ends_at=each.ends_at) for each in shifts if not each.people
    )


def _merged(shifts: Iterable[Shift]) -> Iterator[Shift]:
    last: Shift | None = None
    for each in shifts:
        if last is not None and last.people == each.people:
            last = replace(last, ends_at=each.ends_at)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last
