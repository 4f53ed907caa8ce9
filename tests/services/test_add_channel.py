"""Add and try a channel: its secret is made here and shown once; a test is one message and no alert."""

import base64
from datetime import UTC, datetime
from ipaddress import ip_network

import orjson
import pytest

from monitor.channels.webhook import WebhookChannel
from monitor.dev.receiver import build_receiver
from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.egress.client import Clients
from monitor.egress.guard import EgressPolicy
from monitor.services.add_channel import add_channel, channel_slugs
from monitor.services.try_channel import try_channel
from monitor.storage import audit, channels
from tests.factories import a_channel
from tests.fakes import FakeChannel, refused
from tests.services.alert_rows import BOX, NOW

HOOK = Channel(slug="hook", name="Hook", kind="webhook", settings={"url": "https://hooks.example/in"})


def add(database, channel=HOOK, **options):
    with database.write() as session:
        return add_channel(session, channel, secrets=BOX, actor="admin", now=NOW, **options)


def attempt(database, kind, slug="hook", **options):
    return try_channel(
        database, {"fake": kind, "webhook": kind}, slug, secrets=BOX, actor="admin", now=NOW, **options
    )


def test_a_webhook_is_given_a_secret_that_is_shown_once(database):
    added = add(database)
    assert len(base64.b64decode(added.signing_secret.removeprefix("whsec_"))) == 32
    assert added.signing_secret not in repr(added.channel)
    with database.read() as session:
        assert channels.get(session, "hook").secrets == {}
        assert channels.get(session, "hook", box=BOX).secrets == {"signing_secret": added.signing_secret}
        [entry] = audit.find_all(session)
    assert (entry.action, entry.actor, entry.target) == ("channel.add", "admin", "channel/hook")
    assert added.signing_secret not in str(entry.after)


def test_a_secret_that_is_given_is_kept(database):
    own = "whsec_" + base64.b64encode(bytes(32)).decode()
    assert add(database, Channel(**_values(HOOK), secrets={"signing_secret": own})).signing_secret == own


def test_settings_are_checked_by_the_kind(database):
    kinds = {"webhook": WebhookChannel(Clients(EgressPolicy()))}
    with pytest.raises(InvalidInput) as caught:
        add(database, Channel(**_values(HOOK) | {"settings": {"url": "http://x"}}), channel_kinds=kinds)
    assert caught.value.field == "url"
    with pytest.raises(InvalidInput, match="there is webhook"):
        add(database, a_channel(), channel_kinds=kinds)
    with database.read() as session:
        assert channel_slugs(session) == []


def test_a_slug_is_used_once(database):
    add(database)
    with pytest.raises(Conflict):
        add(database)


def _values(channel):
    return {name: getattr(channel, name) for name in ("slug", "name", "kind", "settings")}


def test_a_try_sends_one_message_marked_as_a_test(database):
    add(database, a_channel("hook", is_enabled=False))

    class Keeps(FakeChannel):
        def render(self, channel, message):
            return orjson.dumps(message.events[0]), "application/json"

    kind = Keeps()
    [trial] = attempt(database, kind, base_url="https://desk.example")
    assert (trial.is_accepted, trial.recipient) == (True, "desk")
    [(message_id, body)] = kind.sent
    assert (orjson.loads(body)["type"], message_id[:4]) == ("channel.test", "msg_")


def test_a_try_that_fails_is_told_and_not_repeated(database):
    add(database, a_channel("hook"))
    kind = FakeChannel(refused("the receiver answered 404"))
    [trial] = attempt(database, kind)
    assert (trial.is_accepted, trial.error) == (False, "the receiver answered 404")
    assert kind.sent == []
    with database.read() as session:
        assert audit.find_all(session)[0].after == {"desk": "the receiver answered 404"}


def test_a_try_needs_a_channel_and_a_kind(database):
    with pytest.raises(NotFound):
        attempt(database, FakeChannel())
    add(database, a_channel("other", kind="pigeon"))
    with pytest.raises(InvalidInput, match="pigeon"):
        attempt(database, FakeChannel(), "other")


def test_a_try_reaches_a_real_receiver_signed(database, tmp_path):
    kind = WebhookChannel(Clients(EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))))
    with build_receiver(tmp_path) as receiver:
        hook = Channel(
            **_values(HOOK) | {"settings": {"url": f"{receiver.url}/hook/desk", "allow_http": True}}
        )
        added = add(database, hook)
        receiver.trust(added.signing_secret)
        [trial] = try_channel(
            database, {"webhook": kind}, "hook", secrets=BOX, actor="admin", now=datetime.now(UTC)
        )
        [arrival] = receiver.arrivals.all()
    assert trial.is_accepted
    assert (arrival.signature, arrival.type, arrival.message_id) == (
        "verified",
        "channel.test",
        trial.message_id,
    )
