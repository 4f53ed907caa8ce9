"""The shape of every table a pack file may hold: its keys, their types, what they mean and an example."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from monitor.packs.cron import Cron, ZoneName
from monitor.packs.indicator_shapes import IndicatorTable
from monitor.packs.routing_shapes import RoutingTable
from monitor.packs.shape import (
    AlarmWord,
    ConcernWord,
    Country,
    Edges,
    From0,
    Grade,
    Markings,
    SeriesText,
    Shape,
    Slug,
    Text,
    WebAddress,
    key,
)
from monitor.packs.subject_shapes import SubjectTable, WeightSetTable


class PackTable(Shape):
    """The pack itself; once in a folder, in `pack.toml`."""

    slug: Slug = key("The pack's name for machines, the same as its folder's", "mali")
    name: Text = key("The pack's name for people", "Mali and the Sahel")
    version: Text = key("Which edition this is; shown when it is installed", "2025.11.1")
    licence: Text = key("Licence of the pack as a whole, an SPDX name where there is one", "CC-BY-4.0")
    description: str = key("What it covers, in a sentence or two", "Fuel, fighting and politics in Mali.", "")
    data_until: AwareDatetime | None = key(
        "When the data ends: subjects are installed standing at this moment; without it they are live",
        "2025-11-30T23:59:59Z", None,
    )  # fmt: skip


class CitationTable(Shape):
    """Where a figure, an event or a statement comes from."""

    slug: Slug = key("Name used by rows, events and statements", "ucdp-ged-25-1")
    title: Text = key("Title of the document or data release", "UCDP Georeferenced Event Dataset 25.1")
    publisher: Text = key("Who published it", "Uppsala Conflict Data Program")
    licence: Text = key("Licence it may be used under", "CC-BY-4.0")
    published: str = key("When, as precisely as is known", "2025-06", "")
    url: WebAddress = key(
        "Where it can be read; empty where nothing is public", "https://ucdp.uu.se/downloads/", ""
    )
    note: str = key("What a reader should know, such as the page or the table", "Table 2", "")


class ReleaseTable(Shape):
    """When a source is known to publish: it is asked soon after, and late once the grace has passed."""

    cron: Cron = key("Its moments: minute, hour, day of the month, month, day of the week", "0 14 * * TUE")
    timezone: ZoneName = key("The time zone of `cron`, an IANA name", "Europe/Stockholm", "UTC")
    grace_hours: Annotated[float, Field(gt=0, le=8784)] = key(
        "How long after its moment it may come before it is late", 4, 24.0
    )
    name: str = key("What it is called, for sentences", "Weekly update", "")


class SourceTable(Shape):
    """Where readings come from."""

    slug: Slug = key("Name used by indicators and history files", "ucdp")
    name: Text = key("Name for people", "UCDP")
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")] = key(
        "How it is read: manual, push, csv, json, feed ...", "manual"
    )
    licence: Text = key("Licence of its data", "CC-BY-4.0")
    attribution: Text = key("The line that must be shown with its data", "Source: UCDP, Uppsala University")
    url: WebAddress = key("Its home page or address", "https://ucdp.uu.se", "")
    publication_lag_days: From0 = key("How long after a period's end its value is usually known", 20, 0.0)
    interval_seconds: Annotated[int, Field(gt=0)] | None = key(
        "How often it is fetched; without it, `cron` and releases never by the clock", 86400, None
    )
    cron: Cron | None = key(
        "Its turns at fixed times, in place of an interval: minute, hour, day of the month, month, day of "
        "the week", "30 6 * * *", None,
    )  # fmt: skip
    timezone: ZoneName = key("The time zone of `cron`, an IANA name", "Africa/Bamako", "UTC")
    jitter_seconds: Annotated[int, Field(ge=0, le=86_400)] = key(
        "Up to how much later than planned it is asked, the same for all workers", 120, 0
    )
    release: list[ReleaseTable] = key(
        "When it is known to publish, one `[[source.release]]` each", "[[source.release]]", []
    )
    trailing_days: Annotated[int, Field(ge=0, le=36_600)] | None = key(
        "How many days before its last good run are asked for again, to see revisions; left out: whatever "
        "it gives", 30, None,
    )  # fmt: skip
    settings: dict[str, Any] = key("What its kind needs to know", {"path": "$.rows"}, {})
    may_redistribute: bool = key("Whether its data may be passed on", True, True)
    marking: Markings = key("Who may see its data, TLP 2.0", "TLP:AMBER", "TLP:CLEAR")
    is_enabled: bool = key("Whether it is fetched at all", True, True)


class LevelTable(Shape):
    """One named range of a scale."""

    name: Text = key("The level's word", "Cold")
    low: float = key("Heat at its lower edge", 0)
    high: float = key("Heat at its upper edge", 20)
    concern: ConcernWord = key("What it means", "critical")


class ScaleTable(Shape):
    """Named ranges of heat. `standing` and `risk` are there without being defined."""

    slug: Slug = key("Name used by subjects", "grip")
    name: Text = key("Name for people", "Grip on power")
    alarming_end: Literal["low", "high"] = key("Which end of heat is the bad one", "low")
    margin: From0 = key("How far past an edge heat must be before the level calms", 2, 2.0)
    dwell: Annotated[int, Field(ge=1)] = key("For how many distinct input periods", 2, 2)
    level: Annotated[list[LevelTable], Field(min_length=1)] = key(
        "The levels from heat 0 to heat 100, one `[[scale.level]]` each", "[[scale.level]]"
    )


class RuleTable(Shape):
    """When to alert."""

    slug: Slug = key("Name of the rule", "goita-heat")
    name: Text = key("Name for people", "Goïta's level")
    kind: Literal["threshold", "heat_level", "momentum", "formula"] = key(
        "What it looks at: a series, a subject's level, how fast its heat moves, or several series",
        "heat_level",
    )
    subject: Slug = key("Slug of the subject", "assimi-goita")
    series: SeriesText | None = key("The series of a threshold rule", "fuel-price:mali", None)
    formula: str | None = key("What a formula rule compares", "arrests:mali / trials:mali", None)
    lowest_concern: AlarmWord = key("Concerns below this never fire", "high", "high")
    measure: Literal["value", "pressure", "surge", "record_high"] = key(
        "What a threshold rule compares", "pressure", "value"
    )
    minimum: From0 = key(
        "Of a surge: the least total of the last month or two; of a record: the least value", 110, 0.0
    )
    days: Literal[7, 30] | None = key("Over how many days a momentum rule looks; left out: 30", 7, None)
    enter: Edges = key(
        "Values at which concerns begin; left out: the thresholds in force", {"critical": 500}, {}
    )
    exit: Edges = key("Values at which they end", {"critical": 450}, {})
    for_hours: From0 = key("For how long a breach must stand", 0, 0.0)
    for_count: Annotated[int, Field(ge=1)] | None = key("Over how many periods", 1, None)
    keep_firing_hours: From0 | None = key("For how long calm must last before it resolves", 24, None)
    lockout_hours: From0 | None = key(
        "For how long after it told a concern it fires only for a worse one", 4320, None
    )
    absorbs_flapping: bool = key("Whether an alert that comes and goes too often stays firing", True, True)
    no_data_policy: Literal["keep_last", "alert", "ok"] = key(
        "What missing data does", "keep_last", "keep_last"
    )
    labels: dict[str, str] = key("Labels on its alerts", {"team": "sahel"}, {})
    runbook: str = key("What to do, or where it is written", "Call the desk lead.", "")
    is_enabled: bool = key("Whether it is evaluated", True, True)
    for_each: str | None = key("A units file: stamp this table for each of its lines", "units.csv", None)


class EventTable(Shape):
    """Something that happened, drawn on timelines."""

    slug: Slug = key("Name of the event", "fuel-blockade-begins")
    subjects: Annotated[list[Slug], Field(min_length=1)] = key("On whose timelines", ["assimi-goita"])
    title: Text = key("A few words", "JNIM declares a fuel blockade")
    starts_on: date = key("First day", "2025-09-03")
    ends_on: date | None = key("Last day, where it lasted", "2025-11-30", None)
    when: Text = key("Its date in words, never more precise than its source", "early September 2025")
    kind: Text = key("What it is: coup, attack, blockade, election, decree ...", "blockade")
    citation: Slug = key("Slug of its citation", "goita-facts")
    grade: Grade = key("How far it can be relied on", "B2", "")
    place: str = key("Where", "Kayes and Nioro", "")
    description: str = key("A sentence or two", "Convoys were attacked on the road from Dakar.", "")
    is_flag: bool = key("Whether it is a flag on the heat line", True, False)
    for_each: str | None = key("A units file: stamp this table for each of its lines", "units.csv", None)


class StatementTable(Shape):
    """A cited sentence for briefs."""

    slug: Slug = key("Name of the statement", "fuel-is-short")
    subject: Slug = key("Slug of the subject", "assimi-goita")
    question: Literal["why", "changing", "driving", "meaning"] = key(
        "Which question of the brief it answers", "changing"
    )
    text: Text = key("The sentence", "Fuel has been short in Bamako since September.")
    citation: Slug = key("Slug of its citation", "goita-facts")
    grade: Grade = key("How far it can be relied on", "B2", "")
    when: str = key("The time it speaks of, in words", "October 2025", "")
    driver: str = key("Slug of the driver it speaks of", "supply", "")
    contested: str = key("What speaks against it", "The government denies a shortage.", "")


class HistoryTable(Shape):
    """A file of values."""

    file: Text = key("Path inside the pack", "history/conflict-deaths.csv")
    source: Slug = key("Slug of the source that gave them", "ucdp")
    citation: Slug | None = key("Citation of rows that name none", "ucdp-ged-25-1", None)
    layout: Literal["long", "wide"] = key(
        "`long`: a line a value; `wide`: a line a unit and period, a column an indicator", "wide", "long"
    )
    unit_column: Text = key("`wide`: which column holds the unit", "uCode", "unit")
    period: str = key("`wide`: the year, month or day of all its values", "2022", "")
    columns: dict[str, str] = key("`wide`: indicators of columns called otherwise", {"GDP.cap": "gdp"}, {})
    ignore: list[Text] = key("`wide`: columns that are no indicators", ["uName"], [])


class CoverageTable(Shape):
    """Days of which a source lists every incident, so that none listed is none."""

    covers_from: date = key("First day", "2020-01-01")
    covers_until: date = key("Last day", "2025-10-31")
    country: Country = key("In which country; left out: everywhere", "MLI", "")


class IncidentsTable(Shape):
    """A file of incidents."""

    file: Text = key("Path inside the pack", "history/incidents.csv")
    source: Slug = key("Slug of the source that reported them", "acled")
    covered: list[CoverageTable] = key(
        "What it lists completely, one `[[incidents.covered]]` a stretch", "[[incidents.covered]]", []
    )


class GeoTable(Shape):
    """An outline to draw."""

    file: Text = key("Path of a GeoJSON file inside the pack", "geo/mali.geojson")
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = key("ISO 3166-1 alpha-3 code", "MLI")
    licence: Text = key("Licence of the outline", "CC-BY-4.0")
    attribution: Text = key("The line that must be shown with it", "geoBoundaries")


TABLES: dict[str, type[Shape]] = {
    "pack": PackTable,
    "citation": CitationTable,
    "source": SourceTable,
    "scale": ScaleTable,
    "indicator": IndicatorTable,
    "subject": SubjectTable,
    "weight_set": WeightSetTable,
    "rule": RuleTable,
    "routing": RoutingTable,
    "event": EventTable,
    "statement": StatementTable,
    "history": HistoryTable,
    "incidents": IncidentsTable,
    "geo": GeoTable,
}
