"""Notes: what a short message says about each alert, for chats, pagers and programs, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import COMMS_CHECK
from monitor.domain.alerting.notice import notice_of
from monitor.domain.alerting.standing_events import standing_events
from monitor.domain.phrases import retold
from monitor.domain.scale import Concern
from monitor.domain.spoken import parted
from monitor.domain.wording import say, say_many
from monitor.render.mail_view import is_test, mail_view
from monitor.render.mail_words import moment_words, notice_lead

MOST_WORDS = 600
# The colour beside a message, never the only sign: the headline says the same in words.
COLOURS = {
    "critical": "#14161b", "high": "#66686e", "elevated": "#a6a4a1", "watch": "#d3d0c9", "normal": "#eceae6",
    "resolved": "#478fc6", "test": "#8d846f", "notice": "#8d846f",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One alert of a message; `problem` is why it is plainer than it should be.

    `name` is what it is about, `headline` says how that stands; `facts` are terms with words.
    """

    event: Mapping[str, Any]
    name: str
    headline: str
    summary: str
    concern: Concern
    link: str
    is_over: bool = False
    is_test: bool = False
    is_notice: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def data(self) -> Mapping[str, Any]:
        """The facts of the native event."""
        found: Mapping[str, Any] = self.event["data"]
        return found

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """What to press, in words, and the page each leads to: there a button acts, the link does not."""
        named = self.data.get("links") or {}
        first = say("Answer") if self.event["type"] == COMMS_CHECK else say("Open the alert")
        if self.is_notice:
            first = str(self.data["notice"]["ask"])
        acts = ((say("Acknowledge"), named.get("ack")), (say("Silence"), named.get("silence")))
        found = ((first, self.link), *acts)
        pages = {str(link): words for words, link in reversed(found) if str(link or "").startswith("http")}
        return tuple((words, page) for page, words in reversed(pages.items()))

    @property
    def word(self) -> str:
        """Critical, resolved or test: how it stands in one word, as programs know it."""
        if self.is_test:
            return "test"
        if self.is_notice:
            return "notice"
        return "resolved" if self.is_over else self.concern.word


def notes(message: Message) -> tuple[Note, ...]:
    """Return a note an alert, each at its latest event, in its reader's language.

    One that cannot be laid out says so, plainly.
    """
    return tuple(_note(message, event) for event in standing_events(message.events))


def joined(found: Sequence[Note]) -> str:
    """Return all notes as lines, the headline and the bottom line of each: what fits on a phone."""
    return "\n".join(fact_line(note.headline, note.summary) for note in found)


def fact_line(term: str, words: str) -> str:
    """Status: critical, firing."""
    return say("{term}: {words}", term=term, words=words)


def and_others(headline: str, others: int) -> str:
    """Name one alert and count those beside it."""
    if not others:
        return headline
    return say_many("{headline} and {n} more", "{headline} and {n} more", others, headline=headline)


def and_more(left: int) -> str:
    """Say how many alerts a message has no room for."""
    return say_many("And {n} more, on the desk.", "And {n} more, on the desk.", left)


def _note(message: Message, event: Mapping[str, Any]) -> Note:
    try:
        event = retold(event)
        if is_test(message):
            return _test(message, event)
        notice = notice_of(event["data"])
        return _laid_out(message, event) if notice is None else _of_notice(message, event, notice)
    except Exception as error:  # noqa: BLE001 (an alert is never lost to a fault in its layout)
        structlog.get_logger().exception("a note could not be laid out", message_id=message.message_id)
        return _plain(message, event, problem=f"{type(error).__name__}: {error}")


def _test(message: Message, event: Mapping[str, Any]) -> Note:
    data, channel = event["data"], str(event["data"]["channel"])
    is_check = event["type"] == COMMS_CHECK
    by = moment_words(data.get("answerBy"), near=message.formed_at, data=data, zone=message.zone)
    asked = say("open the page and press the button, by {time}", time=by)
    headline = (
        say("[COMMS CHECK] {channel}", channel=channel)
        if is_check
        else say("[TEST] Test of channel {channel}", channel=channel)
    )
    return Note(
        event=event,
        facts=((say("Answer"), asked),) if is_check else (),
        name=channel,
        headline=headline,
        summary=str(data["summary"]),
        concern=Concern.NORMAL,
        link=str((data.get("links") or {}).get("view") or ""),
        is_test=True,
    )


def _of_notice(message: Message, event: Mapping[str, Any], notice: Mapping[str, Any]) -> Note:
    title = _clipped(str(notice["title"]))
    lead = notice_lead(event["data"], near=message.formed_at, zone=message.zone)
    return Note(
        event=event,
        name=title,
        headline=title,
        summary=str(event["data"]["summary"]),
        concern=Concern(event["data"]["concern"]),
        link=str(event["data"]["links"]["view"] or ""),
        is_notice=True,
        facts=(
            (say("In short"), _clipped(lead)),
            (say("Firing"), _clipped(parted(notice["lines"]))),
        ),
    )


def _laid_out(message: Message, event: Mapping[str, Any]) -> Note:
    view, data = mail_view(replace(message, events=(event,))), event["data"]
    status = f"{view.concern}, {view.status}"
    facts = [(say("Status"), status), (say("In short"), view.lead), *view.rows]
    return Note(
        event=event,
        name=view.name,
        headline=_headline(message, view.concern, view.name),
        summary=str(data.get("summary") or view.title),
        concern=Concern(data["concern"]),
        link=view.link,
        is_over=view.is_over,
        facts=tuple((term, _clipped(words)) for term, words in facts if words),
    )


def _plain(message: Message, event: Mapping[str, Any], *, problem: str) -> Note:
    """The note that needs no layout and trusts no name; it is in English."""
    data = event["data"]
    is_over = event["type"] == EventType.RESOLVED
    concern = Concern(data.get("concern") or 0)
    word = "resolved" if is_over else concern.word
    facts = [(key, _clipped(str(data[key]))) for key in ("reason", "marking", "episodeId") if data.get(key)]
    name = f"alert {data.get('fingerprint', '')}"
    return Note(
        event=event,
        name=name,
        headline=_headline(message, word, name),
        summary=_clipped(str(data.get("summary") or f"{word}, {event['timestamp']}")),
        concern=concern,
        link=str((data.get("links") or {}).get("view") or message.base_url),
        is_over=is_over,
        facts=(*facts, ("Layout", f"This message could not be laid out ({_clipped(problem)}).")),
        problem=problem,
    )


def _headline(message: Message, word: str, name: str) -> str:
    mark = say("[EXERCISE]") if message.is_exercise else ""
    return _clipped(f"{mark} [{word.upper()}] {name}")


def _clipped(text: str) -> str:
    """One line, not longer than a chat shows."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_WORDS else line[: MOST_WORDS - 1] + "…"
