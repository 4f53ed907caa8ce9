"""What the tables of a pack share: types of their keys, and how a key is described."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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
Yardsticks = Literal[
    "minmax", "zscore", "percentile", "rank", "borda", "fraction_of_max", "distance_to_reference",
    "distance_to_max", "distance_to_target", "scaled",
]  # fmt: skip
Thens = Literal["nothing", "log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "boxcox"]
Fillings = Literal["mean", "median", "group_mean", "group_median", "latest", "constant", "linear"]
Edges = dict[AlarmWord, float]


class Shape(BaseModel):
    """Exact types, no unknown key, no nan or inf."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def key(meaning: str, example: object, default: Any = ...) -> Any:
    """Describe one key: what it means, an example, and its default if it may be left out."""
    return Field(default, description=meaning, examples=[example])
