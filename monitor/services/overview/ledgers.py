"""The change of a subject's heat over a span, term by term, in words; kept until an input changes."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from monitor.domain.chart import LedgerChart, LedgerLine
from monitor.domain.clock import moment
from monitor.domain.ledgers.cause import Cause
from monitor.domain.ledgers.ledger import Ledger, Moment, Term, ledger
from monitor.domain.phrases import joined, later, phrase
from monitor.domain.scale import UNKNOWN, Scale
from monitor.domain.scoring.model import Model
from monitor.domain.series import Columns
from monitor.domain.wording import msgid, say
from monitor.services.overview.derivations import placement_name
from monitor.services.overview.values import Mover, change_of
from monitor.services.overview.words import value_phrase, value_words
from monitor.services.read_columns import read_columns_of_all
from monitor.storage.heat_points import HeatPoint
from monitor.storage.snapshot import Definitions

LEAST = 0.05
_MOST_KEPT = 2000
_WORDS = {
    Cause.OBSERVATION: "",
    Cause.REVISION: "revision",
    Cause.CONFIRMATION: "confirmed",
    Cause.TIME: "time",
    Cause.DEFINITION: "definition",
    Cause.FIRST_SEEN: "first seen",
    Cause.WITHDRAWN: "withdrawn",
    Cause.WEIGHT: "weight",
    Cause.METHOD: "method",
    Cause.FLOOR: "floor",
}

_NAMES = {
    Cause.WEIGHT: msgid("Weight"), Cause.METHOD: msgid("Method or structure"), Cause.FLOOR: msgid("Floor"),
}  # fmt: skip

Path = tuple[str, ...]
Key = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a ledger is asked of: a model, its published point, and the second it starts at."""

    model: Model
    point: HeatPoint
    start: int

    @property
    def key(self) -> Key:
        """What the ledger depends on; equal keys have equal ledgers."""
        point = self.point
        return (point.subject, point.at, point.input_seq, point.definition_seq, self.start)


def ledgers(
    session: Session, spans: Iterable[Span], *, columns: Callable[[], Mapping[str, Columns]] | None = None
) -> dict[str, Ledger]:
    """Return the ledger of each span by subject; only those not kept read their series, all at once.

    `columns` gives those of the one model there is, for a caller that reads them too.
    """
    kept = _kept.setdefault(session.get_bind().engine, OrderedDict())
    asked = list(spans)
    missing = [span for span in asked if span.key not in kept]
    if columns is None:
        each: list[Mapping[str, Columns]] = [*read_columns_of_all(session, [span.model for span in missing])]
    else:
        each = [columns() for _ in missing]
    for span, found in zip(missing, each, strict=True):
        kept[span.key] = _ledger(span, found)
    answers = {span.point.subject: kept[span.key] for span in asked}
    while len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
    return answers


def _ledger(span: Span, columns: Mapping[str, Columns]) -> Ledger:
    """The later moment sees exactly the rows that its published point was computed from."""
    latest = max((int(part.known_at.max()) for part in columns.values() if len(part)), default=span.point.at)
    seen = span.point.input_seq
    return ledger(
        Moment(model=span.model, columns=columns, at=span.start, max_seq=seen),
        Moment(
            model=span.model,
            columns=columns,
            at=span.point.at,
            known_at=max(latest, span.point.at),
            max_seq=seen,
        ),
    )


def ledger_chart(
    known: Definitions, model: Model, found: Ledger, *, point: HeatPoint, start: int
) -> LedgerChart:
    """Return the ledger as it is drawn: drivers by size, their indicators below them."""
    scale = model.scale
    tops = dict.fromkeys(term.path[:1] for term in found.terms)
    lines = _groups(known, model, list(tops), found.terms)
    return LedgerChart(
        start=moment(start).date(),
        end=moment(point.at).date(),
        start_heat=found.before_heat,
        end_heat=found.after_heat,
        start_level=_level(scale, found.before_heat),
        end_level=point.level,
        delta=found.delta_heat,
        alarming_end=scale.alarming_end,
        lines=tuple(lines),
    )


def top_movers(known: Definitions, model: Model, found: Ledger, *, most: int = 3) -> tuple[Mover, ...]:
    """Return the series that moved heat most, the largest first."""
    sums: dict[str, float] = {}
    terms: dict[str, Term] = {}
    for term in found.terms:
        if term.placement:
            sums[term.placement] = sums.get(term.placement, 0.0) + term.heat_delta
            terms[term.placement] = term
    largest = sorted(sums, key=lambda slug: -abs(sums[slug]))[:most]
    return tuple(
        mover
        for slug in largest
        if abs(sums[slug]) >= LEAST and (mover := _mover(known, model, terms[slug], sums[slug])) is not None
    )


