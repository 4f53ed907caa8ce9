"""Muting: held while silenced, one message afterwards, and no end without a beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.muting import Fate, Outstanding, verdicts

F, UP, R = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED
SEND, HOLD, MISS, CANCEL = Fate.SEND, Fate.HOLD, Fate.MISS, Fate.CANCEL
NAME = "silence:7"


def fates(*types, held=0, muted_by="", is_told=False, is_over=None):
    """The first `held` of these types were held before."""
    outstanding = [
        Outstanding(type=kind, held_by=NAME if place < held else "") for place, kind in enumerate(types)
    ]
    over = types[-1:] == (R,) if is_over is None else is_over
    found = verdicts(outstanding, muted_by=muted_by, is_told=is_told, is_over=over)
    return [verdict.fate for verdict in found], {verdict.reason for verdict in found}


@pytest.mark.parametrize("types", [(), (F,), (F, UP), (F, R)])
def test_without_a_silence_everything_is_sent_and_needs_no_reason(types):
    assert fates(*types) == ([SEND] * len(types), {""} if types else set())


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize("types", [(F,), (UP,), (F, UP)])
def test_while_silenced_all_but_a_resolved_is_held(types, is_told):
    assert fates(*types, muted_by=NAME, is_told=is_told) == ([HOLD] * len(types), {NAME})


def test_what_one_silence_held_another_goes_on_holding():
    assert fates(F, held=1, muted_by="silence:8") == ([HOLD], {"silence:8"})


@pytest.mark.parametrize("types", [(F,), (F, UP), (F, UP, UP)])
def test_afterwards_one_message_tells_that_it_still_fires(types):
    found, reasons = fates(*types, held=1)
    assert found == [MISS] * (len(types) - 1) + [SEND]
    assert "silence:7 ended, still firing" in reasons


@pytest.mark.parametrize("muted_by", [NAME, ""])
def test_who_was_told_nothing_is_spared_the_end(muted_by):
    assert fates(F, UP, R, held=2, muted_by=muted_by) == (
        [CANCEL] * 3, {"silence:7, resolved meanwhile, and nothing had been sent"},
    )  # fmt: skip


@pytest.mark.parametrize("muted_by", [NAME, ""])
def test_who_was_told_gets_the_end_at_once(muted_by):
    found, reasons = fates(UP, R, held=1, muted_by=muted_by, is_told=True)
    assert found == [MISS, SEND]
    assert reasons == {"silence:7, told by the resolved", "silence:7 does not hold back a resolved"}


def test_a_resolved_alone_passes():
    assert fates(R, muted_by=NAME, is_told=True)[0] == [SEND]
    assert fates(R, muted_by=NAME, is_told=False)[0] == [CANCEL]


def test_of_an_episode_that_is_over_nothing_is_told_as_still_firing():
    assert fates(UP, held=1, is_told=True, is_over=True) == ([CANCEL], {"silence:7, resolved meanwhile"})


KINDS = st.sampled_from([F, UP, R, EventType.REPEATED, EventType.CONCERN_LOWERED, EventType.ACKNOWLEDGED])


@given(st.lists(KINDS, min_size=1, max_size=8), st.integers(0, 8), st.booleans(), st.booleans())
def test_what_is_silenced_sends_nothing_but_a_resolved_to_who_was_told(types, held, is_told, is_over):
    found, _ = fates(*types, held=held, muted_by=NAME, is_told=is_told, is_over=is_over)
    sent = [kind for kind, fate in zip(types, found, strict=True) if fate is SEND]
    assert sent in ([], [R])
    assert not sent or (is_told and is_over)
