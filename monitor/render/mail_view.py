"""The view of an alert mail: the native event's facts as words, each part left out where nothing is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.alerting.after_silence import SILENCE_ENDED
from monitor.domain.alerting.alert import EventType, Reason
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import CHANNEL_TEST, COMMS_CHECK
from monitor.domain.errors import InvalidInput
from monitor.domain.marking import OPEN
from monitor.domain.scale import Concern
from monitor.domain.spoken import capital, day, long_day, place_name, weekday
from monitor.geo.region_names import region_name
from monitor.render.surety import surety

GLYPHS = ("○", "⊙", "⬙", "▲", "⬢")
INKS = ("#eceae6", "#d3d0c9", "#a6a4a1", "#66686e", "#14161b")
ON_INKS = ("#14161b", "#14161b", "#14161b", "#ffffff", "#ffffff")
HUES = ("#2257a5", "#478fc6", "#8d846f", "#c96c12", "#b0301c")
WASHES = ("#d9e5f5", "#e6f1f9", "#f3f0e9", "#fceddc", "#f9dfd8")
_STEPS = ("calm", "watch", "elevated", "high", "critical")
_RESOLUTIONS = {
    "recovered": "it recovered",
    "retracted": "the source revised the value that caused it",
    "rule_changed": "its rule was changed",
    "disabled": "its rule was disabled",
    "deleted": "its rule was deleted",
    "manual": "a person closed it",
}
_FLAPPING = {
    Reason.CAME_BACK.value: "It flaps: {0}. It stays firing until it has settled; what is worse is told.",
    Reason.SETTLED.value: "It has settled, and flaps no longer.",
}
_HOUR, _DAY, _WHOLE, _HEAT_STEP = 3600, 86_400, 1000, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a strip: a word, perhaps a figure, its colours, and whether this is where things stand."""

    word: str
    figure: str = ""
    ground: str
    ink: str = "#14161b"
    is_current: bool = False
    is_alarming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """What the templates of an alert mail show, top to bottom."""

    name: str
    first_concern: str
    concern: str
    glyph: str
    band_ground: str
    band_ink: str
    status: str
    title: str
    lead: str
    link: str
    acts: tuple[tuple[str, str], ...]
    strip_title: str
    strip: tuple[Cell, ...]
    scale_title: str
    scale: tuple[Cell, ...]
    rows: tuple[tuple[str, str], ...]
    footer: str
    is_exercise: bool


def mail_view(message: Message) -> MailView:
    """Return what there is to say about the latest event of a message."""
    event = message.events[-1]
    data = event["data"]
    concern, is_over = Concern(data["concern"]), event["type"] == EventType.RESOLVED
    shown = Concern(data.get("firstConcern") or 0) if is_over else concern
    name = name_of(data)
    return MailView(
        name=name,
        first_concern=str(data["firstConcernName"]),
        concern="resolved" if is_over else concern.word,
        glyph=GLYPHS[Concern.NORMAL if is_over else concern],
        band_ground=INKS[Concern.NORMAL if is_over else shown],
        band_ink=ON_INKS[Concern.NORMAL if is_over else shown],
        status=_status(event, data, near=message.formed_at),
        title=_title(event, data, name),
        lead=" ".join(_lead(data, is_over=is_over)),
        link=str(data["links"]["view"] or message.base_url),
        acts=tuple(_acts(data)),
        strip_title=_strip_title(data),
        strip=_strip(data),
        scale_title=_scale_title(data),
        scale=_scale(data),
        rows=tuple(_rows(data, near=message.formed_at)),
        footer=_footer(message, data),
        is_exercise=message.is_exercise,
    )


def name_of(data: Mapping[str, Any]) -> str:
    """Return the series' or the subject's name, which is the same throughout an episode."""
    told = data.get("dataQuality")
    if told:
        return f"{'Blind' if data.get('series') else 'Failing'}: {_sound(str(told['name']))}"
    indicator, subject = data.get("indicator") or {}, data.get("subject") or {}
    place = (data.get("series") or {}).get("name", "")
    place = region_name(place) or place_name(place)
    own = ", ".join(part for part in (indicator.get("name", ""), place) if part)
    return _sound(str(own or subject.get("name") or subject.get("slug") or data["fingerprint"]))


def _sound(name: str) -> str:
    if any(ord(sign) < ord(" ") for sign in name):
        raise InvalidInput("a name holds a line break", field="name")
    return name


def number(value: float, *, is_change: bool = False) -> str:
    """Return a figure as people read it: true minus, thin spaces between thousands, no idle zeros."""
    text = f"{value:{'+' if is_change else ''},.0f}" if abs(value) >= _WHOLE else _short(value, is_change)
    return text.replace("-", "−").replace(",", "\u2009")


def _short(value: float, is_change: bool) -> str:  # noqa: FBT001 (one caller, three lines above)
    text = f"{round(value, 2):g}"
    return f"+{text}" if is_change and value >= 0 else text


