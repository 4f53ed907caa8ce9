"""What an entered row did to the heat of the subjects it feeds, once the worker has seen it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.spoken import number
from monitor.domain.wording import say
from monitor.services.withdraw_batch import rows_of
from monitor.storage import heat_points, series, snapshot, subjects
from monitor.storage.audit import AuditEntry
from monitor.storage.heat_points import HeatPoint
from monitor.storage.subjects import SubjectState

MOST_SUBJECTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One subject: in words what happened to its heat, and from when on its ledger tells why.

    `is_pending`: the worker has not scored it since. `as_of`: where its clock stands, what was known before.
    """

    subject: str
    name: str
    is_pending: bool
    says: str = ""
    since: datetime | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The first subjects that a row feeds, and how many more there are."""

    shown: tuple[Effect, ...]
    more: int

    @property
    def is_pending(self) -> bool:
        """Whether any of them still waits for the worker."""
        return any(each.is_pending for each in self.shown)


def entry_effects(session: Session, keys: Collection[str], seq: int) -> Effects:
    """Return what the rows from `seq` on of some series (`incidents:SOURCE`: of incidents) did."""
    known = snapshot.current(session)
    fed = [slug for slug in series.watchers(session, keys) if slug in known.subjects and "@" not in slug]
    chosen = fed[:MOST_SUBJECTS]
    states = subjects.states(session, chosen)
    effects = tuple(
        _effect(session, slug, known.subjects[slug].name, seq, is_due=_is_due(states[slug], seq))
        for slug in chosen
        if slug in states
    )
    return Effects(shown=effects, more=len(fed) - len(chosen))


def pasted_effects(session: Session, batch: AuditEntry) -> Effects:
    """Return what a pasted table did, by its entry in the audit log."""
    rows = rows_of(batch)
    return entry_effects(session, {row.series for row in rows}, min((row.seq for row in rows), default=0))


def _is_due(state: SubjectState, seq: int) -> bool:
    """Whether the subject still waits for the worker; what nothing counts leaves no trace."""
    return state.assessed_seq < seq and state.assess_due_at is not None


def _effect(session: Session, slug: str, name: str, seq: int, *, is_due: bool) -> Effect:
    before, after = heat_points.around(session, slug, seq)
    if after is None and is_due:
        return Effect(subject=slug, name=name, is_pending=True)
    return Effect(
        subject=slug,
        name=name,
        is_pending=False,
        says=_says(before, after),
        **_span(before, after),
    )


def _span(before: HeatPoint | None, after: HeatPoint | None) -> dict[str, datetime | None]:
    """Return where the ledger begins: just before the later point was computed, on the subject's clock."""
    if before is None or after is None or after.known_at is None:
        return {}
    known_before = moment(after.known_at) - timedelta(seconds=1)
    since = min(moment(after.at), known_before)
    return {"since": since, "as_of": known_before if since < known_before else None}


def _says(before: HeatPoint | None, after: HeatPoint | None) -> str:
    """12 → 9, Cold still; 38 → 44, Cool → Warm."""
    last = after or before
    if last is None or last.heat is None:
        return say("no level")
    if after is None or before is None or before.heat is None:
        return say("{heat}, {level}", heat=number(last.heat), level=say(last.level))
    was, is_now = _two(before.heat, last.heat)
    if before.level == last.level and was == is_now:
        return say("{heat} as before, {level} still", heat=is_now, level=say(last.level))
    if before.level == last.level:
        return say("{before} → {after}, {level} still", before=was, after=is_now, level=say(last.level))
    return say(
        "{before} → {after}, {was} → {level}",
        before=was, after=is_now, was=say(before.level), level=say(last.level),
    )  # fmt: skip


def _two(before: float, after: float) -> tuple[str, str]:
    """Return two heats with as few decimals as tell them apart; both the same where two do not."""
    for decimals in (0, 1, 2):
        was, is_now = number(before, decimals), number(after, decimals)
        if was != is_now:
            return was, is_now
    return number(before), number(after)
