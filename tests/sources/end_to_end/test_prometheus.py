"""prometheus from end to end: each hour's value is what the stand-in draws, what is no number is no value."""

from datetime import timedelta

from monitor.dev.sources.prometheus import _value
from tests.sources.end_to_end.desk import NOW

SLUG = "rehearsal-queues"


def test_a_week_of_hours_is_what_the_stand_in_says_and_no_zero_stands_for_nan(desk):
    desk.install("prometheus")
    outcome = desk.observe(SLUG)
    assert outcome.outcome == "ok", outcome.sentence
    values = desk.values("rehearsal-queue:bamako")
    # The hour that ends this moment is not asked for yet, and one of each day is not a number.
    assert len(values) == 7 * 24 - 1 - 7
    metric, scene = "avg_over_time(fuel_queue_length[1h])", desk.server.scene
    for start, value in values.items():
        at = (start + timedelta(hours=1)).timestamp()
        told = {_value(name, "Bamako", at, scene) for name in (metric, "fuel_queue_length")}
        assert value in {float(each) for each in told}
    assert max(values) + timedelta(hours=1) <= NOW
    assert "NaN" in outcome.message


def test_the_next_run_asks_for_what_came_since(desk):
    desk.install("prometheus")
    desk.observe(SLUG)
    desk.now = NOW + timedelta(hours=3)
    outcome = desk.observe(SLUG)
    assert (outcome.new, outcome.revised) == (6, 0), outcome.sentence
