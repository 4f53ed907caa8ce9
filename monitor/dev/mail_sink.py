"""The receiver's mailbox: an SMTP server that keeps every mail, and refuses those it is told to."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.dev.arrivals import Arrivals, Incoming

# An address such as fail-550@example.org says what becomes of its mail.
_SCRIPT = re.compile(r"fail-([45]\d\d)(-data)?@")


class MailSink(Controller):
    """Listens on its own thread; port 0 takes any that is free."""

    def __init__(self, arrivals: Arrivals, *, host: str, port: int) -> None:
        """Prepare; `start` listens."""
        super().__init__(_Mailbox(arrivals), hostname=host, port=port, ready_timeout=10)

    def _trigger_server(self) -> None:
        # Called once the server listens: only now is the port known that the system chose.
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Mailbox:
    """What aiosmtpd asks for each command."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's names)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse recipients whose address says so."""
        del server, session, options
        script = _SCRIPT.match(address)
        if script and not script[2]:
            self._arrivals.add(Incoming(kind="mail", target=address, body=b"", status=int(script[1])))
            return f"{script[1]} refused, as the address says"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one arrival a recipient."""
        del server, session
        content = envelope.original_content or b""
        answers = ["250 kept"]
        for recipient in envelope.rcpt_tos:
            script = _SCRIPT.match(recipient)
            status = int(script[1]) if script else 250
            self._arrivals.add(_incoming(content, recipient, status=status))
            answers += [f"{status} refused, as the address says"] if script else []
        return answers[-1]


def parse(content: bytes) -> EmailMessage:
    """Return a mail with its headers decoded."""
    parsed: Any = message_from_bytes(content, policy=policy.default)
    return parsed  # type: ignore[no-any-return]


def _incoming(content: bytes, recipient: str, *, status: int) -> Incoming:
    mail = parse(content)
    episode = re.search(r"<episode\.([^@>]+)@", str(mail.get("References", "")))
    seq = str(mail.get("X-Alert-Event-Seq", "0"))
    subject = str(mail.get("Subject", ""))
    return Incoming(
        kind="mail",
        target=recipient,
        body=content,
        message_id=str(mail.get("Message-ID", "")).strip("<> ").partition("@")[0],
        episode_id=episode[1] if episode else "",
        event_seq=int(seq) if seq.isdecimal() else 0,
        absorbed=tuple(
            int(part) for part in str(mail.get("X-Alert-Absorbed", "")).split() if part.isdecimal()
        ),
        title=subject,
        type="mail",
        is_exercise=subject.startswith("[EXERCISE]"),
        status=status,
    )
