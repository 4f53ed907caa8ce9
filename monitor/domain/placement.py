"""A placement: a series under a driver of a subject, with its weight and perhaps its own thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.domain.indicator import Normalisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One series in one subject's tree; `series` is the key `indicator:unit`.

    With a reason in `not_applicable` it is listed but counts nowhere: not in sums, not in coverage.
    """

    subject: str
    driver: str
    series: str
    weight: float
    normalisation: Normalisation | None = None
    not_applicable: str = ""

    def __post_init__(self) -> None:
        """Refuse a weight that is not above 0."""
        if not self.weight > 0:
            message = f"placement {self.slug}: weight must be above 0"
            raise ValueError(message)

    @property
    def slug(self) -> str:
        """`subject/driver/indicator:unit`, the placement's name everywhere."""
        return f"{self.subject}/{self.name}"

    @property
    def name(self) -> str:
        """`driver/indicator:unit`, its name within the subject."""
        return f"{self.driver}/{self.series}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSet:
    """Alternative weights for a subject's placements (a lens), by slug; those not named keep theirs."""

    subject: str
    name: str
    weights: Mapping[str, float]

    @property
    def slug(self) -> str:
        """`subject/name`."""
        return f"{self.subject}/{self.name}"
