"""The transforms a pack may name, their parameters and what each must look like."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from monitor.packs.nearest import nearest

Check = Callable[[Any], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_above_0(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_period(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?", value))


def _is_map(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(_is_number(item) for item in value.values())


_DAYS: tuple[Check, str] = (_is_above_0, "a number of days above 0")
_NUMBER: tuple[Check, str] = (_is_number, "a number")

TRANSFORMS: Mapping[str, Mapping[str, tuple[Check, str]]] = {
    "identity": {},
    "index": {"base_period": (_is_period, 'a year, month or day such as "2025-08"')},
    "percent_change": {"window_days": _DAYS},
    "rolling_sum": {"window_days": _DAYS},
    "rolling_mean": {"window_days": _DAYS},
    "annualise": {},
    "log1p": {},
    "winsorise": {"low": _NUMBER, "high": _NUMBER},
    "decay": {"half_life_days": _DAYS},
    "step": {"map": (_is_map, "a table of numbers by word or value")},
}


def transform_faults(name: str, parameters: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (key, message, expected) of everything wrong with one transform."""
    wanted = TRANSFORMS.get(name)
    if wanted is None:
        return [("name", f"no transform is called {name!r}", nearest(name, TRANSFORMS))]
    faults = [
        (key, f"{name} has no parameter {key!r}", nearest(key, wanted))
        for key in parameters
        if key not in wanted
    ]
    for key, (is_good, expected) in wanted.items():
        if key not in parameters:
            faults.append((key, f"{name} needs it", expected))
        elif not is_good(parameters[key]):
            faults.append((key, f"{parameters[key]!r} cannot be used", expected))
    if not faults and name == "winsorise" and parameters["low"] >= parameters["high"]:
        faults.append(("low", "low is not below high", "low below high"))
    return faults
