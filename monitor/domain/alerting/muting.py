"""Muting: what becomes of the notifications of one episode for one channel, by silences (alerting.md 1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.alerting.alert import EventType


class Fate(StrEnum):
    """What is done with a notification."""

    SEND = "send"
    HOLD = "hold"
    MISS = "miss"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The fate of one notification, and why; a missed one is told by the next that is sent."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """A notification that is not settled: of which event, and the silence that held it so far, if any."""

    type: EventType
    held_by: str = ""


def verdicts(
    outstanding: Sequence[Outstanding], *, muted_by: str, is_told: bool, is_over: bool
) -> tuple[Verdict, ...]:
    """Return what becomes of each, oldest first.

    `muted_by` names the silence in force, if any; `is_told` says whether the channel was sent anything of
    the episode, `is_over` whether the episode has ended.
    """
    name = muted_by or next((each.held_by for each in outstanding if each.held_by), "")
    if not name:
        return (Verdict(fate=Fate.SEND),) * len(outstanding)
    if is_over:
        return _of_ended(outstanding, name, is_told=is_told)
    if muted_by:
        return (Verdict(fate=Fate.HOLD, reason=muted_by),) * len(outstanding)
    missed = Verdict(fate=Fate.MISS, reason=f"{name} ended; one message tells what was missed")
    last = Verdict(fate=Fate.SEND, reason=f"{name} ended, still firing")
    return (missed,) * (len(outstanding) - 1) + (last,)


def _of_ended(outstanding: Sequence[Outstanding], name: str, *, is_told: bool) -> tuple[Verdict, ...]:
    """A good end needs a beginning: who was told nothing is spared it, who was told gets it at once."""
    if not is_told or outstanding[-1].type is not EventType.RESOLVED:
        why = "resolved meanwhile" if is_told else "resolved meanwhile, and nothing had been sent"
        return (Verdict(fate=Fate.CANCEL, reason=f"{name}, {why}"),) * len(outstanding)
    missed = Verdict(fate=Fate.MISS, reason=f"{name}, told by the resolved")
    last = Verdict(fate=Fate.SEND, reason=f"{name} does not hold back a resolved")
    return (missed,) * (len(outstanding) - 1) + (last,)
