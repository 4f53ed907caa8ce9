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
from monitor.domain.scale import Concern
from monitor.render.mail_view import is_test, mail_view

EXERCISE, TEST, CHECK = "[EXERCISE] ", "[TEST] ", "[COMMS CHECK] "
MOST_WORDS = 600
# The colour beside a message, never the only sign: the headline says the same in words.
COLOURS = {
    "critical": "#14161b", "high": "#66686e", "elevated": "#a6a4a1", "watch": "#d3d0c9", "normal": "#eceae6",
    "resolved": "#478fc6", "test": "#8d846f", "notice": "#8d846f",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One alert of a message; `problem` is why it is plainer than it should be.

    `headline` says how it stands and what it is about; `facts` are terms with words.
    """

    event: Mapping[str, Any]
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
        first = "Answer" if self.event["type"] == COMMS_CHECK else "Open the alert"
        if self.is_notice:
            first = str(self.data["notice"]["ask"])
        found = ((first, self.link), ("Acknowledge", named.get("ack")), ("Silence", named.get("silence")))
        pages = {str(link): words for words, link in reversed(found) if str(link or "").startswith("http")}
        return tuple((words, page) for page, words in reversed(pages.items()))

    @property
    def word(self) -> str:
        """Critical, resolved or test: how it stands in one word."""
        if self.is_test:
            return "test"
        if self.is_notice:
            return "notice"
        return "resolved" if self.is_over else self.concern.word


def notes(message: Message) -> tuple[Note, ...]:
    """Return a note an alert, each at its latest event; one that cannot be laid out says so, plainly."""
    return tuple(_note(message, event) for event in standing_events(message.events))


def joined(found: Sequence[Note]) -> str:
    """Return all notes as lines, the headline and the bottom line of each: what fits on a phone."""
    return "\n".join(f"{note.headline}: {note.summary}" for note in found)


def _note(message: Message, event: Mapping[str, Any]) -> Note:
    try:
        if is_test(message):
            return _test(event)
        notice = notice_of(event["data"])
        return _laid_out(message, event) if notice is None else _of_notice(event, notice)
    except Exception as error:  # noqa: BLE001 (an alert is never lost to a fault in its layout)
        structlog.get_logger().exception("a note could not be laid out", message_id=message.message_id)
        return _plain(message, event, problem=f"{type(error).__name__}: {error}")


def _test(event: Mapping[str, Any]) -> Note:
    data = event["data"]
    is_check = event["type"] == COMMS_CHECK
    asked = (("Answer", f"open the page and press the button, by {data['answerBy']}"),) if is_check else ()
    return Note(
        event=event,
        facts=asked,
        headline=f"{CHECK}{data['channel']}" if is_check else f"{TEST}Test of channel {data['channel']}",
        summary=str(data["summary"]),
        concern=Concern.NORMAL,
        link=str((data.get("links") or {}).get("view") or ""),
        is_test=True,
    )


def _of_notice(event: Mapping[str, Any], notice: Mapping[str, Any]) -> Note:
    return Note(
        event=event,
        headline=_clipped(str(notice["title"])),
        summary=str(event["data"]["summary"]),
        concern=Concern(event["data"]["concern"]),
        link=str(event["data"]["links"]["view"] or ""),
        is_notice=True,
        facts=(("In short", _clipped(str(notice["lead"]))), ("Firing", _clipped("; ".join(notice["lines"])))),
    )


def _laid_out(message: Message, event: Mapping[str, Any]) -> Note:
    view, data = mail_view(replace(message, events=(event,))), event["data"]
    is_over = event["type"] == EventType.RESOLVED
    facts = [("Status", f"{view.concern}, {view.status}"), ("In short", view.lead), *view.rows]
    return Note(
        event=event,
        headline=_headline(message, "resolved" if is_over else view.concern, view.name),
        summary=str(data.get("summary") or view.title),
        concern=Concern(data["concern"]),
        link=view.link,
        is_over=is_over,
        facts=tuple((term, _clipped(words)) for term, words in facts if words),
    )


def _plain(message: Message, event: Mapping[str, Any], *, problem: str) -> Note:
    """The note that needs no layout and trusts no name."""
    data = event["data"]
    is_over = event["type"] == EventType.RESOLVED
    concern = Concern(data.get("concern") or 0)
    word = "resolved" if is_over else concern.word
    facts = [(key, _clipped(str(data[key]))) for key in ("reason", "marking", "episodeId") if data.get(key)]
    return Note(
        event=event,
        headline=_headline(message, word, f"alert {data.get('fingerprint', '')}"),
        summary=_clipped(str(data.get("summary") or f"{word}, {event['timestamp']}")),
        concern=concern,
        link=str((data.get("links") or {}).get("view") or message.base_url),
        is_over=is_over,
        facts=(*facts, ("Layout", f"This message could not be laid out ({_clipped(problem)}).")),
        problem=problem,
    )


def _headline(message: Message, word: str, name: str) -> str:
    return _clipped(f"{EXERCISE if message.is_exercise else ''}[{word.upper()}] {name}")


def _clipped(text: str) -> str:
    """One line, not longer than a chat shows."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_WORDS else line[: MOST_WORDS - 1] + "…"
