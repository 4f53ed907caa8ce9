"""The shape of a subject's table, its drivers and placements, and of weight sets."""

from monitor.packs.derived_shapes import MemberTable
from monitor.packs.indicator_shapes import (
    GoalpostsTable,
    Pairs,
    RelativeTable,
    TargetBandTable,
    ThresholdsTable,
)
from monitor.packs.shape import (
    Above0,
    Country,
    Method,
    PlacementName,
    Pressure,
    Reach,
    SeriesText,
    Shape,
    Share,
    Side,
    Slug,
    SlugOrNone,
    Text,
    key,
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
    not_applicable: str = key(
        "Why it does not apply here; it is listed, and counts nowhere", "The country has no coast.", ""
    )


class DriverTable(Shape):
    """A group of placements and of further drivers, under the subject or under another driver."""

    slug: Slug = key("Name, unique within the subject", "security")
    name: Text = key("Name for people", "Security")
    parent: SlugOrNone = key("Slug of the driver it lies under; left out, the subject", "hazards", "")
    weight: Above0 = key("Its share within what it lies under", 1.0, 1.0)
    method: Method = key("How its placements and drivers are combined", "arithmetic", "arithmetic")
    of: Side = key("On which side: pressures, or strengths", "pressure", "pressure")
    power: float = key("The power of method `power`", 1.0, 1.0)
    placement: list[PlacementTable] = key(
        "One `[[subject.driver.placement]]` a series", "[[subject.driver.placement]]", []
    )
    member: list[MemberTable] = key(
        "One `[[subject.driver.member]]` a subject", "[[subject.driver.member]]", []
    )


class FloorTable(Shape):
    """While one placement is bad enough, the subject's pressure is no less than the floor."""

    series: PlacementName = key("The placement, `driver/indicator:unit`", "war/conflict-deaths:mali")
    reaches: Reach = key("From which pressure of it, or its concern", "critical", "critical")
    pressure: Pressure = key("The least pressure of the subject meanwhile", 70)


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
    for_each: str | None = key("A units file: stamp this table for each of its lines", "units.csv", None)
    template: SlugOrNone = key(
        "What it was stamped from with others; with `for_each`, left out, the pack's slug", "connectivity", ""
    )
    group: str = key(
        "The group it belongs to among those; with `for_each`, left out, the column `group`", "{region}", ""
    )
    driver: list[DriverTable] = key("One `[[subject.driver]]` a group", "[[subject.driver]]", [])
    floor: list[FloorTable] = key("One `[[subject.floor]]` a floor", "[[subject.floor]]", [])


class WeightSetTable(Shape):
    """Alternative weights for a subject's placements."""

    subject: Slug = key("Slug of the subject", "assimi-goita")
    name: Slug = key("Name of the lens", "economy-first")
    weights: dict[str, Above0] = key(
        "Weight by `driver/indicator:unit`; those not named keep theirs", {"supply/fuel-price:mali": 2.0}
    )
