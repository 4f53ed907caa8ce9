"""What a handover says before anyone touched it: items, narrative and agenda from the state of the desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.domain.scale import Concern
from monitor.domain.shifts.content import Content, Item, Section, Situation, Tally
from monitor.domain.shifts.facts import AlertFact, DeskFacts, SubjectFact
from monitor.domain.shifts.items import alert_item, blind_item, moved_item, silence_item, trouble_item
from monitor.domain.spoken import at, listed, signed
from monitor.domain.wording import say, say_many

# So many alerts opened in one shift make it a busy one.
BUSY_FROM = 5
MOST_OF_ONE = 40
MOST_DUE = 12


def draft(facts: DeskFacts) -> Content:
    """Return what the handover says; the worst come first in each section."""
    near = facts.now
    moved = sorted((each for each in facts.subjects if each.has_moved), key=_by_concern)
    blind = [each for each in facts.subjects if each.concern is None]
    open_alerts = [each for each in facts.alerts if not each.is_blind]
    items = [
        *_most(Section.ALERTS, [alert_item(each, near=near) for each in open_alerts]),
        *_most(Section.MOVED, [moved_item(each, since=facts.since_at, near=near) for each in moved]),
        *_most(Section.BLIND, [
            *(blind_item(each, near=near) for each in blind),
            *(alert_item(each, near=near, section=Section.BLIND) for each in facts.alerts if each.is_blind),
            *(trouble_item(each, Section.BLIND) for each in facts.unseen),
        ]),
        *_most(Section.SILENCES, [silence_item(each, near=near) for each in facts.silences]),
        *_most(Section.REACH, [trouble_item(each, Section.REACH) for each in facts.unreached]),
    ]  # fmt: skip
    return Content(
        since_at=facts.since_at,
        as_of=facts.now,
        situation=situation_of(facts),
        narrative=_narrative(facts, moved, blind),
        items=tuple(items),
        agenda=tuple(sorted(facts.agenda, key=lambda due: (due.at, due.text))[:MOST_DUE]),
        tallies=tallies(facts.subjects),
        figures=facts.figures,
        machine=facts.machine,
        log=facts.log,
    )


def situation_of(facts: DeskFacts) -> Situation:
    """Say how the shift was: critical while a critical alert has nobody, quiet where nothing happened."""
    needing = [each for each in facts.alerts if _needs_someone(each)]
    if any(each.concern is Concern.CRITICAL for each in needing):
        return Situation.CRITICAL
    if needing or facts.figures.alerts_opened >= BUSY_FROM:
        return Situation.BUSY
    is_quiet = not facts.figures.alerts_opened and not any(each.has_moved for each in facts.subjects)
    return Situation.QUIET if is_quiet else Situation.NORMAL


def tallies(subjects: Iterable[SubjectFact]) -> tuple[Tally, ...]:
    """Count the subjects by concern, then and now, from the worst; Unknown comes last."""
    every = list(subjects)
    steps: list[Concern | None] = [*sorted(Concern, reverse=True), None]
    return tuple(
        Tally(
            concern=step,
            before=sum(each.concern_before == step for each in every),
            after=sum(each.concern == step for each in every),
            changed=tuple(
                each.name for each in every if each.concern == step and each.concern_before != step
            ),
        )
        for step in steps
    )


def _needs_someone(alert: AlertFact) -> bool:
    return not (alert.acked_by or alert.silenced_until or alert.is_recovering)


def _by_concern(fact: SubjectFact) -> tuple[int, float, str]:
    return (-int(fact.concern or 0), -abs(fact.delta), fact.name)


def _most(section: Section, items: Sequence[Item]) -> list[Item]:
    """Keep some of a long list, and say how many more there are."""
    if len(items) <= MOST_OF_ONE:
        return list(items)
    left = len(items) - MOST_OF_ONE
    more = Item(
        key=f"more:{section.value}", section=section, name=say("And more"),
        headline=say_many("One more.", "{n} more.", left), text=say("They are on the pages of the desk."),
    )  # fmt: skip
    return [*items[:MOST_OF_ONE], more]


def _narrative(facts: DeskFacts, moved: Sequence[SubjectFact], blind: Sequence[SubjectFact]) -> str:
    """Write two or three sentences: what entered another level or moved, who is needed, what is not seen."""
    sentences = [_movement(moved, since=facts.since_at, near=facts.now)]
    needing = sum(map(_needs_someone, facts.alerts))
    in_hand = sum(bool(each.acked_by) for each in facts.alerts)
    if needing:
        sentences.append(say_many("One alert needs someone.", "{n} alerts need someone.", needing))
    elif in_hand:
        sentences.append(say_many("One alert is in hand.", "{n} alerts are in hand.", in_hand))
    if blind:
        sentences.append(
            say_many(
                "One subject is blind, which is not the same as calm.",
                "{n} subjects are blind, which is not the same as calm.",
                len(blind),
            )
        )
    return " ".join(sentences)


def _movement(moved: Sequence[SubjectFact], *, since: datetime, near: datetime) -> str:
    entered = [
        say("{name} entered {level}", name=each.name, level=each.level) for each in moved if each.has_entered
    ]
    if entered:
        return f"{listed(entered[:3])}."
    if not moved:
        return say("No subject has moved since {time}.", time=at(since, near=near))
    first = moved[0]
    points = signed(first.delta)
    return say(
        "{name} moved most, {points} within {level}.", name=first.name, points=points, level=first.level
    )
