"""One raw table against its shape: a typed table, or every fault in it named by key."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from monitor.domain.problem import Problem
from monitor.packs.nearest import nearest
from monitor.packs.toml_files import RawTable

S = TypeVar("S", bound=BaseModel)
_NAMES = ("slug", "series", "name")
_SLUG = "lower-case letters, digits and hyphens, such as `fuel-price`"
_EXPECTED = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": _SLUG,
    r"^[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$": "a series such as `fuel-price:mali`",
    r"^([a-z0-9]+(-[a-z0-9]+)*)?$": _SLUG,
    r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*:[A-Za-z0-9][A-Za-z0-9._-]*$": (
        "a placement such as `supply/fuel-price:mali`"
    ),
    r"^([A-F][1-6])?$": "a letter A to F and a digit 1 to 6, such as B2",
    r"^([A-Z]{3})?$": "three capital letters such as MLI",
    r"^[A-Z]{3}$": "three capital letters such as MLI",
    r"^(https?://\S+)?$": "an address beginning with http:// or https://",
    r"^[a-z0-9_]+$": "lower-case letters, digits and underscores, such as `csv`",
}


def check_shape(raw: RawTable, shape: type[S]) -> tuple[S | None, list[Problem]]:
    """Return the typed table, or None and its problems."""
    try:
        return shape.model_validate(raw.values), []
    except ValidationError as error:
        return None, [_problem(raw, shape, fault) for fault in error.errors(include_url=False)]


def _problem(raw: RawTable, shape: type[BaseModel], fault: Mapping[str, Any]) -> Problem:
    loc = tuple(part for part in fault["loc"] if part != "[key]")
    key = ".".join(_path(raw.values, loc))
    if fault["type"] == "missing":
        field = _model_at(shape, loc[:-1]).model_fields[str(loc[-1])]
        return raw.problem("is missing", key=key, expected=_lower(field.description or ""))
    if fault["type"] == "extra_forbidden":
        return raw.problem(
            "no such key", key=key, expected=nearest(str(loc[-1]), _model_at(shape, loc[:-1]).model_fields)
        )
    if fault["type"] == "string_too_short":
        return raw.problem("is empty", key=key, expected="some text")
    return raw.problem(f"{_shown(fault['input'])} cannot be used", key=key, expected=_expected(fault))


def _expected(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "string_pattern_mismatch":
        return _EXPECTED[fault["ctx"]["pattern"]]
    said = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should ").removeprefix("be ")
    return _lower(said)


def _path(values: Any, loc: tuple[int | str, ...]) -> Iterator[str]:
    """Name list items by their slug where they have one: `driver.supply.weight`, not `driver.0.weight`."""
    for part in loc:
        if isinstance(part, int):
            values = values[part]
            yield _item_name(part, values)
        else:
            values = values.get(part)
            yield part


def _item_name(index: int, item: object) -> str:
    if isinstance(item, dict):
        named = (item[name] for name in _NAMES if isinstance(item.get(name), str))
        return str(next(named, index + 1))
    return str(index + 1)


def _model_at(shape: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the shape of the nested table a location leads to."""
    for part in loc:
        if isinstance(part, str):
            (shape, *_) = models_in(shape.model_fields[part].annotation)
    return shape


def models_in(annotation: object) -> list[type[BaseModel]]:
    """Return the shapes named in a type, such as those of a list's items."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
