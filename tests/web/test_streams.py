"""The hub: one look for all streams, slots, order of telling, what was missed, who is shut out, shutdown."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.live import LevelMoved, Pulse
from monitor.services.feel_pulse import Felt
from monitor.web.streams import GAP_SECONDS, Hub, Taken, slots_of

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
ANA, BEN = ("session", "ana"), ("session", "ben")
MOVED = LevelMoved(number=1, subject="mali", from_level="Warm", to_level="Hot", to_concern=None)


class Desk:
    """What a hub looks at: a script of looks, and a clock that a test moves."""

    def __init__(self):
        self.seconds, self.looks, self.topics, self.news = 100.0, 0, frozenset(), ()
        self.allowed = {ANA, BEN}
        self.checked = []
        self.is_away = self.is_stopping = False

    def look(self, before, is_head_due):
        self.looks += 1
        if self.is_away:
            raise DatabaseUnavailable("gone")
        felt = Felt(pulse=Pulse(), topics=self.topics if before else frozenset(), news=self.news)
        self.topics, self.news = frozenset(), ()
        return felt, NOW + timedelta(seconds=self.seconds - 100)

    def check(self, owners):
        self.checked.append(set(owners))
        return owners & self.allowed


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def hub(desk, monkeypatch):
    """A hub whose thread does nothing: the test looks."""
    monkeypatch.setattr(Hub, "_run", lambda _self: None)
    made = Hub(
        desk.look, desk.check, slots=2, clock=lambda: desk.seconds, is_stopping=lambda: desk.is_stopping
    )
    yield made
    made.close()


def change(hub, desk, *topics, news=()):
    desk.topics, desk.news = frozenset(topics), news
    hub.look()


def test_a_stream_hears_of_its_own_topics_and_of_the_desk(hub, desk):
    board, alerts = hub.open({"desk", "board"}, ANA), hub.open({"desk", "alerts"}, BEN)
    hub.look()
    change(hub, desk, "board")
    assert board.take(0) == Taken(is_changed=True)
    assert alerts.take(0) == Taken()
    desk.seconds += GAP_SECONDS
    change(hub, desk, "desk")
    assert board.take(0) == Taken(is_desk_changed=True)
    desk.seconds += GAP_SECONDS
    change(hub, desk, "*")
    assert board.take(0) == Taken(is_changed=True)
    desk.seconds += 1
    assert alerts.take(0) == Taken(is_changed=True), "it has the head of the page in it"


def test_one_look_serves_all_streams_and_they_ask_one_after_the_other(hub, desk):
    first, second = hub.open({"board"}, ANA), hub.open({"board"}, BEN)
    hub.look()
    change(hub, desk, "board")
    assert desk.looks == 2
    assert first.take(0).is_changed
    assert second.take(0) == Taken()
    desk.seconds += 0.06
    assert second.take(0).is_changed


def test_a_page_asks_at_most_once_a_second_however_much_changes(hub, desk):
    stream = hub.open({"board"}, ANA)
    hub.look()
    change(hub, desk, "board")
    assert stream.take(0).is_changed
    change(hub, desk, "board")
    change(hub, desk, "board")
    assert stream.take(0) == Taken()
    desk.seconds += GAP_SECONDS
    assert stream.take(0).is_changed
    assert stream.take(0) == Taken()


def test_news_is_told_at_once_and_once(hub, desk):
    stream = hub.open({"desk"}, ANA)
    hub.look()
    change(hub, desk, news=(MOVED,))
    assert stream.take(0) == Taken(news=(MOVED,))
    assert stream.take(0) == Taken()


def test_slots_are_counted_and_given_back_by_close(hub):
    first, _ = hub.open({"desk"}, ANA), hub.open({"desk"}, BEN)
    assert hub.open({"desk"}, ANA) is None
    first.close()
    first.close()
    assert hub.open_streams == 1
    assert hub.open({"desk"}, ANA) is not None


def test_a_tab_has_one_stream_and_another_tab_or_person_its_own(hub):
    first, other = hub.open({"desk"}, ANA, tab="1"), hub.open({"desk"}, BEN, tab="1")
    again = hub.open({"board"}, ANA, tab="1")
    assert again is not None, "the slot of the page that was left is free"
    assert first.take(15) == Taken(is_over=True)
    first.close()
    assert (hub.open_streams, other.take(0), again.take(0)) == (2, Taken(), Taken())


@pytest.mark.parametrize("threads,slots", [(2, 0), (4, 2), (32, 28), (256, 224)])
def test_streams_never_take_every_thread(threads, slots):
    assert slots_of(threads) == slots


def test_what_happened_since_the_page_was_drawn_is_told_to_who_comes_later(hub, desk):
    hub.open({"board"}, ANA)
    hub.look()
    desk.seconds += 30
    change(hub, desk, "board", news=(MOVED,))
    desk.seconds += 30
    stream = hub.open({"board"}, BEN, since=NOW + timedelta(seconds=10))
    assert stream.take(0) == Taken(is_changed=True, news=(MOVED,))
    stream.close()
    stream = hub.open({"board"}, BEN, since=NOW + timedelta(seconds=50))
    assert stream.take(0) == Taken()


def test_what_nobody_looked_for_counts_as_changed(hub):
    stream = hub.open({"board"}, ANA, since=NOW)
    assert stream.take(0).is_changed


def test_who_may_no_longer_watch_is_ended_and_nobody_else(hub, desk):
    ana, ben = hub.open({"desk"}, ANA), hub.open({"desk"}, BEN)
    desk.allowed = {BEN}
    hub.check_owners()
    assert desk.checked == [{ANA, BEN}]
    assert ana.take(0) == Taken(is_over=True, is_refused=True)
    assert ben.take(0) == Taken()
    hub.refuse(BEN)
    assert ben.take(0).is_refused


def test_a_database_that_is_away_makes_the_hub_blind(hub, desk):
    hub.open({"desk"}, ANA)
    hub.look()
    assert not hub.is_blind
    desk.is_away = True
    desk.seconds += 11
    with pytest.raises(DatabaseUnavailable):
        hub.look()
    assert hub.is_blind
    desk.is_away = False
    hub.look()
    assert not hub.is_blind


def test_the_first_page_after_a_while_is_not_told_that_the_database_is_away(hub, desk):
    desk.seconds += 3_600
    hub.open({"board"}, ANA)
    assert not hub.is_blind


def test_closing_ends_all_streams_and_opens_no_more(hub):
    stream = hub.open({"desk"}, ANA)
    hub.close()
    assert stream.take(15) == Taken(is_over=True)
    assert hub.open({"desk"}, ANA) is None


def test_the_thread_looks_while_someone_listens_goes_on_after_a_fault_and_drains_when_stopped(desk):
    heard = threading.Event()

    def look(before, is_head_due):
        felt = desk.look(before, is_head_due)
        if desk.looks == 2:
            raise RuntimeError("a look that breaks")
        if desk.looks > 2:
            heard.set()
        return felt

    hub = Hub(look, desk.check, slots=1, is_stopping=lambda: desk.is_stopping)
    stream = hub.open({"board"}, ANA)
    assert heard.wait(10)
    desk.is_stopping = True
    assert stream.take(10) == Taken(is_over=True)
    hub.close()
