"""The shape of every table a pack file may hold: its keys, their types, what they mean and an example."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SeriesText = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=160)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")]
Grade = Annotated[str, StringConstraints(pattern=r"^([A-F][1-6])?$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]
Above0 = Annotated[float, Field(gt=0)]
From0 = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
ConcernWord = Literal["normal", "watch", "elevated", "high", "critical"]
AlarmWord = Literal["watch", "elevated", "high", "critical"]
Method = Literal["arithmetic", "geometric", "harmonic", "power", "worst_dominates", "max", "min"]
Side = Literal["pressure", "strength"]
Yardsticks = Literal["minmax", "zscore", "percentile", "rank", "fraction_of_max", "distance_to_reference"]
Edges = dict[AlarmWord, float]


class Shape(BaseModel):
    """Exact types, no unknown key, no nan or inf."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def key(meaning: str, example: object, default: Any = ...) -> Any:
    """Describe one key: what it means, an example, and its default if it may be left out."""
    return Field(default, description=meaning, examples=[example])


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


class SourceTable(Shape):
    """Where readings come from."""

    slug: Slug = key("Name used by indicators and history files", "ucdp")
    name: Text = key("Name for people", "UCDP")
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")] = key(
        "How it is read: manual, push, json_http, csv_http, feed ...", "manual"
    )
    licence: Text = key("Licence of its data", "CC-BY-4.0")
    attribution: Text = key("The line that must be shown with its data", "Source: UCDP, Uppsala University")
    url: WebAddress = key("Its home page or address", "https://ucdp.uu.se", "")
    publication_lag_days: From0 = key("How long after a period's end its value is usually known", 20, 0.0)
    interval_seconds: Annotated[int, Field(gt=0)] | None = key(
        "How often it is fetched; left out: never by the clock", 86400, None
    )
    settings: dict[str, Any] = key("What its kind needs to know", {"path": "$.rows"}, {})
    may_redistribute: bool = key("Whether its data may be passed on", True, True)
    marking: Text = key("Handling marking", "TLP:CLEAR", "TLP:CLEAR")
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


class TransformTable(BaseModel):
    """One step from raw value to indicator value; its other keys are the transform's parameters."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)

    name: str = key("Which transform", "rolling_sum")


Pairs = list[Annotated[list[float], Field(min_length=2, max_length=2)]]


class ThresholdsTable(Shape):
    """Edges in the indicator's own unit; their order says which way is worse."""

    calm: float = key("Where pressure is 0", 100)
    watch: float | None = key("Where pressure is 25", 150, None)
    elevated: float | None = key("Where pressure is 50", 250, None)
    high: float | None = key("Where pressure is 75", 350, None)
    critical: float = key("Where pressure is 100", 500)


class GoalpostsTable(Shape):
    """A straight line between two values; their order says which way is worse."""

    low: float = key("Where pressure is 0", 85)
    high: float = key("Where pressure is 100", 20)
    is_log: bool = key(
        "Whether the line is straight in the value's logarithm; both above 0 then", True, False
    )


class TargetBandTable(Shape):
    """A range that is best, with too little and too much on its sides."""

    outer_low: float = key("Below the band, where pressure is 100", 10)
    low: float = key("Where pressure reaches 0", 20)
    high: float = key("Where it leaves 0 again", 80)
    outer_high: float = key("Above the band, where pressure is 100", 95)


class FitTable(Shape):
    """What a window of the past gave; written by the program when it fits, and exported with it."""

    since: AwareDatetime = key("The window holds periods that ended after this", "2020-11-30T00:00:00Z")
    until: AwareDatetime = key("... and by this", "2025-11-30T00:00:00Z")
    fitted_at: AwareDatetime = key("As what was known then", "2025-11-30T00:00:00Z")
    count: Annotated[int, Field(ge=1)] = key("How many periods that were", 60)
    knots: Pairs = key("The [value, pressure] that score", [[4, 0], [90, 100]])
    parameters: dict[str, float] = key("What they were reckoned from", {"best": 4, "worst": 90}, {})


class RelativeTable(Shape):
    """A yardstick laid on the series' own past; it scores once it is fitted."""

    by: Yardsticks = key("Which yardstick", "percentile")
    window_days: Above0 = key("How much of the past it is laid on", 1826)
    against: Literal["own_history"] = key("Whose past", "own_history", "own_history")
    is_higher_worse: bool = key("Whether a higher value is worse", True, True)
    calm_sd: float = key("`zscore`: where pressure is 0, in standard deviations from the mean", 0, 0.0)
    critical_sd: float = key("`zscore`: where pressure is 100", 4, 4.0)
    reference_period: str = key("`distance_to_reference`: the year, month or day it starts from", "2019", "")
    fit: FitTable | None = key(
        "What fitting gave; without it nothing is scored", "[indicator.relative.fit]", None
    )


