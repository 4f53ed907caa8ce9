"""Rows into incidents, a row each, and which days they cover."""

from datetime import UTC, date, datetime, timedelta

from monitor.domain.harvest import Window
from monitor.domain.incident import Coverage, Incident, exactness
from monitor.sources.parsing.figures import read_figure
from monitor.sources.tables.table_rows import Columns, Row, RowError
from monitor.sources.tables.table_settings import IncidentTable, TableSettings, incident_columns

_COUNTS = ("killed", "injured", "kidnapped")
_LONGEST_ID, _LONGEST_TEXT, _LONGEST_WORD = 200, 2000, 200
_MOST_PEOPLE = 2_000_000_000
_DAY_OR_FINER = ("hour", "day")


class Incidents:
    """Takes rows one by one, and makes incidents of them; the last row with an id holds."""

    def __init__(self, settings: TableSettings, columns: Columns, *, source: str) -> None:
        """Begin with no row."""
        self._settings, self._columns, self._source = settings, columns, source
        self._missing = frozenset(settings.missing)
        self._fields = tuple(incident_columns(settings.incidents).items()) if settings.incidents else ()
        self._days_read: dict[str, date] = {}
        self._found: dict[str, Incident] = {}

    def take(self, row: Row) -> bool:
        """Return whether a row tells of an incident that is meant; RowError if it cannot be read."""
        told = self._settings.incidents
        if told is None:
            return False
        self._columns.require(row, told.expect)
        if not self._columns.fits(row, told.where):
            return False
        texts = {field: self._columns.text(row, column) for field, column in self._fields}
        if told.countries and texts.get("country") not in told.countries:
            return False
        if not any(texts.values()):
            return False
        incident = self._incident(row, told, texts)
        self._found[incident.external_id] = incident
        return True

    def made(self) -> tuple[Incident, ...]:
        """Return the incidents, by their ids."""
        return tuple(self._found[each] for each in sorted(self._found))

    def covered(
        self, *, window: Window | None, now: datetime, is_whole: bool
    ) -> tuple[tuple[Coverage, ...], str]:
        """Return which days are listed completely, and a sentence where that cannot be said."""
        told = self._settings.incidents
        if told is None or told.covers == "nothing":
            return (), ""
        if not is_whole:
            return (), "rows could not be read, so no day counts as listed completely"
        days = self._days(told, window)
        if days is None:
            return (), ""
        first, last = days[0], min(days[1], now.astimezone(UTC).date() - timedelta(days=1))
        if last < first:
            return (), ""
        countries = told.covers_countries or ("",)
        return tuple(Coverage(covers_from=first, covers_until=last, country=each) for each in countries), ""

    def _days(self, told: IncidentTable, window: Window | None) -> tuple[date, date] | None:
        if told.covers == "window":
            return None if window is None else (window.first, window.last)
        days = [each.happened_on for each in self._found.values()]
        return (min(days), max(days)) if days else None

    def _incident(self, row: Row, told: IncidentTable, texts: dict[str, str]) -> Incident:
        if not (external_id := texts["external_id"]) or len(external_id) > _LONGEST_ID:
            raise RowError(f"{told.external_id} is {'too long' if external_id else 'empty'}")
        latitude, longitude = self._place(texts, told)
        kind = told.only_kind or told.kinds.get(texts["kind"], texts["kind"])
        if not kind:
            raise RowError(f"{told.kind} is empty")
        return Incident(
            source=self._source,
            external_id=external_id,
            happened_on=self._day(row),
            country=_country(told, texts, is_placed=latitude is not None),
            kind=kind[:_LONGEST_WORD],
            admin1=texts.get("admin1", "")[:_LONGEST_WORD],
            latitude=latitude,
            longitude=longitude,
            precision=(told.only_precision or texts.get("precision", ""))[:_LONGEST_WORD],
            actor=texts.get("actor", "")[:_LONGEST_WORD],
            description=texts.get("description", "")[:_LONGEST_TEXT],
            **{field: self._people(texts, field, getattr(told, field)) for field in _COUNTS},
        )

    def _day(self, row: Row) -> date:
        text = self._columns.text(row, self._settings.date)
        if text in self._days_read:
            return self._days_read[text]
        stamp = self._columns.date(row, self._settings)
        if stamp.grain not in _DAY_OR_FINER:
            raise RowError(f"the date names a whole {stamp.grain} and no day")
        day = stamp.start.date()
        if text:
            self._days_read[text] = day
        return day

    def _place(self, texts: dict[str, str], told: IncidentTable) -> tuple[float | None, float | None]:
        given = [texts.get(field, "") for field in ("latitude", "longitude")]
        if any(text in self._missing for text in given):
            return None, None
        try:
            latitude, longitude = (read_figure(text, decimal=self._settings.decimal) for text in given)
        except ValueError as error:
            raise RowError(f"{told.latitude} and {told.longitude}: {error}") from None
        if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - degrees of the globe
            raise RowError(f"{latitude:g}, {longitude:g} is no place in degrees")
        return latitude, longitude

    def _people(self, texts: dict[str, str], field: str, column: str) -> int:
        if (text := texts.get(field, "")) in self._missing:
            return 0
        try:
            count = read_figure(text, decimal=self._settings.decimal)
        except ValueError as error:
            raise RowError(f"{column}: {error}") from None
        if not 0 <= count <= _MOST_PEOPLE or count != int(count):
            raise RowError(f"{column}: {text[:40]!r} is no number of people")
        return int(count)


def _country(told: IncidentTable, texts: dict[str, str], *, is_placed: bool) -> str:
    """Return the country's code; nothing where an exact or near point stands for it."""
    if told.only_country:
        return told.only_country
    code = told.countries.get(texts["country"], texts["country"])
    if not code and is_placed and exactness(told.only_precision or texts.get("precision", "")).is_point:
        return ""
    if len(code) != 3 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-3
        found = code[:40]
        raise RowError(
            f"{told.country}: {found!r} is no ISO code of three letters; say in countries what it is"
        )
    return code.upper()
