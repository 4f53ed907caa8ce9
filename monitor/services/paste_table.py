"""Values pasted as a table: first what each cell says, then what was chosen is stored as a batch."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.fuzzy import plain_text, ranked
from monitor.domain.grade import is_grade
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.problem import Problem
from monitor.domain.reading_columns import columns_of
from monitor.domain.scoring.view import effective, observed
from monitor.domain.source import Source
from monitor.domain.wording import say
from monitor.packs.import_line import ImportContext
from monitor.packs.paste import Fault, Pasted, Place, unfold
from monitor.packs.read_import import ImportOptions, ImportRead, read_import
from monitor.services.doubt_entry import far_outside, sets_live
from monitor.services.doubt_import import doubt_import
from monitor.services.enterable_series import EnterableSeries, enterable_series
from monitor.services.record_observation import LONGEST_CITATION, Recorded
from monitor.storage import audit, definitions, observations, series

MOST_VALUES = 500
LONGEST_TABLE = 400_000
_TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteOptions:
    """What the person says about the table; what is left empty is recognised, or asked.

    `is_history`: each value was known its publication lag after its period, not only now.
    """

    series: str = ""
    dates: str = ""
    decimal: str = ""
    ends: str = ""
    grade: str = ""
    citation: str = ""
    is_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedValue:
    """One cell as it was read: `line` names it in the form; `doubt` says which gate it does not pass.

    `before` is the value in force of the same period, `has_before` whether there is one.
    """

    line: int
    place: Place
    title: str
    indicator: Indicator
    reading: Reading
    before: float | None
    has_before: bool
    doubt: str

    @property
    def is_known(self) -> bool:
        """Whether the same value holds already."""
        return self.has_before and self.before == self.reading.value


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteRead:
    """What a table says. `questions` (by option) stop all of it; `faults` are of single cells."""

    values: tuple[PastedValue, ...] = ()
    faults: tuple[Fault, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What tells whether the values are those that were shown."""
        told = [
            (each.line, each.reading.series, each.reading.period_start, each.reading.period_end,
             each.reading.value, each.reading.grade, each.reading.citation, each.has_before, each.before)
            for each in self.values
        ]  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteStored:
    """What became of the chosen values; `batch` names the entry of the audit log that lists them."""

    stored: int
    unchanged: int
    batch: int | None


def read_paste(session: Session, text: str, options: PasteOptions, *, now: datetime) -> PasteRead:
    """Return what a pasted table says; nothing is stored. InvalidInput for what is no table."""
    if len(text) > LONGEST_TABLE:
        raise InvalidInput(say("the table is too long: import it as a file"), field=_TABLE)
    _check(options)
    rows = enterable_series(session)
    named = _finder(rows)
    chosen = named(options.series) if options.series else ""
    if options.series and not chosen:
        raise InvalidInput(say("there is no series like {typed}", typed=options.series), field="series")
    pasted = unfold(text, named, series=chosen or "", most=MOST_VALUES)
    if pasted.faults and not pasted.places:
        return PasteRead(faults=tuple(pasted.faults), columns=pasted.columns, ignored=tuple(pasted.ignored))
    return _understood(session, pasted, options, {row.key: row for row in rows}, now=now)


