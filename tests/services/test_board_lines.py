"""What the board makes of a kept line: the same as made anew, at every moment."""

import numpy as np
import pytest

from monitor.domain.scale import RISK, AlarmingEnd
from monitor.services.overview.board_lines import moves_of, spark_of
from monitor.services.overview.traces import moves
from monitor.storage.heat_points import HeatLine, Origin
from monitor.storage.kept_lines import KeptLine
from tests.factories import NOW

DAY, END = 86_400, int(NOW.timestamp())


def a_line(at):
    generator = np.random.default_rng(20251130)
    heat = np.clip(50 + np.cumsum(generator.normal(0, 2, len(at))), 1, 99)
    same = dict.fromkeys(("coverage", "confidence", "carried"), np.ones(len(at)))
    return HeatLine(
        at=at, seq=np.arange(len(at), dtype=np.int64), heat=heat, heat_low=heat - 1, heat_high=heat + 1,
        raw_pressure=heat, levels=("Warm",) * len(at), concerns=(None,) * len(at),
        origins=(Origin.PUBLISHED,) * len(at), **same,
    )  # fmt: skip


def kept(line):
    return KeptLine(line=line, since=NOW, of=())


@pytest.mark.parametrize("spread", [0, 40_000], ids=["at midnight", "at any time"])
def test_kept_moves_are_those_of_every_moment_until_they_change(spread):
    days = END - np.arange(450, 0, -1, dtype=np.int64) * DAY
    line = a_line(days + np.random.default_rng(7).integers(0, spread + 1, len(days)))
    held = kept(line)
    made = set()
    for now in range(END, END + 2 * DAY, 3_607):
        found = moves_of(held, AlarmingEnd.HIGH, now=now)
        made.add(id(found))
        assert found == moves(line, end=AlarmingEnd.HIGH, now=now)
    assert len(made) < 49 or spread


def test_moves_change_with_the_very_second_at_which_a_point_comes_in_and_one_goes_out():
    at = END - np.arange(420, 0, -1, dtype=np.int64) * DAY + 5
    line, held = a_line(at), kept(a_line(at))
    for now in (END + 3, END + 4, END + 5, END + 6, END + 7, END + DAY + 5, END + DAY + 6):
        assert moves_of(held, AlarmingEnd.LOW, now=now) == moves(line, end=AlarmingEnd.LOW, now=now), now


def test_a_spark_is_one_value_within_an_hour_and_another_after_it():
    held = kept(a_line(END - np.arange(100, 0, -1, dtype=np.int64) * DAY))
    start = END - END % 3600 + 1
    first = spark_of(held, RISK, now=start)
    assert first is spark_of(held, RISK, now=start + 3599)
    assert (first.end, first.end - first.start) == (start + 3599, 90 * DAY)
    assert spark_of(held, RISK, now=start + 3600) is not first
