"""A rule: when a series or a subject's heat is worth waking someone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.domain.derivations.formula import Formula
from monitor.domain.scale import Concern


class RuleKind(StrEnum):
    """What a rule looks at: a series, the published level of a subject, how fast it moves, several series.

    The last three are the desk's own: whether a series can be seen, whether a source answers, and whether a
    channel takes what is critical.
    """

    THRESHOLD = "threshold"
    HEAT_LEVEL = "heat_level"
    MOMENTUM = "momentum"
    FORMULA = "formula"
    SERIES_BLIND = "series_blind"
    SOURCE_FAILING = "source_failing"
    CHANNEL_FAILING = "channel_failing"


MOMENTUM_DAYS = (7, 30)
_OF_A_SERIES = frozenset({RuleKind.THRESHOLD, RuleKind.SERIES_BLIND})


class Measure(StrEnum):
    """Which number a rule compares; a level's concern and momentum have kinds of rule of their own.

    A surge is how many times its usual rate the series has reached (transform `surge`), a record high for how
    many days no value was as high (transform `record_high`).
    """

    VALUE = "value"
    PRESSURE = "pressure"
    SURGE = "surge"
    MOMENTUM = "momentum"
    RECORD_HIGH = "record_high"
    CONCERN = "concern"


_WITH_MINIMUM = frozenset({Measure.SURGE, Measure.RECORD_HIGH})


class NoDataPolicy(StrEnum):
    """What missing data does: keep the state (default), count as a breach, or count as calm."""

    KEEP_LAST = "keep_last"
    ALERT = "alert"
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When to alert. `enter` and `exit` are in the indicator's unit, or in pressure, by concern.

    `measure` pressure compares the pressure whatever the indicator's form; value the value, unless neither
    the indicator nor the rule has an edge to compare it by. Left empty, `enter` is the thresholds in force
    (of pressure 25, 50, 75 and 100) and `exit` lies a tenth of the way to the next milder one. Concerns below
    `lowest_concern` never fire. A heat-level rule reads the published level and has neither.
    `measure` surge compares the rate of the raw values with their usual one, once the last month or two reach
    `minimum` in all: high from 2.5, critical from 5, left below 2 and 4. `measure` record_high compares for
    how many days the value, at least `minimum`, is the highest: high from 366, critical from 1096.
    A momentum rule compares how far pressure before floors rose within `days`, 7 or 30, in standard
    deviations of earlier such changes: watch from 1, elevated 1.5, high 2, critical 3.
    A formula rule compares what its formula makes of the values of placed series, by its own edges: missing
    while one of them was never observed, as fresh as the stalest.
    `for_count` None: 2 periods below critical where the cadence is a day or shorter, else 1.
    `keep_firing_seconds` None: twice the cadence, at least 15 minutes, at most 48 hours; 0 for heat, 90 days
    for a surge. `lockout_seconds`: for how long after it fired, or was raised, it fires again only for a
    worse concern; None: 180 days for a record high, else 0. Without `absorbs_flapping` every return is told.
    """

    slug: str
    name: str
    kind: RuleKind
    subject: str
    series: str = ""
    formula: str = ""
    lowest_concern: Concern = Concern.HIGH
    measure: Measure = Measure.VALUE
    minimum: float = 0.0
    days: int = 0
    enter: Mapping[Concern, float] = field(default_factory=dict)
    exit: Mapping[Concern, float] = field(default_factory=dict)
    for_seconds: float = 0.0
    for_count: int | None = None
    keep_firing_seconds: float | None = None
    lockout_seconds: float | None = None
    absorbs_flapping: bool = True
    no_data_policy: NoDataPolicy = NoDataPolicy.KEEP_LAST
    labels: Mapping[str, str] = field(default_factory=dict)
    runbook: str = ""
    is_enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse a threshold rule without a series, and a lowest concern of normal."""
        if (self.kind in _OF_A_SERIES) is not bool(self.series):
            message = f"rule {self.slug}: a threshold rule names a series, a heat-level rule none"
            raise ValueError(message)
        is_formula = self.kind is RuleKind.FORMULA
        if is_formula is not bool(self.formula) or (is_formula and not self.enter):
            message = f"rule {self.slug}: a formula rule has a formula and edges to enter"
            raise ValueError(message)
        if any(":" not in name for name in self.operands):
            message = f"rule {self.slug}: a formula names its series with their units, indicator:unit"
            raise ValueError(message)
        if self.days not in (MOMENTUM_DAYS if self.kind is RuleKind.MOMENTUM else (0,)):
            message = f"rule {self.slug}: a momentum rule looks at 7 or 30 days, another at none"
            raise ValueError(message)
        is_own = self.measure in {Measure.CONCERN, Measure.MOMENTUM}
        if is_own or (self.measure is not Measure.VALUE and not self.series):
            message = f"rule {self.slug}: only a threshold rule has a measure, such as value or pressure"
            raise ValueError(message)
        if (self.measure in _WITH_MINIMUM) is not (self.minimum > 0):
            message = f"rule {self.slug}: a surge or record high has a minimum above 0, another measure none"
            raise ValueError(message)
        if self.lowest_concern is Concern.NORMAL:
            message = f"rule {self.slug}: lowest_concern must be watch or worse"
            raise ValueError(message)

    @property
    def operands(self) -> dict[str, str]:
        """The keys of the series in its formula, by the names they have there; a rehearsal has its own."""
        if not self.formula:
            return {}
        _, at, exercise = self.subject.partition("@")
        return {name: f"{name}{at}{exercise}" for name in Formula(text=self.formula).operands}

    @property
    def watches(self) -> frozenset[str]:
        """The keys of the series it looks at."""
        return frozenset(self.operands.values()) | ({self.series} if self.series else set())
