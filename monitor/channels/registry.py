"""The kinds of channel there are, by the word that names them in a channel's row."""

from typing import Protocol

from monitor.channels.alertmanager import AlertmanagerChannel
from monitor.channels.email import EmailChannel
from monitor.channels.http import HttpChannel
from monitor.channels.ntfy import NtfyChannel
from monitor.channels.pagerduty import PagerdutyChannel
from monitor.channels.slack import SlackChannel
from monitor.channels.smtp import SmtpServer
from monitor.channels.teams import TeamsChannel
from monitor.channels.template import TemplateChannel
from monitor.channels.webhook import WebhookChannel
from monitor.domain.ports import ChannelKind, ChannelKinds
from monitor.egress.client import Clients
from monitor.egress.guard import EgressPolicy

HTTP_KINDS: dict[str, type[HttpChannel]] = {
    "webhook": WebhookChannel,
    "alertmanager": AlertmanagerChannel,
    "pagerduty": PagerdutyChannel,
    "slack": SlackChannel,
    "teams": TeamsChannel,
    "ntfy": NtfyChannel,
    "template": TemplateChannel,
}


class MailSettings(Protocol):
    """What the operator says about mail (the fields of `Settings` that e-mail needs)."""

    @property
    def smtp_host(self) -> str | None:
        """The mail server; None means that this process sends no mail."""
        ...

    @property
    def smtp_port(self) -> int:
        """Its port."""
        ...

    @property
    def smtp_user(self) -> str | None:
        """The login, if it wants one."""
        ...

    @property
    def smtp_password(self) -> str | None:
        """The password of the login."""
        ...

    @property
    def smtp_starttls(self) -> str:
        """The encryption: none, starttls or tls."""
        ...

    @property
    def mail_from(self) -> str:
        """The sender."""
        ...

    @property
    def effective_mail_domain(self) -> str:
        """The domain in message identifiers."""
        ...


def channel_kinds(settings: MailSettings, policy: EgressPolicy) -> ChannelKinds:
    """Return the kinds this process can send; without a mail server, e-mail waits for one that has it."""
    clients = Clients(policy)
    kinds: dict[str, ChannelKind] = {name: kind(clients) for name, kind in HTTP_KINDS.items()}
    if settings.smtp_host:
        server = SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            user=settings.smtp_user or "",
            password=settings.smtp_password or "",
            encryption=settings.smtp_starttls,
        )
        kinds["email"] = EmailChannel(
            server, mail_from=settings.mail_from, mail_domain=settings.effective_mail_domain
        )
    return kinds
