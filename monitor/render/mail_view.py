"""The view of an alert mail: the native event's facts as words, each part left out where nothing is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.domain.alerting.after_silence import SILENCE_ENDED
from monitor.domain.alerting.alert import EventType, Reason
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import CHANNEL_TEST, COMMS_CHECK
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import CONCERNS_SAID, Concern
from monitor.domain.spoken import capital, parted, place_name
from monitor.domain.wording import msgid, say
from monitor.geo.region_names import region_name
from monitor.render.mail_rows import edges_of, rows_of
from monitor.render.mail_words import as_of, moment_words, number

GLYPHS = ("○", "⊙", "⬙", "▲", "⬢")
INKS = ("#eceae6", "#d3d0c9", "#a6a4a1", "#66686e", "#14161b")
ON_INKS = ("#14161b", "#14161b", "#14161b", "#ffffff", "#ffffff")
HUES = ("#2257a5", "#478fc6", "#8d846f", "#c96c12", "#b0301c")
WASHES = ("#d9e5f5", "#e6f1f9", "#f3f0e9", "#fceddc", "#f9dfd8")
_STEPS = (msgid("calm"), *CONCERNS_SAID[1:])
_RESOLUTIONS = {
    "recovered": msgid("it recovered"),
    "retracted": msgid("the source revised the value that caused it"),
    "rule_changed": msgid("its rule was changed"),
    "disabled": msgid("its rule was disabled"),
    "deleted": msgid("its rule was deleted"),
    "manual": msgid("a person closed it"),
}
_FLAPPING = {
    Reason.CAME_BACK.value: msgid(
        "It flaps: {how}. It stays firing until it has settled; what is worse is told."
    ),
    Reason.SETTLED.value: msgid("It has settled, and flaps no longer."),
}
_NAMED = {True: msgid("Blind: {name}"), False: msgid("Failing: {name}")}
_HEAT_STEP = 20.0


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
    is_over: bool
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
    """Return what there is to say about the latest event of a message, in the language that is spoken."""
    event = message.events[-1]
    data = event["data"]
    concern, is_over = Concern(data["concern"]), event["type"] == EventType.RESOLVED
    first = Concern(data.get("firstConcern") or 0)
    shown = first if is_over else concern
    name = name_of(data)
    return MailView(
        name=name,
        first_concern=first.said,
        concern=say("resolved") if is_over else concern.said,
        is_over=is_over,
        glyph=GLYPHS[Concern.NORMAL if is_over else concern],
        band_ground=INKS[Concern.NORMAL if is_over else shown],
        band_ink=ON_INKS[Concern.NORMAL if is_over else shown],
        status=_status(event, data, message),
        title=_title(event, data, name),
        lead=" ".join(_lead(data, is_over=is_over)),
        link=str(data["links"]["view"] or message.base_url),
        acts=tuple(_acts(data)),
        strip_title=_strip_title(data),
        strip=_strip(data),
        scale_title=_scale_title(data),
        scale=_scale(data),
        rows=tuple(rows_of(message, data)),
        footer=_footer(message, data),
        is_exercise=message.is_exercise,
    )


def is_test(message: Message) -> bool:
    """Whether this is a test of a channel, or a comms check: there is no alert."""
    return bool(message.events[-1]["type"] in {CHANNEL_TEST, COMMS_CHECK})


def name_of(data: Mapping[str, Any]) -> str:
    """Return the series' or the subject's name, which is the same throughout an episode."""
    told = data.get("dataQuality")
    if told:
        return say(_NAMED[bool(data.get("series"))], name=_sound(str(told["name"])))
    indicator, subject = data.get("indicator") or {}, data.get("subject") or {}
    place = (data.get("series") or {}).get("name", "")
    place = region_name(place) or place_name(place)
    own = ", ".join(part for part in (indicator.get("name", ""), place) if part)
    return _sound(str(own or subject.get("name") or subject.get("slug") or data["fingerprint"]))


def _sound(name: str) -> str:
    if any(ord(sign) < ord(" ") for sign in name):
        raise InvalidInput("a name holds a line break", field="name")
    return name


def _status(event: Mapping[str, Any], data: Mapping[str, Any], message: Message) -> str:
    when = as_of(data)
    near, zone = message.formed_at, message.zone
    if event["type"] == EventType.RESOLVED:
        why = say(_RESOLUTIONS.get(str(data.get("resolution") or ""), ""))
        at = moment_words(event["timestamp"], near=near, data=data, zone=zone)
        since = "" if data.get("archive") else say("since {moment}", moment=at)
        return ", ".join(part for part in (since, why, when) if part)
    is_after_silence = data.get("reason") == SILENCE_ENDED
    is_still = is_after_silence or event["type"] == EventType.REPEATED
    # On a clock that stands, an alert that fired at the moment it stands at fired "as of" that moment.
    starts = data.get("startsAt")
    is_said = starts and not (when and data.get("archive") and starts == data.get("asOf"))
    at = moment_words(starts, near=near, data=data, zone=zone) if is_said else ""
    parts = [_firing(at, is_still=is_still)]
    parts += [when] * bool(when) + [say("silence ended")] * is_after_silence
    previous, concern = data.get("previousConcern"), data["concern"]
    if previous is not None and previous != concern:
        was = Concern(previous).said
        up = concern > previous
        parts.append(say("up from {concern}", concern=was) if up else say("down from {concern}", concern=was))
    return ", ".join(parts)


def _firing(at: str, *, is_still: bool) -> str:
    if not at:
        return say("still firing") if is_still else say("firing")
    return (
        say("still firing since {moment}", moment=at) if is_still else say("firing since {moment}", moment=at)
    )


def _title(event: Mapping[str, Any], data: Mapping[str, Any], name: str) -> str:
    value, concern = (data.get("observation") or {}).get("value"), Concern(data["concern"]).said
    shown = name if value is None else say("{name}: {value}", name=name, value=number(value))
    if event["type"] == EventType.RESOLVED:
        return say("{what}, resolved", what=shown)
    if data.get("dataQuality"):
        return f"{name}, {concern}"
    if value is None:
        level, heat = data.get("level"), _heat(data)
        stands = [say(str(level))] if level else []
        stands += [say("heat {heat}", heat=number(round(heat)))] if heat is not None else []
        return say("{name}: {value}", name=name, value=", ".join(stands) or concern)
    edge = edges_of(data, "enter").get(data["concernName"])
    if edge is None:
        return f"{shown}, {concern}"
    return say("{what}, {concern} from {edge}", what=shown, concern=concern, edge=number(edge))


def _lead(data: Mapping[str, Any], *, is_over: bool) -> Iterator[str]:
    if told := data.get("dataQuality"):
        yield say("{sentence}.", sentence=capital(str(told["sentence"])))
    if flaps := _FLAPPING.get(str(data.get("reason") or "")):
        yield say(flaps, how=data.get("detail") or say("it comes back again and again"))
    value, before = ((data.get("observation") or {}).get(key) for key in ("value", "previousValue"))
    if value is not None and before is not None and value != before:
        was = number(before)
        yield say("Up from {value}.", value=was) if value > before else say("Down from {value}.", value=was)
    yield from _level(data)
    if data.get("firingUndelivered"):
        yield say("The message that it fired could not be delivered; this one stands for both.")
    if ack := data.get("ack"):
        yield say("{person} has acknowledged.", person=ack["by"])
    elif not is_over:
        yield say("Nobody has acknowledged.")


def _level(data: Mapping[str, Any]) -> Iterator[str]:
    """Assimi Goïta is Cold at 16, as of 30 November 2025, archive."""
    subject, level, heat = data.get("subject") or {}, data.get("level"), _heat(data)
    if not (subject.get("name") and level):
        return
    told = {"subject": subject["name"], "level": say(str(level))}
    stands = (
        say("{subject} is {level}", **told)
        if heat is None
        else say("{subject} is {level} at {heat}", **told, heat=number(round(heat)))
    )
    yield f"{', '.join(part for part in (stands, as_of(data)) if part)}."


def _acts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a reader may do, each on a page with a button of its own."""
    for words, name in ((say("Acknowledge"), "ack"), (say("Silence"), "silence")):
        if link := data["links"].get(name):
            yield words, str(link)


