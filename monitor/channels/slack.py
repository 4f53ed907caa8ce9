"""Slack: one message to an incoming webhook, one attachment an alert."""

from typing import Any, ClassVar

import orjson

from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import LANGUAGE, ChannelSetting
from monitor.domain.alerting.delivery import Message
from monitor.render.languages import in_its_language
from monitor.render.notes import COLOURS, Note, and_more, joined, notes

# Slack's own limits: of a header, of a section's text and field, of fields in a section, of attachments.
MOST_HEADER, MOST_TEXT, MOST_FIELD, MOST_FIELDS, MOST_ALERTS = 150, 3000, 2000, 10, 20


class SlackChannel(HttpChannel):
    """Secrets: `url`, the address of the incoming webhook: whoever knows it may post."""

    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="url", is_secret=True, is_needed=True, words="the address of the webhook"),
        ALLOW_HTTP,
        LANGUAGE,
    )

    @in_its_language
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the message; `text` is what a phone shows, the attachments what a window does."""
        del channel
        found = notes(message)
        left = max(0, len(found) - MOST_ALERTS) + message.truncated
        body = {
            "text": escaped(joined(found))[:MOST_TEXT],
            "attachments": [_attachment(note) for note in found[:MOST_ALERTS]],
        }
        if left:
            body["attachments"][-1]["blocks"].append(_section(and_more(left)))  # type: ignore[index]
        return orjson.dumps(body), JSON


def escaped(text: str) -> str:
    """Return words that Slack shows as they are: no mention, link or command comes out of a name."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attachment(note: Note) -> dict[str, Any]:
    header = {"type": "plain_text", "text": note.headline[:MOST_HEADER], "emoji": False}
    blocks: list[dict[str, Any]] = [{"type": "header", "text": header}, _section(note.summary)]
    if note.facts:
        blocks.append({"type": "section", "fields": [_field(*fact) for fact in note.facts[:MOST_FIELDS]]})
    if note.links:
        links = [f"<{_address(page)}|{escaped(words)}>" for words, page in note.links]
        blocks.append({"type": "context", "elements": [_mrkdwn("   ".join(links), MOST_TEXT)]})
    return {"color": COLOURS[note.word], "fallback": escaped(note.summary), "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(escaped(text), MOST_TEXT)}


def _field(term: str, words: str) -> dict[str, str]:
    return _mrkdwn(f"*{term}*\n{escaped(words)}", MOST_FIELD)


def _mrkdwn(text: str, most: int) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text[:most]}


def _address(link: str) -> str:
    """An address within `<...|...>` must not end it."""
    return escaped(link).replace("|", "%7C")
