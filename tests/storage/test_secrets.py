"""Secrets at rest: unreadable without a key, never in a text, readable after a rotation."""

import pytest
from cryptography.fernet import Fernet

from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import ConfigError, Conflict, NotFound
from monitor.storage import channels
from monitor.storage.rows.alerts import ChannelRow
from monitor.storage.secrets import SecretBox
from tests.factories import NOW

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRETS = {"signing_secret": "whsec_aGVhdHdhdGNo"}


def test_what_was_sealed_is_opened_and_cannot_be_read_in_between():
    sealed = SecretBox([OLD]).seal(SECRETS)
    assert b"aGVhdHdhdGNo" not in sealed
    assert SecretBox([OLD]).open(sealed) == SECRETS


def test_a_rotated_key_still_opens_and_reseals():
    sealed = SecretBox([OLD]).seal(SECRETS)
    both = SecretBox([NEW, OLD])
    assert both.open(sealed) == SECRETS
    assert SecretBox([NEW]).open(both.reseal(sealed)) == SECRETS


def test_without_the_key_it_is_a_matter_of_configuration():
    with pytest.raises(ConfigError, match="HEATWATCH_SECRET_KEY"):
        SecretBox([NEW]).open(SecretBox([OLD]).seal(SECRETS))
    with pytest.raises(ConfigError):
        SecretBox(["short"])


def test_nothing_sealed_holds_nothing():
    assert SecretBox([OLD]).open(None) == {}


def test_neither_key_nor_secret_shows_in_a_text():
    channel = Channel(slug="hook", name="Hook", kind="webhook", settings={}, secrets=SECRETS)
    assert "aGVhdHdhdGNo" not in repr(channel)
    assert OLD not in repr(SecretBox([OLD]))


def a_channel(slug="hook"):
    return Channel(slug=slug, name="Hook", kind="webhook", settings={"url": "https://h"}, secrets=SECRETS)


def test_a_channel_is_stored_encrypted_and_read_without_its_secrets(session):
    box = SecretBox([OLD])
    channels.add(session, a_channel(), box=box, now=NOW)
    assert b"whsec" not in session.get(ChannelRow, "hook").secrets_encrypted
    assert channels.get(session, "hook").secrets == {}
    assert channels.find_all(session)[0].secrets == {}
    assert channels.get(session, "hook", box=box) == a_channel()


def test_to_send_opens_the_secrets_of_enabled_channels(session):
    box = SecretBox([OLD])
    for slug in ("hook", "off"):
        channels.add(session, a_channel(slug), box=box, now=NOW)
    channels.disable(session, "off")
    usable, faults = channels.to_send(session, box=box)
    assert ({slug: each.secrets for slug, each in usable.items()}, faults) == ({"hook": SECRETS}, {})
    assert list(channels.to_send(session, box=SecretBox([NEW]))[1]) == ["hook"]


def test_a_slug_is_used_once(session):
    channels.add(session, a_channel(), box=SecretBox([OLD]), now=NOW)
    with pytest.raises(Conflict):
        channels.add(session, a_channel(), box=SecretBox([OLD]), now=NOW)


def test_a_channel_nobody_added_is_not_found(session):
    with pytest.raises(NotFound):
        channels.get(session, "hook")
