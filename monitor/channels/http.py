"""HTTP channels: one guarded request, what each answer means, and what all kinds of them share."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar

import httpx

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import ChannelSetting, Form
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.alerting.retry import Trouble, http_failure
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.egress.client import USER_AGENT, Clients
from monitor.egress.guard import EgressRefused
from monitor.egress.transport import REMOTE_ADDRESS

JSON = "application/json; charset=utf-8"
SNIPPET_BYTES = 1024
ALLOW_HTTP = ChannelSetting(
    name="allow_http", form=Form.FLAG, words="an address without TLS is meant, inside one's own network"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SHORTEST_SECRET = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One request of a channel."""

    url: httpx.URL
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


class HttpChannel(ABC):
    """What the kinds that speak HTTP share: a kind says its settings, its address and its body."""

    settings: ClassVar[tuple[ChannelSetting, ...]] = ()
    is_grouped: ClassVar[bool] = True

    def __init__(self, clients: Clients) -> None:
        """Use one guarded client a channel."""
        self._clients = clients

    def recipients(self, channel: Channel) -> Sequence[str]:
        """Return the host of its address, or the channel's own slug where the address is a secret."""
        if any(setting.name == "url" and setting.is_secret for setting in self.settings):
            return (channel.slug,)
        return (self.address(channel).netloc.decode("ascii"),)

    def check(self, channel: Channel) -> None:
        """Refuse settings and secrets that cannot work; InvalidInput names one."""
        self.address(channel)

    def address(self, channel: Channel) -> httpx.URL:
        """Return where it posts to, secrets and all; InvalidInput if that is no address."""
        return checked_url(channel)

    @abstractmethod
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the body and its content type, frozen before the first attempt."""

    def send(self, channel: Channel, message: Message, body: bytes, *, now: datetime) -> Receipt:
        """POST the frozen body; anything but 2xx is a DeliveryError."""
        outgoing = self.outgoing(channel, message, body)
        return request(self._clients, channel, outgoing, now=now)

    def outgoing(self, channel: Channel, message: Message, body: bytes) -> Outgoing:
        """Return the request that carries a frozen body."""
        return Outgoing(
            url=self.address_to_send(channel), body=body, headers=self.headers(channel) | marks(message)
        )

    def headers(self, channel: Channel) -> dict[str, str]:
        """Return the headers a receiver needs beside the marks of the message."""
        del channel
        return {"content-type": JSON}

    def address_to_send(self, channel: Channel) -> httpx.URL:
        """Return the address; what is wrong with it is final."""
        try:
            return self.address(channel)
        except InvalidInput as error:
            raise DeliveryError(str(error), permanent=True, trouble=Trouble.REFUSED) from error


def marks(message: Message) -> dict[str, str]:
    """Return the headers of every message: the id that stays the same on each try, and whether it is real."""
    exercise = {"x-heatwatch-exercise": "true"} if message.is_exercise else {}
    return {"user-agent": USER_AGENT, "idempotency-key": message.message_id} | exercise


def request(clients: Clients, channel: Channel, outgoing: Outgoing, *, now: datetime) -> Receipt:
    """Send one request; anything but 2xx is a DeliveryError that says whether to try again."""
    try:
        client = clients.client(channel.slug, allow_http=allows_http(channel))
        answer = client.request(
            outgoing.method, outgoing.url, content=outgoing.body, headers=dict(outgoing.headers)
        )
    except EgressRefused as error:
        raise DeliveryError(str(error), permanent=True, trouble=Trouble.REFUSED) from error
    except httpx.TimeoutException as error:
        raise DeliveryError(f"no answer in time ({type(error).__name__})", is_timeout=True) from error
    except httpx.HTTPError as error:
        # Its text may name the whole address; the class says enough.
        raise DeliveryError(f"the connection failed ({type(error).__name__})") from error
    return _receipt(channel, answer, now=now)


def retry_after_seconds(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return what `Retry-After` asks for, in seconds or as a date; None if it asks for nothing readable."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()


def allows_http(channel: Channel) -> bool:
    """Whether an admin ticked that an address without TLS is meant."""
    return bool(channel.settings.get("allow_http", False))


def checked_url(channel: Channel, *, text: str = "") -> httpx.URL:
    """Return the channel's `url`, setting or secret, or that of `text`; InvalidInput if it cannot be used."""
    given = text or channel.secrets.get("url") or channel.settings.get("url", "")
    schemes = {"https", "http"} if allows_http(channel) else {"https"}
    try:
        url = httpx.URL(str(given))
    except httpx.InvalidURL:
        raise InvalidInput("this is not an address", field="url") from None
    if url.scheme == "http" and url.host and "http" not in schemes:
        message = "http:// is not encrypted: use https://, or say with --allow-http that it is meant"
        raise InvalidInput(message, field="url")
    if url.scheme not in schemes or not url.host:
        raise InvalidInput("expected an address beginning with https://", field="url")
    if url.userinfo:
        raise InvalidInput("the address may not carry a user name or password", field="url")
    return url


def _receipt(channel: Channel, answer: httpx.Response, *, now: datetime) -> Receipt:
    remote, snippet = answer.extensions.get(REMOTE_ADDRESS, ""), _snippet(channel, answer.content)
    asked = retry_after_seconds(answer.headers, now=now)
    failure = http_failure(answer.status_code, retry_after_seconds=asked)
    if failure is not None:
        failure.remote_address, failure.snippet = remote, snippet
        raise failure
    return Receipt(status_code=answer.status_code, remote_address=remote, snippet=snippet)


def _snippet(channel: Channel, content: bytes) -> str:
    """Return the beginning of an answer, without control characters and without our secrets echoed."""
    text = content.decode(errors="replace")
    for secret in channel.secrets.values():
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return _CONTROL.sub("", text[:SNIPPET_BYTES])
