"""Windows as people write and read them: `Mon-Fri 22:00-06:00; Sat,Sun`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from monitor.domain.alerting.window import MINUTES_A_DAY, Window
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EXAMPLE = "Mon-Fri 22:00-06:00; Sat,Sun; 1..7 Jan-Mar 2027"
_TIME = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_NUMBERS = re.compile(r"(-?\d{1,4})(?:\.\.(-?\d{1,4}))?")
_YEARS_FROM = 1000


def parse_windows(text: str, *, zone: str) -> tuple[Window, ...]:
    """Read windows parted by semicolons, in one zone; InvalidInput names the word that is wrong.

    A window is words in any order: times (`22:00-06:00`), weekdays (`Mon-Fri`), months (`Jan,Mar`), days
    of the month (`1..7`, `-1` the last), years (`2027`). Lists have commas and no blanks.
    """
    found = tuple(_window(part, zone=zone) for part in text.split(";") if part.strip())
    if not found:
        raise InvalidInput(
            phrase("write at least one window, such as {example}", example=EXAMPLE), field="windows"
        )
    return found


def parse_handovers(text: str) -> tuple[int, ...]:
    """Read times of the day with commas, `08:00,20:00`, as minutes in their order; InvalidInput."""
    found = [_CLOCK.fullmatch(each.strip()) for each in text.split(",") if each.strip()]
    if not found or None in found:
        raise InvalidInput(
            phrase("hand-overs are written 08:00 or 08:00,20:00, not {text}", text=repr(text)),
            field="handovers",
        )
    return tuple(sorted({_minute(int(each[1]), int(each[2]), text=text) for each in found if each}))


def windows_text(windows: Iterable[Window]) -> str:
    """Return windows as `parse_windows` reads them, without their zone."""
    return "; ".join(map(_text, windows))


def windows_said(windows: Sequence[Window]) -> str:
    """Return windows with their zones as pages show them."""
    zones = dict.fromkeys(window.zone for window in windows)
    parts = [(windows_text(each for each in windows if each.zone == zone), zone) for zone in zones]
    return "; ".join(f"{text} {zone}" for text, zone in parts)


def _window(text: str, *, zone: str) -> Window:
    window = Window(zone=zone)
    for word in text.split():
        for item in word.split(","):
            window = _with(window, item)
    return window


def _with(window: Window, item: str) -> Window:
    if found := _TIME.fullmatch(item):
        hours = [int(each) for each in found.groups()]
        times = (_minute(*hours[:2], text=item), _minute(*hours[2:], text=item))
        return replace(window, times=(*window.times, times))
    if names := _named(item, WEEKDAYS):
        return replace(window, weekdays=_merged(window.weekdays, names))
    if names := _named(item, MONTHS):
        return replace(window, months=_merged(window.months, [each + 1 for each in names]))
    if found := _NUMBERS.fullmatch(item):
        first, last = int(found[1]), int(found[2] or found[1])
        if first >= _YEARS_FROM:
            return replace(window, years=(*window.years, (first, last)))
        return replace(window, days_of_month=(*window.days_of_month, (first, last)))
    raise InvalidInput(
        phrase("{item} is no part of a window; write such as {example}", item=repr(item), example=EXAMPLE),
        field="windows",
    )


def _minute(hour: int, minute: int, *, text: str) -> int:
    if minute >= 60 or hour * 60 + minute > MINUTES_A_DAY:  # noqa: PLR2004 (minutes of an hour)
        raise InvalidInput(phrase("{text} is no stretch of a day", text=repr(text)), field="windows")
    return hour * 60 + minute


def _named(item: str, names: Sequence[str]) -> list[int]:
    """Return the indices a name or a range of names means; a range may pass the end (`Sat-Mon`)."""
    wanted = [each[:3].capitalize() for each in item.split("-")]
    is_written = all(each.isalpha() and len(each) >= len("Mon") for each in item.split("-"))
    if not is_written or len(wanted) > len(("first", "last")) or not set(wanted) <= set(names):
        return []
    first, last = names.index(wanted[0]), names.index(wanted[-1])
    return [(first + step) % len(names) for step in range((last - first) % len(names) + 1)]


def _merged(before: tuple[int, ...], more: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted({*before, *more}))


def _text(window: Window) -> str:
    words = [
        ",".join(_named_runs(window.weekdays, WEEKDAYS)),
        ",".join(map(_range_text, window.days_of_month)),
        ",".join(_named_runs([each - 1 for each in window.months], MONTHS)),
        ",".join(map(_range_text, window.years)),
        ",".join(f"{clock(start)}-{clock(end)}" for start, end in window.times),
    ]
    return " ".join(word for word in words if word) or "00:00-24:00"


def _named_runs(indices: Sequence[int], names: Sequence[str]) -> Iterator[str]:
    """Yield names, three and more in a row as a range: Mon-Fri."""
    for _, group in groupby(enumerate(indices), key=lambda each: each[1] - each[0]):
        run = [names[index] for _, index in group]
        yield from [f"{run[0]}-{run[-1]}"] if len(run) > len(("first", "last")) else run


def _range_text(each: tuple[int, int]) -> str:
    first, last = each
    return str(first) if first == last else f"{first}..{last}"


def clock(minute: int) -> str:
    """Return a minute of the day as 06:30; the day's end is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
