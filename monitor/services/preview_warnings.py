"""What to tell an editor before saving: alerts the edit ends, rules that never or always fire."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.backtests.backtest import Backtest, Course
from monitor.domain.backtests.preview import Comparison, Span, fires_weekly
from monitor.domain.clock import epoch
from monitor.domain.scale import FULL
from monitor.domain.scoring.model import Placed
from monitor.domain.series import Bools
from monitor.domain.spoken import listed, percent, plain
from monitor.domain.wording import say, say_many

# Below this share of the span, values beyond the last edge are what a last edge is for.
_OFTEN = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both sides of a preview; `open_now` are the rules whose alerts are open, where the span ends now."""

    old: Backtest | None
    new: Backtest | None
    span: Span
    rules: tuple[Comparison, ...]
    open_now: Collection[str]


def warnings(sides: Sides, *, is_test: bool = False) -> Iterator[str]:
    """Say what of the new side a person should know; of unchanged rules only where one is tested."""
    yield from _now(sides)
    if sides.new is None:
        return
    courses = {course.rule.slug: course for course in sides.new.courses}
    before = {} if sides.old is None else {each.rule.slug: each.rule for each in sides.old.courses}
    for each in sides.rules:
        course = courses.get(each.rule)
        if course is not None and (is_test or each.has_changed or before.get(each.rule) != course.rule):
            yield from _of_rule(each, course, sides.new, sides.span)
    yield from _saturated(sides)


def _now(sides: Sides) -> Iterator[str]:
    ends = [each.rule for each in sides.rules if each.old.is_open and not each.new.is_open]
    begins = [each.rule for each in sides.rules if each.new.is_open and not each.old.is_open]
    ends = [slug for slug in ends if slug in sides.open_now]
    said = []
    if ends:
        said.append(
            say_many(
                "resolves {n} open alert ({names})",
                "resolves {n} open alerts ({names})",
                len(ends),
                names=listed(ends),
            )
        )
    if begins:
        said.append(
            say_many(
                "opens {n} alert ({names})", "opens {n} alerts ({names})", len(begins), names=listed(begins)
            )
        )
    if said:
        yield say("this edit {acts}", acts=listed(said))


def _of_rule(found: Comparison, course: Course, new: Backtest, span: Span) -> Iterator[str]:
    rule = course.rule
    if not course.is_placed:
        named = listed(sorted(rule.watches))
        yield say(
            "{rule}: {subject} has no placement of {named}, so it is never evaluated",
            rule=rule.slug, subject=rule.subject, named=named,
        )  # fmt: skip
    elif not rule.is_enabled:
        yield say("{rule} is disabled, so it never fires", rule=rule.slug)
    elif not found.new.firings:
        yield _never(course, new, span)
    elif fires_weekly(found.new, span):
        yield say_many(
            "{rule} would have fired every week: {n} time",
            "{rule} would have fired every week: {n} times",
            sum(found.new.by_month),
            rule=rule.slug,
        )
    if flaps := sum(_began_to_flap(event, span) for event in course.events):
        yield say_many(
            "{rule} would have flapped {n} time: its value comes and goes too often",
            "{rule} would have flapped {n} times: its value comes and goes too often",
            flaps,
            rule=rule.slug,
        )
    if rule.exit and any(rule.exit.get(concern) == value for concern, value in rule.enter.items()):
        yield say(
            "{rule} ends where it begins: a value on the edge opens and closes it again and again",
            rule=rule.slug,
        )


def _began_to_flap(event: AlertEvent, span: Span) -> bool:
    return event.type is EventType.FLAPPING_STARTED and span.since <= event.at <= span.until


def _never(course: Course, new: Backtest, span: Span) -> str:
    """Say that it would never have fired, and how far the worst value stayed from the mildest edge."""
    rule = course.rule
    bare = say("{rule} would never have fired", rule=rule.slug)
    if course.seen is None or not rule.watches:
        return bare
    edges, inside = course.seen.edges, course.seen.compared[_inside(new, span)]
    if not edges.by_concern or np.isnan(inside).all():
        return bare
    worst = np.nanmax(inside) if edges.is_higher_worse else np.nanmin(inside)
    mildest = edges.by_concern[min(edges.by_concern)].enter
    return say(
        "{rule} would never have fired: the worst value was {worst}, it begins at {mildest}",
        rule=rule.slug, worst=plain(float(worst)), mildest=plain(mildest),
    )  # fmt: skip


def _saturated(sides: Sides) -> Iterator[str]:
    """Say where values lie beyond the last edge of a new normalisation: pressure cannot tell them apart."""
    new, old = sides.new, sides.old
    if new is None:
        return
    held = () if old is None else old.model.placements
    before = {each.placement.slug: each.normalisation for each in held}
    inside = _inside(new, sides.span)
    for place, placed in enumerate(new.model.placements):
        if before.get(placed.placement.slug) == placed.normalisation or not inside.any():
            continue
        scores = new.scores.placements
        beyond = scores.saturated[place] & (scores.pressure[place] >= FULL) & inside
        share = float(beyond.sum() / inside.sum())
        if share >= _OFTEN:
            yield say(
                "{series}: beyond its last edge on {share} of the moments",
                series=_name(placed), share=percent(share),
            )  # fmt: skip


def _inside(found: Backtest, span: Span) -> Bools:
    at = found.scores.at
    return np.asarray((at >= epoch(span.since)) & (at <= epoch(span.until)), dtype=np.bool_)


def _name(placed: Placed) -> str:
    return placed.placement.series
