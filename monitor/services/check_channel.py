"""Check a channel before it is stored: its kind, its settings and its secrets."""

from collections.abc import Iterable
from typing import Any

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import check_settings, known_settings, read_settings
from monitor.domain.errors import InvalidInput
from monitor.domain.ports import ChannelKind, ChannelKinds


def check_channel(channel: Channel, channel_kinds: ChannelKinds) -> None:
    """Refuse a channel that could not send; InvalidInput names the setting."""
    kind = kind_of(channel.kind, channel_kinds)
    if known := known_settings(kind):
        check_settings(known, channel.settings, channel.secrets)
    kind.recipients(channel)
    if check := getattr(kind, "check", None):
        check(channel)


def settings_of(kind: str, given: Iterable[str], channel_kinds: ChannelKinds) -> dict[str, Any]:
    """Return the settings of a kind as written `name=value`; InvalidInput names the one that is wrong."""
    given = tuple(given)
    return read_settings(known_settings(kind_of(kind, channel_kinds)), given) if given else {}


def kind_of(kind: str, channel_kinds: ChannelKinds) -> ChannelKind:
    """Return a kind that can be sent from here; InvalidInput says which there are."""
    found = channel_kinds.get(kind)
    if found is None:
        known = ", ".join(sorted(channel_kinds))
        raise InvalidInput(f"there is no channel kind {kind} here; there is {known}", field="kind")
    return found
