"""ntfy: a push message to a topic, with a priority a phone can act on."""

from typing import ClassVar

import httpx
import orjson

from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel, checked_url
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import LANGUAGE, ChannelSetting
from monitor.domain.alerting.delivery import Message
from monitor.domain.errors import InvalidInput
from monitor.render.languages import in_its_language
from monitor.render.notes import Note, and_others, fact_line, joined, notes

SERVER = "https://ntfy.sh"
# What is longer becomes an attachment on ntfy, which a locked phone does not show.
MOST_BYTES, MOST_TITLE = 3800, 250
# 1 to 5; 5 breaks through "do not disturb" where its owner allows that.
PRIORITIES = {"critical": 5, "high": 4, "elevated": 3, "watch": 2}
_TAGS = {"critical": "rotating_light", "high": "warning", "resolved": "white_check_mark", "test": "bell"}
_DEFAULT_PRIORITY = 3


class NtfyChannel(HttpChannel):
    """Settings: `topic`, `url` of the server, `allow_http`. Secrets: `token`, an access token."""

    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="topic", words="the topic that is published to", is_needed=True),
        ChannelSetting(name="url", words=f"the server; without it {SERVER}"),
        ALLOW_HTTP,
        LANGUAGE,
        ChannelSetting(name="token", is_secret=True, words="an access token of the server"),
    )

    def recipients(self, channel: Channel) -> tuple[str, ...]:
        """Return the server's host and the topic."""
        return (f"{self.address(channel).netloc.decode('ascii')}/{_topic(channel)}",)

    def check(self, channel: Channel) -> None:
        """Refuse an address or a topic that is none."""
        self.recipients(channel)

    def address(self, channel: Channel) -> httpx.URL:
        """Return the server's root, where messages are published as JSON."""
        return checked_url(channel, text=str(channel.settings.get("url") or SERVER))

    def headers(self, channel: Channel) -> dict[str, str]:
        """Return the content type, and the token if there is one."""
        token = channel.secrets.get("token")
        return {"content-type": JSON} | ({"authorization": f"Bearer {token}"} if token else {})

    @in_its_language
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the message: of several alerts the worst gives it its title and priority."""
        found = notes(message)
        worst = max(found, key=lambda note: PRIORITIES.get(note.word, 0))
        others = len(found) - 1 + message.truncated
        body = {
            "topic": _topic(channel),
            "title": and_others(worst.headline[:MOST_TITLE], others),
            "message": _clipped(_text(found)),
            "priority": PRIORITIES.get(worst.word, _DEFAULT_PRIORITY),
            "tags": [tag for tag in (_TAGS.get(worst.word), "exercise" * message.is_exercise) if tag],
        }
        if worst.links:
            body["click"] = worst.links[0][1]
            body["actions"] = [{"action": "view", "label": words, "url": page} for words, page in worst.links]
        return orjson.dumps(body), JSON


def _text(found: tuple[Note, ...]) -> str:
    if len(found) > 1:
        return joined(found)
    [note] = found
    return "\n".join([note.summary, *(fact_line(*fact) for fact in note.facts)])


def _clipped(text: str) -> str:
    encoded = text.encode()
    return text if len(encoded) <= MOST_BYTES else encoded[:MOST_BYTES].decode(errors="ignore") + "…"


def _topic(channel: Channel) -> str:
    topic = str(channel.settings.get("topic") or "")
    if not topic or not all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in topic):
        raise InvalidInput("a topic is letters, digits, - and _", field="topic")
    return topic
