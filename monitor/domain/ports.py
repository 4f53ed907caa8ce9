"""Ports: what services ask of sources and channels, filled in by bootstrap alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.observation import Reading
from monitor.domain.source import Source


class SourceKind(Protocol):
    """Fetches raw readings from the world; raises SourceError."""

    def fetch(self, source: Source, *, now: datetime, since: datetime | None) -> Sequence[Reading]:
        """Return what the source says now; `since` is when it last answered."""
        ...


class ChannelKind(Protocol):
    """Renders and sends messages to the world; `send` raises DeliveryError."""

    def recipients(self, channel: Channel) -> Sequence[str]:
        """Return one address a recipient; a message is formed for each."""
        ...

    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the body and its content type, frozen before the first attempt."""
        ...

    def send(self, channel: Channel, message: Message, body: bytes, *, now: datetime) -> Receipt:
        """Send the frozen body once; return what the receiver answered."""
        ...


SourceKinds = Mapping[str, SourceKind]
ChannelKinds = Mapping[str, ChannelKind]