def _status(event: Mapping[str, Any], data: Mapping[str, Any], *, near: datetime) -> str:
    when = _as_of(data)
    if event["type"] == EventType.RESOLVED:
        why = _RESOLUTIONS.get(str(data.get("resolution") or ""), "")
        since = "" if data.get("archive") else f"since {_moment(event['timestamp'], near=near, data=data)}"
        return ", ".join(part for part in (since, why, when) if part)
    is_after_silence = data.get("reason") == SILENCE_ENDED
    is_repeat = event["type"] == EventType.REPEATED
    word = "still firing" if is_after_silence or is_repeat else "firing"
    # On a clock that stands, an alert that fired at the moment it stands at fired "as of" that moment.
    starts = data.get("startsAt")
    is_said = starts and not (when and data.get("archive") and starts == data.get("asOf"))
    parts = [f"{word} since {_moment(starts, near=near, data=data)}" if is_said else word]
    parts += [when] * bool(when) + ["silence ended"] * is_after_silence
    previous, concern = data.get("previousConcern"), data["concern"]
    if previous is not None and previous != concern:
        parts.append(f"{'up' if concern > previous else 'down'} from {Concern(previous).word}")
    return ", ".join(parts)


def _as_of(data: Mapping[str, Any]) -> str:
    """As of 30 November 2025, archive: where the subject's clock is not that of the wall."""
    if not data.get("asOf"):
        return ""
    stands_on = long_day(datetime.fromisoformat(data["asOf"]))
    return f"as of {stands_on}, archive" if data.get("archive") else f"on {stands_on} of the exercise"


def _title(event: Mapping[str, Any], data: Mapping[str, Any], name: str) -> str:
    value = (data.get("observation") or {}).get("value")
    shown = name if value is None else f"{name}: {number(value)}"
    if event["type"] == EventType.RESOLVED:
        return f"{shown}, resolved"
    if data.get("dataQuality"):
        return f"{name}, {data['concernName']}"
    if value is None:
        level, heat = data.get("level"), _heat(data)
        stands = [str(level)] if level else []
        stands += [f"heat {number(round(heat))}"] if heat is not None else []
        return f"{name}: {', '.join(stands) or data['concernName']}"
    edge = _edges(data, "enter").get(data["concernName"])
    return f"{shown}, {data['concernName']}" + (f" from {number(edge)}" if edge is not None else "")


def _lead(data: Mapping[str, Any], *, is_over: bool) -> Iterator[str]:
    if told := data.get("dataQuality"):
        yield f"{capital(str(told['sentence']))}."
    if flaps := _FLAPPING.get(str(data.get("reason") or "")):
        yield flaps.format(data.get("detail") or "it comes back again and again")
    value, before = ((data.get("observation") or {}).get(key) for key in ("value", "previousValue"))
    if value is not None and before is not None and value != before:
        yield f"{'Up' if value > before else 'Down'} from {number(before)}."
    subject, level, heat = data.get("subject") or {}, data.get("level"), _heat(data)
    if subject.get("name") and level:
        stands = f"{subject['name']} is {level}" + (f" at {number(round(heat))}" if heat is not None else "")
        yield f"{stands}{f', {when}' if (when := _as_of(data)) else ''}."
    ack = data.get("ack")
    if data.get("firingUndelivered"):
        yield "The message that it fired could not be delivered; this one stands for both."
    if ack:
        yield f"{ack['by']} has acknowledged."
    elif not is_over:
        yield "Nobody has acknowledged."


def _acts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a reader may do, each on a page with a button of its own."""
    for words, name in (("Acknowledge", "ack"), ("Silence", "silence")):
        if link := data["links"].get(name):
            yield words, str(link)


def _rows(data: Mapping[str, Any], *, near: datetime) -> Iterator[tuple[str, str]]:
    rule, seen = data.get("rule") or {}, data.get("observation") or {}
    if rule:
        edge = _edges(data, "enter").get(data["concernName"])
        label = rule.get("name") or rule.get("id")
        condition = f": {data['concernName']} from {number(edge)}" if edge is not None else ""
        yield "Why", f"Rule “{label}”, version {rule.get('version')}{condition}."
    elif data.get("reason"):
        yield "Why", str(data["reason"])
    if seen.get("periodEnd"):
        known = f"; known {_moment(seen['knownAt'], near=near, data=data)}" if seen.get("knownAt") else ""
        grade = f"; grade {seen['grade']}" if seen.get("grade") else "; ungraded"
        yield "Value of", f"{_day(seen['periodEnd'])}{known}{grade}"
    yield from _sure(data)
    if data.get("archive") and data.get("asOf"):
        stands_on = long_day(datetime.fromisoformat(data["asOf"]))
        yield "As of", f"{stands_on}, archive: the subject's clock stands at the end of what it holds"
    if data.get("moved"):
        yield "What moved", f"{_since(data)}{data['moved']}"
    if data.get("told"):
        yield "Who was told", "; ".join(map(str, data["told"]))
    if data["absorbed"]:
        why = "that a silence held back" if data.get("suppressedWhile") else "that did not arrive"
        yield "Also told here", f"{len(data['absorbed'])} earlier messages of this episode {why}"
    if leaves := _resolves(data, rule):
        yield "It resolves", leaves
    if handling := _handling(data):
        yield "Handling", handling


def _sure(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say how much of the subject's weight was observed, and how surely; nothing where nobody knows."""
    evaluation, name = data.get("evaluation") or {}, (data.get("subject") or {}).get("name")
    coverage, confidence = evaluation.get("coverage"), evaluation.get("confidence")
    if coverage is None or confidence is None or not name:
        return
    yield "How sure", f"{surety(str(name), coverage=coverage, confidence=confidence)}."


