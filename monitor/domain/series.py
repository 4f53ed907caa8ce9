"""A series: an indicator for one place or unit, and its observations as columns."""

import hashlib
from dataclasses import dataclass, field, fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """An indicator and a unit; written `indicator:unit`, in an exercise `indicator:unit@exercise-1`."""

    indicator: str
    unit: str

    def __str__(self) -> str:
        """`indicator:unit`."""
        return f"{self.indicator}:{self.unit}"

    @classmethod
    @lru_cache(maxsize=65_536)
    def parse(cls, text: str) -> "SeriesKey":
        """Split `indicator:unit`; a worker asks some two hundred times an alert."""
        indicator, separator, unit = text.partition(":")
        if not (indicator and separator and unit):
            message = f"a series is written indicator:unit, not {text!r}"
            raise ValueError(message)
        return cls(indicator, unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All observation rows of one series in commit order (rising `seq`), as arrays of one length.

    Times are epoch seconds, periods half-open. `value` NaN is a withdrawal of its period; `low`, `high`
    are NaN where not given; `grade` is the factor of `grade_factor`, NaN where ungraded. A `confirmed` row
    counts as settled whatever its age, an `imputed` one was not observed; where none is given, none is.
    `oldest_end` is the end of the oldest period the value rests on, from which it ages: left out, its own.
    """

    period_start: Ints
    period_end: Ints
    known_at: Ints
    source_revision: Ints
    seq: Ints
    value: Floats
    low: Floats
    high: Floats
    grade: Floats
    confirmed: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    imputed: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    oldest_end: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        """Take rows of which nothing is said as not confirmed, not imputed, and ageing by themselves."""
        if len(self.oldest_end) != len(self.seq):
            object.__setattr__(self, "oldest_end", self.period_end)
        for name in ("confirmed", "imputed"):
            if len(getattr(self, name)) != len(self.seq):
                object.__setattr__(self, name, np.zeros(len(self.seq), dtype=np.bool_))

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.seq)

    def rows(self, keep: Bools | Ints) -> "Columns":
        """Return the rows of a mask or index array, in order."""
        return Columns(
            period_start=self.period_start[keep],
            period_end=self.period_end[keep],
            known_at=self.known_at[keep],
            source_revision=self.source_revision[keep],
            seq=self.seq[keep],
            value=self.value[keep],
            low=self.low[keep],
            high=self.high[keep],
            grade=self.grade[keep],
            confirmed=self.confirmed[keep],
            imputed=self.imputed[keep],
            oldest_end=self.oldest_end[keep],
        )


def empty_columns() -> Columns:
    """Return columns without a row."""
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Columns(
        period_start=whole, period_end=whole, known_at=whole, source_revision=whole, seq=whole,
        value=real, low=real, high=real, grade=real,
    )  # fmt: skip


class Looked(Columns):
    """Columns that someone looked at, for who scores the same ones again and again.

    `is_bare`: nothing is given but values: no bounds, confirmations, imputed values. `grid` is a digest of
    the times: of equal ones, the rows have the same periods and were known at the same times.
    """

    __slots__ = ("grid", "is_bare")

    grid: bytes
    is_bare: bool

    def __post_init__(self) -> None:
        """Look at all there is, once."""
        super().__post_init__()
        digest = hashlib.blake2b(digest_size=16)
        for each in (self.period_start, self.period_end, self.known_at, self.oldest_end):
            digest.update(each.tobytes())
        has_bounds = not (np.isnan(self.low).all() and np.isnan(self.high).all())
        is_bare = not (has_bounds or self.confirmed.any() or self.imputed.any())
        object.__setattr__(self, "grid", digest.digest())
        object.__setattr__(self, "is_bare", is_bare)

    @classmethod
    def at(cls, columns: Columns) -> "Looked":
        """Return columns as they are, looked at."""
        return cls(**{each.name: getattr(columns, each.name) for each in fields(Columns)})
