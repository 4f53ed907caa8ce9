"""Check comms: send the check messages that are due, once each; what comes of them is answered by people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.comms_check import ANSWER_WITHIN, CommsCheck, CommsPlan, next_check
from monitor.domain.alerting.native_event import comms_check
from monitor.domain.errors import ConfigError, InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.ports import ChannelKinds
from monitor.services.reach_duty import on_duty
from monitor.services.try_channel import Trial, try_recipient
from monitor.storage import channels, comms, people
from monitor.storage.engine import Database
from monitor.storage.secrets import SecretBox


def is_check_due(session: Session, *, now: datetime) -> bool:
    """Whether a channel is to be checked."""
    return bool(comms.due(session, now=now))


def check_due(
    database: Database, channel_kinds: ChannelKinds, *, secrets: SecretBox, now: datetime, base_url: str
) -> list[CommsCheck]:
    """Check every channel that is due; one that takes nothing is tried again soon."""
    with database.read() as session:
        # A kind that is not sent from here waits for a process that sends it.
        sent = {each.slug for each in channels.find_all(session) if each.kind in channel_kinds}
        plans = [plan for plan in comms.due(session, now=now) if plan.channel in sent]
    done: list[CommsCheck] = []
    for plan in plans:
        # Claimed before anything is sent: two workers send one message.
        with database.write() as session:
            if not comms.move(session, plan, due_at=next_check(plan, now=now, has_failed=False)):
                continue
        done += _check(database, channel_kinds, plan, secrets=secrets, now=now, base_url=base_url)
    return done


def check_now(
    database: Database, channel_kinds: ChannelKinds, slug: str, *, secrets: SecretBox, now: datetime,
    base_url: str,
) -> list[CommsCheck]:  # fmt: skip
    """Check one channel now, planned or not; NotFound."""
    with database.read() as session:
        channels.get(session, slug)
    return _send(database, channel_kinds, slug, secrets=secrets, now=now, base_url=base_url)


def _check(
    database: Database, channel_kinds: ChannelKinds, plan: CommsPlan, *, secrets: SecretBox, now: datetime,
    base_url: str,
) -> list[CommsCheck]:  # fmt: skip
    checks = _send(database, channel_kinds, plan.channel, secrets=secrets, now=now, base_url=base_url)
    if any(each.error for each in checks):
        with database.write() as session:
            again = next_check(plan, now=now, has_failed=True)
            comms.plan(session, CommsPlan(channel=plan.channel, every_days=plan.every_days, due_at=again))
    return checks


def _send(
    database: Database, channel_kinds: ChannelKinds, slug: str, *, secrets: SecretBox, now: datetime,
    base_url: str,
) -> list[CommsCheck]:  # fmt: skip
    answer_by = now + ANSWER_WITHIN
    checks = [
        CommsCheck(
            id=trial.message_id, channel=slug, recipient=trial.recipient, sent_at=now, answer_by=answer_by,
            error=trial.error,
        )
        for trial in _trials(database, channel_kinds, slug, secrets=secrets, now=now, base_url=base_url)
    ]  # fmt: skip
    with database.write() as session:
        comms.add(session, checks)
    return checks


def _trials(
    database: Database, channel_kinds: ChannelKinds, slug: str, *, secrets: SecretBox, now: datetime,
    base_url: str,
) -> Sequence[Trial]:  # fmt: skip
    try:
        with database.read() as session:
            channel = channels.get(session, slug, box=secrets)
        kind = channel_kinds.get(channel.kind)
        if kind is None:
            raise InvalidInput(
                phrase("channels of kind {kind} cannot be sent from here", kind=channel.kind), field="kind"
            )
        with database.read() as session:
            recipients = on_duty(session, kind.recipients(channel), now=now)
            readers = people.readers(session, set(recipients))
    except (ConfigError, InvalidInput) as error:
        return [Trial(recipient="", message_id=f"{slug}-{int(now.timestamp())}"[:40], error=str(error))]

    def made(message_id: str, of: Channel) -> dict[str, object]:
        return comms_check(
            message_id=message_id, channel=of.name, at=now, answer_by=now + ANSWER_WITHIN, base_url=base_url
        )

    return [
        try_recipient(kind, channel, each, made=made, now=now, base_url=base_url, reader=readers.get(each))
        for each in dict.fromkeys(recipients)
    ]
