"""Store a value a person typed, with its grade and citation."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches

from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.errors import InvalidInput
from monitor.domain.grade import is_grade
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.series import SeriesKey
from monitor.domain.wording import say, say_many
from monitor.packs.decimals import COMMA, POINT, read_number, signs_in
from monitor.storage import audit, definitions, observations, series

FUTURE_TOLERANCE = timedelta(minutes=10)
LONGEST_CITATION = 200
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a person fills in: the days `starts_on` to `ends_on` are both included; None: one day."""

    series: str
    value: str
    starts_on: date
    ends_on: date | None = None
    low: float | None = None
    high: float | None = None
    grade: str = ""
    citation: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Which row an entry became: its series, the start of its period as epoch seconds, its number."""

    series: str
    start: int
    seq: int

    @property
    def address(self) -> str:
        """What names it in an address: 1764547200.123."""
        return f"{self.start}.{self.seq}"


def record_observation(session: Session, entry: Entry, *, author: str, now: datetime) -> Recorded | None:
    """Store what was entered; None if it is known already.

    InvalidInput names the field: an unknown series, a word or number that cannot be read, a period in the
    future, a grade that is none, a missing citation.
    """
    indicator, reading = read_entry(session, entry, now=now)
    added = observations.add(
        session, [reading], source=indicator.source, author=author, note=entry.note, now=now
    )
    if added.last_seq is None:
        return None
    row = Recorded(series=entry.series, start=epoch(reading.period_start), seq=added.last_seq)
    after = {
        "value": reading.value, "period_end": reading.period_end.isoformat(), "grade": reading.grade,
        "citation": reading.citation, "row": row.address,
    }  # fmt: skip
    audit.record(
        session, actor=author, action="observation.record", target=entry.series, reason=entry.note,
        before=None, after=after, now=now,
    )  # fmt: skip
    return row


def read_entry(session: Session, entry: Entry, *, now: datetime) -> tuple[Indicator, Reading]:
    """Return what an entry says, without storing it; InvalidInput names the field."""
    indicator = _indicator(session, entry.series)
    return indicator, _reading(entry, indicator, now=now)


def parse_bound(text: str, *, field: str) -> float | None:
    """Read the least or most a value could be, None if it is left empty; InvalidInput names the field."""
    return _number(text.strip(), field=field) if text.strip() else None


def parse_value(indicator: Indicator, text: str) -> float:
    """Read one of the indicator's words, or a number (decimal comma and spaces between thousands allowed)."""
    plain = text.strip()
    for word, value in indicator.words.items():
        if plain.casefold() == word.casefold():
            return value
    return _number(plain, field="value", words=tuple(indicator.words))


def _number(plain: str, *, field: str, words: tuple[str, ...] = ()) -> float:
    signs = signs_in([plain], delimiter=";")
    if signs == {POINT, COMMA} and COMMA in plain:
        without, as_decimal = plain.replace(COMMA, ""), plain.replace(COMMA, POINT)
        raise InvalidInput(
            say("{number} can be read as {one} or as {other}: write one",
                number=plain, one=without, other=as_decimal),
            field=field,
        )  # fmt: skip
    number = read_number(plain, decimal=COMMA if signs == {COMMA} else POINT)
    if number is None and words:
        said = say("{text} is not a number, or one of {words}", text=repr(plain), words=", ".join(words))
        raise InvalidInput(said, field=field)
    if number is None:
        raise InvalidInput(say("{text} is not a number", text=repr(plain)), field=field)
    return number


def _indicator(session: Session, key: str) -> Indicator:
    try:
        name = SeriesKey.parse(key).indicator
    except ValueError as error:
        raise InvalidInput(str(error), field="series") from None
    if not series.ids(session, [key]):
        near = _near(session, key)
        said = (
            say("there is no series {key}; there is {near}", key=key, near=near)
            if near
            else say("there is no series {key}", key=key)
        )
        raise InvalidInput(said, field="series")
    return definitions.get(session, Indicator, name)


def _near(session: Session, key: str) -> str:
    """Name the series that may be meant: those of the same indicator, else those written much alike."""
    keys = [str(known) for known in series.find_all(session) if "@" not in known.unit]
    name = SeriesKey.parse(key).indicator
    near = [known for known in keys if SeriesKey.parse(known).indicator == name]
    return ", ".join(near[:5] or get_close_matches(key, keys, n=3))


def _reading(entry: Entry, indicator: Indicator, *, now: datetime) -> Reading:
    start, end = _period(entry, now=now)
    if entry.grade and not is_grade(entry.grade):
        raise InvalidInput(say("a grade is a letter A to F and a digit 1 to 6, such as B2"), field="grade")
    citation = entry.citation.strip()
    if not citation:
        raise InvalidInput(say("say where the value comes from"), field="citation")
    for field, text, longest in (
        ("citation", citation, LONGEST_CITATION),
        ("note", entry.note, LONGEST_NOTE),
    ):
        if len(text) > longest:
            said = say_many("at most {n} character", "at most {n} characters", longest)
            raise InvalidInput(said, field=field)
    value = parse_value(indicator, entry.value)
    try:
        return Reading(
            series=entry.series, period_start=start, period_end=end, value=value, known_at=now,
            low=entry.low, high=entry.high, grade=entry.grade, citation=citation, note=entry.note,
        )  # fmt: skip
    except ValueError as error:
        raise InvalidInput(str(error), field="value") from None


def _period(entry: Entry, *, now: datetime) -> tuple[datetime, datetime]:
    """Return the half-open UTC period of the days entered."""
    start = datetime.combine(entry.starts_on, time(), UTC)
    end = datetime.combine(entry.ends_on or entry.starts_on, time(), UTC) + timedelta(days=1)
    if end <= start:
        raise InvalidInput(say("the period ends before it starts"), field="ends_on")
    if start > now + FUTURE_TOLERANCE:
        said = say("the period lies in the future; forecasts are not observations")
        raise InvalidInput(said, field="starts_on")
    return start, end
