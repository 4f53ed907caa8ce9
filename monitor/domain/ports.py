"""Ports: what services ask of sources and channels, filled in by bootstrap alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.fetched import RawAnswer, Validator
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest, Pace
from monitor.domain.mask import Mask
from monitor.domain.source import Source


class SourceKind(Protocol):
    """Asks the world and reads its answer; raises SourceError. Holds no state and no client.

    A kind may also have `settings`, the model of its settings, and `pace`, a Pace of its own.
    """

    def problems(self, source: Source) -> Sequence[str]:
        """Return a sentence for each setting that is wrong, naming its key; none if all are well."""
        ...

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Ask over the one way out there is, and return what the answers hold."""
        ...


class Reader(Protocol):
    """A kind that also reads a body that was uploaded, pushed or laid in a folder.

    It may be pushed to if it has `content_types`, those it reads; `path` is the last part of the address
    that takes its bodies, `body` unless it says else.
    """

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return what a body holds; SourceError if it cannot be read."""
        ...


class ChannelKind(Protocol):
    """Renders and sends messages to the world; `send` raises DeliveryError.

    A kind may also have `settings`, the ChannelSettings it knows; `is_grouped`, whether one message may tell
    of several alerts; `draws_charts`, whether it wants their histories; and `check(channel)`, which refuses
    settings and secrets that cannot work.
    """

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


class RunFetcher(Fetcher, Protocol):
    """The way out of one run, with what it leaves behind."""

    @property
    def validators(self) -> Mapping[str, Validator]:
        """What to ask with next time, if the run went well."""
        ...

    @property
    def kept(self) -> Sequence[RawAnswer]:
        """The answers as they came."""
        ...


class Fetchers(Protocol):
    """Gives each run of a source its way out."""

    def fetcher(
        self,
        source: Source,
        *,
        mask: Mask,
        pace: Pace | None = None,
        validators: Mapping[str, Validator] | None = None,
    ) -> RunFetcher:
        """Return the way out for one run; `validators` are what its last good run left."""
        ...

    def replaying(self, answers: Sequence[RawAnswer]) -> "Fetchers":
        """Return a way out that leads nowhere: what is asked is answered from these."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a run needs from outside: the kinds there are, the way out, and secrets by their names.

    `keeps_answers`: whether what came is kept for some days as it came.
    """

    kinds: SourceKinds
    fetchers: Fetchers
    secret: Callable[[str], str]
    keeps_answers: bool = True
