"""Look at what the database holds for things that are missing or wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.check import Check, ok, warning, wrong
from monitor.domain.person import Role
from monitor.services.pack_series import find_wrong_packed
from monitor.services.readiness import readiness
from monitor.storage import channels, health, people, sources
from monitor.storage.secrets import SecretBox

OLDEST_POSTGRESQL = 15
SKEW_NOTED, SKEW_WRONG = timedelta(seconds=2), timedelta(seconds=30)
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the process knows and the database does not."""

    now: datetime
    box: SecretBox
    has_mail: bool


def examine(session: Session, *, host: Host, now: datetime) -> list[Check]:
    """Return one check for each thing, in the order in which to mend them."""
    return [
        _integrity(session),
        _packed(session),
        _engine(session),
        _clock(host.now, now),
        _worker(session, now=now),
        _people(session),
        _channels(session, host),
        _sources(session),
    ]


def _integrity(session: Session) -> Check:
    if damage := health.damage(session):
        advice = "Stop Heatwatch, copy the file away, and restore the last good backup (docs/operators.md)."
        return wrong("integrity", "; ".join(damage), advice)
    return ok("integrity", f"{health.size_bytes(session) / MIB:.1f} MiB, no damage found")


def _packed(session: Session) -> Check:
    """What long series are read from is made from their rows: a few are compared."""
    if wrong_ones := find_wrong_packed(session):
        message = f"series read otherwise than their rows say: {', '.join(wrong_ones)}"
        return wrong("packed", message, "`heatwatch repack` makes all of them anew from the rows.")
    return ok("packed", "long series read as their rows say")


def _engine(session: Session) -> Check:
    version = health.server_version(session)
    if health.is_sqlite(session):
        return ok("engine", f"SQLite {version}")
    if int(version.split(".")[0]) < OLDEST_POSTGRESQL:
        advice = f"Upgrade the server: {OLDEST_POSTGRESQL} is the oldest that is tested."
        return warning("engine", f"PostgreSQL {version}", advice)
    return ok("engine", f"PostgreSQL {version}")


def _clock(host_now: datetime, now: datetime) -> Check:
    """Due times are compared by the database's clock, shown times are the host's."""
    skew = abs(host_now - now)
    message = f"this machine and the database differ by {skew.total_seconds():.1f} s"
    advice = "Let NTP set the clocks of both machines."
    if skew > SKEW_WRONG:
        return wrong("clock", message, advice)
    return warning("clock", message, advice) if skew > SKEW_NOTED else ok("clock", message)


def _worker(session: Session, *, now: datetime) -> Check:
    state = readiness(session, now=now)
    if not state.is_ready:
        advice = "Start `heatwatch up`, or `heatwatch worker` beside `heatwatch web`; see its log."
        return wrong("worker", "; ".join(state.problems), advice)
    if state.worker_note:
        return warning("worker", f"alive, last failure: {state.worker_note}", "See its log for the rest.")
    return ok("worker", f"alive at {state.worker_beat_at:%H:%M:%S} UTC")


def _people(session: Session) -> Check:
    found = [person for person in people.find_all(session) if person.is_enabled]
    admins = sum(person.role is Role.ADMIN for person in found)
    if not admins:
        return wrong("people", "nobody can sign in as admin", "`heatwatch user add ADDRESS --role admin`")
    return ok("people", f"{len(found)} may sign in, {admins} of them admin")


def _channels(session: Session, host: Host) -> Check:
    usable, faults = channels.to_send(session, box=host.box)
    problems = [f"{slug}: {fault}" for slug, fault in faults.items()]
    problems += [f"{channel.slug}: {channel.trouble}" for channel in usable.values() if channel.trouble]
    if not host.has_mail:
        problems += [
            f"{channel.slug}: HEATWATCH_SMTP_HOST is not set"
            for channel in usable.values()
            if channel.kind == "email"
        ]
    if problems:
        return wrong("channels", "; ".join(problems), "`heatwatch channel test SLUG` shows what happens.")
    if not usable:
        return warning("channels", "none is enabled: alerts reach nobody", "`heatwatch channel add --help`")
    return ok("channels", f"enabled: {', '.join(sorted(usable))}")


def _sources(session: Session) -> Check:
    states = sources.states(session)
    quiet = [f"{slug} failed {state.failures} times" for slug, state in states.items() if state.failures]
    quiet += [f"{slug} is cut off" for slug, state in states.items() if state.is_cut]
    if quiet:
        return warning("sources", "; ".join(quiet), "`heatwatch source run SLUG` or `source restore SLUG`")
    return ok("sources", f"{len(states)} known, none failing")
