"""Template: a webhook whose body an admin writes, or takes from a preset, where there is no kind for it."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import httpx
import orjson

from monitor.channels.http import ALLOW_HTTP, JSON, HttpChannel, Outgoing, checked_url, marks
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import LANGUAGE, ChannelSetting
from monitor.domain.alerting.delivery import Message
from monitor.domain.errors import InvalidInput
from monitor.domain.wording import say
from monitor.render.body_templates import SECRET, check_template, fill, secrets_in, with_secrets
from monitor.render.languages import in_its_language
from monitor.render.notes import Note, and_others, fact_line, joined, notes

FORM, TEXT = "application/x-www-form-urlencoded", "text/plain; charset=utf-8"
CONTENT_TYPES = {"json": JSON, "form": FORM, "text": TEXT}
PRIORITIES = {"critical": 5, "high": 4, "elevated": 3, "watch": 2}
_PRESETS = Path(__file__).parent / "presets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Where a message goes and what it looks like; `url` and `headers` hold {url}, {to}, {secret:token}."""

    body: Any
    words: str = ""
    url: str = "{url}"
    method: str = "POST"
    encoding: str = "json"
    needs: tuple[str, ...] = ("url",)
    headers: Mapping[str, str] = field(default_factory=dict)


@functools.lru_cache(maxsize=1)
def presets() -> Mapping[str, Preset]:
    """Return the presets that ship, by their names."""
    found = {path.stem: tomllib.loads(path.read_text()) for path in sorted(_PRESETS.glob("*.toml"))}
    return {name: Preset(**given | {"needs": tuple(given["needs"])}) for name, given in found.items()}


class TemplateChannel(HttpChannel):
    """A `preset`, or a `template` of one's own with `encoding` and `method`; secrets as they ask for them."""

    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(name="preset", words="a body that ships", choices=tuple(presets())),
        ChannelSetting(name="template", words="a body of one's own, JSON or text; @FILE reads it"),
        ChannelSetting(
            name="encoding",
            words="of a body of one's own; without it json",
            choices=tuple(CONTENT_TYPES),
        ),
        ChannelSetting(name="method", words="without it POST", choices=("POST", "PUT")),
        ChannelSetting(name="to", words="the room, chat or key that a preset asks for"),
        ALLOW_HTTP,
        LANGUAGE,
        ChannelSetting(name="url", is_secret=True, words="the address, or that of the server"),
        ChannelSetting(name="token", is_secret=True, words="what lets us in, where a preset asks for it"),
        ChannelSetting(name="user", is_secret=True, words="whom it goes to, where that is a secret"),
    )

    def check(self, channel: Channel) -> None:
        """Refuse a template that cannot be read, and what the preset asks for and is not there."""
        preset = _preset(channel)
        check_template(preset.body)
        for name in (*preset.needs, *sorted(secrets_in(preset.body))):
            if not (channel.secrets.get(name) or channel.settings.get(name)):
                how = "--set to=..." if name == "to" else f"--secret {name}"
                raise InvalidInput(f"this needs {name}: {how}", field=name)
        self.address(channel)

    def address(self, channel: Channel) -> httpx.URL:
        """Return where it posts to; a message's own id stands in it while sending."""
        return checked_url(channel, text=_in_place(_preset(channel).url, channel, message_id="id"))

    @in_its_language
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the filled body; secrets are left out of what is kept, and filled in while sending."""
        preset = _preset(channel)
        found = notes(message)
        filled = fill(preset.body, _values(channel, message, found), fallback=joined(found))
        if preset.encoding == "text":
            return str(filled.body).encode(), TEXT
        return orjson.dumps(filled.body), CONTENT_TYPES[preset.encoding]

    def outgoing(self, channel: Channel, message: Message, body: bytes) -> Outgoing:
        """Return the request with its secrets in their places."""
        preset = _preset(channel)
        self.address_to_send(channel)
        url = checked_url(channel, text=_in_place(preset.url, channel, message_id=message.message_id))
        own = {name: _in_place(value, channel, escape=False) for name, value in preset.headers.items()}
        headers = marks(message) | own | {"content-type": CONTENT_TYPES[preset.encoding]}
        return Outgoing(url=url, method=preset.method, headers=headers, body=_encoded(preset, channel, body))


def _preset(channel: Channel) -> Preset:
    settings = channel.settings
    if name := settings.get("preset"):
        return presets()[str(name)]
    encoding, text = str(settings.get("encoding") or "json"), str(settings.get("template") or "")
    if not text:
        raise InvalidInput("this needs a preset or a template", field="template")
    return Preset(body=_own(text, encoding), encoding=encoding, method=str(settings.get("method") or "POST"))


def _own(text: str, encoding: str) -> Any:
    if encoding == "text":
        return text
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"the template is no JSON: {error}", field="template") from None
    if encoding == "form" and not isinstance(body, dict):
        raise InvalidInput("the template of a form is a JSON object", field="template")
    return body


def _encoded(preset: Preset, channel: Channel, body: bytes) -> bytes:
    if preset.encoding == "text":
        return body
    whole = with_secrets(orjson.loads(body), channel.secrets)
    return urlencode(whole).encode() if preset.encoding == "form" else orjson.dumps(whole)


def _in_place(text: str, channel: Channel, *, message_id: str = "", escape: bool = True) -> str:
    """Return an address or a header with what stands in it; what is not there is left empty."""

    def clean(value: str) -> str:
        return quote(value, safe="") if escape else value

    text = SECRET.sub(lambda found: clean(channel.secrets.get(found[1], "")), text)
    text = text.replace("{to}", clean(str(channel.settings.get("to") or "")))
    text = text.replace("{message_id}", clean(message_id))
    base = channel.secrets.get("url", "")
    return text.replace("{url}/", f"{base.rstrip('/')}/").replace("{url}", base)


def _values(channel: Channel, message: Message, found: tuple[Note, ...]) -> dict[str, Any]:
    worst = max(found, key=lambda note: PRIORITIES.get(note.word, 0))
    others = len(found) - 1 + message.truncated
    facts = [fact_line(*fact) for fact in worst.facts] if len(found) == 1 else []
    return {
        "title": and_others(worst.headline, others),
        "summary": worst.summary,
        "text": "\n".join([worst.summary, *facts]) if len(found) == 1 else joined(found),
        "link": worst.link,
        "open": say("Open the alert"),
        "word": worst.word,
        "is_over": all(note.is_over for note in found),
        "priority": PRIORITIES.get(worst.word, 3),
        "count": 1 + others,
        "is_exercise": message.is_exercise,
        "is_test": worst.is_test,
        "to": str(channel.settings.get("to") or ""),
        "message_id": message.message_id,
        "alerts": [
            {
                "headline": note.headline, "summary": note.summary, "word": note.word, "link": note.link,
                "facts": dict(note.facts), "data": dict(note.data), "is_over": note.is_over,
            }
            for note in found
        ],
    }  # fmt: skip
