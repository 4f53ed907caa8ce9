"""What the tables of a pack share: types of their keys, and how a key is described."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SeriesText = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=160)
]
PlacementName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=240
    ),
]
SlugOrNone = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")]
Grade = Annotated[str, StringConstraints(pattern=r"^([A-F][1-6])?$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]
Above0 = Annotated[float, Field(gt=0)]
From0 = Annotated[float, Field(ge=0)]
Pressure = Annotated[float, Field(gt=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
ConcernWord = Literal["normal", "watch", "elevated", "high", "critical"]
AlarmWord = Literal["watch", "elevated", "high", "critical"]
Method = Literal["arithmetic", "geometric", "harmonic", "power", "worst_dominates", "max", "min"]
Side = Literal["pressure", "strength"]
Markings = Literal["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
Yardsticks = Literal[
    "minmax", "zscore", "percentile", "rank", "borda", "fraction_of_max", "distance_to_reference",
    "distance_to_max", "distance_to_target", "scaled",
]  # fmt: skip
Thens = Literal["nothing", "log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "boxcox"]
Fillings = Literal["mean", "median", "group_mean", "group_median", "latest", "constant", "linear"]
_ALARMS = get_args(AlarmWord)


def _reach(value: object) -> float | str:
    """One rule for both forms, so that a fault is one problem."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 100:  # noqa: PLR2004
        return float(value)
    if isinstance(value, str) and value in _ALARMS:
        return value
    raise ValueError(f"a pressure above 0 and up to 100, or one of {', '.join(_ALARMS)}")


Reach = Annotated[float | str, PlainValidator(_reach)]
Edges = dict[AlarmWord, float]


class Shape(BaseModel):
    """Exact types, no unknown key, no nan or inf."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def key(meaning: str, example: object, default: Any = ...) -> Any:
    """Describe one key: what it means, an example, and its default if it may be left out."""
    return Field(default, description=meaning, examples=[example])
