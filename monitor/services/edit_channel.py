"""Edit a channel, or remove it: what waits for a removed one is given up, with that reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import InvalidInput
from monitor.domain.marking import Marking, parse_marking
from monitor.domain.ports import ChannelKinds
from monitor.domain.scale import Concern
from monitor.storage import audit, channels, deliveries

REMOVED = "the channel was removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEdit:
    """What to change about a channel, `settings` one by one; what is None or left out stays.

    `ceiling` "" or "none": whatever there is.
    """

    name: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    lowest_concern: Concern | None = None
    takes_exercises: bool | None = None
    ceiling: str | None = None

    def of(self, before: Channel) -> Channel:
        """Return the channel as it will be."""
        given = {
            "name": self.name or None,
            "lowest_concern": self.lowest_concern,
            "takes_exercises": self.takes_exercises,
        }
        changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if self.ceiling is not None:
            changed["ceiling"] = parse_ceiling(self.ceiling)
        return replace(before, settings={**before.settings, **self.settings}, **changed)


def edit_channel(
    session: Session, slug: str, edit: ChannelEdit, *, channel_kinds: ChannelKinds, actor: str, reason: str,
    now: datetime,
) -> Channel:  # fmt: skip
    """Change a channel; its secret stays. NotFound; InvalidInput names a setting."""
    before = channels.get(session, slug)
    after = edit.of(before)
    kind = channel_kinds.get(after.kind)
    if kind is None:
        raise InvalidInput(f"channels of kind {after.kind} cannot be checked here", field="kind")
    kind.recipients(after)
    channels.change(session, after)
    # What its receiver complained of was about how it was.
    channels.note_trouble(session, slug, "")
    audit.record(
        session, actor=actor, action="channel.edit", target=f"channel/{slug}", reason=reason,
        before=_told(before), after=_told(after), now=now,
    )  # fmt: skip
    return after


def remove_channel(session: Session, slug: str, *, actor: str, reason: str, now: datetime) -> int:
    """Remove a channel and its secret; return how many messages that waited are given up. NotFound."""
    before = channels.get(session, slug)
    given_up = deliveries.kill_queue(session, slug, reason=REMOVED)
    channels.remove(session, slug)
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


def _told(channel: Channel) -> dict[str, object]:
    return {
        "name": channel.name,
        "settings": dict(channel.settings),
        "lowest_concern": channel.lowest_concern.word,
        "takes_exercises": channel.takes_exercises,
        "ceiling": None if channel.ceiling is None else channel.ceiling.word,
    }
