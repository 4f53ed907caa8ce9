"""Suggest events from the change points of a series; a person confirms or dismisses each, once."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.clock import epoch, moment
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.event import Event
from monitor.domain.spoken import number, percent, period
from monitor.domain.suggestions.change_point import LEAST_VALUES, change_points
from monitor.domain.suggestions.settled_past import Past
from monitor.domain.wording import say, say_many
from monitor.services.one_series import OneSeries
from monitor.storage import audit, definitions, observations, suggestion_decisions
from monitor.storage.suggestion_decisions import SuggestionDecision

KIND = "change point"
LONGEST_TITLE = 120
# A point that moved by so many periods when data came in is still the one that was decided on.
_SAME_WITHIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSuggestion:
    """A change point proposed as an event: the mean went from `before` to `after` as the period began.

    `strength` and `share` are its evidence, as the domain's change points have them; `near` are events within
    two periods.
    """

    period_start: datetime
    period_end: datetime
    before: float
    after: float
    count_before: int
    count_after: int
    strength: float
    share: float
    near: tuple[str, ...]

    @property
    def is_rise(self) -> bool:
        """Whether the mean rose."""
        return self.after > self.before

    @property
    def when(self) -> str:
        """The period's name."""
        return period(self.period_start, self.period_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSuggestions:
    """What is proposed, oldest first, and what was decided before; `reason` says why nothing can be."""

    proposed: tuple[EventSuggestion, ...]
    decided: tuple[SuggestionDecision, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person makes of a suggestion: an event with a title, or (`title` "") nothing."""

    period_start: datetime
    author: str
    reason: str
    title: str = ""
    citation: str = ""
    is_flag: bool = False


def event_suggestions(session: Session, one: OneSeries) -> EventSuggestions:
    """Return the change points of a series that nobody has decided on yet."""
    decided = tuple(suggestion_decisions.of_series(session, one.key))
    past = one.past
    reason = _reason(one, past)
    found = () if reason else _suggested(one, past)
    step = _same_within(past)
    proposed = tuple(each for each in found if not any(_is_same(each, known, step) for known in decided))
    return EventSuggestions(proposed=proposed, decided=decided, reason=reason)


def confirm_event(session: Session, one: OneSeries, verdict: Verdict, *, now: datetime) -> Event:
    """Save a suggestion as an event of the subjects that use the series, and never propose it again.

    InvalidInput names what is missing, NotFound says that nothing is proposed there.
    """
    suggestion = _proposed(session, one, verdict.period_start)
    event = _event(session, one, suggestion, verdict)
    if event.slug in one.known.events:
        raise Conflict(f"there is an event {event.slug} already")
    definitions.save(
        session, event, author=verdict.author, reason=verdict.reason, effective_at=now, now=now, origin="desk"
    )
    _decide(session, one, suggestion, verdict, event=event.slug, now=now)
    return event


def dismiss_event(session: Session, one: OneSeries, verdict: Verdict, *, now: datetime) -> None:
    """Keep that a suggestion is no event, with the reason; NotFound says that nothing is proposed there."""
    if not verdict.reason.strip():
        raise InvalidInput("say why it is no event", field="reason")
    _decide(session, one, _proposed(session, one, verdict.period_start), verdict, event="", now=now)


def as_data(found: EventSuggestions) -> dict[str, Any]:
    """Return suggestions as plain values, for programs; `number` is what `--confirm` takes."""
    return {
        "reason": found.reason,
        "proposed": [
            {
                "number": place,
                "period_start": rfc3339(each.period_start),
                "period_end": rfc3339(each.period_end),
                "before": each.before,
                "after": each.after,
                "count_before": each.count_before,
                "count_after": each.count_after,
                "strength": each.strength,
                "share": each.share,
                "near": list(each.near),
            }
            for place, each in enumerate(found.proposed, start=1)
        ],
        "decided": [
            {
                "period_start": rfc3339(moment(each.period_start)),
                "event": each.event or None,
                "author": each.author,
                "reason": each.reason,
                "decided_at": rfc3339(each.decided_at),
            }
            for each in found.decided
        ],
    }


def _reason(one: OneSeries, past: Past) -> str:
    if one.indicator.words:
        return say("it says a state in words: every change of state is there to see")
    if len(past) < LEAST_VALUES:
        return say_many(
            "{n} settled value is too few: change points need {least}",
            "{n} settled values are too few: change points need {least}", len(past), least=LEAST_VALUES,
        )  # fmt: skip
    return ""


def _suggested(one: OneSeries, past: Past) -> tuple[EventSuggestion, ...]:
    found = tuple(
        EventSuggestion(
            period_start=moment(int(past.start[point.index])),
            period_end=moment(int(past.end[point.index])),
            before=point.before,
            after=point.after,
            count_before=point.count_before,
            count_after=point.count_after,
            strength=point.strength,
            share=point.share,
            near=(),
        )
        for point in change_points(past.value)
    )
    step = _same_within(past)
    return tuple(replace(each, near=_near(one, each, step)) for each in found)


def _same_within(past: Past) -> float:
    """Return two periods in seconds."""
    return _SAME_WITHIN * float(past.start[-1] - past.start[0]) / (len(past) - 1) if len(past) > 1 else 0.0


def _is_same(each: EventSuggestion, decided: SuggestionDecision, step: float) -> bool:
    distance = abs(epoch(each.period_start) - decided.period_start)
    # Calendar months differ in length: two of them may take a day or two more than twice the mean.
    return distance <= step * 1.05 and each.is_rise is decided.is_rise


def _near(one: OneSeries, suggestion: EventSuggestion, step: float) -> tuple[str, ...]:
    """Return the titles of the events of its subjects that began within two periods."""
    users = {each.subject for each in one.placements}
    return tuple(
        event.title
        for event in sorted(one.known.events.values(), key=lambda each: each.starts_on)
        if users & set(event.subjects)
        and abs(_seconds(event.starts_on) - epoch(suggestion.period_start)) <= step
    )


def _seconds(day: date) -> int:
    return epoch(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _proposed(session: Session, one: OneSeries, period_start: datetime) -> EventSuggestion:
    for each in event_suggestions(session, one).proposed:
        if each.period_start == period_start:
            return each
    raise NotFound(f"no change point of {one.key} is proposed at {period_start:%Y-%m-%d}")


def _event(session: Session, one: OneSeries, suggestion: EventSuggestion, verdict: Verdict) -> Event:
    title = verdict.title.strip()
    users = sorted({each.subject.partition("@")[0] for each in one.placements})
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidInput(f"give the event a title of at most {LONGEST_TITLE} characters", field="title")
    if not users:
        raise InvalidInput(f"no subject uses {one.key}: an event belongs to one", field="series")
    name = "".join(letter if letter.isalnum() else "-" for letter in one.key.lower())
    return Event(
        slug=f"change-{name}-{suggestion.period_start:%Y-%m-%d}",
        subjects=tuple(users),
        title=title,
        starts_on=suggestion.period_start.date(),
        when=suggestion.when,
        kind=KIND,
        citation=_citation(session, one, suggestion, verdict),
        description=_description(one, suggestion),
        is_flag=verdict.is_flag,
    )


def _citation(session: Session, one: OneSeries, suggestion: EventSuggestion, verdict: Verdict) -> str:
    """Return the citation given, else that of the value with which the step begins."""
    if verdict.citation:
        own = verdict.citation
    else:
        rows = observations.history(
            session, one.key, since=suggestion.period_start, until=suggestion.period_end, limit=1
        )
        own = rows[0].reading.citation if rows else ""
    if own not in one.known.citations:
        raise InvalidInput(f"there is no citation {own or 'of this value'}: name one", field="citation")
    return own


def _description(one: OneSeries, suggestion: EventSuggestion) -> str:
    decimals = max(one.indicator.decimals, 1)
    before, after = (number(value, decimals) for value in (suggestion.before, suggestion.after))
    return (
        f"{one.indicator.name}: mean {before} over {suggestion.count_before} periods before, {after} over "
        f"{suggestion.count_after} from then on ({one.indicator.unit}). Found as a change point; "
        f"{percent(suggestion.share)} of shuffles range less. The mean of the series moved; the cause is not "
        "in it."
    )


def _decide(
    session: Session,
    one: OneSeries,
    suggestion: EventSuggestion,
    verdict: Verdict,
    *,
    event: str,
    now: datetime,
) -> None:
    decision = SuggestionDecision(
        series=one.key,
        period_start=epoch(suggestion.period_start),
        is_rise=suggestion.is_rise,
        event=event,
        author=verdict.author,
        reason=verdict.reason,
        decided_at=now,
    )
    suggestion_decisions.add(session, decision)
    audit.record(
        session, actor=verdict.author, action="event.confirm" if event else "event.dismiss", target=one.key,
        reason=verdict.reason, before=None,
        after={"period_start": rfc3339(suggestion.period_start), "event": event}, now=now,
    )  # fmt: skip
