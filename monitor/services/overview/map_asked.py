"""What a map is asked for: which countries, what of them, which month, known when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.months import last_day, later, parse_month

SPANS = (1, 3, 12)
INCIDENTS, KILLED = "incidents", "killed"
THEN = "then"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAsked:
    """What the address says, as far as it can be read.

    `of` is a country's code, shown with its neighbours unless `is_alone`. `measure` is one of incidents or an
    indicator's slug. `month` None is the newest; `known` is "then" (the end of the month shown), a day, or
    "" for now. `region` is looked at closer.
    """

    of: str = ""
    is_alone: bool = False
    measure: str = INCIDENTS
    month: date | None = None
    months: int = SPANS[-1]
    known: str = ""
    region: str = ""

    @property
    def known_on(self) -> date | None:
        """The day at whose end it is asked what was known; None for now and then."""
        try:
            found = date.fromisoformat(self.known)
        except ValueError:
            return None
        return found if parse_month(f"{found:%Y-%m}") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days from `since` to `until`, both included, as known at `at`; `is_then`: at the end of the days."""

    month: date
    since: date
    until: date
    at: datetime
    is_now: bool = True
    is_then: bool = False

    @property
    def end(self) -> datetime:
        """The moment after the last day."""
        return midnight(self.until + timedelta(days=1))

    @property
    def month_start(self) -> datetime:
        """The first moment of the month itself."""
        return midnight(self.month)


def window_of(asked: MapAsked, month: date, *, now: datetime) -> Window:
    """Return the days and the moment of knowledge that an address asks for, never later than now."""
    months = asked.months if asked.measure in {INCIDENTS, KILLED} else 1
    until = last_day(month)
    is_then = asked.known == THEN
    on = until if is_then else asked.known_on
    then = None if on is None else midnight(on) + timedelta(days=1)
    at = now if then is None else min(then, now)
    return Window(
        month=month, since=later(month, 1 - months), until=until, at=at, is_now=then is None, is_then=is_then
    )


def midnight(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), UTC)
