"""CloudEvents 1.0 in binary mode: what an event is stands in the headers, the body is its data alone."""

from urllib.parse import quote

from monitor.domain.alerting.delivery import Message

SPEC_VERSION = "1.0"
_TYPE = "heatwatch.{}.v1"
# What a desk that knows no address of its own is called.
_NAMELESS = "urn:heatwatch"
# Visible ASCII but for the quotation mark and the percent sign: the HTTP binding escapes all else.
_PLAIN = "".join(map(chr, range(0x21, 0x7F))).replace('"', "").replace("%", "")


def headers(message: Message, *, kind: str) -> dict[str, str]:
    """Return the attributes of a message as headers; `kind` is the type of its event, or of its group."""
    latest = message.events[-1]
    given = {
        "ce-specversion": SPEC_VERSION,
        "ce-id": message.message_id,
        "ce-source": message.base_url or _NAMELESS,
        "ce-type": _TYPE.format(kind),
        "ce-subject": latest["data"]["fingerprint"],
        "ce-time": latest["timestamp"],
    }
    return {name: quote(str(value), safe=_PLAIN) for name, value in given.items() if value}
