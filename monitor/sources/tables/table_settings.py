"""Settings of every kind that reads a table: which columns are dates, values, units and incidents."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from monitor.sources.parsing.figures import MISSING
from monitor.sources.parsing.periods import PeriodWord, is_date_format
from monitor.sources.settings import Settings, key

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SeriesName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*)?$", max_length=160)
]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=79)]
Iso3 = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Texts = str | Annotated[tuple[str, ...], Field(min_length=1)]
Combine = Literal["", "sum", "mean", "median", "min", "max", "count", "first", "last"]


class SeriesTable(Settings):
    """Which rows and columns make one series, or one for each unit that a column names."""

    series: SeriesName = key("The series, `indicator:unit`", "fuel-price:mali", "")
    indicator: Slug | None = key(
        "Instead of `series`: an indicator, with a series for each unit in the column `unit_column`",
        "fuel-price", None,
    )  # fmt: skip
    unit_column: str = key("The column whose codes name the units", "countryiso3code", "")
    units: dict[str, Unit] = key(
        "Which unit a code stands for; rows with other codes are passed over. Empty: every code is a unit",
        {"MLI": "mali"}, {},
    )  # fmt: skip
    unit_case: Literal["lower", "upper", "as_is"] = key(
        "Without `units`: how a code is made a unit", "as_is", "lower"
    )
    value: str = key('The column of the value; `combine = "count"` needs none', "price", "")
    low: str = key("The column of the value's lower bound", "low", "")
    high: str = key("The column of the value's upper bound", "high", "")
    where: dict[str, Texts] = key(
        "Only rows with these texts (or one of several) in these columns", {"market": ["Bamako", "Gao"]}, {}
    )
    expect: dict[str, Texts] = key(
        "What these columns must say, such as the unit of measure; a row that says otherwise is rejected. "
        "A column of `where` too: every word it may hold",
        {"currency": "XOF"}, {},
    )  # fmt: skip
    combine: Combine = key(
        "What is made of several rows of a period: sum, mean, median, min, max, count, first or last",
        "sum",
        "",
    )
    scale: float = key("What each figure is multiplied by", 0.001, 1.0)
    empty_is_zero: bool = key(
        "For `count` and `sum`: a period that was asked for as a whole and has no row is 0", True, False
    )

    @model_validator(mode="after")
    def _fits(self) -> "SeriesTable":
        if bool(self.series) == bool(self.indicator):
            raise ValueError("give either series, or indicator and unit_column")
        if bool(self.indicator) != bool(self.unit_column):
            raise ValueError("indicator and unit_column belong together")
        if not self.value and self.combine != "count":
            raise ValueError('value is missing (only combine = "count" needs none)')
        if self.empty_is_zero and self.combine not in {"count", "sum"}:
            raise ValueError("empty_is_zero goes with combine count or sum: no other of nothing is 0")
        if self.empty_is_zero and self.indicator and not self.units:
            raise ValueError("empty_is_zero needs units: a unit that no row names is not known")
        if self.scale == 0:
            raise ValueError("scale cannot be 0: every value would be")
        return self


class IncidentTable(Settings):
    """Which columns tell of incidents, a row each."""

    external_id: str = key("The column of the source's own id", "event_id")
    country: str = key("The column of the country, as ISO code of three letters", "iso3", "")
    countries: dict[str, Iso3] = key(
        "The ISO code of each country as the source writes it; rows of others are passed over",
        {"Mali": "MLI"}, {},
    )  # fmt: skip
    only_country: Iso3 | None = key("Instead of `country`: all rows are of this one", "MLI", None)
    kind: str = key("The column of what kind it was", "event_type", "")
    kinds: dict[str, str] = key("What we call each kind; others keep the source's word", {"FL": "flood"}, {})
    only_kind: str = key("Instead of `kind`: all rows are of this one", "attack", "")
    admin1: str = key("The column of the region", "adm_1", "")
    latitude: str = key("The column of the latitude, in degrees", "lat", "")
    longitude: str = key("The column of the longitude, in degrees", "lon", "")
    precision: str = key("The column that says how precise the place is", "geo_precision", "")
    only_precision: str = key("Instead of `precision`: so precise are all places", "centre of the event", "")
    actor: str = key("The column of who did it", "perpetrator", "")
    killed: str = key("The column of how many were killed", "fatalities", "")
    injured: str = key("The column of how many were injured", "injured", "")
    kidnapped: str = key("The column of how many were kidnapped", "kidnapped", "")
    description: str = key("The column of a text about it", "notes", "")
    where: dict[str, Texts] = key("Only rows with these texts in these columns", {"level": "Red"}, {})
    expect: dict[str, Texts] = key(
        "What these columns must say; a row that says otherwise is rejected, even if `where` leaves it out",
        {"level": ["Green", "Orange", "Red"]}, {},
    )  # fmt: skip
    covers: Literal["nothing", "window", "dates"] = key(
        "Which days are listed completely: those asked for (`window`), or from the first date to the last",
        "window", "nothing",
    )  # fmt: skip
    covers_countries: tuple[Iso3, ...] = key("Of which countries; empty: of every one", ["MLI"], ())

    @model_validator(mode="after")
    def _fits(self) -> "IncidentTable":
        if bool(self.country) == bool(self.only_country):
            raise ValueError("give either country or only_country")
        if bool(self.kind) == bool(self.only_kind):
            raise ValueError("give either kind or only_kind")
        if bool(self.latitude) != bool(self.longitude):
            raise ValueError("latitude and longitude belong together")
        return self


class TableSettings(Settings):
    """How the rows of a table are read."""

    date: str = key("The column of the date", "date", "")
    date_parts: tuple[str, ...] = key(
        "Instead of `date`: columns that make one, joined by hyphens", ["year", "month", "day"], ()
    )
    date_format: Texts = key(
        "`iso` (2026, 2026-03, 2026-M03, 2026-Q1, 2026-W05, 2026-03-15, with a time), `seconds`, "
        "`milliseconds`, `excel`, or as strptime writes it; or a list of these, tried in turn",
        "%d/%m/%Y", "iso",
    )  # fmt: skip
    period: PeriodWord = key(
        "The period a date names: hour, day, week (seven days from it), iso-week (from Monday), month, "
        "quarter or year", "month", "day",
    )  # fmt: skip
    end: str = key(
        "The column of the period's last day, where its length differs", "reference_period_end", ""
    )
    known_at: str = key("The column of when a value was published", "realtime_start", "")
    revision: str = key("The column of the source's own number of a revision", "vintage", "")
    series: tuple[SeriesTable, ...] = key(
        "What becomes of its rows, one `[[source.settings.series]]` each", "[[source.settings.series]]", ()
    )
    incidents: IncidentTable | None = key(
        "Or incidents, a row each: `[source.settings.incidents]`", "[source.settings.incidents]", None
    )
    aliases: dict[str, tuple[str, ...]] = key(
        "Other names of a column, for a source that renames it: the first that is there is read",
        {"date": ["date_", "Date"]}, {},
    )  # fmt: skip
    decimal: Literal[".", ","] = key("The decimal sign; the other one may part thousands", ",", ".")
    missing: tuple[str, ...] = key("Texts that mean that there is no value", ["", "*"], MISSING)
    grade: Annotated[str, StringConstraints(pattern=r"^([A-F][1-6])?$")] = key(
        "Grade of its values: source A to F and figure 1 to 6", "B2", ""
    )
    citation: str = key("Slug of the citation its values rest on", "wfp-2026", "")

    @field_validator("date_format")
    @classmethod
    def _reads_dates(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if wrong := [each for each in listed(given) if not is_date_format(each)]:
            raise ValueError(f"expected iso, seconds, milliseconds, excel or a format with %Y: {wrong[0]!r}")
        return given

    @model_validator(mode="after")
    def _makes_something(self) -> "TableSettings":
        if bool(self.date) == bool(self.date_parts):
            raise ValueError("date is missing (the column of the date), or give date_parts, not both")
        if not self.series and self.incidents is None:
            raise ValueError("series is missing: say what becomes of the rows, or give incidents")
        return self

    @property
    def date_formats(self) -> tuple[str, ...]:
        """The formats a date may have, to be tried in turn."""
        return listed(self.date_format)


def listed(given: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return one text or several as several."""
    return (given,) if isinstance(given, str) else given


def columns_of(settings: TableSettings) -> tuple[str, ...]:
    """Return the columns that the settings name, each once, in their order."""
    named = [settings.date, *settings.date_parts, settings.end, settings.known_at, settings.revision]
    for each in settings.series:
        named += [each.unit_column, each.value, each.low, each.high, *each.where, *each.expect]
    if told := settings.incidents:
        named += [*incident_columns(told).values(), *told.where, *told.expect]
    return tuple(dict.fromkeys(column for column in named if column))


def incident_columns(told: IncidentTable) -> dict[str, str]:
    """Return the column of each field of an incident that has one."""
    fields = ("external_id", "country", "kind", "admin1", "latitude", "longitude", "precision", "actor",
              "killed", "injured", "kidnapped", "description")  # fmt: skip
    return {field: getattr(told, field) for field in fields if getattr(told, field)}