def _strip_title(data: Mapping[str, Any]) -> str:
    indicator, value = data.get("indicator") or {}, (data.get("observation") or {}).get("value")
    parts = [part for part in (indicator.get("name"), indicator.get("unit")) if part]
    now = [] if value is None else [say("now {value}", value=number(value))]
    return parted([", ".join(parts), *now])


def _strip(data: Mapping[str, Any]) -> tuple[Cell, ...]:
    edges = (data.get("indicator") or {}).get("thresholds") or edges_of(data, "enter")
    standing = _STEPS[data["concern"]]
    return tuple(
        Cell(
            word=say(step),
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
    return say(
        "{subject}; the black rule marks the alarming end: {level}",
        subject=subject.get("name", ""),
        level=say(str(alarming)).lower(),
    )


def _scale(data: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Hue says how hot, by heat and never by the word; the level in force is full, the others pale."""
    cells = []
    for level in _levels(data):
        step = min(4, int(float(level["low"]) / _HEAT_STEP))
        is_current = level["name"] == data.get("level")
        cells.append(
            Cell(
                word=say(str(level["name"])),
                ground=HUES[step] if is_current else WASHES[step],
                is_current=is_current,
                is_alarming=level["concern"] == Concern.CRITICAL,
            )
        )
    return tuple(cells)


def _footer(message: Message, data: Mapping[str, Any]) -> str:
    parts = [say("This is an exercise: nothing in it is real.")] if message.is_exercise else []
    parts.append(
        say(
            "Sent by Heatwatch to {recipient}, message {number} of this episode.",
            recipient=message.recipient,
            number=data["eventSeq"],
        )
    )
    return " ".join([*parts, say("A link opens a page; nothing happens until you press the button there.")])


def _levels(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((data.get("subject") or {}).get("levels") or ())


def _heat(data: Mapping[str, Any]) -> float | None:
    heat = (data.get("evaluation") or {}).get("heat")
    return None if heat is None else float(heat)
