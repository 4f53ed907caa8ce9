"""Cron expressions and time zones as a pack gives them: refused where no moment can come of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, StringConstraints

_FIELDS = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day of the month": "1 to 31, L for the last",
    "month": "1 to 12 or JAN to DEC",
    "day of the week": "0 to 7 or SUN to SAT, MON#2 for the second",
}
_ANY_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def cron_expected(text: str) -> str:
    """Say what is expected in place of a cron expression, naming the field at fault; "" if it is one."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"5 fields, not {len(fields)}: {', '.join(_FIELDS)}; such as 0 14 * * TUE"
    for number, (name, allowed) in enumerate(_FIELDS.items()):
        alone = [each if place == number else "*" for place, each in enumerate(fields)]
        if not _has_moment(alone):
            return f"as {name} {allowed}, also *, 1,2, 1-3 or */2; not {fields[number]!r}"
    return "" if _has_moment(fields) else "a day that there is"


def _has_moment(fields: Sequence[str]) -> bool:
    try:
        next(CronSim(" ".join(fields), _ANY_DAY))
    except (CronSimError, StopIteration, ValueError, AssertionError):
        return False
    return True


def _cron(text: str) -> str:
    if expected := cron_expected(text):
        raise ValueError(expected)
    return " ".join(text.split())


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("an IANA time zone such as Africa/Bamako or UTC") from None
    return name


Cron = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_cron)]
ZoneName = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_zone)]
