"""Moments of a cron expression in a time zone, as Debian's cron would start a job.

A time that the change to summer time leaves out comes at the first minute after the gap, one that the change
back gives twice comes once. `*` in the hour or minute follows elapsed time instead.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim

# No zone sets its clock back further than this; reading backwards starts so much later.
_SET_BACK = timedelta(hours=3)


class CronSimTimes:
    """CronTimes by the library cronsim; expressions were checked when their pack was read."""

    def after(self, cron: str, timezone: str, moment: datetime) -> datetime:
        """Return the first moment it names after `moment`, in UTC."""
        return _after(cron, timezone, _minute(moment))

    def at_or_before(self, cron: str, timezone: str, moment: datetime) -> datetime:
        """Return the last moment it names up to `moment`, in UTC."""
        return _at_or_before(cron, timezone, _minute(moment))


CRON_TIMES = CronSimTimes()


def _minute(moment: datetime) -> datetime:
    """All moments are whole minutes, so that those of one minute have the same answer."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


@lru_cache(maxsize=4096)
def _after(cron: str, timezone: str, moment: datetime) -> datetime:
    for found in CronSim(cron, moment.astimezone(ZoneInfo(timezone)) - _SET_BACK):
        if found.astimezone(UTC) > moment:
            return found.astimezone(UTC)
    raise ValueError(cron)


@lru_cache(maxsize=4096)
def _at_or_before(cron: str, timezone: str, moment: datetime) -> datetime:
    for found in CronSim(cron, moment.astimezone(ZoneInfo(timezone)) + _SET_BACK, reverse=True):
        if found.astimezone(UTC) <= moment:
            return found.astimezone(UTC)
    raise ValueError(cron)
