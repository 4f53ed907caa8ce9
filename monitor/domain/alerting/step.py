"""The alert state machine: one pure step for live evaluation, preview, replay and tests (alerting.md 1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.alerting.alert import (
    Alert,
    AlertEvent,
    AlertState,
    EventType,
    Reason,
    Resolution,
    changed,
    differs,
)
from monitor.domain.alerting.episode import Stepped, end, resolve, tell
from monitor.domain.alerting.fingerprint import episode_id
from monitor.domain.alerting.flapping import STARTS_AT, came_back, settles_at, window, with_return
from monitor.domain.alerting.rule import NoDataPolicy, Rule
from monitor.domain.alerting.snapshot import Snapshot
from monitor.domain.alerting.timers import (
    breaches,
    keep_firing_seconds,
    lockout_seconds,
    needed_periods,
    next_due,
    run,
)
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern

MOST_TRANSITIONS = 4
LONG_OUTAGE_SECONDS = 3600
_CALM = Concern.NORMAL
_RESOLUTIONS = {Reason.DATA_REVISED: Resolution.RETRACTED, Reason.RULE_CHANGED: Resolution.RULE_CHANGED}


def step(alert: Alert, rule: Rule | None, rule_version: int, snapshot: Snapshot, slot: datetime) -> Stepped:
    """Evaluate a rule once: the alert as it is then, and what happened, in order.

    `rule` None was deleted. The very same alert comes back where nothing changed but the time.
    """
    if snapshot.is_backfill:
        return alert, ()
    if rule is None:
        return end(alert, Resolution.DELETED, Reason.DELETED, slot=slot)
    if not rule.is_enabled or snapshot.is_ended:
        detail = phrase("the series was ended") if rule.is_enabled else ""
        return end(alert, Resolution.DISABLED, Reason.DISABLED, slot=slot, detail=detail)
    course = _Course(alert=changed(alert), rule=rule, rule_version=rule_version, snapshot=snapshot, slot=slot)
    course.run_timers()
    course.expire_ack()
    course.note_health()
    if not course.stands_still:
        course.look()
        course.cascade()
        course.remember()
    course.finish()
    return (course.alert if differs(course.alert, alert) else alert), tuple(course.events)


@dataclass(slots=True, kw_only=True)
class _Course:
    """One evaluation under way: the alert so far, and what has happened.

    The alert is a copy that nobody else has seen: it is filled in place, and frozen once it is handed back.
    """

    alert: Alert
    rule: Rule
    rule_version: int
    snapshot: Snapshot
    slot: datetime
    events: list[AlertEvent] = field(default_factory=list)
    held: frozenset[Concern] = frozenset()
    stood: frozenset[Concern] = frozenset()

    @property
    def keep_seconds(self) -> float:
        return keep_firing_seconds(self.rule, self.snapshot.cadence_seconds)

    @property
    def stands_still(self) -> bool:
        """Whether missing data keeps everything as it is."""
        return self.snapshot.is_blind and self.rule.no_data_policy is NoDataPolicy.KEEP_LAST

    @property
    def reached(self) -> Concern:
        """The highest concern whose edge is entered, its timers aside."""
        return max(self._breached, default=_CALM)

    @property
    def ready(self) -> Concern:
        """The highest concern that has stood for as long, and over as many periods, as the rule asks."""
        awaits = self.alert.awaits_seq if self.alert.state is AlertState.PENDING else 0
        # A series without any value has no number either: only an outage makes one wait for news.
        if awaits and self.snapshot.seq <= awaits:
            return _CALM
        stood = (each for each in self._breached if each > self.locked and self._has_stood(each))
        return max(stood, default=_CALM)

    @property
    def locked(self) -> Concern:
        """The concern up to which nothing is told, so soon after it was told last."""
        until = self.alert.locked_until
        return self.alert.locked_concern if until is not None and self.slot < until else _CALM

    @property
    def next_concern(self) -> Concern:
        """The highest that is ready, or else as much of the current concern as is not left yet."""
        return max(min(max(self.held, default=_CALM), self.alert.concern), self.ready)

    def run_timers(self) -> None:
        """Count the time since the last evaluation by what that one saw, and note a long outage."""
        seen = self.alert.evaluated_at
        if seen is None or self.slot <= seen:
            return
        before = self.alert
        self.alert = run(before, self.rule, duty_seconds=self.snapshot.duty_seconds)
        is_long = self.snapshot.outage_seconds > LONG_OUTAGE_SECONDS
        if is_long and before.state is AlertState.PENDING:
            self._set(awaits_seq=before.evaluated_seq)

    def expire_ack(self) -> None:
        """Take the ack away when its time is over; this goes on while blind."""
        ack = self.alert.ack
        if ack is not None and ack.until <= self.snapshot.wall:
            self._set(ack=None)
            self._tell(EventType.UNACKNOWLEDGED, Reason.ACK_EXPIRED, previous=self.alert.concern, by=ack.by)

    def note_health(self) -> None:
        """Record a change of the data's health; it belongs to no episode and changes no state."""
        health, before = self.snapshot.sound_health, self.alert.data_health
        if health is before:
            return
        number = self.alert.health_seq + 1
        self._set(data_health=health, health_seq=number)
        self.events.append(
            AlertEvent(
                fingerprint=self.alert.fingerprint,
                episode_id=self.alert.fingerprint,
                event_seq=number,
                type=EventType.DATA_HEALTH,
                at=self.slot,
                concern=self.alert.concern,
                reason=Reason.DATA_HEALTH,
                body={"previousHealth": before.value, "dataHealth": health.value},
            )
        )

    def look(self) -> None:
        """See what the value reaches and holds; a breach that a person closed must first be left."""
        entered, self.held = self._compared()
        self.stood = frozenset(self.alert.pending)
        needed = {concern: 1 if self.snapshot.is_blind else self._needed(concern) for concern in entered}
        period = self._counted_period()
        self._set(
            pending=breaches(self.alert.pending, entered, period=period, needed=needed),
            closed_concern=min(self.alert.closed_concern, max(entered, default=_CALM)),
        )

    def cascade(self) -> None:
        """Pass through transitions in the order of the table while one applies."""
        moves: dict[AlertState, Callable[[], bool]] = {
            AlertState.INACTIVE: self._from_inactive,
            AlertState.PENDING: self._from_pending,
            AlertState.FIRING: self._from_firing,
            AlertState.RECOVERING: self._from_recovering,
        }
        left = MOST_TRANSITIONS
        while left and moves[self.alert.state]():
            left -= 1

    def remember(self) -> None:
        """Keep what this evaluation saw, from which the next one knows which timers ran."""
        alert = self.alert
        held = self.next_concern if alert.is_open and not alert.is_flapping else alert.held_concern
        self._set(
            held_concern=held,
            lower_seconds=alert.lower_seconds if held < alert.concern else 0.0,
            awaits_seq=alert.awaits_seq if alert.state is AlertState.PENDING else 0,
        )
        if not self.snapshot.is_blind:
            seq = max(alert.evaluated_seq, self.snapshot.seq)
            self._set(value=self.snapshot.value, period=self.snapshot.period, evaluated_seq=seq)

    def finish(self) -> None:
        """Stamp it and reckon when the next timer runs out; while things stand still none does."""
        due = None
        if not self.stands_still:
            due = next_due(self.alert, self.rule, keep_seconds=self.keep_seconds, slot=self.slot)
        self._set(rule_version=self.rule_version, evaluated_at=self.slot, due_at=due)

    def _from_inactive(self) -> bool:
        if self.reached is _CALM:
            return False
        self._set(state=AlertState.PENDING)
        return True

    def _from_pending(self) -> bool:
        concern = self.ready
        if concern is not _CALM:
            self._open(concern)
            return True
        if self.reached is _CALM:
            self._set(state=AlertState.INACTIVE)
        return False

    def _from_firing(self) -> bool:
        if self.alert.is_flapping:
            return self._from_flapping()
        before, concern = self.alert.concern, self.next_concern
        if concern > before:
            self._raise(concern)
        elif concern is _CALM:
            self._recover()
        elif concern < before and self.alert.lower_seconds >= self.keep_seconds:
            self._set(concern=concern, lower_seconds=0.0)
            self._tell(EventType.CONCERN_LOWERED, Reason.CROSSED_DOWN, previous=before)
        return self.alert.concern is not before or self.alert.state is AlertState.RECOVERING

    def _from_flapping(self) -> bool:
        """Stay firing until it has settled, whatever the value does; tell what is worse, or critical."""
        alert, before = self.alert, self.alert.held_concern
        concern = min(self.next_concern, max(before, self.reached))
        if alert.flapping_until is not None and self.slot >= alert.flapping_until:
            self._set(flapping_until=None, returns=())
            self._tell(EventType.FLAPPING_ENDED, Reason.SETTLED, previous=alert.concern)
            return True
        if concern is _CALM and before is not _CALM and self._is_same_value:
            self._recover()
            return True
        if before is _CALM and self.reached is not _CALM:
            self._note_return()
        if concern > alert.concern:
            self._raise(concern)
        elif concern is Concern.CRITICAL and before < concern:
            self._tell(EventType.CONCERN_RAISED, Reason.CROSSED_UP, previous=before)
        self._set(held_concern=concern)
        return False

    def _note_return(self) -> None:
        """Count that it came back; too often within the window, and it flaps."""
        if not self.rule.absorbs_flapping:
            return
        within, was_flapping = window(self.snapshot.cadence_seconds), self.alert.is_flapping
        returns = with_return(self.alert.returns, self.slot, within=within)
        self._set(returns=returns, held_concern=self.next_concern)
        if was_flapping or len(returns) >= STARTS_AT:
            self._set(flapping_until=settles_at(returns, within=within))
        if self.alert.is_flapping and not was_flapping:
            self._tell(
                EventType.FLAPPING_STARTED, Reason.CAME_BACK, previous=self.alert.concern,
                detail=came_back(returns, within=within),
            )  # fmt: skip

    def _from_recovering(self) -> bool:
        if self.reached is not _CALM:
            self._set(state=AlertState.FIRING, calm_seconds=0.0, recovering_reason="", recovering_detail="")
            self._note_return()
            return True
        # An edited rule is no wavering value: there is nothing to wait for.
        is_edit = self.alert.recovering_reason == Reason.RULE_CHANGED
        if self.next_concern is _CALM and (is_edit or self.alert.calm_seconds >= self.keep_seconds):
            self._resolve()
        return False

    def _open(self, concern: Concern) -> None:
        alert = self.alert
        after = "" if alert.started_at is None or alert.started_at < self.slot else alert.episode_id
        name = episode_id(alert.fingerprint, slot=self.slot, rule_version=self.rule_version, after=after)
        self._set(
            state=AlertState.FIRING,
            concern=concern,
            peak_concern=concern,
            episode_id=name,
            event_seq=0,
            started_at=self.slot,
            closed_concern=_CALM,
        )
        self._lock(concern)
        self._tell(EventType.FIRING, self._reason_up(concern), previous=_CALM)
        rested_at = alert.rested_at
        if rested_at is not None and self.slot - rested_at <= window(self.snapshot.cadence_seconds):
            self._note_return()

    def _raise(self, concern: Concern) -> None:
        before, ack = self.alert.concern, self.alert.ack
        is_broken = ack is not None and ack.concern < concern
        self._set(
            concern=concern,
            peak_concern=max(self.alert.peak_concern, concern),
            lower_seconds=0.0,
            ack=None if is_broken else ack,
        )
        self._lock(concern)
        broken_by = ack.by if ack is not None and is_broken else ""
        self._tell(EventType.CONCERN_RAISED, self._reason_up(concern), previous=before, by=broken_by)

    def _lock(self, concern: Concern) -> None:
        """Note what was told and for how long that has to do."""
        seconds = lockout_seconds(self.rule)
        if seconds:
            self._set(locked_until=self.slot + timedelta(seconds=seconds), locked_concern=concern)

    def _recover(self) -> None:
        reason, detail = self._reason_down()
        self._set(
            state=AlertState.RECOVERING,
            calm_seconds=0.0,
            recovering_reason=reason,
            recovering_detail=detail,
        )

    def _resolve(self) -> None:
        reason = Reason(self.alert.recovering_reason)
        resolution = _RESOLUTIONS.get(reason, Resolution.RECOVERED)
        detail, before = self.alert.recovering_detail, self.alert
        self.alert, event = resolve(self.alert, resolution, reason, slot=self.slot, detail=detail)
        self.events.append(event)
        if resolution is not Resolution.RULE_CHANGED:
            self._set(returns=before.returns, rested_at=self.slot)
        if resolution is Resolution.RECOVERED:
            self._set(locked_until=before.locked_until, locked_concern=before.locked_concern)

    def _compared(self) -> tuple[frozenset[Concern], frozenset[Concern]]:
        """Return what is entered and what is held; of missing data, what the rule's policy makes of it."""
        edges, value = self.snapshot.edges, self.snapshot.value
        if value is not None and not self.snapshot.is_blind:
            return edges.entered(value), edges.held(value)
        if self.rule.no_data_policy is NoDataPolicy.OK:
            return frozenset(), frozenset()
        mildest = frozenset(sorted(edges.by_concern)[:1])
        return mildest, mildest | {self.alert.concern} - {_CALM}

    def _reason_up(self, concern: Concern) -> Reason:
        if self.snapshot.is_blind:
            return Reason.NO_DATA
        is_edit = self._is_same_value and concern not in self.stood
        return Reason.RULE_CHANGED if is_edit else Reason.CROSSED_UP

    def _reason_down(self) -> tuple[Reason, str]:
        if self.snapshot.is_blind:
            return Reason.NO_DATA, ""
        # What flapped may have been calm for long: only what was held until now can be left by an edit.
        if self._is_same_value and self.alert.held_concern is not _CALM:
            return Reason.RULE_CHANGED, ""
        revised_from = self._revised_from()
        if revised_from is not None:
            return Reason.DATA_REVISED, self._revision(revised_from)
        return Reason.CROSSED_DOWN, ""

    @property
    def _breached(self) -> list[Concern]:
        """The concerns entered, less those that a person closed and that were not left since."""
        return [concern for concern in self.alert.pending if concern > self.alert.closed_concern]

    @property
    def _is_same_value(self) -> bool:
        """Whether the value is the one judged before: if the verdict is another, the edges must be."""
        return self.snapshot.value is not None and self.snapshot.value == self.alert.value

    def _revised_from(self) -> float | None:
        """Return the value judged before, if the source did not go on from it but revised or withdrew it."""
        before, now = self.alert, self.snapshot
        if not self.rule.series or before.period is None or now.period is None:
            return None
        is_withdrawn = now.period < before.period
        is_revised = now.period == before.period and now.seq > before.evaluated_seq
        return before.value if is_withdrawn or is_revised else None

    def _revision(self, before: float) -> str:
        if self.snapshot.period != self.alert.period:
            return f"source withdrew {before:g}"
        return f"source revised {before:g} -> {self.snapshot.value:g}"

    def _has_stood(self, concern: Concern) -> bool:
        stood = self.alert.pending[concern]
        needed = 0 if self.snapshot.is_blind else self._needed(concern)
        return stood.seconds >= self.rule.for_seconds and len(stood.periods) >= needed

    def _needed(self, concern: Concern) -> int:
        return needed_periods(self.rule, concern, self.snapshot.cadence_seconds)

    def _counted_period(self) -> int | None:
        return None if self.snapshot.is_blind else self.snapshot.period or 0

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self.alert, name, value)

    def _tell(
        self, kind: EventType, reason: Reason, *, previous: Concern, by: str = "", detail: str = ""
    ) -> None:
        self.alert, event = tell(
            self.alert, kind, reason, slot=self.slot, previous=previous, by=by, detail=detail
        )
        self.events.append(event)
