"""A moment on the command line: a day, or how long ago."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_PATTERN = re.compile(r"([1-9]\d{0,4})([dwmy])")


class Ago(click.ParamType[datetime | timedelta]):
    """`2025-09-01`, or `90d`, `12w`, `6m`, `10y` before the end of the span."""

    name = "DAY|90d"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | timedelta:
        """Return a moment or a length of time."""
        if isinstance(value, datetime | timedelta):
            return value
        if found := _PATTERN.fullmatch(value):
            return timedelta(days=int(found[1]) * _DAYS[found[2]])
        try:
            return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            self.fail(
                f"{value!r} is no day such as 2025-09-01, and no span such as 90d, 12w, 6m or 10y", param, ctx
            )


AGO = Ago()
