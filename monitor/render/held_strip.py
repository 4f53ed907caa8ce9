"""A value in quarantine: recent values stepped, the limits dashed, the held one hollow beside them."""

from dataclasses import dataclass

from monitor.domain.held_picture import HeldPicture
from monitor.domain.spoken import short
from monitor.domain.wording import say, say_many
from monitor.render.svg import r

WIDTH, HEIGHT = 236, 64
_LEFT, _RIGHT, _TOP, _BOTTOM = 2.0, 150.0, 20.0, 46.0
_HIGHEST, _LOWEST = 7.0, 58.0
# A value further off than so many times the recent values' reach stands at the edge, with an arrow.
_FAR = 1.5
_APART = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something at a height, with its figure; `beyond` is -1 or 1 where it lies outside the picture."""

    y: str
    label_y: str
    text: str
    beyond: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDrawing:
    """The strip ready to be written."""

    line: str
    held: Mark | None
    limits: tuple[Mark, ...]
    says: str


def held_strip(picture: HeldPicture) -> HeldDrawing:
    """Draw the strip."""
    scale = _Scale(picture)
    held = None if picture.value is None else scale.mark(picture.value)
    taken = [] if held is None else [float(held.label_y)]
    marks = []
    for value in (each for each in (picture.low, picture.high) if each is not None):
        mark = scale.mark(value)
        if mark.beyond:
            continue
        is_free = all(abs(float(mark.label_y) - each) >= _APART for each in taken)
        marks.append(mark if is_free else Mark(y=mark.y, label_y=mark.label_y, text=""))
        taken.append(float(mark.label_y))
    return HeldDrawing(line=scale.line(picture.recent), held=held, limits=tuple(marks), says=_says(picture))


class _Scale:
    def __init__(self, picture: HeldPicture) -> None:
        recent = list(picture.recent) or [each for each in (picture.low, picture.high) if each is not None]
        recent = recent or ([picture.value] if picture.value is not None else [0.0])
        low, high = min(recent), max(recent)
        reach = high - low or max(abs(high), 1.0) * 0.6
        near = [
            each
            for each in (picture.value, picture.low, picture.high)
            if each is not None and low - _FAR * reach <= each <= high + _FAR * reach
        ]
        self.low, self.high = min([low, *near]), max([high, *near])
        if self.low == self.high:
            self.low, self.high = self.low - reach, self.high + reach

    def mark(self, value: float) -> Mark:
        """Place a value; one outside the picture at its edge."""
        beyond = -1 if value < self.low else 1 if value > self.high else 0
        y = _LOWEST if beyond < 0 else _HIGHEST if beyond else self._y(value)
        return Mark(y=r(y), label_y=r(y + 4), text=short(value), beyond=beyond)

    def line(self, values: tuple[float, ...]) -> str:
        """Step through values of equal width."""
        if not values:
            return ""
        width = (_RIGHT - _LEFT) / len(values)
        heights = [r(self._y(value)) for value in values]
        steps = "".join(f"V{y}H{r(_LEFT + width * (place + 1))}" for place, y in enumerate(heights))
        return f"M{r(_LEFT)} {heights[0]}{steps}"

    def _y(self, value: float) -> float:
        return _BOTTOM - (value - self.low) / (self.high - self.low) * (_BOTTOM - _TOP)


def _says(picture: HeldPicture) -> str:
    if picture.value is None:
        held = say("A withdrawal in quarantine")
    else:
        held = say("{value} in quarantine", value=short(picture.value))
    if not picture.recent:
        return say("{held}; no values before.", held=held)
    told = say_many(
        "{held}; the last {n} value: {low} to {high}", "{held}; the last {n} values: {low} to {high}",
        len(picture.recent),
        held=held, low=short(min(picture.recent)), high=short(max(picture.recent)),
    )  # fmt: skip
    return f"{told}{_allowed(picture)}."


def _allowed(picture: HeldPicture) -> str:
    if picture.low is not None and picture.high is not None:
        return say("; allowed from {low} to {high}", low=short(picture.low), high=short(picture.high))
    if picture.low is not None:
        return say("; allowed from {low}", low=short(picture.low))
    return say("; allowed to {high}", high=short(picture.high)) if picture.high is not None else ""
