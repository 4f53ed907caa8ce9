"""Topics: which pages are told of which change."""

from dataclasses import replace

import pytest

from monitor.domain.live import (
    Counters,
    LevelMoved,
    Pulse,
    WentCritical,
    changed_topics,
    subject_topic,
)
from monitor.domain.scale import Concern

BEFORE = Pulse(
    counters=Counters(seq=7, acts=3, definitions=2, messages=1, log_entries=4),
    subjects={"goita": (7, "Cold"), "mali": (5, "Warm")},
    alerts={"goita": (1, 2)},
    head=("fine",),
)


def counted(**moved):
    return replace(BEFORE, counters=replace(BEFORE.counters, **moved))


@pytest.mark.parametrize(
    "after,topics",
    [
        (BEFORE, set()),
        (counted(seq=8), set()),
        (replace(BEFORE, head=("worker silent",)), {"desk"}),
        (replace(BEFORE, subjects=BEFORE.subjects | {"mali": (9, "Hot")}), {"board", "subject:mali"}),
        (replace(BEFORE, subjects={"goita": (7, "Cold")}), {"board", "subject:mali"}),
        (replace(BEFORE, alerts={"goita": (1, 3)}), {"alerts", "board", "subject:goita"}),
        (replace(BEFORE, alerts={}), {"alerts", "board", "subject:goita"}),
        (counted(messages=2), {"alerts"}),
        (counted(log_entries=5), {"log"}),
        (counted(acts=4), {"*"}),
        (counted(definitions=8), {"*"}),
        (replace(counted(acts=4), head=None), {"desk", "*"}),
    ],
)
def test_a_change_is_told_to_the_pages_that_show_it(after, topics):
    assert changed_topics(BEFORE, after) == topics


def test_a_subject_has_a_topic_of_its_own():
    assert subject_topic("goita") == "subject:goita"


@pytest.mark.parametrize(
    "concern,is_critical", [(Concern.CRITICAL, True), (Concern.HIGH, False), (None, False)]
)
def test_a_level_may_interrupt_only_where_it_is_critical(concern, is_critical):
    moved = LevelMoved(number=4, subject="mali", from_level="Warm", to_level="Hot", to_concern=concern)
    assert (moved.key, moved.is_critical) == ("level-4", is_critical)


def test_a_critical_alert_is_told_once_an_episode():
    went = WentCritical(episode="e1", rule="fuel", subject="mali")
    assert (went.key, went.is_critical) == ("critical-e1", True)
