"""Suppression: named in a reason, told in a sentence."""

from datetime import UTC, datetime

import pytest

from monitor.domain.alerting.suppression import (
    Suppression,
    SuppressionKind,
    kind_named,
    sentence_of,
    suppression_named,
)

UNTIL = datetime(2025, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "kind,of,name",
    [
        (SuppressionKind.SILENCE, "7", "silence:7"),
        (SuppressionKind.INHIBITED_BY, "0199-ab", "inhibited_by:0199-ab"),
        (SuppressionKind.MUTE_WINDOW, "nights", "mute_window:nights"),
        (SuppressionKind.FLAPPING, "", "flapping"),
        (SuppressionKind.QUIET_HOURS, "", "quiet_hours"),
        (SuppressionKind.AWAITING_APPROVAL, "", "awaiting_approval"),
    ],
)
def test_what_holds_a_message_back_is_named_and_read_back(kind, of, name):
    held = Suppression(kind=kind, of=of, until=UNTIL)
    assert held.name == name
    assert suppression_named(f"{name} ended, still firing") == name
    assert kind_named(f"{name}; and more") is kind
    assert held.sentence.startswith("not sent because ")
    assert of in held.sentence


@pytest.mark.parametrize("reason", ["", "the channel no longer exists", "silence:x", "quiet_hours_over"])
def test_another_reason_names_none_and_stays_as_it_is(reason):
    assert suppression_named(reason) == ""
    assert kind_named(reason) is None
    assert sentence_of(reason) == reason
