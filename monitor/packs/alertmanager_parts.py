"""Parts of an Alertmanager configuration: spans, matchers and time intervals, as this desk has them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.window import Window
from monitor.domain.errors import InvalidInput

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_536_000.0}
_SPAN = re.compile(r"(?:\d+(?:ms|[smhdwy]))+")
_PART = re.compile(r"(\d+)(ms|[smhdwy])")
_MATCHER = re.compile(
    r"\s*(\"(?:\\.|[^\"\\])*\"|[^\s=!~{},\"]+)\s*(=~|!~|!=|=)\s*(\"(?:\\.|[^\"\\])*\"|[^\"]*?)\s*", re.DOTALL
)
_APART = re.compile(r"((?:\"(?:\\.|[^\"\\])*\"|[^,\"])+)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Alertmanager's weeks begin on Sunday.
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_CLOCK = re.compile(r"(\d{2}):(\d{2})")
INTERVAL_KEYS = frozenset({"times", "weekdays", "days_of_month", "months", "years", "location"})


def seconds_of(text: object) -> float:
    """Return a span such as `1h30m` in seconds; InvalidInput."""
    written = str(text)
    if written == "0" or _SPAN.fullmatch(written) is None:
        if written == "0":
            return 0.0
        raise InvalidInput(f"{written!r} is no span such as 30s or 1h30m")
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(written))


def matchers_of(table: Mapping[str, Any], *, side: str = "") -> tuple[Matcher, ...]:
    """Return the conditions of a route, or of one `side` (`source_`) of an inhibition; InvalidInput."""
    found = [_matcher(part) for text in table.get(f"{side}matchers") or () for part in _apart(str(text))]
    for name, value in (table.get(f"{side}match") or {}).items():
        found.append(Matcher(name=str(name), value=str(value)))
    for name, value in (table.get(f"{side}match_re") or {}).items():
        found.append(Matcher(name=str(name), value=str(value), is_regex=True))
    return tuple(found)


def window_of(interval: Mapping[str, Any]) -> Window:
    """Return one time interval as a window; InvalidInput names what is wrong."""
    if unknown := sorted(set(interval) - INTERVAL_KEYS):
        raise InvalidInput(f"there is no {unknown[0]} in a time interval")
    weekdays = (day for each in interval.get("weekdays") or () for day in _named(each, _WEEKDAYS))
    months = (month for each in interval.get("months") or () for month in _months(each))
    return Window(
        zone=str(interval.get("location") or "UTC"),
        times=tuple(_time(each) for each in interval.get("times") or ()),
        weekdays=tuple(sorted({(day - 1) % len(_WEEKDAYS) for day in weekdays})),
        days_of_month=tuple(_numbers(each) for each in interval.get("days_of_month") or ()),
        months=tuple(sorted(set(months))),
        years=tuple(_numbers(each) for each in interval.get("years") or ()),
    )


def _apart(text: str) -> list[str]:
    """Part `{a="b", c="d"}` at its commas."""
    bare = text.strip()
    if bare.startswith("{") and bare.endswith("}"):
        bare = bare[1:-1]
    return [part for part in _APART.findall(bare) if part.strip()]


def _matcher(text: str) -> Matcher:
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise InvalidInput(f'{text.strip()!r} is no matcher such as team="sahel"')
    name, operator, value = found.groups()
    return Matcher(
        name=_bare(name), value=_bare(value), is_regex=operator.endswith("~"),
        is_equal=not operator.startswith("!"),
    )  # fmt: skip


def _bare(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return _ESCAPED.sub(lambda sign: {"n": "\n"}.get(sign[1], sign[1]), text[1:-1]) if is_quoted else text


def _time(each: object) -> tuple[int, int]:
    given = each if isinstance(each, Mapping) else {}
    found = [_CLOCK.fullmatch(str(given.get(name))) for name in ("start_time", "end_time")]
    if None in found:
        raise InvalidInput("a time runs from start_time to end_time, each such as 09:00")
    start, end = (int(one[1]) * 60 + int(one[2]) for one in found if one is not None)
    return start, end


def _named(each: object, names: Sequence[str]) -> Iterator[int]:
    """Yield the places of a name or of a range of names."""
    first, _, last = str(each).lower().partition(":")
    if first not in names or (last and last not in names):
        raise InvalidInput(f"{each!r} is neither {names[0]} nor a range such as {names[1]}:{names[2]}")
    start, end = names.index(first), names.index(last or first)
    if end < start:
        raise InvalidInput(f"{each!r} ends before it begins")
    yield from range(start, end + 1)


def _months(each: object) -> Iterator[int]:
    text = str(each)
    if text.replace(":", "").isdigit():
        first, last = _numbers(text)
        yield from range(first, last + 1)
    else:
        yield from (place + 1 for place in _named(each, _MONTHS))


def _numbers(each: object) -> tuple[int, int]:
    first, _, last = str(each).partition(":")
    try:
        return int(first), int(last or first)
    except ValueError:
        raise InvalidInput(f"{each!r} is no number and no range such as 1:5") from None
