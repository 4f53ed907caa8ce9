"""A look at the desk: one query while nothing moves, the right topics and the news when something has."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from monitor.domain.live import subject_topic
from monitor.domain.wording import speaking
from monitor.render.languages import language
from monitor.services.acknowledge import acknowledge
from monitor.services.feel_pulse import feel_pulse
from monitor.services.overview.live_words import sentence
from monitor.storage import heartbeats
from tests.factories import NOW, a_level_rule, a_rule, install_desk
from tests.services.raising import FAST, FUEL_ALERT, crisis

GOITA = "goita"


@pytest.fixture
def desk(database):
    """A desk that watches one leader, with a worker that lives."""
    with database.write() as session:
        install_desk(session, rules=(a_rule(name="Fuel price", **FAST), a_level_rule()))
        heartbeats.beat(session, worker="one", now=NOW)
    return database


def look(database, before=None, *, now=NOW, is_head_due=True):
    with database.read() as session:
        return feel_pulse(session, before, now=now, is_head_due=is_head_due)


def test_a_look_at_a_desk_where_nothing_moves_is_one_query(desk):
    first = look(desk)
    statements = []
    with desk.read() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        again = feel_pulse(session, first.pulse, now=NOW, is_head_due=False)
    assert (again.topics, again.news) == (frozenset(), ())
    assert len([each for each in statements if not each.startswith(("BEGIN", "PRAGMA"))]) == 1


def test_a_crisis_an_ack_and_a_silent_worker_are_seen_each_for_what_it_is(desk):
    first = look(desk)
    with desk.write() as session:
        crisis(session)
    second = look(desk, first.pulse)
    assert second.topics >= {"board", "alerts", "desk", subject_topic(GOITA)}
    said = [sentence(each) for each in second.news]
    assert any(each.startswith("Critical: Fuel price, ") for each in said), said
    assert any(" is Cold, critical" in each for each in said), said
    with speaking(language("fr")):
        assert any(sentence(each).startswith("Critique\u202f: Fuel price") for each in second.news)
    assert look(desk, second.pulse).news == (), "news are told once"
    with desk.write() as session:
        acknowledge(session, FUEL_ALERT, by="ana", now=NOW, note="")
    third = look(desk, second.pulse)
    assert third.topics >= {"desk", "*"}
    late = look(desk, third.pulse, now=NOW + timedelta(seconds=31), is_head_due=False)
    assert late.topics == frozenset()
    late = look(desk, third.pulse, now=NOW + timedelta(seconds=31))
    assert late.topics == {"desk"}


def test_a_beat_alone_changes_no_page(desk):
    first = look(desk)
    with desk.write() as session:
        heartbeats.beat(session, worker="one", now=NOW + timedelta(seconds=5))
    assert look(desk, first.pulse, now=NOW + timedelta(seconds=5)).topics == frozenset()
