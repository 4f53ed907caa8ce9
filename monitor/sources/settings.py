"""What the settings of every kind of source share: exact keys, secrets by reference, faults in words."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from monitor.domain.errors import SourceError
from monitor.domain.source import Source

_SHOWN = 40

Iso3 = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
SeriesName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:([A-Za-z0-9][A-Za-z0-9._-]*|\{country\})$", max_length=160
    ),
]
Grade = Annotated[str, StringConstraints(pattern=r"^([A-F][1-6])?$")]


class Settings(BaseModel):
    """The settings of one kind of source: exact types, no unknown key, no nan or inf."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class WebSettings(Settings):
    """The settings of a kind that asks over the network; the way out itself heeds them."""

    allow_http: bool = Field(
        False, description="Whether plain `http://` is let out; https is expected", examples=[True]
    )
    pause_seconds: Annotated[float, Field(ge=0, le=3600)] | None = Field(
        None, description="Least pause between two requests to one host; left out: the kind's own",
        examples=[5.0],
    )  # fmt: skip
    at_once: Annotated[int, Field(ge=1, le=16)] | None = Field(
        None, description="Most requests to one host at the same time; left out: the kind's own", examples=[2]
    )


class Secret(BaseModel):
    """A reference to a secret, `{ secret = "name" }`: the value itself never stands in a definition."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    secret: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]

    @model_validator(mode="before")
    @classmethod
    def _is_reference(cls, value: object) -> object:
        """Refuse the value itself, without repeating it."""
        if isinstance(value, Mapping | cls):
            return value
        raise ValueError('expected a reference, { secret = "name" }, never the secret itself')


Model = TypeVar("Model", bound=Settings)


def key(meaning: str, example: object, default: Any = ...) -> Any:
    """Describe one setting: what it means, an example, and its default if it may be left out."""
    return Field(default, description=meaning, examples=[example])


def parse(model: type[Model], source: Source) -> Model:
    """Return the settings of a source; SourceError names every key that is wrong and what is expected."""
    try:
        return _parsed(model, source)
    except ValidationError as error:
        message = f"the settings of source {source.slug} are wrong: {'; '.join(_complaints(error))}"
        raise SourceError(message, permanent=True) from None


def problems_of(model: type[Settings], source: Source) -> Sequence[str]:
    """Return one sentence for each setting that is wrong; none if all are well."""
    try:
        _parsed(model, source)
    except ValidationError as error:
        return _complaints(error)
    return ()


def _parsed(model: type[Model], source: Source) -> Model:
    """Read them as they are kept, as JSON: a list stands for a tuple and a text for a day."""
    return model.model_validate_json(json.dumps(dict(source.settings), default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError(f"a setting cannot be a {type(value).__name__}")


def _complaints(error: ValidationError) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_complaint(item) for item in error.errors(include_url=False)))


def _complaint(item: Any) -> str:
    """One sentence: which key, what is expected, and what was found unless it could be a secret."""
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "missing":
        return f"{where} is missing"
    if item["type"] == "extra_forbidden":
        return f"{where} is no setting of this kind"
    expected = str(item["msg"]).removeprefix("Value error, ")
    expected = expected[:1].lower() + expected[1:]
    found = item.get("input")
    is_shown = isinstance(found, str | int | float) and "secret" not in expected
    shown = f" (found {str(found)[:_SHOWN]!r})" if is_shown else ""
    return f"{where or 'the settings'}: {expected}{shown}"
