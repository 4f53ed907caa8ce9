"""Import an Alertmanager configuration: its channels, mute windows and routes, in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.ports import ChannelKinds
from monitor.packs.alertmanager import AlertmanagerRead
from monitor.packs.alertmanager_receivers import Line
from monitor.services.add_channel import add_channel
from monitor.services.arrange import arrange
from monitor.services.routing_in_force import routing_in_force
from monitor.services.save_routing import save_routing
from monitor.storage import channels
from monitor.storage.secrets import SecretBox


def import_alertmanager(
    session: Session,
    read: AlertmanagerRead,
    *,
    channel_kinds: ChannelKinds,
    secrets: SecretBox,
    actor: str,
    reason: str,
    now: datetime,
) -> tuple[Line, ...]:
    """Put what was read in force in place of the tree there is; return what is to be said of it.

    A channel whose name is taken stays as it is here. InvalidInput names a setting that cannot be used, and
    then nothing is stored.
    """
    here = {each.slug for each in channels.find_all(session)}
    lines = [
        Line(at=f"channel {each.slug}", words="there is one of this name here: it stays as it is")
        for each in read.channels
        if each.slug in here
    ]
    for each in read.channels:
        if each.slug not in here:
            # Mail is checked by a process that has a server; the others always are.
            kinds = channel_kinds if each.kind in channel_kinds else None
            add_channel(
                session, each, secrets=secrets, actor=actor, now=now, channel_kinds=kinds, reason=reason
            )  # fmt: skip
    for window in read.windows:
        arrange(session, window, by=actor, reason=reason, now=now)
    seen = routing_in_force(session).version
    save_routing(session, read.routing, author=actor, reason=reason, seen=seen, now=now)
    return tuple(lines)
