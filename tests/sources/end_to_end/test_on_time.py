"""A source that does not come to an end holds up no other: all due at once, one of them a byte a second."""

import time
from datetime import timedelta

from monitor.dev.sources.faults import Fault
from monitor.scheduling.observing import Observers
from monitor.storage import sources
from tests.sources.end_to_end.desk import Desk

TOGETHER = (
    "csv", "wfp_prices", "gdelt", "excel", "feed", "views", "prometheus", "preset_worldbank", "preset_ioda",
    "preset_unhcr", "preset_ecb", "preset_inform",
)  # fmt: skip
LATEST = timedelta(seconds=2)


def test_the_others_are_asked_within_two_seconds_of_their_time(tmp_path, sqlite_url, server):
    desk = Desk(tmp_path, sqlite_url, server)
    desk.install(*TOGETHER)
    for name in ("wfp_prices", "gdelt"):
        server.scene.faults[name] = Fault.SLOW
    stuck = {slug for slug in desk.slugs if "wfp" in slug or "gdelt" in slug}
    others = set(desk.slugs) - stuck
    with desk.application.writing() as (session, now):
        for slug in desk.slugs:
            sources.mark_due(session, slug, now=now)
        due_at = now
    observers, begun = Observers(), time.monotonic()
    try:
        while time.monotonic() - begun < 10 and not all(map(desk.has_ended, others)):
            observers.tick(desk.application)
        assert all(map(desk.has_ended, others))
        assert {slug for slug in others if desk.last_run(slug).started_at - due_at > LATEST} == set()
        under_way = [desk.last_run(slug) for slug in stuck]
        assert any(run is not None and run.ended_at is None for run in under_way), "they are still at it"
    finally:
        desk.application.stopping.set()
        server.scene.stopping.set()
        observers.wait(5)
        server.scene.stopping.clear()
        desk.close()