def _handling(data: Mapping[str, Any]) -> str:
    """Say the marking of the data behind it, whether it may be passed on, and whom to name."""
    marking = data.get("marking", OPEN.marking.word)
    closed = "" if data.get("mayRedistribute", True) else "; not to be passed on"
    named = "; ".join(data.get("attributions") or ())
    return f"{marking}{closed}." + (f" Data: {named}." if named else "")


def _resolves(data: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    edges = _edges(data, "exit")
    if data.get("resolution") or not edges:
        return ""
    milder, keep = min(edges.items(), key=lambda item: _STEPS.index(item[0])), rule.get("keepFiringFor")
    enters = _edges(data, "enter").get(milder[0], milder[1])
    side = "below" if enters >= milder[1] else "above"
    lasting = f" for {_span(float(keep))}" if keep else ""
    if keep and data.get("archive"):
        return f"by hand: the archive's clock stands, so it is never {side} {number(milder[1])}{lasting}."
    return f"when {side} {number(milder[1])}{lasting}. Missing data never resolves it."


def _strip_title(data: Mapping[str, Any]) -> str:
    indicator, value = data.get("indicator") or {}, (data.get("observation") or {}).get("value")
    parts = [part for part in (indicator.get("name"), indicator.get("unit")) if part]
    return ", ".join(parts) + (f"; now {number(value)}" if value is not None else "")


def _strip(data: Mapping[str, Any]) -> tuple[Cell, ...]:
    edges = (data.get("indicator") or {}).get("thresholds") or _edges(data, "enter")
    standing = _STEPS[data["concern"]]
    return tuple(
        Cell(
            word=step,
            figure=number(edges[step]),
            ground=INKS[place],
            ink=ON_INKS[place],
            is_current=step == standing,
        )
        for place, step in enumerate(_STEPS)
        if edges.get(step) is not None
    )


def _scale_title(data: Mapping[str, Any]) -> str:
    subject = data.get("subject") or {}
    alarming = next((each["name"] for each in _levels(data) if each["concern"] == Concern.CRITICAL), "")
    return f"{subject.get('name', '')}; the black rule marks the alarming end: {str(alarming).lower()}"


def _scale(data: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Hue says how hot, by heat and never by the word; the level in force is full, the others pale."""
    cells = []
    for level in _levels(data):
        step = min(4, int(float(level["low"]) / _HEAT_STEP))
        is_current = level["name"] == data.get("level")
        cells.append(
            Cell(
                word=str(level["name"]),
                ground=HUES[step] if is_current else WASHES[step],
                is_current=is_current,
                is_alarming=level["concern"] == Concern.CRITICAL,
            )
        )
    return tuple(cells)


def _footer(message: Message, data: Mapping[str, Any]) -> str:
    what = "This is an exercise: nothing in it is real. " if message.is_exercise else ""
    return (
        f"{what}Sent by Heatwatch to {message.recipient}, message {data['eventSeq']} of this episode. "
        "A link opens a page; nothing happens until you press the button there."
    )


def _levels(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((data.get("subject") or {}).get("levels") or ())


def _heat(data: Mapping[str, Any]) -> float | None:
    heat = (data.get("evaluation") or {}).get("heat")
    return None if heat is None else float(heat)


def _edges(data: Mapping[str, Any], side: str) -> dict[str, float]:
    return dict((data.get("rule") or {}).get(side) or {})


def _since(data: Mapping[str, Any]) -> str:
    since, end = data.get("movedSince"), (data.get("evaluation") or {}).get("slot")
    if not since:
        return ""
    return "with what was entered then: " if since == end else f"since {day(datetime.fromisoformat(since))}: "


def _moment(text: str | None, *, near: datetime, data: Mapping[str, Any]) -> str:
    """Sun 30 Nov, 12:50 UTC; with the year where it is not that of the message or not of this time."""
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    is_doubtful = bool(data.get("asOf")) or at.year != near.year
    return f"{weekday(at, near=None if is_doubtful else at)}, {at:%H:%M} UTC"


def _day(text: str) -> str:
    """The last day of a half-open period."""
    at = datetime.fromisoformat(text) - timedelta(seconds=1)
    return f"{at:%a} {at.day} {at:%b %Y}"


def _span(seconds: float) -> str:
    if seconds >= 2 * _DAY and seconds % _DAY == 0:
        return f"{seconds / _DAY:g} days"
    return f"{seconds / _HOUR:g} h" if seconds >= _HOUR else f"{seconds / 60:g} min"


def is_test(message: Message) -> bool:
    """Whether this is a test of a channel, or a comms check: there is no alert."""
    return bool(message.events[-1]["type"] in {CHANNEL_TEST, COMMS_CHECK})
