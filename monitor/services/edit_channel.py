"""Edit a channel, or remove it: what waits for a removed one is given up, with that reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import InvalidInput
from monitor.domain.marking import Marking, parse_marking
from monitor.domain.ports import ChannelKinds
from monitor.domain.scale import Concern
from monitor.services.check_channel import check_channel, settings_of
from monitor.services.require_fallback import parse_fallback, require_fallback
from monitor.storage import audit, channel_states, channels, comms, deliveries
from monitor.storage.secrets import SecretBox

REMOVED = "the channel was removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEdit:
    """What to change about a channel, `settings` one by one; what is None or left out stays.

    `given` are settings as people write them, `name=value`, read as its kind reads them.
    `ceiling` "" or "none": whatever there is. `per_minute` below 0: as its kind. `fallback` "" or "none": no
    other channel steps in.
    """

    name: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Sequence[str] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    lowest_concern: Concern | None = None
    takes_exercises: bool | None = None
    ceiling: str | None = None
    per_minute: int | None = None
    fallback: str | None = None
    reason: str = ""

    def of(self, before: Channel) -> Channel:
        """Return the channel as it will be."""
        given = {
            "name": self.name or None,
            "lowest_concern": self.lowest_concern,
            "takes_exercises": self.takes_exercises,
        }
        changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if self.per_minute is not None:
            changed["per_minute"] = self.per_minute if self.per_minute >= 0 else None
        if self.fallback is not None:
            changed["fallback"] = parse_fallback(self.fallback)
        if self.ceiling is not None:
            changed["ceiling"] = parse_ceiling(self.ceiling)
        return replace(
            before, settings={**before.settings, **self.settings},
            secrets={**before.secrets, **self.secrets}, **changed,
        )  # fmt: skip


def edit_channel(
    session: Session, slug: str, edit: ChannelEdit, *, channel_kinds: ChannelKinds, box: SecretBox,
    actor: str, now: datetime,
) -> Channel:  # fmt: skip
    """Change a channel; secrets that are not given stay. NotFound; InvalidInput names a setting."""
    before = channels.get(session, slug, box=box)
    settings = {**edit.settings, **settings_of(before.kind, edit.given, channel_kinds)}
    after = replace(edit, settings=settings).of(before)
    check_channel(after, channel_kinds)
    require_fallback(session, after)
    channels.change(session, after)
    if edit.secrets:
        channels.keep_secrets(session, slug, after.secrets, box=box)
    # What its receiver complained of was about how it was.
    channels.note_trouble(session, slug, "")
    channel_states.forget(session, slug)
    audit.record(
        session, actor=actor, action="channel.edit", target=f"channel/{slug}", reason=edit.reason,
        before=_told(before), after=_told(after) | _replaced(edit), now=now,
    )  # fmt: skip
    return replace(after, secrets={})


def remove_channel(session: Session, slug: str, *, actor: str, reason: str, now: datetime) -> int:
    """Remove a channel and its secret; return how many messages that waited are given up. NotFound."""
    before = channels.get(session, slug)
    given_up = deliveries.kill_queue(session, slug, reason=REMOVED)
    comms.unplan(session, slug)
    channels.remove(session, slug)
    channel_states.forget(session, slug)
    audit.record(
        session, actor=actor, action="channel.remove", target=f"channel/{slug}", reason=reason,
        before=_told(before), after=None, now=now,
    )  # fmt: skip
    return given_up


def parse_ceiling(text: str) -> Marking | None:
    """Return the marking of a ceiling, None for none; InvalidInput names the words."""
    if text.strip().lower() in {"", "none"}:
        return None
    try:
        return parse_marking(text)
    except ValueError as error:
        raise InvalidInput(f"{error}, or none", field="ceiling") from None


def _replaced(edit: ChannelEdit) -> dict[str, object]:
    """The names of the secrets that are new; never their values."""
    return {"secrets_replaced": sorted(edit.secrets)} if edit.secrets else {}


def _told(channel: Channel) -> dict[str, object]:
    return {
        "name": channel.name,
        "settings": dict(channel.settings),
        "lowest_concern": channel.lowest_concern.word,
        "takes_exercises": channel.takes_exercises,
        "per_minute": channel.per_minute,
        "fallback": channel.fallback,
        "ceiling": None if channel.ceiling is None else channel.ceiling.word,
    }
