"""Run the timetable: APScheduler ticks, and a thread that turns wake-ups into prompt work."""

import threading
import time
from collections.abc import Callable

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.bootstrap import Application
from monitor.domain.errors import DatabaseUnavailable
from monitor.scheduling import jobs
from monitor.scheduling.timetable import Job, timetable
from monitor.services.beat import record_failure

WAKE_SECONDS = 1.0
TROUBLE_SECONDS = 60.0
OBSERVE_SECONDS = 5.0
# After a pause nothing is sent before what it left behind is evaluated; but for no longer than this.
CATCH_UP_SECONDS = 60.0
_EVALUATES = frozenset({"pipeline", "pipeline on arrival"})
_SENDS = frozenset({"deliver", "deliver on arrival"})


class Trouble:
    """Trouble that every job meets at once, such as a full disk: one log line a minute, for all of them."""

    def __init__(self) -> None:
        """Nothing was logged yet."""
        self._lock = threading.Lock()
        self._next = 0.0
        self._unsaid = 0

    def log(self, what: str, error: str, *, job: str) -> None:
        """Log one line, with how many were left out since the last; or leave this one out."""
        with self._lock:
            if time.monotonic() < self._next:
                self._unsaid += 1
                return
            unsaid, self._unsaid = self._unsaid, 0
            self._next = time.monotonic() + TROUBLE_SECONDS
        structlog.get_logger().error(what, job=job, error=error, left_out=unsaid)


class CatchUp:
    """Whether what a pause left behind is evaluated: until then it may tell what is no longer so."""

    def __init__(self) -> None:
        """A worker that starts has had a pause."""
        self._is_done = threading.Event()
        self._began = time.monotonic()

    def begin(self) -> None:
        """There was a pause."""
        self._began = time.monotonic()
        self._is_done.clear()

    def end(self) -> None:
        """All that was due is evaluated, or failed."""
        self._is_done.set()

    @property
    def may_send(self) -> bool:
        """Whether messages may leave."""
        return self._is_done.is_set() or time.monotonic() - self._began > CATCH_UP_SECONDS


class Runner:
    """A worker: start, wait until told to stop, then let what is under way finish."""

    def __init__(self, application: Application) -> None:
        """Prepare the ticks; nothing runs before `start`."""
        self._application = application
        self._stopping = application.stopping
        self._trouble = Trouble()
        self._catch_up = CatchUp()
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(8)},
            timezone="UTC",
        )
        self._threads = [
            threading.Thread(target=self._follow, args=(job,), name=job.name, daemon=True)
            for job in (
                Job(name="pipeline on arrival", every_seconds=0, run=self._evaluate),
                Job(name="deliver on arrival", every_seconds=0, run=jobs.deliver_due),
            )
        ]

    def start(self) -> None:
        """Drain what is due, then start ticking."""
        for job in timetable():
            self._scheduler.add_job(
                self._guarded(job),
                "interval",
                seconds=job.every_seconds,
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._guarded(timetable()[0])()
        self._scheduler.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop claiming, finish what is under way."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join(timeout=20)
        # A source that is still being asked is asked again by whoever comes after its lease.
        jobs.observers.wait(OBSERVE_SECONDS)
        jobs.backfillers.wait(OBSERVE_SECONDS)

    def _evaluate(self, application: Application) -> int:
        return jobs.drain_pipeline(application, may_form=lambda: self._catch_up.may_send)

    def _follow(self, job: Job) -> None:
        run = self._guarded(job)
        with self._application.database.watch() as wake_up:
            # After the watch began: what is committed between the two would wait for a tick.
            run()
            while not self._stopping.is_set():
                if wake_up.wait(WAKE_SECONDS):
                    run()

    def _guarded(self, job: Job) -> Callable[[], None]:
        """Wrap a job: a failure is logged with its name, counted, shown, and the next tick goes on."""

        def run() -> None:
            if job.name in _SENDS and not self._catch_up.may_send:
                return
            started = time.monotonic()
            structlog.contextvars.bind_contextvars(job=job.name)
            try:
                found = job.run(self._application)
                if job.name == "beat" and found is True:
                    self._catch_up.begin()
            except DatabaseUnavailable as error:
                # Its text says it all, and every job meets it at every tick until it is over.
                self._trouble.log("job failed", str(error), job=job.name)
                self._tell(job.name, error)
            except Exception as error:  # noqa: BLE001 - the job boundary (house style)
                structlog.get_logger().exception("job failed", job=job.name)
                self._tell(job.name, error)
            finally:
                if job.name in _EVALUATES:
                    self._catch_up.end()
                structlog.get_logger().debug("job ran", seconds=round(time.monotonic() - started, 3))
                structlog.contextvars.clear_contextvars()

        return run

    def _tell(self, name: str, error: Exception) -> None:
        try:
            with self._application.database.write() as session:
                now = self._application.database.now(session)
                record_failure(
                    session, worker=self._application.worker_name, note=f"{name}: {error}"[:500], now=now
                )
        except DatabaseUnavailable as failure:
            self._trouble.log("the failure could not be recorded", str(failure), job=name)
        except Exception:  # noqa: BLE001 - the job boundary
            structlog.get_logger().exception("the failure could not be recorded", job=name)
