"""What a program may push: readings and incidents as JSON, each row checked, every fault named by place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)  # fmt: skip

from monitor.domain.harvest import Rejected
from monitor.domain.incident import exactness
from monitor.domain.schedule import is_scheduled
from monitor.domain.source import Source

MOST_ROWS = 20_000
MOST_FAULTS = 50
FUTURE_TOLERANCE = timedelta(minutes=10)
_SHOWN = 60
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?")
_EXPECTED_MOMENT = "expected a day such as 2026-11-22 or a moment with its zone such as 2026-11-22T06:00:00Z"


def _moment(value: object) -> object:
    """Read a day (its first moment in UTC) or a moment with its zone."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(_EXPECTED_MOMENT)
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_EXPECTED_MOMENT) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(f"expected a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return found


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("expected a day such as 2026-11-22")


def _plain(text: str) -> str:
    """Refuse what no database text can hold."""
    if "\0" in text:
        raise ValueError("a character of code 0 cannot be stored")
    return text


Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
SeriesText = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=160)
]
Grade = Annotated[str, StringConstraints(pattern=r"^([A-F][1-6])?$")]
MaybeCountry = Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
ShortText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
NoteText = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_plain)]
LongText = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_plain)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class PushedReading(_Row):
    """One value of one series for one half-open period; `value` null takes the period back."""

    series: SeriesText
    period_start: Moment
    period_end: Moment
    value: float | None
    low: float | None = None
    high: float | None = None
    known_at: Moment | None = None
    grade: Grade = ""
    citation: ShortText = ""
    note: NoteText = ""
    unit: ShortText = ""

    @model_validator(mode="after")
    def _is_possible(self) -> "PushedReading":
        if self.period_end <= self.period_start:
            raise ValueError("period_end must be after period_start")
        if self.value is not None:
            low = self.value if self.low is None else self.low
            high = self.value if self.high is None else self.high
            if not low <= self.value <= high:
                raise ValueError("low <= value <= high does not hold")
        return self


class PushedIncident(_Row):
    """One dated, placed event; sent again with the same `external_id` it is revised."""

    external_id: Name
    happened_on: Day
    country: MaybeCountry = ""
    kind: Name
    admin1: ShortText = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    precision: ShortText = ""
    actor: LongText = ""
    killed: Count = 0
    injured: Count = 0
    kidnapped: Count = 0
    description: LongText = ""

    @model_validator(mode="after")
    def _is_placed(self) -> "PushedIncident":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude are given together or not at all")
        if not self.country and (self.latitude is None or not exactness(self.precision).is_point):
            raise ValueError("country is left out, and no exact or near point stands for it")
        return self


class PushedCoverage(_Row):
    """Days, both included, of which every incident in a country is listed."""

    covers_from: Day
    covers_until: Day
    country: MaybeCountry = ""

    @model_validator(mode="after")
    def _is_a_stretch(self) -> "PushedCoverage":
        if self.covers_until < self.covers_from:
            raise ValueError("covers_until is before covers_from")
        return self


class PushedBody(_Row):
    """The whole body: at least one of the four lists holds something."""

    readings: Annotated[list[PushedReading], Field(max_length=MOST_ROWS)] = []
    incidents: Annotated[list[PushedIncident], Field(max_length=MOST_ROWS)] = []
    withdrawn: Annotated[list[Name], Field(max_length=MOST_ROWS)] = []
    covered: Annotated[list[PushedCoverage], Field(max_length=MOST_ROWS)] = []

    @model_validator(mode="after")
    def _says_something(self) -> "PushedBody":
        if not (self.readings or self.incidents or self.withdrawn or self.covered):
            raise ValueError("the body holds nothing: give readings, incidents, withdrawn or covered")
        return self


def read_pushed(content: bytes) -> PushedBody | tuple[Rejected, ...]:
    """Return the body, or its faults: each with its place, what it says and what is expected."""
    try:
        return PushedBody.model_validate_json(content)
    except ValidationError as error:
        return tuple(_fault(item) for item in error.errors(include_url=False)[:MOST_FAULTS])


def faults_in(body: PushedBody, *, now: datetime, may_backdate: bool) -> Iterator[Rejected]:
    """Yield what needs the clock or other rows: the future, a thing twice, a past not to be changed."""
    for place, each in enumerate(body.readings):
        where = f"readings[{place}]"
        if each.period_start > now + FUTURE_TOLERANCE:
            text = each.period_start.isoformat()
            yield Rejected(
                where=f"{where}.period_start", text=text, reason="lies in the future; send what was observed"
            )
        if each.known_at is not None and each.known_at > now + FUTURE_TOLERANCE:
            reason = "lies in the future; expected when it became known"
            yield Rejected(where=f"{where}.known_at", text=each.known_at.isoformat(), reason=reason)
        elif each.known_at is not None and not may_backdate:
            reason = "may not be said by this source; its setting may_backdate allows it"
            yield Rejected(where=f"{where}.known_at", text=each.known_at.isoformat(), reason=reason)
    yield from _twice(
        body.readings, "readings", lambda each: (each.series, each.period_start, each.period_end)
    )
    yield from _twice(body.incidents, "incidents", lambda each: each.external_id)
    for place, incident in enumerate(body.incidents):
        if incident.happened_on > (now + timedelta(days=1)).date():
            where, text = f"incidents[{place}].happened_on", incident.happened_on.isoformat()
            yield Rejected(where=where, text=text, reason="lies in the future; send what happened")


def scheduled_in_vain(source: Source) -> Iterator[str]:
    """Yield what is wrong with a source that is pushed to and has a schedule."""
    if is_scheduled(source):
        yield f"interval_seconds, cron, release: programs push to the kind {source.kind}, so leave them out"


def _twice(rows: Sequence[Any], name: str, key_of: Callable[[Any], object]) -> Iterator[Rejected]:
    seen: dict[object, int] = {}
    for place, each in enumerate(rows):
        first = seen.setdefault(key_of(each), place)
        if first != place:
            reason = f"says again what {name}[{first}] says; send one of them"
            yield Rejected(where=f"{name}[{place}]", text=str(key_of(each))[:_SHOWN], reason=reason)


def _fault(item: Mapping[str, Any] | Any) -> Rejected:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"]).lstrip(".")
    expected = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "json_invalid":
        return Rejected(
            where="", text="", reason=f"the body is no JSON: {expected.removeprefix('Invalid JSON: ')}"
        )
    if item["type"] == "missing":
        return Rejected(where=where, text="", reason="is missing")
    if item["type"] == "extra_forbidden":
        return Rejected(where=where, text="", reason="is no field of this body")
    found = item.get("input")
    text = str(found)[:_SHOWN] if isinstance(found, str | int | float | None) else ""
    return Rejected(where=where, text=text, reason=expected[:1].lower() + expected[1:])