def store_paste(
    session: Session,
    text: str,
    options: PasteOptions,
    *,
    lines: Collection[int],
    digest: str,
    author: str,
    now: datetime,
) -> PasteStored:
    """Store the chosen values as one batch, all or none.

    InvalidInput where none is chosen, or nothing says where they come from; Conflict if they are not those
    that were shown.
    """
    read = read_paste(session, text, options, now=now)
    if read.questions or read.digest != digest:
        raise Conflict(say("the values are not those that were shown; nothing was saved: look again"))
    chosen = [each for each in read.values if each.line in lines]
    if not chosen:
        raise InvalidInput(say("choose at least one value"), field="lines")
    if any(not each.reading.citation for each in chosen):
        raise InvalidInput(say("say where the values come from"), field="citation")
    rows, unchanged = _store(session, chosen, author=author, now=now)
    if not rows:
        return PasteStored(stored=0, unchanged=unchanged, batch=None)
    after = {
        "stored": len(rows), "unchanged": unchanged, "left_out": len(read.values) - len(chosen),
        "faults": len(read.faults), "doubtful": sum(bool(each.doubt) for each in chosen),
        "rows": [[row.series, row.address] for row in rows],
    }  # fmt: skip
    keys = sorted({row.series for row in rows})
    target = keys[0] if len(keys) == 1 else f"{len(keys)} series"
    audit.record(
        session, actor=author, action="observation.paste", target=target, reason="", before=None, after=after,
        now=now,
    )  # fmt: skip
    (entry,) = audit.acts_of(session, author, {"observation.paste"}, limit=1)
    return PasteStored(stored=len(rows), unchanged=unchanged, batch=entry.id)


def _check(options: PasteOptions) -> None:
    if options.grade and not is_grade(options.grade):
        raise InvalidInput(say("a grade is a letter A to F and a digit 1 to 6, such as B2"), field="grade")


def _finder(rows: Sequence[EnterableSeries]) -> Callable[[str], str | None]:
    """Return what finds the one series that a heading or a cell means: by key, by name, by all its words."""
    exact = {plain_text(row.key): row.key for row in rows} | {plain_text(row.title): row.key for row in rows}
    known: dict[str, str | None] = {}

    def find(text: str) -> str | None:
        plain = plain_text(text)
        if plain and plain not in known:
            known[plain] = exact.get(plain) or _only(plain, rows)
        return known.get(plain)

    return find


def _only(plain: str, rows: Sequence[EnterableSeries]) -> str | None:
    """Return the one series of whose name the words are; a single letter means nothing."""
    near = [row for cost, row in ranked(plain, rows, lambda row: f"{row.title} {row.key}") if cost == 0]
    return near[0].key if len(near) == 1 and len(plain) > 1 else None


def _understood(
    session: Session,
    pasted: Pasted,
    options: PasteOptions,
    rows: Mapping[str, EnterableSeries],
    *,
    now: datetime,
) -> PasteRead:
    context = _context(session, now=now)
    read = read_import(
        pasted.lines,
        context,
        ImportOptions(delimiter="\t", decimal=options.decimal, date_format=options.dates, ends=options.ends),
    )
    faults = [*pasted.faults, *(_fault(each, pasted) for each in read.faults)]
    return PasteRead(
        values=tuple(_values(session, read, pasted, options, rows, context, now=now)),
        faults=tuple(sorted(faults, key=lambda fault: fault.place.row)),
        questions=_questions(read.questions),
        columns=pasted.columns,
        ignored=tuple(pasted.ignored),
    )


def _context(session: Session, *, now: datetime) -> ImportContext:
    indicators = {each.slug: each for each in definitions.find_all(session, Indicator)}
    sources = {each.slug: each for each in definitions.find_all(session, Source)}
    lags = {
        slug: sources[each.source].publication_lag_days
        for slug, each in indicators.items()
        if each.source in sources
    }
    return ImportContext(file=_TABLE, now=now, indicators=indicators, citations=(), lags_days=lags)


def _questions(found: Iterable[Problem]) -> dict[str, str]:
    """Return what has to be said about the whole table, by the option that says it."""
    options = {"date": "dates", "value": "decimal", "period_end": "ends"}
    said = {
        "dates": say("day and month can be read either way"),
        "decimal": say("a comma and a point can be read either way"),
        "ends": say("whether the last date belongs to the period is not said"),
    }
    names = [options.get(each.key, _TABLE) for each in found]
    return {
        name: said.get(name, each.message) for name, each in zip(names, found, strict=False)
    }  # fmt: skip


