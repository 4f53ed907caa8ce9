"""The pages of shifts: the log, every handover, and one with its items, figures and acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.marking import Handling
from monitor.domain.person import Person, Role
from monitor.domain.search.folding import fold
from monitor.domain.shifts.content import Item, Section
from monitor.domain.shifts.handover import ActKind, Handover
from monitor.domain.shifts.log_entry import LogLine
from monitor.domain.wording import msgid, say
from monitor.services.draft_handover import following
from monitor.services.handover_text import SECTIONS, handling_of_handover, state_of
from monitor.services.overview.desk import desk
from monitor.services.overview.duty import OnDuty, on_duty_now
from monitor.services.overview.values import DeskView
from monitor.services.shift_span import rotas, shift_span
from monitor.storage import handovers, log_entries, people, snapshot
from monitor.storage.handovers import HandoverLine

# So many lines are shown; so many are gone through where words are asked for.
LINES, LINES_LOOKED = 200, 2_000
ACTS = {
    ActKind.DRAFTED: msgid("drafted it from the state of the desk"),
    ActKind.DRAFTED_AGAIN: msgid("drafted it again"),
    ActKind.NOTED: msgid("wrote how the shift was"),
    ActKind.CHANGED: msgid("changed an item"),
    ActKind.ADDED: msgid("added an item"),
    ActKind.LEFT_OUT: msgid("left an item out"),
    ActKind.OFFERED: msgid("signed it and handed over"),
    ActKind.TAKEN_BACK: msgid("took it back"),
    ActKind.ACCEPTED: msgid("accepted"),
    ActKind.SIGNED: msgid("signed it: the shift is theirs"),
    ActKind.WITHDRAWN: msgid("withdrew it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """Some items under one heading, and how many of them are accepted."""

    name: str
    items: tuple[Item, ...]
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActView:
    """One act in words, with what it was about; `version` can be looked at."""

    version: int
    at: datetime
    by: str
    words: str
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView:
    """One handover. `is_past` where an earlier version is looked at; `candidates` may take over."""

    desk: DeskView
    handover: Handover
    state: str
    rota: str
    outgoing: str
    incoming: str
    sections: tuple[SectionView, ...]
    acts: tuple[ActView, ...]
    handling: Handling
    names: Mapping[str, str]
    candidates: tuple[tuple[str, str], ...]
    last_version: int
    is_overdue: bool

    @property
    def is_past(self) -> bool:
        """Whether this is not how it stands now."""
        return self.handover.version != self.last_version

    def may_write(self, person: Person) -> bool:
        """Whether someone may write in it now."""
        return self.handover.is_draft and person.email == self.handover.outgoing and not self.is_past

    def may_accept(self, person: Person) -> bool:
        """Whether someone may accept items now."""
        found = self.handover
        is_theirs = found.incoming in {"", person.email} and person.email != found.outgoing
        return found.is_offered and is_theirs and person.role is not Role.READER and not self.is_past


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaChoice:
    """What drafting would hand over on a rota: since when, and who is suggested to take over."""

    rota: str
    name: str
    since_at: datetime
    incoming: str
    open_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoversView:
    """Every handover, and what could be drafted by whoever looks."""

    desk: DeskView
    lines: tuple[HandoverLine, ...]
    choices: tuple[RotaChoice, ...]
    on_duty: tuple[OnDuty, ...]
    names: Mapping[str, str]
    candidates: tuple[tuple[str, str], ...]
    rotas: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """The shift log with its filters; `subjects` may be named in an entry."""

    desk: DeskView
    lines: tuple[LogLine, ...]
    names: Mapping[str, str]
    subjects: tuple[tuple[str, str], ...]
    subject: str
    alert: str
    text: str = ""


def handover_page(
    session: Session, number: int, *, now: datetime, version: int | None = None
) -> HandoverView:
    """Return a handover as it stands, or stood at a version; NotFound."""
    found = whole = handovers.get(session, number)
    if version is not None and version < whole.version:
        found = handovers.get(session, number, version=version)
    every = people.find_all(session)
    names = named(every)
    return HandoverView(
        desk=desk(session, now=now),
        handover=found,
        state=state_of(found),
        rota=rotas(session).get(found.rota, found.rota),
        outgoing=names.get(found.outgoing, found.outgoing),
        incoming=names.get(found.incoming, found.incoming),
        sections=tuple(_sections(found)),
        acts=tuple(_act_view(whole, names, place) for place in range(len(whole.acts))),
        handling=handling_of_handover(session, found),
        names=names,
        candidates=_candidates(every),
        last_version=whole.version,
        is_overdue=whole.is_overdue(now),
    )


def handovers_page(session: Session, *, person: Person, now: datetime) -> HandoversView:
    """Return the latest handovers, and what the person could hand over."""
    every = people.find_all(session)
    known, lines = rotas(session), handovers.find_all(session)
    open_ids = {line.rota: line.id for line in lines if line.is_open}
    choices = []
    for slug in known or [""]:
        span = shift_span(session, rota=slug, outgoing=person.email, now=now)
        choices.append(
            RotaChoice(
                rota=slug,
                name=span.name,
                since_at=span.since_at,
                open_id=open_ids.get(slug),
                incoming=following(span, outgoing=person.email),
            )
        )
    return HandoversView(
        desk=desk(session, now=now),
        lines=tuple(lines),
        choices=tuple(choices),
        on_duty=on_duty_now(session, now=now),
        names=named(every),
        candidates=_candidates(every),
        rotas=known,
    )


def log_page(
    session: Session,
    *,
    now: datetime,
    subject: str = "",
    alert: str = "",
    since: datetime | None = None,
    entry: int | None = None,
    text: str = "",
) -> LogView:
    """Return the latest lines of the shift log, of all, of one subject or alert, or up to an entry.

    With `text` those of the last some thousand that have all its words, case and accents aside.
    """
    known = snapshot.current(session)
    wanted = [alert] if alert else None
    until = None if entry is None else log_entries.get(session, entry).at
    lines = log_entries.find(
        session, since=since, until=until, subject=subject, episode_ids=wanted,
        limit=LINES_LOOKED if text else LINES,
    )  # fmt: skip
    return LogView(
        desk=desk(session, now=now),
        lines=lines if not text else tuple(line for line in lines if _says(line, text)),
        names=named(people.find_all(session)),
        subjects=tuple(
            sorted(
                ((each.slug, each.name) for each in known.subjects.values() if not each.is_exercise),
                key=lambda pair: pair[1],
            )
        ),
        subject=subject,
        alert=alert,
        text=text,
    )


def _says(line: LogLine, text: str) -> bool:
    said = fold(f"{line.text} {line.entry.author} {line.entry.subject}")
    return all(word in said for word in fold(text).split())


def named(every: Sequence[Person]) -> dict[str, str]:
    """Return the names of people by address."""
    return {each.email: each.name or each.email for each in every}


def _candidates(every: Sequence[Person]) -> tuple[tuple[str, str], ...]:
    """Return who may take a shift over: those of the desk."""
    able = [each for each in every if each.is_enabled and each.role is not Role.READER]
    return tuple((each.email, each.name or each.email) for each in able)


def _sections(found: Handover) -> list[SectionView]:
    sections = []
    for section in Section:
        items = tuple(item for item in found.content.items if item.section is section)
        if items:
            accepted = sum(found.is_accepted(item.key) for item in items)
            sections.append(SectionView(name=say(SECTIONS[section]), items=items, accepted=accepted))
    return sections


def _act_view(found: Handover, names: Mapping[str, str], place: int) -> ActView:
    act = found.acts[place]
    called = {item.key: item.name for each in found.acts if each.content for item in each.content.items}
    called |= {each.item.key: each.item.name for each in found.acts if each.item}
    what = act.item.name if act.item else ", ".join(called.get(key, key) for key in act.keys) or act.reason
    return ActView(
        version=act.number, at=act.at, by=names.get(act.by, act.by), words=say(ACTS[act.kind]), what=what
    )
