"""Deliver: form what is due, render it, and send it outside any transaction, under a lease."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Semaphore

import numpy as np
import structlog
from sqlalchemy.orm import Session

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Delivery, Message
from monitor.domain.alerting.plain_message import plain_message
from monitor.domain.errors import DatabaseUnavailable, DeliveryError
from monitor.domain.ports import ChannelKinds
from monitor.faults import passing
from monitor.services.attach_histories import attach_histories
from monitor.services.attach_readers import attach_readers
from monitor.services.claim_deliveries import (
    IN_HAND,
    PER_CHANNEL,
    claim,
    find_claimable,
    give_up_expired,
    is_any_expired,
)
from monitor.services.compose_messages import compose_messages
from monitor.services.due_work import due_work
from monitor.services.finish_attempt import Outcome, finish_attempts
from monitor.services.form_deliveries import form_deliveries, unserved
from monitor.storage import channels as stored_channels
from monitor.storage import deliveries, notifications
from monitor.storage.engine import Database
from monitor.storage.secrets import SecretBox

AT_ONCE = 16
POLL_SECONDS = 0.05
# A hand whose messages go out fast is given as many as take about so long: looking for more takes as long as
# sending a few, and whatever becomes due meanwhile waits for that look.
HAND_SECONDS, MOST_IN_HAND = 0.2, 64
RENEW_SECONDS = 10.0
# How long to wait before each further try to record what came back, while the database is away.
AGAIN_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverResult:
    """What one call did: `formed`, `held` and `cancelled` count notifications, the others deliveries."""

    formed: int = 0
    held: int = 0
    absorbed: int = 0
    cancelled: int = 0
    delivered: int = 0
    retried: int = 0
    dead: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One claimed delivery and what it takes to send it."""

    delivery: Delivery
    channel: Channel
    message: Message | None
    fault: DeliveryError | None = None


def deliver(  # noqa: PLR0913 (the entry point passes what the process has; all but two are named)
    database: Database,
    channel_kinds: ChannelKinds,
    *,
    secrets: SecretBox,
    now: datetime,
    owner: str,
    generator: np.random.Generator,
    base_url: str = "",
    should_stop: Callable[[], bool] = lambda: False,
    stopwatch: Callable[[], float] = time.monotonic,
) -> DeliverResult:
    """Form and send until nothing is due. Asked to stop, finish what is under way and claim no more.

    `now` is the database's clock at the call; what takes time is measured from there by `stopwatch`.
    """
    begun = stopwatch()
    run = _Run(
        database=database,
        channel_kinds=channel_kinds,
        secrets=secrets,
        owner=owner,
        generator=generator,
        base_url=base_url,
        clock=lambda: now + timedelta(seconds=stopwatch() - begun),
        should_stop=should_stop,
    )
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        try:
            while True:
                is_busy = False if should_stop() else run.form() | run.start(pool)
                if not is_busy and not run.is_sending:
                    run.give_up()
                    return run.result()
                run.collect()
        finally:
            run.let_go()


