"""E-mail: one message a recipient, threaded by episode, the same bytes on every try."""

import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any, ClassVar

from monitor.channels.smtp import SmtpServer, submit
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.channel_setting import LANGUAGE, ChannelSetting, Form
from monitor.domain.alerting.delivery import Message, Receipt
from monitor.domain.alerting.rota import rota_meant
from monitor.domain.alerting.subscription import SUBSCRIBERS
from monitor.domain.clock import require_utc
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.domain.scale import Concern
from monitor.domain.wording import say
from monitor.render.languages import in_its_language
from monitor.render.messages import Mail, mail

CONTENT_TYPE = "message/rfc822"
# A mail about many alerts belongs to the threads of the first of them.
MOST_ROOTS = 20
_POLICY = SMTP.clone(cte_type="7bit")  # nothing to negotiate with the server
# Deliberately narrow: what mail servers in use accept, and nothing that could break out of a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_LONGEST_ADDRESS = 254
_SUBJECT = "subject-stands-here"


class EmailChannel:
    """Settings: `recipients`, addresses, `oncall:ROTA` for whoever is on duty, and `subscribers`.

    The server is the operator's, not the channel's.
    """

    is_grouped: ClassVar[bool] = True
    draws_charts: ClassVar[bool] = True
    settings: ClassVar[tuple[ChannelSetting, ...]] = (
        ChannelSetting(
            name="recipients",
            form=Form.LIST,
            is_needed=True,
            words="addresses, oncall:ROTA for whoever is on duty, subscribers",
        ),
        LANGUAGE,
    )

    def __init__(self, server: SmtpServer, *, mail_from: str, mail_domain: str) -> None:
        """Keep where mail goes through and what it is sent as."""
        name, address = parseaddr(_one_line(mail_from, field="mail_from"))
        self._server, self._address = server, checked_address(address)
        self._from = Address(display_name=name, addr_spec=self._address)
        self._domain = _one_line(mail_domain, field="mail_domain")

    def recipients(self, channel: Channel) -> Sequence[str]:
        """Return the addresses and what stands for people, each once; InvalidInput if one is neither."""
        given = channel.settings.get("recipients") or ()
        if isinstance(given, str) or not given:
            raise InvalidInput("expected a list of e-mail addresses", field="recipients")
        named = (str(each) for each in given)
        return tuple(dict.fromkeys(each if _is_meant(each) else checked_address(each) for each in named))

    @in_its_language
    def render(self, channel: Channel, message: Message) -> tuple[bytes, str]:
        """Return the whole mail, headers included: a retry is the same mail, byte for byte."""
        content, envelope = mail(message, why=_why(channel, message)), EmailMessage(policy=_POLICY)
        envelope["From"] = self._from
        envelope["To"] = Address(addr_spec=checked_address(message.recipient))
        envelope["Subject"] = _SUBJECT
        subject = _folded(_one_line(content.subject, field="subject"))
        for name, value in (*self._headers(message), *_unsubscribe(channel, message)):
            envelope[name] = _one_line(value, field=name)
        envelope.set_content(content.text)
        if content.html:
            envelope.add_alternative(content.html, subtype="html")
            # A boundary of our own: the library's is random, and a body is made once but compared often.
            envelope.set_boundary(f"=_{message.message_id}")
        if content.html and content.chart:
            _add_chart(envelope, content, message)
        return envelope.as_bytes().replace(_SUBJECT.encode(), subject, 1), CONTENT_TYPE

    def send(self, channel: Channel, message: Message, body: bytes, *, now: datetime) -> Receipt:
        """Hand the mail to the server; an answer of 5xx for its recipient is final for that one only."""
        del channel, now
        try:
            recipient = checked_address(message.recipient)
        except InvalidInput as error:
            raise DeliveryError(str(error), permanent=True) from error
        return submit(self._server, sender=self._address, recipient=recipient, body=body)

    def _headers(self, message: Message) -> list[tuple[str, str]]:
        data = message.events[-1]["data"]
        roots = dict.fromkeys(each["data"]["episodeId"] for each in message.events[:MOST_ROOTS])
        # A notice's own name, silence:7, holds a sign that no message id may.
        named = [f"episode.{root.replace(':', '-')}" for root in roots if root]
        thread = [*named, *message.previous_message_ids[-1:]]
        references = " ".join(f"<{part}@{self._domain}>" for part in thread)
        headers = [
            ("Date", format_datetime(require_utc(message.formed_at, field="formed_at"))),
            ("Message-ID", f"<{message.message_id}@{self._domain}>"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("X-Alert-Event-Seq", str(_number(message))),
        ]
        if references:
            headers += [("In-Reply-To", references), ("References", references)]
        if len(message.events) > 1:
            told = (f"{each['data']['episodeId']}#{each['data']['eventSeq']}" for each in message.events)
            headers.append(("X-Alert-Events", " ".join(told)))
        if data["absorbed"]:
            headers.append(("X-Alert-Absorbed", " ".join(map(str, data["absorbed"]))))
        if message.is_exercise:
            headers.append(("X-Heatwatch-Exercise", "true"))
        if Concern.CRITICAL in {each["data"]["concern"] for each in message.events}:
            headers += [("Importance", "high"), ("X-Priority", "1")]
        return headers


def _unsubscribe(channel: Channel, message: Message) -> list[tuple[str, str]]:
    """Name the page on which a subscriber ends it: with a button, so not by one click (RFC 8058)."""
    if not _is_subscribed(channel, message):
        return []
    return [("List-Unsubscribe", f"<{message.base_url}/subscription>")]


def _is_meant(recipient: str) -> bool:
    """Whether it stands for people: whoever is on duty, or everyone who subscribed."""
    return recipient == SUBSCRIBERS or bool(rota_meant(recipient))


def _add_chart(envelope: EmailMessage, content: Mail, message: Message) -> None:
    """Put the chart beside the HTML that shows it: inline, so that nothing is fetched from anywhere."""
    html: Any = envelope.get_payload(1)
    html.add_related(
        content.chart, "image", "png", cid=f"<{content.chart_id}>", disposition="inline",
        filename="chart.png",
    )  # fmt: skip
    html.set_boundary(f"=_chart_{message.message_id}")


def _why(channel: Channel, message: Message) -> str:
    """Say why its reader gets a mail, and how to get less."""
    if message.recipient in (channel.settings.get("recipients") or ()):
        reason = say("You get this as a recipient of the channel “{channel}”.", channel=channel.name)
    else:
        reason = say(
            "You get this on duty or as a subscriber of the channel “{channel}”.", channel=channel.name
        )
    route = say("The route “{route}” leads there.", route=message.route) if message.route else ""
    if _is_subscribed(channel, message):
        less = say("To get less, change your wishes: {link}", link=f"{message.base_url}/subscription")
    else:
        less = say("To get less, silence it on its page, or have the desk tell the channel of less.")
    return " ".join(part for part in (reason, route, less) if part)


def _is_subscribed(channel: Channel, message: Message) -> bool:
    """Whether its reader may get it because they subscribed, and so may end that."""
    given = channel.settings.get("recipients") or ()
    return SUBSCRIBERS in given and message.recipient not in given and bool(message.base_url)


def _folded(subject: str) -> bytes:
    """Return a subject in lines of a header, as it will be read back.

    The library's newer folding puts a blank before a long one, and a second one between encoded words.
    """
    header = Header(subject, None if subject.isascii() else "utf-8", maxlinelen=75, header_name="Subject")
    return header.encode(linesep="\r\n").encode("ascii")


def _number(message: Message) -> int:
    """Return the number of the latest event of the episode whose thread comes first."""
    own = [each["data"] for each in message.events if each["data"]["episodeId"] == message.episode_id]
    return max(int(data["eventSeq"]) for data in own or [message.events[-1]["data"]])


def checked_address(text: str) -> str:
    """Return a bare address; InvalidInput if it is none, or tries to carry more than itself."""
    if len(text) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        raise InvalidInput(f"{text[:80]!r} is not an e-mail address", field="recipients")
    return text


def _one_line(text: str, *, field: str) -> str:
    if any(sign in text for sign in "\r\n\x00"):
        raise InvalidInput(f"{field} holds a line break", field=field)
    return text
