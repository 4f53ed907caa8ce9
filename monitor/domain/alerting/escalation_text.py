"""Escalations as people write and read them: `15m desk; 30m director, ops`."""

import re
from collections.abc import Iterable

from monitor.domain.alerting.escalation import Step
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

EXAMPLE = "15m desk; 30m director, ops"
_STEP = re.compile(r"(\d{1,5})([smhd])\s+(.+)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def parse_steps(text: str) -> tuple[Step, ...]:
    """Read steps parted by semicolons: how long each waits, and its channels with commas; InvalidInput."""
    return tuple(_step(part.strip()) for part in text.split(";") if part.strip())


def steps_text(steps: Iterable[Step]) -> str:
    """Return steps as `parse_steps` reads them."""
    return "; ".join(f"{span_text(each.after_seconds)} {', '.join(each.channels)}" for each in steps)


def span_text(seconds: float) -> str:
    """Return a span in its largest whole unit: 90m, 2h, 3d."""
    whole = round(seconds)
    unit = next(each for each in "dhms" if whole % _SECONDS[each] == 0)
    return f"{whole // _SECONDS[unit]}{unit}"


def _step(text: str) -> Step:
    found = _STEP.fullmatch(text)
    if found is None:
        raise InvalidInput(
            phrase("a step is written {what}, not {text}", what=EXAMPLE.partition(";")[0], text=repr(text)),
            field="steps",
        )
    channels = tuple(dict.fromkeys(each.strip() for each in found[3].split(",") if each.strip()))
    return Step(after_seconds=float(int(found[1]) * _SECONDS[found[2]]), channels=channels)
