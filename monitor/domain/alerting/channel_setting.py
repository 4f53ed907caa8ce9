"""What a kind of channel is told: its settings and secrets by name, read from words and checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import LANGUAGES

# The words that name the kinds there are; a test holds them against what a process can send.
KINDS = ("webhook", "email", "alertmanager", "pagerduty", "slack", "teams", "ntfy", "template")
_YES, _NO = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0"})


class Form(StrEnum):
    """How the value of a setting is written."""

    TEXT = "text"
    FLAG = "yes or no"
    LIST = "several, with commas between"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSetting:
    """One setting of a kind. A secret is stored sealed and never shown again; `choices` empty: any text."""

    name: str
    words: str
    form: Form = Form.TEXT
    is_secret: bool = False
    is_needed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def notes(self) -> str:
        """Needed; secret; one of its choices: what to know beside the words."""
        notes = ["needed"] * self.is_needed + ["secret"] * self.is_secret
        notes += [self.form.value] * (self.form is not Form.TEXT)
        return "; ".join(notes + [", ".join(self.choices)] * bool(self.choices))

    def read(self, text: str) -> Any:
        """Return the value of a text; InvalidInput names the setting."""
        text = text.strip()
        if self.form is Form.FLAG:
            if text.lower() not in _YES | _NO:
                raise InvalidInput(f"expected yes or no, got {text!r}", field=self.name)
            return text.lower() in _YES
        if self.form is Form.LIST:
            return [part.strip() for part in text.split(",") if part.strip()]
        if self.choices and text not in self.choices:
            known = ", ".join(self.choices)
            raise InvalidInput(f"there is no {text!r}; there is {known}", field=self.name)
        return text


# Of every kind that people read; whoever has an account is written to in their own.
LANGUAGE = ChannelSetting(name="language", words="of its messages, without it en", choices=tuple(LANGUAGES))


def read_settings(known: Sequence[ChannelSetting], given: Iterable[str]) -> dict[str, Any]:
    """Return the settings written as `name=value`; InvalidInput names one that is unknown or a secret."""
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise InvalidInput(f"expected name=value, got {text!r}", field="settings")
        setting = _refuse_secret(_named(known, name.strip()))
        found[setting.name] = setting.read(value)
    return found


def check_settings(
    known: Sequence[ChannelSetting], settings: Mapping[str, Any], secrets: Mapping[str, str]
) -> None:
    """Refuse what the kind does not know, and what it needs and lacks; InvalidInput names it."""
    for name in secrets:
        _named(known, name)
    for name in settings:
        _refuse_secret(_named(known, name))
    for setting in known:
        held = secrets if setting.is_secret else settings
        if setting.is_needed and not held.get(setting.name):
            how = f"--secret {setting.name}" if setting.is_secret else f"--set {setting.name}=..."
            raise InvalidInput(f"this kind needs {setting.name} ({setting.words}): {how}", field=setting.name)


def _refuse_secret(setting: ChannelSetting) -> ChannelSetting:
    if setting.is_secret:
        message = f"{setting.name} is a secret: give it with --secret {setting.name}"
        raise InvalidInput(message, field=setting.name)
    return setting


def known_settings(kind: object) -> tuple[ChannelSetting, ...]:
    """Return the settings a kind says it has; none for one that says nothing."""
    return tuple(getattr(kind, "settings", ()))


def _named(known: Sequence[ChannelSetting], name: str) -> ChannelSetting:
    for setting in known:
        if setting.name == name:
            return setting
    there = ", ".join(setting.name for setting in known)
    raise InvalidInput(f"this kind knows no {name!r}; it knows {there}", field=name or "settings")
