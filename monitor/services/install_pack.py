"""Install a pack, or upgrade it: its definitions as versions, its history, the clocks of its subjects."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import Clock, ClockMode
from monitor.domain.derivations.derived import plan_of, require_no_circles
from monitor.domain.derivations.member import members_by_subject
from monitor.domain.errors import NotFound
from monitor.domain.observation import Reading
from monitor.domain.pack import Pack, PackEdition
from monitor.services.compare_values import Change, ValueChange, pack_author
from monitor.services.diff_pack import PackDiff, diff_pack
from monitor.services.fit_definitions import fitted_at_install
from monitor.services.follow_sources import follow_sources
from monitor.storage import audit, definitions, incidents, observations, series, snapshot, subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallResult:
    """What an install did: counts of what was written, and the diff that says why."""

    diff: PackDiff
    versions: int = 0
    values: int = 0
    incidents: int = 0
    subjects: tuple[str, ...] = ()

    @property
    def has_changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.versions or self.values or self.incidents)


def install_pack(
    session: Session, pack: Pack, *, author: str, now: datetime, accept: Collection[str] = ()
) -> InstallResult:
    """Write what `diff_pack` says; an edit made here stays unless `accept` names it."""
    before = _edition(session, pack.slug)
    diff = diff_pack(session, pack, accept=accept)
    if diff.is_empty:
        return InstallResult(diff=diff)
    # Values first: what is fitted at install is fitted to them, and its first version has the fit.
    values = _install_values(session, diff, now=now)
    versions = _install_definitions(session, diff, pack, author=author, now=now)
    follow_sources(session, [source.slug for source in pack.sources], diff, now=now)
    touched = _place_subjects(session, pack, before=before)
    _install_incidents(session, pack, diff, now=now)
    subjects.mark_due(session, touched, now=now)
    result = InstallResult(
        diff=diff, versions=versions, values=values, incidents=len(diff.incidents), subjects=tuple(touched)
    )
    _leave_trace(session, result, before=before, author=author, now=now)
    return result


def _edition(session: Session, slug: str) -> PackEdition | None:
    try:
        return definitions.get(session, PackEdition, slug)
    except NotFound:
        return None


def _install_definitions(session: Session, diff: PackDiff, pack: Pack, *, author: str, now: datetime) -> int:
    values = [each.value for each in diff.of(Change.ADDED, Change.CHANGED) if each.value is not None]
    indicators = {**snapshot.current(session).indicators} | {each.slug: each for each in pack.indicators}
    values = fitted_at_install(session, values, indicators, until=pack.data_until or now, now=now)
    reason = f"pack {diff.pack} {diff.version}"
    saved = definitions.save_all(
        session,
        values,
        author=author,
        reason=reason,
        effective_at=now,
        now=now,
        origin="pack",
        pack=diff.pack,
    )
    return len(saved)


def _install_values(session: Session, diff: PackDiff, *, now: datetime) -> int:
    """Store in bulk, one batch a source, earlier revisions first."""
    by_source: dict[str, list[Reading]] = {}
    for each in diff.values:
        if each.is_stored:
            by_source.setdefault(each.source, []).append(_as_known(each, now=now))
    count = 0
    for source, readings in by_source.items():
        added = observations.add(
            session, readings, source=source, author=pack_author(diff.pack),
            note=f"pack {diff.pack} {diff.version}", now=now,
        )  # fmt: skip
        count += added.stored
    return count


def _install_incidents(session: Session, pack: Pack, diff: PackDiff, *, now: datetime) -> None:
    """Store incidents as history: a new one was known as long after it happened as its source lags."""
    lags = {source.slug: source.publication_lag_days for source in pack.sources}
    for source in sorted({each.source for each in diff.incidents}):
        told = [each for each in diff.incidents if each.source == source]
        incidents.keep(session, told, now=now, lag_days=lags.get(source, 0.0))
    for file in pack.incidents:
        lag_days = lags.get(file.source, 0.0)
        covered = [replace(each, lag_days=lag_days) for each in file.covered]
        incidents.cover(session, file.source, covered, now=now)


def _as_known(change: ValueChange, *, now: datetime) -> Reading:
    """A correction given up for the pack's value is news of today: until now the correction stood."""
    if change.is_accepted:
        return replace(change.reading, known_at=now, is_reconstructed=False)
    return change.reading


def _place_subjects(session: Session, pack: Pack, *, before: PackEdition | None) -> list[str]:
    """Set each subject's clock and what it watches; return the subjects, all of which are due."""
    slugs = [subject.slug for subject in pack.subjects]
    known = subjects.states(session, slugs)
    for slug in slugs:
        state = known.get(slug)
        is_moved_by_pack = (
            before is not None and state is not None and state.clock == _clock(before.data_until)
        )
        if state is None or is_moved_by_pack:
            subjects.set_clock(session, slug, _clock(pack.data_until))
    here = snapshot.current(session)
    require_no_circles(here.indicators, members_by_subject(here.placements.values()))
    for slug in slugs:
        series.set_watched(session, slug, plan_of(here.placements_of(slug), here.indicators).watched)
    return slugs


def _clock(stands_at: datetime | None) -> Clock:
    return Clock() if stands_at is None else Clock(mode=ClockMode.STANDING, stands_at=stands_at)


def _leave_trace(
    session: Session, result: InstallResult, *, before: PackEdition | None, author: str, now: datetime
) -> None:
    diff = result.diff
    kept = [each.name for each in diff.of(Change.KEPT, Change.CONFLICTING)]
    counts = {"versions": result.versions, "values": result.values, "incidents": result.incidents}
    audit.record(
        session, actor=author, action="pack.install", target=diff.pack, reason=f"version {diff.version}",
        before=None if before is None else {"version": before.version},
        after={"version": diff.version, **counts, "kept": kept}, now=now,
    )  # fmt: skip


def is_empty(session: Session) -> bool:
    """Whether nothing was ever defined here, so that the bundled packs may come in unasked."""
    return definitions.current_seq(session) == 0
