"""Messages for people: subject, text and HTML of a mail, through templates, with a plain way out."""

import functools
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.history import charted_event
from monitor.domain.alerting.native_event import COMMS_CHECK
from monitor.domain.alerting.notice import notice_of
from monitor.domain.alerting.standing_events import standing_events
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import retold
from monitor.domain.scale import Concern
from monitor.domain.spoken import day
from monitor.domain.wording import say, say_many, tongue
from monitor.paths import templates_folder
from monitor.render.chart_png import chart_png
from monitor.render.group_view import group_view
from monitor.render.mail_view import is_test, mail_view
from monitor.render.mail_words import moment_words, notice_lead, number
from monitor.render.template_words import template_say

EXERCISE = "[EXERCISE] "
_CHARTED = {"group", "alert"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says; without HTML it is text alone. `problem` is why the templates were not used.

    `chart` is a PNG that the HTML shows by its `chart_id`; empty for none.
    """

    subject: str
    text: str
    html: str = ""
    chart: bytes = field(default=b"", repr=False)
    chart_id: str = ""
    problem: str = ""


def mail(message: Message, *, why: str = "") -> Mail:
    """Render a message in the language that is spoken.

    If that fails for whatever reason, say the same in plain words and note why.

    `why` is why its reader gets it, and how to get less.
    """
    try:
        return _rendered(replace(message, events=tuple(map(retold, message.events))), why)
    except Exception as error:  # noqa: BLE001 (an alert is never lost to a fault in its layout)
        structlog.get_logger().exception("a mail template failed", message_id=message.message_id)
        return fallback(message, problem=f"{type(error).__name__}: {error}")


def fallback(message: Message, *, problem: str) -> Mail:
    """Return the plain mail that needs no template and trusts no name."""
    event = message.events[-1]
    data = event["data"]
    mark = EXERCISE if message.is_exercise else ""
    concern = str(data.get("firstConcernName") or data.get("concernName") or "unknown")
    facts = [("Event", event["type"]), ("At", event["timestamp"])]
    facts += [
        (key, data[key]) for key in ("concernName", "reason", "fingerprint", "episodeId") if key in data
    ]
    lines = [f"{name}: {_flat(value)}" for name, value in facts]
    lines += [f"Also: {_flat(each['data'].get('summary') or each['type'])}" for each in message.events[:-1]]
    lines += [f"Open: {message.base_url}", "", f"This message could not be laid out ({_flat(problem)})."]
    subject = f"{mark}[{concern.upper()}] alert {data.get('fingerprint', '')}"
    return Mail(subject=_flat(subject), text=mark + "\n".join(lines) + "\n", problem=problem)


def chart_id(message: Message) -> str:
    """Return the name by which the HTML of a message shows its chart."""
    return f"chart.{message.message_id}@heatwatch"


def _chart(message: Message) -> bytes:
    """Draw the chart; a picture that cannot be drawn is left out, and the mail goes without."""
    if message.history is None:
        return b""
    try:
        return chart_png(message.history)
    except Exception:  # noqa: BLE001 (an alert is never lost to a fault in its picture)
        structlog.get_logger().exception("a chart could not be drawn", message_id=message.message_id)
        return b""


def _chart_words(message: Message) -> str:
    """Say what the chart shows, for those who do not see it and those who do."""
    history = message.history
    if history is None:
        return ""
    lowest, highest = number(float(history.values.min())), number(float(history.values.max()))
    since = day(datetime.fromtimestamp(int(history.ends[0]), tz=UTC))
    words = say_many(
        "{n} value since {since}: lowest {lowest}, highest {highest}",
        "{n} values since {since}: lowest {lowest}, highest {highest}",
        len(history.values), since=since, lowest=lowest, highest=highest,
    )  # fmt: skip
    event = charted_event(message.events)
    if event is None or len(standing_events(message.events)) == 1:
        return words
    named = event["data"].get("indicator") or event["data"]["series"]
    return say("{name}: {value}", name=named.get("name") or "", value=words)


def _rendered(message: Message, why: str) -> Mail:
    chart = b""
    if is_test(message):
        latest = message.events[-1]
        folder, values = _test_folder(message), {**latest["data"], **_times(message)}
    elif notice := notice_of(message.events[-1]["data"]):
        folder, values = "notice", _of_notice(message, notice)
    elif len(standing := standing_events(message.events)) > 1:
        folder, values = "group", group_view(message)
    else:
        folder, values = "alert", _shallow(mail_view(replace(message, events=standing)))
    if folder in _CHARTED:
        chart = _chart(message)
        values |= {"chart_id": chart_id(message) if chart else "", "chart_words": _chart_words(message)}
    if why and "footer" in values:
        values["footer"] = f"{values['footer']} {why}"
    subject = _template(f"{folder}/subject.txt").render(values).strip()
    if any(ord(sign) < ord(" ") for sign in subject):
        raise InvalidInput("a subject is one line", field="subject")
    return Mail(
        subject=subject,
        text=_template(f"{folder}/message.txt").render(values),
        html=_template(f"{folder}/message.html").render(values),
        chart=chart,
        chart_id=chart_id(message) if chart else "",
    )


def _test_folder(message: Message) -> str:
    return "comms_check" if message.events[-1]["type"] == COMMS_CHECK else "channel_test"


def _times(message: Message) -> dict[str, str]:
    """Return when a test was sent and by when it is to be answered, on its reader's clock."""
    event = message.events[-1]
    data, near, zone = event["data"], message.formed_at, message.zone
    stated = {"at": event["timestamp"], "answer_by": data.get("answerBy")}
    return {name: moment_words(text, near=near, data=data, zone=zone) for name, text in stated.items()}


def _of_notice(message: Message, notice: dict[str, Any]) -> dict[str, Any]:
    data = message.events[-1]["data"]
    named = {"concern": Concern(data["concern"]).said, "marking": data["marking"]}
    sent = say("Sent by Heatwatch to {recipient}.", recipient=message.recipient)
    lead = notice_lead(data, near=message.formed_at, zone=message.zone)
    return {
        **named,
        **notice,
        "lead": lead,
        "link": data["links"]["view"],
        "footer": sent,
        "is_exercise": False,
    }


def _template(name: str) -> Any:
    return _environment().get_template(name)


@functools.lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_folder() / "email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(say=template_say, tongue=tongue)
    return environment


def _shallow(view: Any) -> dict[str, Any]:
    return asdict(view)


def _flat(value: object) -> str:
    """One line, whatever it was."""
    return " ".join(str(value).split())[:500]