@dataclass(kw_only=True)
class _Run:
    """One call of `deliver`: what is being sent, and what was done."""

    database: Database
    channel_kinds: ChannelKinds
    secrets: SecretBox
    owner: str
    generator: np.random.Generator
    base_url: str
    clock: Callable[[], datetime]
    should_stop: Callable[[], bool]
    _sending: dict[Future[None], str] = field(default_factory=dict, init=False)
    _held: dict[str, _Task] = field(default_factory=dict, init=False)
    _done: SimpleQueue[tuple[_Task, Outcome | None]] = field(default_factory=SimpleQueue, init=False)
    _counts: Counter[str] = field(default_factory=Counter, init=False)
    _told: set[tuple[str, str]] = field(default_factory=set, init=False)
    _in_hand: dict[str, int] = field(default_factory=dict, init=False)
    # Messages that may have been sent and are not recorded: so many a kill sends again, and no more.
    _room: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE), init=False)
    _is_over: bool = field(default=False, init=False)
    _renewed_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._renewed_at = self.clock()

    @property
    def is_sending(self) -> bool:
        return bool(self._held)

    def result(self) -> DeliverResult:
        return DeliverResult(**self._counts)

    def let_go(self) -> None:
        """Have whoever waits for room go home: nobody records anything any more."""
        self._is_over = True
        self._room.release(AT_ONCE)

    def give_up(self) -> None:
        """End what waited too long behind an open breaker."""
        now = self.clock()
        with self.database.read() as session:
            if not is_any_expired(session, now=now):
                return
        with self.database.write() as session:
            self._counts.update(dead=give_up_expired(session, now=now))

    def form(self) -> bool:
        """Turn notifications into deliveries; a look first, so that an idle worker takes no write lock."""
        now = self.clock()
        with self.database.read() as session:
            found = due_work(session, now=now)
            is_due = found.waiting and notifications.is_any_due(
                session, now=now, kinds_missing=self._unserved(session)
            )
            if not is_due and not found.kept:
                return False
        with self.database.write() as session:
            formed = form_deliveries(session, self.channel_kinds, now=now)
        self._counts.update(
            formed=formed.sent, held=formed.held, absorbed=formed.absorbed, cancelled=formed.cancelled
        )
        return formed.is_any

    def start(self, pool: ThreadPoolExecutor) -> bool:
        """Render, freeze and claim what is due and has room, and begin to send it."""
        now = self.clock()
        with self.database.read() as session:
            channels = self._channels(session)
            busy = Counter(self._sending.values())
            found = find_claimable(
                session,
                channels,
                busy=busy,
                most=AT_ONCE - len(self._sending),
                now=now,
                in_hand=self._in_hand,
            )
            messages = compose_messages(session, found, base_url=self.base_url)
            messages = attach_histories(session, messages, self._charted(found, channels))
            messages = attach_readers(session, messages, {each.id: channels[each.channel] for each in found})
        if not found:
            return False
        rendered = {each.id: self._rendered(channels[each.channel], each, messages) for each in found}
        with self.database.write() as session:
            made = {key: each for key, each in rendered.items() if isinstance(each, tuple)}
            deliveries.freeze_all(session, made)
            claimed = claim(session, found, channels, owner=self.owner, now=now)
        passing("after_claim")
        queues: dict[str, list[_Task]] = {}
        for delivery in claimed:
            found_out = rendered[delivery.id]
            task = _Task(
                delivery=delivery,
                channel=channels[delivery.channel],
                message=messages.get(delivery.id),
                fault=found_out if isinstance(found_out, DeliveryError) else None,
            )
            self._held[delivery.id] = task
            queues.setdefault(delivery.channel, []).append(task)
        for slug, tasks in queues.items():
            hands = min(PER_CHANNEL - busy[slug], len(tasks))
            for hand in range(hands):
                self._sending[pool.submit(self._send_all, tasks[hand::hands])] = slug
        return bool(claimed)

    def collect(self) -> None:
        """Record what has come back; look for more to send only once a hand is free for it.

        Until an arrival is recorded, a killed worker's successor would send it again.
        """
        hands = len(self._sending)
        while self._record(self._come_back()) and len(self._sending) == hands:
            self._keep_leases()
        self._keep_leases()

    def _record(self, outcomes: Sequence[tuple[_Task, Outcome | None]]) -> bool:
        """Close these claims, None given back untried; whether there were any.

        Without the database it is tried again for as long as the leases last, so that what arrived is not
        sent again; what was recorded unknown to us has lost its token, and nothing changes.
        """
        if not outcomes:
            return False
        for seconds in AGAIN_SECONDS:
            try:
                return self._write_down(outcomes)
            except DatabaseUnavailable:
                if self.should_stop():
                    raise
                time.sleep(seconds)
        return self._write_down(outcomes)

    def _write_down(self, outcomes: Sequence[tuple[_Task, Outcome | None]]) -> bool:
        with self.database.write() as session:
            for task, outcome in outcomes:
                if outcome is None:
                    deliveries.release(session, task.delivery)
            tried = [(task.delivery, task.channel, of) for task, of in outcomes if of is not None]
            self._counts.update(finish_attempts(session, tried, generator=self.generator))
        if tried:
            self._room.release(len(tried))
        passing("after_finish")
        return True

    def _keep_leases(self) -> None:
        """Renew the leases of what is still under way."""
        if not self._held or self.clock() - self._renewed_at <= timedelta(seconds=RENEW_SECONDS):
            return
        self._renewed_at = self.clock()
        with self.database.write() as session:
            tokens = [task.delivery.lease_token for task in self._held.values()]
            deliveries.renew(session, tokens, now=self._renewed_at)

    def _come_back(self) -> list[tuple[_Task, Outcome | None]]:
        """Wait a moment for the next that was tried, and take all there are; None: it was not tried."""
        found: list[tuple[_Task, Outcome | None]] = []
        with suppress(Empty):
            found.append(self._done.get(timeout=POLL_SECONDS))
            while True:
                found.append(self._done.get_nowait())
        for future in [each for each in self._sending if each.done()]:
            del self._sending[future]
            future.result()
        for task, _ in found:
            del self._held[task.delivery.id]
        return found

    def _unserved(self, session: Session) -> list[str]:
        channels = {channel.slug: channel for channel in stored_channels.find_all(session)}
        return unserved(channels, self.channel_kinds)

    def _channels(self, session: Session) -> dict[str, Channel]:
        usable, faults = stored_channels.to_send(session, box=self.secrets)
        for slug, fault in faults.items() - self._told:
            self._told.add((slug, fault))
            structlog.get_logger().error("a channel cannot be used", channel=slug, fault=fault)
        return {slug: channel for slug, channel in usable.items() if channel.kind in self.channel_kinds}

    def _charted(self, found: Sequence[Delivery], channels: Mapping[str, Channel]) -> set[str]:
        """The deliveries that have no body yet and whose channel draws charts."""
        kinds = {slug: self.channel_kinds[channel.kind] for slug, channel in channels.items()}
        draws = {slug for slug, kind in kinds.items() if getattr(kind, "draws_charts", False)}
        return {each.id for each in found if each.channel in draws and each.body is None}

    def _rendered(
        self, channel: Channel, delivery: Delivery, messages: dict[str, Message]
    ) -> tuple[bytes, str] | DeliveryError | None:
        """The body to freeze, None if it has one, or why there can be none."""
        message = messages.get(delivery.id)
        if message is None:
            return DeliveryError("the alert event no longer exists", permanent=True)
        if delivery.body is not None:
            return None
        try:
            return self.channel_kinds[channel.kind].render(channel, message)
        except DeliveryError as error:
            return error
        except Exception as error:  # noqa: BLE001 (one message that cannot be made must not stop others)
            structlog.get_logger().exception("a message could not be rendered", delivery=delivery.id)
            return self._rendered_plainly(channel, message, problem=type(error).__name__)

    def _rendered_plainly(
        self, channel: Channel, message: Message, *, problem: str
    ) -> tuple[bytes, str] | DeliveryError:
        """The plainest body there is, with the fault in it; why there can be none where that fails too."""
        try:
            return self.channel_kinds[channel.kind].render(channel, plain_message(message, problem=problem))
        except Exception as error:  # noqa: BLE001 (one message that cannot be made must not stop others)
            return DeliveryError(f"the message could not be rendered: {type(error).__name__}")

    def _send_all(self, tasks: Sequence[_Task]) -> None:
        """Try one after another; where the channel fails one, or all is to stop, give the rest back."""
        is_over, begun = False, time.monotonic()
        for task in tasks:
            is_over = is_over or not self._has_room()
            outcome = None if is_over else self._send(task)
            is_failed = outcome is not None and outcome.error is not None and not outcome.error.permanent
            is_over = is_over or is_failed or self.should_stop()
            self._done.put((task, outcome))
        each = max(1e-3, time.monotonic() - begun) / len(tasks)
        most = IN_HAND if is_over else int(HAND_SECONDS / each)
        self._in_hand[tasks[0].delivery.channel] = min(MOST_IN_HAND, max(IN_HAND, most))

    def _has_room(self) -> bool:
        self._room.acquire()
        return not self._is_over

    def _send(self, task: _Task) -> Outcome:
        """Try once; runs in a thread of its own and touches no database."""
        started_at = self.clock()
        body, message = task.delivery.body, task.message
        receipt, fault = None, task.fault
        if fault is not None or body is None or message is None:
            fault = fault or DeliveryError("the message has no body")
        else:
            try:
                receipt = self.channel_kinds[task.channel.kind].send(
                    task.channel, message, body, now=started_at
                )
                passing("after_send")
            except DeliveryError as error:
                fault = error
            except Exception as error:  # noqa: BLE001 (the job boundary of one attempt)
                structlog.get_logger().exception("an attempt failed", delivery=task.delivery.id)
                fault = DeliveryError(f"the attempt failed: {type(error).__name__}")
        is_sent = task.fault is None
        return Outcome(
            started_at=started_at, ended_at=self.clock(), receipt=receipt, error=fault, is_sent=is_sent
        )