def _fault(problem: Problem, pasted: Pasted) -> Fault:
    place = pasted.places.get(problem.line or 0, Place(problem.line or 0, problem.key))
    headings = {meaning: name for name, meaning in pasted.columns.items()}
    column = place.column if problem.key in {"value", "series"} else headings.get(problem.key, place.column)
    expected = say("; expected {what}", what=problem.expected) if problem.expected else ""
    return Fault(place=Place(place.row, column), message=f"{problem.message}{expected}")


def _values(
    session: Session,
    read: ImportRead,
    pasted: Pasted,
    options: PasteOptions,
    rows: Mapping[str, EnterableSeries],
    context: ImportContext,
    *,
    now: datetime,
) -> list[PastedValue]:
    doubts = {at: found.reason for at, found in doubt_import(session, read.columns, now=now)}
    before, live = _before(session, read.columns.series), _Surprises(session, read.columns.series)
    found = []
    for at, (line, told) in enumerate(read.readings):
        citation = pasted.citations.get(line, options.citation).strip()[:LONGEST_CITATION]
        reading = replace(told, grade=told.grade or options.grade, citation=citation)
        if not options.is_history and "known_at" not in pasted.used:
            reading = replace(reading, known_at=now, is_reconstructed=False)
        indicator = context.indicators[reading.series.partition(":")[0]]
        period = reading.series, epoch(reading.period_start), epoch(reading.period_end)
        found.append(
            PastedValue(
                line=line,
                place=pasted.places[line],
                title=rows[reading.series].title if reading.series in rows else reading.series,
                indicator=indicator,
                reading=reading,
                before=before.get(period),
                has_before=period in before,
                doubt=doubts.get(at, "") or live.about(indicator, reading),
            )
        )
    return found


class _Surprises:
    """What of values without a gate to pass would surprise, told like that of a single entry."""

    def __init__(self, session: Session, keys: Iterable[str]) -> None:
        stored = series.columns(session, keys)
        self.session = session
        self.known = {key: observed(effective(columns)).value for key, columns in stored.items()}

    def about(self, indicator: Indicator, reading: Reading) -> str:
        """Return what surprises, "" where nothing does."""
        said = far_outside(indicator, reading, self.known[reading.series])
        return (said or sets_live(self.session, reading)).removesuffix(".")


def _before(session: Session, keys: Iterable[str]) -> dict[tuple[str, int, int], float]:
    """Return the values in force by series and period."""
    found: dict[tuple[str, int, int], float] = {}
    for key, columns in series.columns(session, keys).items():
        rows = effective(columns)
        periods = zip(rows.period_start.tolist(), rows.period_end.tolist(), rows.value.tolist(), strict=True)
        found |= {(key, start, end): value for start, end, value in periods}
    return found


def _store(
    session: Session, chosen: Sequence[PastedValue], *, author: str, now: datetime
) -> tuple[list[Recorded], int]:
    """Store values by the source of their indicator; return the rows they became, and how many were known."""
    rows: list[Recorded] = []
    unchanged = 0
    for source in sorted({each.indicator.source for each in chosen}):
        readings = [each.reading for each in chosen if each.indicator.source == source]
        added = observations.add_columns(
            session, [columns_of(readings)], source=source, author=author, note=say("pasted as a table"),
            now=now,
        )  # fmt: skip
        unchanged += added.unchanged
        if added.first_seq is not None and added.last_seq is not None:
            rows += _rows(session, readings, added.first_seq, added.last_seq)
    return rows, unchanged


def _rows(session: Session, readings: Sequence[Reading], first: int, last: int) -> list[Recorded]:
    """Return the rows numbered from `first` to `last`."""
    found = []
    for key, columns in series.columns(session, {each.series for each in readings}).items():
        fresh = columns.rows((columns.seq >= first) & (columns.seq <= last))
        found += [
            Recorded(series=key, start=start, seq=seq)
            for start, seq in zip(fresh.period_start.tolist(), fresh.seq.tolist(), strict=True)
        ]
    return found
