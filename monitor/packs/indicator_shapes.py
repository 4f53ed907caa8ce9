"""The shape of an indicator's table, and of those inside it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from monitor.packs.shape import Above0, From0, Shape, Slug, Text, Yardsticks, key


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
