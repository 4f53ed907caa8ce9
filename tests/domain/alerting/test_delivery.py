"""Absorption: which undelivered messages a later one tells (alerting.md 3.1, rule 5)."""

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Queued, absorptions

F, UP, DOWN, ACK, R = (
    EventType.FIRING,
    EventType.CONCERN_RAISED,
    EventType.CONCERN_LOWERED,
    EventType.ACKNOWLEDGED,
    EventType.RESOLVED,
)


def lane(*types, leased=(), missed=(), episodes=None):
    return [
        Queued(
            id=str(place),
            episode_id=(episodes or {}).get(place, "e"),
            type=kind,
            is_leased=place in leased,
            is_missed=place in missed,
        )
        for place, kind in enumerate(types)
    ]


@pytest.mark.parametrize(
    "types,absorbed",
    [
        ((F,), {}),
        ((F, UP), {}),
        ((F, UP, DOWN), {"1": "2"}),
        ((F, UP, ACK, UP), {"1": "3", "2": "3"}),
        ((F, R), {"0": "1"}),
        ((F, UP, R), {"0": "2", "1": "2"}),
        ((UP, R), {"0": "1"}),
        ((R,), {}),
        ((F, R, ACK), {"0": "1"}),
    ],
)
def test_a_notice_gives_way_to_the_next_message_and_firing_to_resolved_alone(types, absorbed):
    assert absorptions(lane(*types)) == absorbed


def test_what_a_worker_holds_may_be_arriving_and_stays():
    assert absorptions(lane(F, UP, R, leased={0})) == {"1": "2"}


def test_two_episodes_do_not_tell_each_others_news():
    episodes = {0: "first", 1: "first", 2: "second"}
    assert absorptions(lane(F, R, F, episodes=episodes)) == {"0": "1"}
    assert absorptions(lane(F, F, episodes={0: "first", 1: "second"})) == {}


def test_what_was_missed_during_a_silence_gives_way_whatever_it_is():
    assert absorptions(lane(F, UP, missed={0})) == {"0": "1"}
    assert absorptions(lane(F, F, UP, missed={1})) == {"1": "2"}
