"""Times on pages: told in UTC, with how long ago it is and what the reader's own clock showed."""

from dataclasses import dataclass
from datetime import datetime

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from monitor.domain.alerting.window import zone_named
from monitor.domain.person import Person
from monitor.domain.spoken import age, at, clock, day
from monitor.domain.wording import say

UTC = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTime:
    """A moment by a reader's clock; `place` is the last part of the zone's name."""

    clock: str
    place: str
    zone: str


@pass_context
def local_time(context: Context, value: datetime) -> LocalTime | None:
    """Return a moment by the clock of whoever reads; None for who reads in UTC, or is unknown."""
    person: Person | None = context.get("person")
    if person is None or person.zone == UTC:
        return None
    place = person.zone.rpartition("/")[2].replace("_", " ")
    return LocalTime(clock=clock(value.astimezone(zone_named(person.zone))), place=place, zone=person.zone)


@pass_context
def when(context: Context, value: datetime, near: datetime) -> Markup:
    """Return a moment in UTC as one names it now; its title tells how long ago, and the reader's own time."""
    own = local_time(context, value)
    told = ago(value, near)
    if own is not None:
        there = value.astimezone(zone_named(own.zone))
        told = f"{told}; {day(there, near=near)} {own.clock} {own.zone}"
    tag = Markup('<time datetime="{}" title="{}">{}</time>')
    return tag.format(value.isoformat(timespec="seconds"), told, at(value, near=near))


def ago(value: datetime, near: datetime) -> str:
    """2 h ago; in 2 h."""
    seconds = (near - value).total_seconds()
    return say("{age} ago", age=age(seconds)) if seconds >= 0 else say("in {age}", age=age(-seconds))
