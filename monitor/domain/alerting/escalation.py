"""Escalation: who is told next, and when, while an alert fires and nobody takes it on (alerting.md 1.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.alerting.window import Stretch
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

MOST_ROUNDS = 3
LONGEST_STEP_SECONDS = 7 * 86_400.0
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """After this long without anybody taking the alert on, these channels are told."""

    after_seconds: float
    channels: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a step that tells nobody, or never; InvalidInput."""
        if not self.channels:
            raise InvalidInput(phrase("an escalation step tells at least one channel"), field="steps")
        if not 0 < self.after_seconds <= LONGEST_STEP_SECONDS:
            raise InvalidInput(phrase("an escalation step comes after a second to a week"), field="steps")

    @property
    def after(self) -> timedelta:
        """How long it waits."""
        return timedelta(seconds=self.after_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Steps one after another, all of them some `rounds`, then a banner that stands until someone acts."""

    slug: str
    steps: tuple[Step, ...]
    rounds: int = MOST_ROUNDS

    def __post_init__(self) -> None:
        """Refuse one without steps, and one that would go on for ever; InvalidInput."""
        if not self.steps:
            raise InvalidInput(phrase("an escalation has at least one step"), field="steps")
        if not 1 <= self.rounds <= MOST_ROUNDS:
            raise InvalidInput(
                phrase("an escalation goes round 1 to {most_rounds} times", most_rounds=MOST_ROUNDS),
                field="rounds",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where an episode stands: the step that is next, since when it waits, and how many rounds are done."""

    step: int = 0
    loops: int = 0
    began_at: datetime
    due_at: datetime | None


class Move(StrEnum):
    """What is done with an escalation that was looked at."""

    WAIT = "wait"
    TELL = "tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A move, and where the episode stands after it; `step` is the one that is told."""

    move: Move
    progress: Progress
    step: Step | None = None


def begun(escalation: Escalation, *, now: datetime) -> Progress:
    """Return where an episode stands that begins to escalate."""
    return Progress(began_at=now, due_at=now + escalation.steps[0].after)


def is_exhausted(progress: Progress, escalation: Escalation) -> bool:
    """Whether every round is done: nobody is told any more, and a banner stands."""
    return progress.loops >= escalation.rounds


def decide(
    escalation: Escalation,
    progress: Progress,
    *,
    now: datetime,
    paused: Iterable[Stretch] = (),
    paused_until: datetime | None = None,
) -> Decision:
    """Decide what follows at `now`.

    Time that is `paused` (silenced, muted, acknowledged) stops the clock and never sets it back;
    `paused_until` is when a pause under way ends. A step is told once, however late it is.
    """
    if is_exhausted(progress, escalation):
        return _wait(progress, None)
    # The definition may have lost steps since.
    step = escalation.steps[min(progress.step, len(escalation.steps) - 1)]
    waited = now - progress.began_at - within(paused, progress.began_at, now)
    left = step.after - waited
    if paused_until is not None and paused_until > now:
        return _wait(progress, paused_until + max(left, _MOMENT))
    if left > timedelta(0):
        return _wait(progress, now + left)
    return Decision(move=Move.TELL, step=step, progress=_after(escalation, progress, now=now))


def within(stretches: Iterable[Stretch], since: datetime, until: datetime) -> timedelta:
    """Return how much of the time between two instants these stretches cover together."""
    covered, reached = timedelta(0), since
    for each in sorted(stretches):
        start, end = max(each.starts_at, reached), min(each.ends_at, until)
        if end > start:
            covered += end - start
            reached = end
    return covered


def _wait(progress: Progress, due_at: datetime | None) -> Decision:
    after = Progress(
        step=progress.step, loops=progress.loops, began_at=progress.began_at, due_at=due_at
    )  # fmt: skip
    return Decision(move=Move.WAIT, progress=after)


def _after(escalation: Escalation, progress: Progress, *, now: datetime) -> Progress:
    is_last = progress.step + 1 >= len(escalation.steps)
    loops, step = progress.loops + is_last, 0 if is_last else progress.step + 1
    is_over = loops >= escalation.rounds
    due_at = None if is_over else now + escalation.steps[step].after
    return Progress(step=step, loops=loops, began_at=now, due_at=due_at)