class IndicatorTable(Shape):
    """How one kind of value is read, aged and turned into pressure."""

    slug: Slug = key("First half of its series' keys", "conflict-deaths")
    name: Text = key("Name for people", "Conflict deaths")
    unit: Text = key("Unit of the value after its transforms", "deaths a year")
    source: Slug = key("Slug of the source it is read from", "ucdp")
    cadence_days: Above0 = key("How often a new period is expected", 30)
    fresh_for_days: Above0 = key("For how long after its period a value counts in full", 45)
    expires_after_days: Above0 = key("After how long a value is stale", 120)
    settles_after_days: From0 = key("Until when a fall is held as provisional", 60, 0.0)
    decimals: Annotated[int, Field(ge=0, le=9)] = key("Decimals shown to people", 0, 0)
    description: str = key("What it counts, and what not", "Deaths in state-based conflict.", "")
    tags: list[Text] = key("Words to find it by", ["security"], [])
    words: dict[str, float] = key(
        "Names for values, usable in history files", {"allowed": 0, "suspended": 1}, {}
    )
    transform: list[TransformTable] = key("Steps, in order, one `[[indicator.transform]]` each", [], [])
    thresholds: ThresholdsTable | None = key(
        "Edges of its concerns; these or one of the keys below", {"calm": 100, "critical": 500}, None
    )
    steps: Pairs | None = key("Pressure by category as [at least, pressure]", [[0, 0], [1, 100]], None)
    goalposts: GoalpostsTable | None = key(
        "A straight line between two values", {"low": 85, "high": 20}, None
    )
    curve: Pairs | None = key(
        "A line through [value, pressure], pressure going one way", [[0, 0], [10, 60], [40, 100]], None
    )
    target_band: TargetBandTable | None = key(
        "A range that is best", {"outer_low": 10, "low": 20, "high": 80, "outer_high": 95}, None
    )
    relative: RelativeTable | None = key(
        "A yardstick laid on its own past", {"by": "percentile", "window_days": 1826}, None
    )


class PlacementTable(Shape):
    """A series under a driver."""

    series: SeriesText = key("The series, `indicator:unit`", "conflict-deaths:mali")
    weight: Above0 = key("Its share within the driver", 1.0, 1.0)
    thresholds: ThresholdsTable | None = key(
        "Its own edges in place of the indicator's", {"calm": 5, "critical": 50}, None
    )
    steps: Pairs | None = key("Its own steps in place of the indicator's", [[0, 0], [1, 100]], None)
    goalposts: GoalpostsTable | None = key("Its own goalposts", {"low": 85, "high": 20}, None)
    curve: Pairs | None = key("Its own curve", [[0, 0], [10, 60], [40, 100]], None)
    target_band: TargetBandTable | None = key(
        "Its own best range", {"outer_low": 10, "low": 20, "high": 80, "outer_high": 95}, None
    )
    relative: RelativeTable | None = key("Its own yardstick", {"by": "percentile", "window_days": 1826}, None)


class DriverTable(Shape):
    """A group of placements under a subject."""

    slug: Slug = key("Name, unique within the subject", "security")
    name: Text = key("Name for people", "Security")
    weight: Above0 = key("Its share within the subject", 1.0, 1.0)
    method: Method = key("How its placements are combined", "arithmetic", "arithmetic")
    of: Side = key("On which side: pressures, or strengths", "pressure", "pressure")
    power: float = key("The power of method `power`", 1.0, 1.0)
    placement: list[PlacementTable] = key(
        "One `[[subject.driver.placement]]` a series", "[[subject.driver.placement]]", []
    )


class SubjectTable(Shape):
    """What is watched."""

    slug: Slug = key("Name in addresses and keys", "assimi-goita")
    name: Text = key("Name for people", "Assimi Goïta")
    kind: Text = key("What it is: leader, government, country, region, route", "leader")
    scale: Slug = key("Slug of its scale: `standing`, `risk` or one of the pack's", "standing")
    country: Country = key("ISO 3166-1 alpha-3 code", "MLI", "")
    measures: str = key("What its heat measures, in words", "Grip on power", "")
    min_coverage: Share = key("Below this share of observed weight its level is Unknown", 0.6, 0.6)
    method: Method = key("How its drivers are combined", "arithmetic", "arithmetic")
    of: Side = key("On which side: pressures, or strengths", "pressure", "pressure")
    power: float = key("The power of method `power`", 1.0, 1.0)
    description: str = key("Who or what this is", "Head of the junta since 2021.", "")
    driver: list[DriverTable] = key("One `[[subject.driver]]` a group", "[[subject.driver]]", [])


class WeightSetTable(Shape):
    """Alternative weights for a subject's placements."""

    subject: Slug = key("Slug of the subject", "assimi-goita")
    name: Slug = key("Name of the lens", "economy-first")
    weights: dict[str, Above0] = key(
        "Weight by `driver/indicator:unit`; those not named keep theirs", {"supply/fuel-price:mali": 2.0}
    )


class RuleTable(Shape):
    """When to alert."""

    slug: Slug = key("Name of the rule", "goita-heat")
    name: Text = key("Name for people", "Goïta's level")
    kind: Literal["threshold", "heat_level"] = key(
        "What it looks at: a series' value or a subject's level", "heat_level"
    )
    subject: Slug = key("Slug of the subject", "assimi-goita")
    series: SeriesText | None = key("The series of a threshold rule", "fuel-price:mali", None)
    lowest_concern: AlarmWord = key("Concerns below this never fire", "high", "high")
    enter: Edges = key(
        "Values at which concerns begin; left out: the thresholds in force", {"critical": 500}, {}
    )
    exit: Edges = key("Values at which they end", {"critical": 450}, {})
    for_hours: From0 = key("For how long a breach must stand", 0, 0.0)
    for_count: Annotated[int, Field(ge=1)] | None = key("Over how many periods", 1, None)
    keep_firing_hours: From0 | None = key("For how long calm must last before it resolves", 24, None)
    no_data_policy: Literal["keep_last", "alert", "ok"] = key(
        "What missing data does", "keep_last", "keep_last"
    )
    labels: dict[str, str] = key("Labels on its alerts", {"team": "sahel"}, {})
    runbook: str = key("What to do, or where it is written", "Call the desk lead.", "")
    is_enabled: bool = key("Whether it is evaluated", True, True)


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


class IncidentsTable(Shape):
    """A file of incidents."""

    file: Text = key("Path inside the pack", "history/incidents.csv")
    source: Slug = key("Slug of the source that reported them", "acled")


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
    "event": EventTable,
    "statement": StatementTable,
    "history": HistoryTable,
    "incidents": IncidentsTable,
    "geo": GeoTable,
}
