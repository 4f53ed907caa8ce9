"""Approvals: a decision covers the concern it was taken at, and nothing above."""

from datetime import UTC, datetime

import pytest

from monitor.domain.alerting.approval import Approval, Verdict
from monitor.domain.scale import Concern


def an_approval(verdict=Verdict.APPROVED, reason=""):
    return Approval(
        episode_id="e1", route="press", verdict=verdict, concern=Concern.HIGH, by="ana", reason=reason,
        at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("concern", list(Concern))
def test_a_decision_covers_its_concern_and_what_is_milder(concern):
    approved, dismissed = an_approval(), an_approval(Verdict.DISMISSED)
    is_covered = concern <= Concern.HIGH
    assert (approved.lets_go(concern), approved.drops(concern)) == (is_covered, False)
    assert (dismissed.lets_go(concern), dismissed.drops(concern)) == (False, is_covered)


def test_it_says_who_decided_and_why():
    assert an_approval().words == "approved by ana"
    assert an_approval(Verdict.DISMISSED, "false").words == "dismissed by ana: false"
