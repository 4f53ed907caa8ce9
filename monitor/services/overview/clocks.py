"""Pages of the two clocks: heat explained, and what changed between any two moments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from monitor.domain.chart import LedgerChart, LedgerLine
from monitor.domain.errors import InvalidInput
from monitor.domain.marking import OPEN, Handling
from monitor.domain.phrases import phrase
from monitor.domain.scale import AlarmingEnd
from monitor.domain.span_strip import SpanStrip
from monitor.domain.spoken import clock, day, long_day, number
from monitor.domain.wording import msgid, say
from monitor.services.explain import Explanation, explain
from monitor.services.ledger_between import By, LedgerBetween, ledger_between
from monitor.services.markings import markings
from monitor.services.model_of import model_of
from monitor.services.overview.desk import desk
from monitor.services.overview.ledger_spans import Evidence, NamedSpan, evidence, named_spans
from monitor.services.overview.span_strips import span_strip
from monitor.services.overview.values import DeskView
from monitor.storage import snapshot, subjects

_SPAN = timedelta(days=90)
# A moment of before midnight is the end of its day.
_LAST_MINUTE = time(23, 59)

# Which line a heat is read from; published and restated ones are named as they are.
_LINES = {
    "published": msgid("published"),
    "reconstructed": msgid("reconstructed"),
    "as_of": msgid("as known then"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainView:
    """A subject's heat explained; `at` and `as_of` are the days asked for, empty where none was."""

    desk: DeskView
    slug: str
    name: str
    at: str
    as_of: str
    found: Explanation

    @property
    def says(self) -> str:
        """Which heat this is, in a sentence."""
        when = say("{day}, {time} UTC", day=long_day(self.found.at), time=clock(self.found.at))
        if self.found.line == "published":
            return say("As published for {moment}, point {n}.", moment=when, n=self.found.seq)
        if self.found.as_of is not None:
            known = long_day(self.found.as_of)
            return say("{moment}, as known and defined on {day}.", moment=when, day=known)
        return say("{moment}, reconstructed: nothing was published then.", moment=when)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """What changed between two moments; `asked` are the form's fields."""

    desk: DeskView
    slug: str
    name: str
    asked: Mapping[str, str]
    found: LedgerBetween
    alarming_end: AlarmingEnd
    spans: tuple[NamedSpan, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    strip: SpanStrip | None = None
    handling: Handling = OPEN

    @property
    def chart(self) -> LedgerChart:
        """The sums as a waterfall, in their order."""
        found = self.found
        return LedgerChart(
            start=found.start.date(),
            end=found.end.date(),
            start_heat=found.before_heat,
            end_heat=found.after_heat,
            start_level=found.before_level,
            end_level=found.after_level,
            delta=found.delta_heat,
            alarming_end=self.alarming_end,
            lines=tuple(
                LedgerLine(name=each.name, delta=each.heat_delta, is_driver=True) for each in found.sums
            ),
        )

    @property
    def says(self) -> str:
        """From which heat to which, in a sentence."""
        found = self.found
        start = _end(found.start, found.before_heat, found.before_level, found.lines[0])
        end = _end(found.end, found.after_heat, found.after_level, found.lines[1])
        return say("{start} to {end}.", start=start, end=end)


def _end(at: datetime, heat: float | None, level: str, line: str) -> str:
    told = say("no data") if heat is None else f"{number(heat, 2)} {say(level)}"
    when = day(at.date()) if at.time() >= _LAST_MINUTE else f"{day(at.date())} {clock(at)} UTC"
    return f"{when} {told} ({say(_LINES.get(line, line))})"


def explain_page(session: Session, slug: str, *, now: datetime, at: str = "", as_of: str = "") -> ExplainView:
    """Return a subject's heat explained at the end of a day, as known at the end of another; NotFound."""
    found = explain(
        session, slug, at=end_of_day(at, "at", now=now), as_of=end_of_day(as_of, "as_of", now=now), now=now
    )
    name = found.tree.name
    return ExplainView(desk=desk(session, now=now), slug=slug, name=name, at=at, as_of=as_of, found=found)


def ledger_page(
    session: Session, slug: str, *, now: datetime, asked: Mapping[str, str], person_id: int | None = None
) -> LedgerView:
    """Return what changed between two days or moments, by default over 90 days; NotFound, InvalidInput."""
    stands = subjects.state(session, slug).clock
    here = stands.at(now)
    by = asked.get("by", "") or By.INDICATOR.value
    if by not in set(By):
        raise InvalidInput(phrase("terms are added up by indicator, driver or cause"), field="by")
    days = {name: asked.get(name, "") for name in ("from", "to", "as_of_from", "as_of_to")}
    days["from"] = days["from"] or f"{here - _SPAN:%Y-%m-%d}"
    moments = {name: end_of_day(each, name, now=now) for name, each in days.items()}
    found = ledger_between(
        session, slug, start=moments["from"] or here - _SPAN, end=moments["to"],
        start_as_of=moments["as_of_from"], end_as_of=moments["as_of_to"], by=By(by), now=now,
    )  # fmt: skip
    model, known = model_of(session, slug)[1], snapshot.current(session)
    return LedgerView(
        desk=desk(session, now=now),
        slug=slug,
        name=model.subject.name,
        alarming_end=model.scale.alarming_end,
        asked=days | {"by": by},
        found=found,
        spans=named_spans(session, known, slug, clock=stands, person_id=person_id, now=now),
        evidence=evidence(session, known, found.sums) if found.by is By.INDICATOR else {},
        handling=markings(session).of_subject(slug),
        strip=span_strip(session, slug, model.scale, start=found.start, end=found.end, here=here),
    )


def end_of_day(asked: str, field: str, *, now: datetime) -> datetime | None:
    """Return the last second of a day written 2025-11-30, the present of today; None for nothing written.

    A moment written 2025-11-30T14:02, in UTC unless it says its zone, is that moment.
    """
    if not asked:
        return None
    try:
        if "T" in asked:
            found = datetime.fromisoformat(asked)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        start = datetime.fromisoformat(f"{asked}T00:00:00+00:00")
    except ValueError as error:
        raise InvalidInput(
            phrase("{asked} is no day; write one as 2025-11-30", asked=repr(asked)), field=field
        ) from error
    last = datetime.combine(start.date(), time(23, 59, 59), tzinfo=start.tzinfo)
    return now if start <= now < last else last
