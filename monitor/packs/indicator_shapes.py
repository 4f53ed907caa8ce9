"""The shape of an indicator's table, and of those inside it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from monitor.packs.derived_shapes import EventValuesTable, IncidentCountTable
from monitor.packs.shape import (
    Above0,
    Fillings,
    From0,
    Shape,
    Side,
    Slug,
    SlugOrNone,
    Text,
    Thens,
    Yardsticks,
    key,
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


class TreatTable(Shape):
    """Outliers and long tails drawn in before values are compared; left alone where the shape is good."""

    winsorise: Annotated[int, Field(ge=0)] = key("At most how many values are drawn in to the next", 5, 5)
    then: Thens = key("What is done where that is not enough", "log_ct", "log_ct")
    skew: Above0 = key("The shape is good while skewness, either way, is below this ...", 2.0, 2.0)
    kurtosis: float = key("... or kurtosis below this", 3.5, 3.5)
    power: float = key("`boxcox`: its lambda", 0.5, 0.0)
    combine: bool = key("Whether `then` works on the winsorised values, not the original ones", True, False)
    force: bool = key("Whether values are drawn in whatever their shape", True, False)


class TreatedTable(Shape):
    """What was done to outliers; written by the program when it fits."""

    least: float = key("The least value it was fitted to", 1)
    most: float = key("The highest", 250)
    low: float | None = key("Lower values are drawn in to this", 2, None)
    high: float | None = key("Higher values are drawn in to this", 90, None)
    then: Thens = key("What is done after that", "nothing", "nothing")
    power: float = key("The lambda of `boxcox`", 0.5, 0.0)
    is_mirrored: bool = key("Whether `log_ct_plus` drew in a tail on the left", True, False)
    points: Annotated[int, Field(ge=0)] = key("How many values were drawn in", 1, 0)
    units: list[Text] = key("Whose they were", ["SGP"], [])
    skew_before: float | None = key("Skewness before", 4.1, None)
    kurtosis_before: float | None = key("Kurtosis before", 19.2, None)
    skew_after: float | None = key("Skewness after", 1.4, None)
    kurtosis_after: float | None = key("Kurtosis after", 1.8, None)


class FitTable(Shape):
    """What was compared with gave; written by the program when it fits, and exported with it."""

    since: AwareDatetime = key("The window holds periods that ended after this", "2020-11-30T00:00:00Z")
    until: AwareDatetime = key("... and by this", "2025-11-30T00:00:00Z")
    fitted_at: AwareDatetime = key("As what was known then", "2025-11-30T00:00:00Z")
    count: Annotated[int, Field(ge=1)] = key("How many values that were", 60)
    knots: Pairs = key("The [value, pressure] that score", [[4, 0], [90, 100]])
    parameters: dict[str, float] = key("What they were reckoned from", {"best": 4, "worst": 90}, {})
    treated: TreatedTable | None = key(
        "What is done to a value before its pressure is read off the knots", {"least": 4, "most": 90}, None
    )


Pair = Annotated[list[float], Field(min_length=2, max_length=2)]


class RelativeTable(Shape):
    """A yardstick laid on the own past or on peers; it scores once it is fitted."""

    by: Yardsticks = key("Which yardstick", "percentile")
    window_days: From0 = key(
        "How much of the past counts; against peers how old their values may be, 0: until they are stale",
        1826, 0.0,
    )  # fmt: skip
    against: Literal["own_history", "peers"] = key("What with", "peers", "own_history")
    is_higher_worse: bool = key("Whether a higher value is worse", True, True)
    calm_sd: float = key("`zscore`: where pressure is 0, in standard deviations from the mean", 0, 0.0)
    critical_sd: float = key("`zscore`: where pressure is 100", 4, 4.0)
    reference_period: str = key("`distance_to_reference`: the year, month or day it starts from", "2019", "")
    peers: list[Text] = key(
        "The units to compare with; left out, those the pack places the indicator for", ["MLI", "NER"], []
    )
    period: str = key("Take the peers' values of this year, month or day only", "2022", "")
    is_pooled: bool = key("Whether all values of the window count, not only each peer's newest", True, False)
    counts_imputed: bool = key("Whether imputed values count too", True, False)
    range: Pair = key("The score of the least and of the most", [1, 100], [0.0, 100.0])
    of: Side = key("What the score is: pressure, or strength (100 - pressure)", "strength", "pressure")
    ties: Literal["min", "average", "max"] = key("Which rank level values share", "average", "min")
    cap: bool = key(
        "Whether the score ends at the range's upper end beyond a reference, target or post", True, True
    )
    reference_unit: str = key("`distance_to_reference` of peers: the unit whose value is the best", "SGP", "")
    target: float | None = key("`distance_to_target`: the value that is the best", 80, None)
    posts: Pair | None = key("`scaled`: the values between which the score runs", [0, 120], None)
    treat: TreatTable | None = key("How outliers are treated first", {"winsorise": 5}, None)
    fits_at_install: bool = key("Whether installing the pack fits it", True, False)
    fit: FitTable | None = key(
        "What fitting gave; without it nothing is scored", "[indicator.relative.fit]", None
    )


class ImputationTable(Shape):
    """How gaps are filled; what is filled is marked, counts nothing in coverage and never alerts."""

    by: Fillings = key("With what", "group_mean")
    units: list[Text] = key(
        "The units filled and learnt from; left out, those the pack places it for", ["MLI", "NER"], []
    )
    group: str = key("Which column of the units file says who belongs together", "region", "group")
    groups: dict[str, str] = key("Or the group of each unit, written out", {"MLI": "Sahel"}, {})
    max_age_days: From0 | None = key(
        "From peers: an own value no older stands instead, left out until it is stale; from the own past: "
        "how far away the value taken may lie, left out any distance",
        0, None,
    )  # fmt: skip
    least: Annotated[int, Field(ge=1)] = key("From how many values a mean or median is taken", 3, 1)


class IndicatorTable(Shape):
    """How one kind of value is read, aged and turned into pressure."""

    slug: Slug = key("First half of its series' keys", "conflict-deaths")
    name: Text = key("Name for people", "Conflict deaths")
    unit: Text = key("Unit of the value after its transforms", "deaths a year")
    source: SlugOrNone = key("Slug of the source it is read from; a formula or events need none", "ucdp", "")
    cadence_days: Above0 = key("How often a new period is expected", 30)
    fresh_for_days: Above0 = key("For how long after its period a value counts in full", 45)
    expires_after_days: Above0 = key("After how long a value is stale", 120)
    settles_after_days: From0 = key("Until when a fall is held as provisional", 60, 0.0)
    decimals: Annotated[int, Field(ge=0, le=9)] = key("Decimals shown to people", 0, 0)
    description: str = key("What it counts, and what not", "Deaths in state-based conflict.", "")
    tags: list[Text] = key("Words to find it by", ["security"], [])
    is_forecast: bool = key(
        "Whether its values are a source's forecasts of periods to come: shown, never placed or scored",
        True, False,
    )  # fmt: skip
    words: dict[str, float] = key(
        "Names for values, usable in history files", {"allowed": 0, "suspended": 1}, {}
    )
    source_unit: str = key(
        "Unit of the value as its source gives it; left out, `unit` where there are no transforms",
        "deaths", "",
    )  # fmt: skip
    plausible_low: float | None = key("Lower values wait for a person, as the source gives them", 0, None)
    plausible_high: float | None = key("Higher values wait for a person", 20000, None)
    largest_step: Above0 | None = key(
        "A larger step from the value before, or of a revision, waits for a person", 500, None
    )
    largest_step_percent: Above0 | None = key("The same in percent of the value before", 300, None)
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
        "A yardstick laid on its own past or on peers", {"by": "percentile", "window_days": 1826}, None
    )
    imputation: ImputationTable | None = key("How gaps are filled", {"by": "group_mean"}, None)
    formula: Text | None = key(
        "Its value reckoned from other indicators", "french-troops + wagner-troops", None
    )
    incidents: IncidentCountTable | None = key(
        "Its value counted from its source's incidents", {"measure": "count", "types": ["aid"]}, None
    )
    events: EventValuesTable | None = key("Its value given by events", {"kinds": ["coup"]}, None)
