"""The kinds of channel there are, by the word that names them in a channel's row."""

from monitor.channels.email import EmailChannel
from monitor.channels.smtp import SmtpServer
from monitor.channels.webhook import WebhookChannel
from monitor.domain.ports import ChannelKind, ChannelKinds
from monitor.egress.client import Clients
from monitor.egress.guard import EgressPolicy


def channel_kinds(
    policy: EgressPolicy, *, server: SmtpServer | None = None, mail_from: str = "", mail_domain: str = ""
) -> ChannelKinds:
    """Return the kinds this process can send; without a mail server, e-mail waits for one that has it."""
    kinds: dict[str, ChannelKind] = {"webhook": WebhookChannel(Clients(policy))}
    if server is not None:
        kinds["email"] = EmailChannel(server, mail_from=mail_from, mail_domain=mail_domain)
    return kinds
