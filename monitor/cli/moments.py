"""Moments on the command line: a day means its end, so that what became known on it counts."""

from datetime import UTC, datetime, time

import click

WRITTEN = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


def end_of(value: datetime | None, now: datetime) -> datetime | None:
    """Return a UTC moment as it was written; of a day its last second, of today the present."""
    if value is None:
        return None
    written = value.replace(tzinfo=UTC)
    if written.time() != time():
        return written
    last = written.replace(hour=23, minute=59, second=59)
    return now if written <= now < last else last


def start_of(value: datetime | None) -> datetime | None:
    """Return a UTC moment as it was written; of a day its first second."""
    return None if value is None else value.replace(tzinfo=UTC)
