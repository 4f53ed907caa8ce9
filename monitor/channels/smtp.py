"""One mail to one recipient over SMTP, and what each way to fail means for a retry."""

import smtplib
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.alerting.delivery import Receipt
from monitor.domain.alerting.retry import Trouble
from monitor.domain.errors import DeliveryError

TOTAL_SECONDS = 15.0
_PERMANENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The operator's mail server; `encryption` is none, starttls or tls."""

    host: str
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    encryption: str = "starttls"
    tls: ssl.SSLContext | None = field(default=None, repr=False)


def submit(server: SmtpServer, *, sender: str, recipient: str, body: bytes) -> Receipt:
    """Send the bytes as they are; DeliveryError says whether to try again."""
    try:
        return _submit(server, sender, recipient, body)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*error.recipients[recipient], is_about_recipient=True) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error, is_about_recipient=True) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error, is_about_recipient=False) from error
    except TimeoutError as error:
        raise DeliveryError("the mail server did not answer in time", is_timeout=True) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f"the mail server: {error}", trouble=Trouble.MISCONFIGURED) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"the mail server could not be used ({type(error).__name__})") from error


class _Connection(smtplib.SMTP):
    """smtplib limits each step; this limits all of them together."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._ends_at = time.monotonic() + TOTAL_SECONDS
        super().__init__(*arguments, **options)

    def send(self, s: Any) -> None:
        self._limit()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._limit()
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            # smtplib says "closed" for silence too; a retry waits longer after silence.
            if isinstance(error.__context__, TimeoutError):
                raise TimeoutError from error
            raise

    def _limit(self) -> None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(left)


class _TlsConnection(smtplib.SMTP_SSL, _Connection):
    """The same, encrypted from the first byte."""


def _submit(server: SmtpServer, sender: str, recipient: str, body: bytes) -> Receipt:
    context = server.tls or ssl.create_default_context()
    options: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": TOTAL_SECONDS}
    is_tls = server.encryption == "tls"
    connection = _TlsConnection(**options, context=context) if is_tls else _Connection(**options)
    try:
        remote = _remote_address(connection.sock)
        connection.ehlo()
        if server.encryption == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        connection.sendmail(sender, [recipient], body)
    finally:
        _leave(connection)
    return Receipt(status_code=250, remote_address=remote)


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye; what the server makes of it no longer matters to the mail."""
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()


def _remote_address(sock: socket.socket | None) -> str:
    try:
        return str(sock.getpeername()[0]) if sock is not None else ""
    except OSError:
        return ""


def _refused(code: int, answer: bytes | str, *, is_about_recipient: bool) -> DeliveryError:
    """4xx is tried again; 5xx is final if it is about the recipient or the mail, else it is for an admin."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    is_final = code >= _PERMANENT
    return DeliveryError(
        f"the mail server answered {code}",
        permanent=is_final and is_about_recipient,
        status_code=code,
        snippet=" ".join(text.split())[:1024],
        trouble=Trouble.MISCONFIGURED if is_final and not is_about_recipient else Trouble.NONE,
    )
