"""The time machine: a draft run over history as it was known then, beside the definitions in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule
from monitor.domain.backtests.backtest import Backtest, backtest
from monitor.domain.backtests.firing import Firing, firings
from monitor.domain.backtests.preview import Comparison, Span, compare
from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.event import Event
from monitor.domain.pack import Definition
from monitor.domain.scale import Scale
from monitor.domain.scoring.level import LevelChange
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns, Floats, Ints
from monitor.domain.subject import Subject
from monitor.services.draft import touched, with_draft
from monitor.services.model_of import model_by
from monitor.services.preview_warnings import Sides, warnings
from monitor.services.read_columns import read_columns_of_all
from monitor.storage import alerts, series, snapshot, subjects
from monitor.storage.snapshot import Definitions

DEFAULT_SPAN = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A heat line: one point a day, the last assessed in it; NaN where nothing is known."""

    at: Ints
    heat: Floats
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPreview:
    """One subject under the definitions in force (old) and the draft (new); None where it is not defined.

    `run` is the new side with every moment of it.
    """

    subject: Subject
    scale: Scale
    span: Span
    old: Line | None
    new: Line | None
    old_changes: tuple[LevelChange, ...]
    new_changes: tuple[LevelChange, ...]
    rules: tuple[Comparison, ...]
    warnings: tuple[str, ...]
    run: Backtest | None = None

    @property
    def has_changed(self) -> bool:
        """Whether the heat line, a level or an alert would have been another."""
        return not _same_line(self.old, self.new) or any(each.has_changed for each in self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a draft would have done to every subject it touches."""

    values: tuple[Definition, ...]
    subjects: tuple[SubjectPreview, ...]

    @property
    def has_changed(self) -> bool:
        """Whether anything would have been another."""
        return any(each.has_changed for each in self.subjects)


def preview(
    session: Session,
    values: Sequence[Definition],
    *,
    since: datetime | timedelta | None = None,
    until: datetime | None = None,
    now: datetime,
    only: str = "",
) -> Preview:
    """Run the draft's definitions over the span of each subject it touches (or `only` that one).

    The span ends at each subject's own now, or `until` if that is earlier, and begins at `since` or so long
    before (a year). NotFound if the draft does not touch `only`; InvalidInput where the span is empty.
    """
    known = snapshot.current(session)
    draft = with_draft(known, values)
    slugs = touched(known, draft)
    if only and only not in slugs:
        raise NotFound(f"the draft does not touch {only}; it touches {', '.join(slugs) or 'no subject'}")
    return Preview(
        values=tuple(values),
        subjects=tuple(
            _of_subject(session, slug, known, draft, since=since, until=until, now=now)
            for slug in ([only] if only else slugs)
        ),
    )


def try_rule(
    session: Session,
    slug: str,
    *,
    since: datetime | timedelta | None = None,
    until: datetime | None = None,
    now: datetime,
) -> SubjectPreview:
    """Run one rule in force over the span, old and new alike; NotFound if there is no such rule."""
    known = snapshot.current(session)
    rule = known.rules.get(slug)
    if rule is None:
        raise NotFound(f"there is no rule {slug}")
    return _of_subject(session, rule.subject, known, known, since=since, until=until, now=now, only=rule)


def _of_subject(  # noqa: PLR0913 - both sides, the span and the moment
    session: Session,
    slug: str,
    known: Definitions,
    draft: Definitions,
    *,
    since: datetime | timedelta | None,
    until: datetime | None,
    now: datetime,
    only: Rule | None = None,
) -> SubjectPreview:
    span = _span(session, slug, since=since, until=until, now=now)
    old, new = _run(session, slug, known, draft, until=epoch(span.until), only=only)
    model = (new or old).model  # type: ignore[union-attr]
    events = [each for each in known.events.values() if slug in each.subjects]
    rules = _compared(old, new, span, events)
    still = {alert.rule for alert in alerts.find_open(session, [slug])}
    is_now = until is None
    sides = Sides(old=old, new=new, span=span, rules=rules, open_now=still if is_now else frozenset())
    return SubjectPreview(
        subject=model.subject,
        scale=model.scale,
        span=span,
        old=None if old is None else line(old, span),
        new=None if new is None else line(new, span),
        old_changes=_changes(old, span),
        new_changes=_changes(new, span),
        rules=rules,
        warnings=tuple(warnings(sides, is_test=only is not None)),
        run=new,
    )


def _span(
    session: Session, slug: str, *, since: datetime | timedelta | None, until: datetime | None, now: datetime
) -> Span:
    state = subjects.states(session, [slug]).get(slug)
    ends = now if state is None else state.clock.at(now)
    ends = min(ends, until) if until is not None else ends
    try:
        begins = since if isinstance(since, datetime) else ends - (since or DEFAULT_SPAN)
        return Span(since=begins, until=ends)
    except ValueError as error:
        raise InvalidInput(f"{slug}: {error}", field="since") from error


def _run(
    session: Session, slug: str, known: Definitions, draft: Definitions, *, until: int, only: Rule | None
) -> tuple[Backtest | None, Backtest | None]:
    """Run both sides; what is the same on both is run once."""
    models = [model_by(each, slug) if slug in each.subjects else None for each in (known, draft)]
    there = [each for each in models if each is not None]
    read = iter(read_columns_of_all(session, there))
    columns = [None if each is None else next(read) for each in models]
    keys = sorted({key for model in there for key in model.series})
    ended = {key: epoch(at) for key, at in series.ended(session, keys).items()}
    old = _side(models[0], columns[0], known, slug, until=until, ended=ended, only=only)
    if models[0] == models[1] and known.rules_of(slug) == draft.rules_of(slug):
        return old, old
    return old, _side(models[1], columns[1], draft, slug, until=until, ended=ended, only=only, like=old)


def _side(  # noqa: PLR0913 - one side of the comparison
    model: Model | None,
    columns: Mapping[str, Columns] | None,
    known: Definitions,
    slug: str,
    *,
    until: int,
    ended: Mapping[str, int],
    only: Rule | None,
    like: Backtest | None = None,
) -> Backtest | None:
    if model is None or columns is None:
        return None
    rules = [only] if only is not None else known.rules_of(slug)
    versions = [(rule, known.version_of("rule", rule.slug)) for rule in rules]
    return backtest(model, columns, versions, until=until, ended=ended, like=like)


def line(found: Backtest, span: Span) -> Line:
    """Return the last point of each day of the span, and the very last."""
    at = found.scores.at
    inside = np.flatnonzero((at >= epoch(span.since)) & (at <= epoch(span.until)))
    days = at[inside] // DAY_SECONDS
    last = inside[np.append(days[1:] != days[:-1], True)] if len(inside) else inside
    return Line(
        at=at[last], heat=found.scores.heat[last], levels=tuple(found.levels.names[place] for place in last)
    )


def _compared(
    old: Backtest | None, new: Backtest | None, span: Span, events: Sequence[Event]
) -> tuple[Comparison, ...]:
    before, after = _firings(old), _firings(new)
    return tuple(
        compare(slug, before.get(slug, ()), after.get(slug, ()), span=span, events=events)
        for slug in sorted({*before, *after})
    )


def _firings(found: Backtest | None) -> dict[str, tuple[Firing, ...]]:
    courses = () if found is None else found.courses
    return {each.rule.slug: firings(each.rule.slug, each.events) for each in courses}


def _changes(found: Backtest | None, span: Span) -> tuple[LevelChange, ...]:
    changes = () if found is None else found.levels.changes
    return tuple(each for each in changes if epoch(span.since) < each.at <= epoch(span.until))


def _same_line(old: Line | None, new: Line | None) -> bool:
    if old is None or new is None:
        return old is new
    return old.levels == new.levels and np.array_equal(old.heat, new.heat, equal_nan=True)
