"""Claiming: which channels get the hands that are free."""

from collections import Counter
from datetime import timedelta

import pytest

from monitor.services.claim_deliveries import find_claimable
from monitor.services.form_deliveries import form_deliveries
from monitor.services.note_outcome import note_failure
from monitor.storage import channels
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event
from tests.services.test_deliver import store

MINUTE = timedelta(minutes=1)


def test_of_channels_those_that_wait_longest_go_first_and_those_that_failed_last(database):
    slugs = ("a-late", "b-failed", "c-early")
    store(database, *[lambda s, slug=slug: add_channel(s, slug) for slug in slugs])
    for slug, due_at in zip(slugs, (NOW, NOW - 2 * MINUTE, NOW - MINUTE), strict=True):
        store(
            database,
            lambda s, slug=slug, due_at=due_at: raise_event(s, episode=slug, channels=(slug,), due_at=due_at),
            lambda s, due_at=due_at: form_deliveries(s, {"fake": FakeChannel()}, now=due_at),
        )
    store(database, lambda s: note_failure(s, "b-failed", now=NOW - MINUTE))
    with database.read() as session:
        usable, _ = channels.to_send(session, box=BOX)
        found = {
            most: [
                each.channel for each in find_claimable(session, usable, busy=Counter(), most=most, now=NOW)
            ]
            for most in (1, 2, 3)
        }
    assert found == {1: ["c-early"], 2: ["c-early", "a-late"], 3: ["c-early", "a-late", "b-failed"]}


@pytest.mark.parametrize("hands,found", [(0, 16), (1, 8), (2, 0)])
def test_a_channel_has_two_hands_and_eight_messages_in_each(database, hands, found):
    store(database, add_channel, lambda s: add_channel(s, "other"))
    for number in range(20):
        slugs = ("hook", "other") if number < 1 else ("hook",)
        store(
            database,
            lambda s, n=number, of=slugs: raise_event(s, alert=f"{n:016x}", episode=f"e{n}", channels=of),
        )
    store(database, lambda s: form_deliveries(s, {"fake": FakeChannel()}, now=NOW))
    with database.read() as session:
        usable, _ = channels.to_send(session, box=BOX)
        due = find_claimable(session, usable, busy=Counter({"hook": hands}), most=16 - hands, now=NOW)
    assert Counter(each.channel for each in due) == Counter({"hook": found, "other": 1})
