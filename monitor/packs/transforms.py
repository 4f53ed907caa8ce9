"""A transform a pack names, against those the domain knows."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.indicator import Transform
from monitor.domain.transforms.transform import TRANSFORMS, check_order
from monitor.packs.nearest import nearest

Fault = tuple[str, str, str]


def transform_faults(name: str, parameters: Mapping[str, Any]) -> list[Fault]:
    """Return (key, message, expected) of everything wrong with one transform."""
    kind = TRANSFORMS.get(name)
    if kind is None:
        return [("name", f"no transform is called {name!r}", nearest(name, TRANSFORMS))]
    checks = {**kind.required, **kind.optional}
    faults: list[Fault] = []
    for key in [*kind.required, *(key for key in parameters if key not in kind.required)]:
        if key not in checks:
            faults.append((key, f"{name} has no parameter {key!r}", nearest(key, checks)))
        elif key not in parameters:
            faults.append((key, f"{name} needs it", checks[key](None).removeprefix("expected ")))
        elif checks[key](parameters[key]):
            expected = checks[key](parameters[key]).removeprefix("expected ")
            faults.append((key, f"{parameters[key]!r} cannot be used", expected))
    if not faults and kind.ordered and check_order(Transform(name=name, parameters=parameters)):
        low, high = kind.ordered
        faults.append((low, f"{low} is not below {high}", f"{low} below {high}"))
    return faults
