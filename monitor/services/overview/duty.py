"""Who is on duty: now and next on every rota, in local time and UTC, with holes and who stands in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota, Shift, StandIn, Turns, holes
from monitor.domain.alerting.window import Stretch, zone_named
from monitor.domain.alerting.window_text import clock, windows_said
from monitor.domain.spoken import listed, parted, weekday
from monitor.domain.wording import msgid, say, say_many
from monitor.services.overview.desk import desk
from monitor.services.overview.escalations import EscalationView, escalations
from monitor.services.overview.values import DeskView
from monitor.storage import arrangements, people

AHEAD = timedelta(days=14)
NOBODY = msgid("nobody")
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftView:
    """A shift as it is shown: names, and its ends in local time beside the instants."""

    shift: Shift
    names: str
    local: str

    @property
    def is_hole(self) -> bool:
        """Whether nobody is on duty."""
        return not self.shift.people


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInView:
    """One stand-in, by its number, with names; `instead_of` is empty where they are beside whoever is on."""

    number: int
    stand_in: StandIn
    person: str
    instead_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaView:
    """One rota: the shift under way, those that follow, holes in the cover, and who stands in."""

    rota: Rota
    version: int
    local_now: str
    now: ShiftView
    following: tuple[ShiftView, ...]
    holes: tuple[Stretch, ...]
    stand_ins: tuple["StandInView", ...]
    turns: tuple[str, ...]
    strangers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Who is on duty on one rota, and until when, in UTC and in its own time; None: for good."""

    rota: str
    names: str
    is_hole: bool
    until: datetime | None
    until_local: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """The page: rotas and escalations."""

    desk: DeskView
    rotas: tuple[RotaView, ...]
    escalations: tuple[EscalationView, ...] = ()


def duty_page(session: Session, *, now: datetime, rota: str = "", ahead: timedelta = AHEAD) -> DutyView:
    """Return every rota, or one, as it stands at a moment and for a while after; NotFound."""
    names = {each.email: each.name or each.email for each in people.find_all(session) if each.is_enabled}
    found = [arrangements.get(session, Rota, rota)] if rota else arrangements.find_all(session, Rota)
    return DutyView(
        desk=desk(session, now=now),
        escalations=escalations(session),
        rotas=tuple(_rota(each.value, each.version, names, now=now, ahead=ahead) for each in found),
    )


def on_duty_now(session: Session, *, now: datetime) -> tuple[OnDuty, ...]:
    """Return who is on duty on every rota, for the board; one query."""
    found, names = arrangements.rotas_and_names(session)
    return tuple(
        OnDuty(
            rota=rota.name,
            names=_named((shift := rota.shift_at(now)).people, names),
            is_hole=not shift.people,
            until=shift.ends_at if shift.ends_at - now <= _YEAR else None,
            until_local=local_text(shift.ends_at, rota.zone, near=now),
        )
        for rota in found
    )


def local_text(at: datetime, zone: str, *, near: datetime) -> str:
    """Return an instant as local time: Mon 23 Nov 08:00."""
    local = at.astimezone(zone_named(zone))
    return f"{weekday(local, near=near)} {clock(local.hour * 60 + local.minute)}"


def _local(shift: Shift, zone: str, *, near: datetime) -> str:
    """Return both ends in local time, the day once where it is one: Mon 23 Nov 08:00 to 20:00."""
    first, last = (at.astimezone(zone_named(zone)) for at in (shift.starts_at, shift.ends_at))
    until = f"{last:%H:%M}" if first.date() == last.date() else local_text(shift.ends_at, zone, near=near)
    return say("{start} to {end}", start=local_text(shift.starts_at, zone, near=near), end=until)


def _rota(rota: Rota, version: int, names: dict[str, str], *, now: datetime, ahead: timedelta) -> RotaView:
    current = rota.shift_at(now)
    # Further than is shown, so that the last is not cut short.
    every = rota.shifts(now, now + ahead + AHEAD)
    later = [each for each in every if now < each.starts_at < now + ahead]
    until = max(current.ends_at, now + ahead)
    shown = [_shift(each, rota, names, now=now) for each in (current, *later)]
    return RotaView(
        rota=rota,
        version=version,
        local_now=local_text(now, rota.zone, near=now),
        now=shown[0],
        following=tuple(shown[1:]),
        holes=holes(rota.shifts(now, until)),
        stand_ins=tuple(
            StandInView(
                number=number,
                stand_in=each,
                person=names.get(each.person, each.person),
                instead_of=names.get(each.instead_of, each.instead_of),
            )
            for number, each in enumerate(rota.stand_ins, start=1)
            if each.ends_at > now
        ),
        turns=tuple(_turns(each, names) for each in rota.turns),
        strangers=tuple(member for member in rota.members if member not in names),
    )


def _shift(shift: Shift, rota: Rota, names: dict[str, str], *, now: datetime) -> ShiftView:
    return ShiftView(
        shift=shift,
        names=_named(shift.people, names),
        local=_local(shift, rota.zone, near=now),
    )


def _named(found: tuple[str, ...], names: dict[str, str]) -> str:
    return ", ".join(names.get(each, each) for each in found) or say(NOBODY)


def _turns(turns: Turns, names: dict[str, str]) -> str:
    """Say how turns go: Ana, Ben; 7 days each, handed over at 08:00; only Mon-Fri."""
    told = {
        "members": ", ".join(names.get(one, one) for one in turns.members),
        "times": listed(list(map(clock, turns.handovers))),
    }
    if len(turns.handovers) == 1:
        said = say_many(
            "{members}; {n} day each, handed over at {times}",
            "{members}; {n} days each, handed over at {times}",
            turns.days,
            **told,
        )
    else:
        said = say("{members}; handed over daily at {times}", **told)
    return parted(
        [said, *([say("only {windows}", windows=windows_said(turns.windows))] if turns.windows else [])]
    )
