"""Deliveries as a worker makes them, at a moment of the test's own, and channels that keep what they sent."""

import numpy as np
from sqlalchemy import update

from monitor.services.deliver import deliver
from monitor.storage import attempts, notifications
from monitor.storage.rows.alerts import EpisodeRow
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW


class Keeps(FakeChannel):
    """Keeps the messages that were taken, beside their bytes."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.messages = []

    def send(self, channel, message, body, *, now):
        receipt = super().send(channel, message, body, now=now)
        self.messages.append(message)
        return receipt

    @property
    def events(self):
        return [event for message in self.messages for event in message.events]

    @property
    def types(self):
        return [_type(event) for event in self.events]

    @property
    def told(self):
        """Each message as its recipient and the types of its events."""
        return [(message.recipient, *map(_type, message.events)) for message in self.messages]


def run(database, kind, *, now=NOW, owner="worker", **options):
    """Form and send what is due at a moment, all through one kind of channel."""
    return deliver(
        database, {"fake": kind}, secrets=BOX, now=now, owner=owner, base_url="https://desk.example",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0, **options,
    )  # fmt: skip


def store(database, *makers):
    """Write what each maker makes, in one transaction."""
    with database.write() as session:
        for make in makers:
            make(session)


def sent_types(kind):
    """The types of what a kind sent, as its bytes say them."""
    return [body.decode().split()[0] for _, body in kind.sent]


def of(database, episode="e1"):
    """The deliveries of an episode, with their attempts."""
    with database.read() as session:
        return attempts.of_episode(session, episode)


def told(database, episode="e1"):
    """How each notification of an episode stands, and why."""
    with database.read() as session:
        return [(each.state, each.reason) for each in notifications.of_episode(session, episode)]


def end_episode(session, episode="e1", *, at):
    """Have an episode ended, as raising its `resolved` does."""
    session.execute(update(EpisodeRow).where(EpisodeRow.id == episode).values(ended_at=at))


def reasons(database, episode="e1"):
    """Why each notification of an episode stands as it does."""
    with database.read() as session:
        return [each.reason for each in notifications.of_episode(session, episode)]


def _type(event):
    return event["type"].removeprefix("alert.")
