"""Teams: an Adaptive Card to a workflow's webhook, one part an alert."""

from typing import Any, ClassVar

import orjson

from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import LANGUAGE, ChannelSetting
from monitor.domain.alerting.delivery import Message
from monitor.render.languages import in_its_language
from monitor.render.notes import Note, and_more, fact_line, joined, notes

CARD = "application/vnd.microsoft.card.adaptive"
VERSION = "1.4"
# Teams refuses a message of more than 28 KB; what is left out is said.
MOST_BYTES = 24_000
_STYLES = {"critical": "attention", "high": "warning", "elevated": "warning", "resolved": "good"}


class TeamsChannel(HttpChannel):
    """Secrets: `url`, the address of the workflow "when a Teams webhook request is received"."""

    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="url", is_secret=True, is_needed=True, words="the address of the workflow"),
        ALLOW_HTTP,
        LANGUAGE,
    )

    @in_its_language
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the card; alerts that do not fit are counted at its end."""
        del channel
        found = notes(message)
        parts = [_part(note) for note in found]
        shown = len(parts)
        while shown > 1 and len(orjson.dumps(parts[:shown])) > MOST_BYTES:
            shown -= 1
        left = len(parts) - shown + message.truncated
        rest = [_words(and_more(left))] if left else []
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": VERSION,
            "fallbackText": joined(found)[:1000],
            "msteams": {"width": "Full"},
            "body": [*parts[:shown], *rest],
        }
        attachment = {"contentType": CARD, "contentUrl": None, "content": card}
        return orjson.dumps({"type": "message", "attachments": [attachment]}), JSON


def _part(note: Note) -> dict[str, Any]:
    items = [_words(note.headline, size="Large", weight="Bolder"), _words(note.summary)]
    items += [_fact(term, words) for term, words in note.facts]
    part: dict[str, Any] = {
        "type": "Container",
        "style": _STYLES.get(note.word, "default"),
        "separator": True,
        "items": items,
    }
    if note.links:
        actions = [{"type": "Action.OpenUrl", "title": words, "url": page} for words, page in note.links]
        items.append({"type": "ActionSet", "actions": actions})
    return part


def _words(text: str, **looks: str) -> dict[str, Any]:
    """Runs of text are shown as they are: a TextBlock would read its words as Markdown."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}


def _fact(term: str, words: str) -> dict[str, Any]:
    head = fact_line(term, "")
    runs = [{"type": "TextRun", "text": head, "weight": "Bolder"}, {"type": "TextRun", "text": words}]
    return {"type": "RichTextBlock", "inlines": runs}