def deltas(found: Ledger) -> dict[str, float]:
    """Return each placement's points since the start, and each driver's with all below it, by slug."""
    sums: dict[str, float] = {}
    for term in found.terms:
        for slug in {term.placement, *term.path} - {""}:
            sums[slug] = sums.get(slug, 0.0) + term.heat_delta
    return sums


def _mover(known: Definitions, model: Model, term: Term, total: float) -> Mover | None:
    change = change_of(total, model.scale.alarming_end)
    placement = known.placements.get(term.placement)
    if change is None or placement is None:
        return None
    indicator = known.indicators[placement.series.partition(":")[0]]
    before, after = (
        "–" if value is None else value_phrase(indicator, value)
        for value in (term.before_value, term.after_value)
    )
    unit = "" if indicator.words or indicator.unit.startswith("%") else f" {indicator.unit}"
    moved = phrase("{before} to {after}", before=before, after=after) if before != after else after
    detail = later(joined, "", [moved, unit])
    name = placement_name(known, indicator, placement.series, subject=model.subject)
    return Mover(slug=term.placement, name=name, change=change, detail=detail)


def _groups(known: Definitions, model: Model, paths: list[Path], terms: Sequence[Term]) -> list[LedgerLine]:
    """Return some drivers by size, each with its parts and the drivers below it."""
    lines: list[LedgerLine] = []
    below = {path: [term for term in terms if term.path[: len(path)] == path] for path in paths if path}
    below |= {path: [term for term in terms if not term.path] for path in paths if not path}
    for path in sorted(below, key=lambda each: (-abs(_sum(below[each])), each)):
        lines += _group(known, model, path, below[path])
    return lines


def _group(known: Definitions, model: Model, path: Path, terms: list[Term]) -> list[LedgerLine]:
    """One driver with its parts; the same series under several causes is one line."""
    if abs(_sum(terms)) < LEAST and all(abs(term.heat_delta) < LEAST for term in terms):
        return []
    names = {driver.slug: driver.name for driver in model.subject.drivers}
    name = names.get(path[-1], path[-1]) if path else say("Method, structure and floors")
    depth = max(len(path) - 1, 0)
    lines = [LedgerLine(name=name, delta=_sum(terms), is_driver=True, depth=depth)]
    parts: dict[tuple[str, str], list[Term]] = {}
    for term in terms:
        if term.path == path:
            parts.setdefault((term.placement, "" if term.placement else term.cause), []).append(term)
    for slug, cause in sorted(parts, key=lambda each: -abs(_sum(parts[each]))):
        if abs(_sum(parts[slug, cause])) >= LEAST:
            lines.append(_line(known, model, slug, parts[slug, cause], depth=depth + 1))
    deeper = dict.fromkeys(term.path[: len(path) + 1] for term in terms if len(term.path) > len(path))
    return lines + _groups(known, model, list(deeper), terms)


def _sum(terms: Iterable[Term]) -> float:
    return sum(term.heat_delta for term in terms)


def _line(known: Definitions, model: Model, slug: str, terms: list[Term], *, depth: int) -> LedgerLine:
    words = dict.fromkeys(_WORDS[term.cause] for term in terms if abs(term.heat_delta) >= LEAST)
    causes = tuple(word for word in words if word)
    placement = known.placements.get(slug)
    indicator = known.indicators.get(placement.series.partition(":")[0]) if placement else None
    if placement is None or indicator is None:
        # A placement no longer defined has its series for a name; what is no placement says its cause.
        name, causes = (slug.rpartition("/")[2], causes) if slug else (say(_NAMES[terms[0].cause]), ())
        return LedgerLine(name=name, delta=_sum(terms), is_driver=False, depth=depth, causes=causes)
    return LedgerLine(
        name=placement_name(known, indicator, placement.series, subject=model.subject),
        delta=_sum(terms),
        is_driver=False,
        depth=depth,
        causes=causes,
        before=value_words(indicator, terms[-1].before_value),
        after=value_words(indicator, terms[-1].after_value),
        seq=terms[-1].seq,
    )


def _level(scale: Scale, heat: float | None) -> str:
    return UNKNOWN if heat is None else scale.level_for(heat).name


_kept: WeakKeyDictionary[Engine, OrderedDict[Key, Ledger]] = WeakKeyDictionary()
