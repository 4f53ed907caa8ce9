"""Webhook: the native event as signed JSON (Standard Webhooks), one POST an event."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import orjson
from standardwebhooks.webhooks import Webhook as Signer

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.alerting.retry import Trouble, http_failure
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.egress.client import USER_AGENT, Clients
from monitor.egress.guard import EgressRefused
from monitor.egress.transport import REMOTE_ADDRESS

CONTENT_TYPE = "application/json; charset=utf-8"
GROUP = "alert.group"
SECRET, PREVIOUS_SECRET = "signing_secret", "previous_signing_secret"
SNIPPET_BYTES = 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class WebhookChannel:
    """Settings: `url`, `allow_http`. Secrets: `signing_secret`; `previous_signing_secret` in a rotation."""

    def __init__(self, clients: Clients) -> None:
        """Use one guarded client a channel."""
        self._clients = clients

    def recipients(self, channel: Channel) -> Sequence[str]:
        """Return the host, the only part of the address that is surely no secret."""
        return (_checked_url(channel).netloc.decode("ascii"),)

    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Serialise once: these are the bytes that are signed and sent."""
        del channel
        if len(message.events) == 1:
            return orjson.dumps(message.events[0]), CONTENT_TYPE
        latest = message.events[-1]
        group = {
            "type": GROUP,
            "timestamp": latest["timestamp"],
            "schema": latest["schema"],
            "data": {"groupKey": message.episode_id, "alerts": [event["data"] for event in message.events]},
        }
        return orjson.dumps(group), CONTENT_TYPE

    def send(self, channel: Channel, message: Message, body: bytes, *, now: datetime) -> Receipt:
        """POST the frozen body; anything but 2xx is a DeliveryError."""
        try:
            url = _checked_url(channel)
            client = self._clients.client(channel.slug, allow_http=_allows_http(channel))
            answer = client.post(url, content=body, headers=_headers(channel, message, body, now=now))
        except (InvalidInput, EgressRefused) as error:
            raise DeliveryError(str(error), permanent=True, trouble=Trouble.REFUSED) from error
        except httpx.TimeoutException as error:
            raise DeliveryError(f"no answer in time ({type(error).__name__})", is_timeout=True) from error
        except httpx.HTTPError as error:
            # Its text may name the whole address; the class says enough.
            raise DeliveryError(f"the connection failed ({type(error).__name__})") from error
        return _receipt(answer, now=now)


def sign(secrets: Sequence[str], *, message_id: str, at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` header: one signature a secret, over exactly these bytes.

    The library replaces the zone instead of converting it, so it gets UTC and nothing else.
    """
    stamp, text = at.astimezone(UTC), body.decode()
    return " ".join(Signer(secret).sign(message_id, stamp, text) for secret in secrets)


def _headers(channel: Channel, message: Message, body: bytes, *, now: datetime) -> dict[str, str]:
    names = (SECRET, PREVIOUS_SECRET)
    secrets = [channel.secrets[name] for name in names if channel.secrets.get(name)]
    if not secrets:
        raise DeliveryError("the channel has no signing secret", trouble=Trouble.MISCONFIGURED)
    headers = {
        "content-type": CONTENT_TYPE,
        "user-agent": USER_AGENT,
        "idempotency-key": message.message_id,
        "x-alert-event-seq": str(message.events[-1]["data"]["eventSeq"]),
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(secrets, message_id=message.message_id, at=now, body=body),
    }
    return headers | ({"x-heatwatch-exercise": "true"} if message.is_exercise else {})


def _receipt(answer: httpx.Response, *, now: datetime) -> Receipt:
    remote, snippet = answer.extensions.get(REMOTE_ADDRESS, ""), _snippet(answer.content)
    asked = retry_after_seconds(answer.headers, now=now)
    failure = http_failure(answer.status_code, retry_after_seconds=asked)
    if failure is not None:
        failure.remote_address, failure.snippet = remote, snippet
        raise failure
    return Receipt(status_code=answer.status_code, remote_address=remote, snippet=snippet)


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


def _snippet(content: bytes) -> str:
    return _CONTROL.sub("", content[:SNIPPET_BYTES].decode(errors="replace"))


def _allows_http(channel: Channel) -> bool:
    return bool(channel.settings.get("allow_http", False))


def _checked_url(channel: Channel) -> httpx.URL:
    schemes = {"https", "http"} if _allows_http(channel) else {"https"}
    try:
        url = httpx.URL(str(channel.settings.get("url", "")))
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
