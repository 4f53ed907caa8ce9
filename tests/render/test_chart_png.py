"""The chart of a mail: a PNG that any reader opens, the same each time, line and bands in their places."""

import struct
import zlib

import numpy as np
import pytest

from monitor.domain.alerting.history import History
from monitor.render.chart_png import HEIGHT, SCALE, WIDTH, chart_png

RISING = {"calm": 100.0, "watch": 150.0, "elevated": 250.0, "high": 350.0, "critical": 500.0}
FALLING = {"calm": 80.0, "watch": 60.0, "critical": 20.0}


def a_history(values=(100.0, 200.0, 300.0, 600.0), edges=RISING):
    ends = np.arange(len(values), dtype=np.int64) * 86_400
    return History(ends=ends, values=np.array(values, dtype=np.float64), edges=edges)


def read(png):
    """Decode as a reader of the standard would: chunks, their sums, then rows without a filter."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, rest = {}, png[8:]
    while rest:
        (length,), name = struct.unpack(">I", rest[:4]), rest[4:8]
        data, (total,) = rest[8 : 8 + length], struct.unpack(">I", rest[8 + length : 12 + length])
        assert total == zlib.crc32(name + data)
        chunks[name], rest = data, rest[12 + length :]
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (width, height, depth, colour) == (WIDTH * SCALE, HEIGHT * SCALE, 8, 2)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(height, -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)


def test_it_is_a_picture_that_is_the_same_each_time_and_small():
    png = chart_png(a_history())
    read(png)
    assert png == chart_png(a_history())
    assert len(png) < 30_000


def test_the_line_rises_from_lower_left_to_upper_right():
    dark = read(chart_png(a_history())).sum(axis=2) < 150
    left, right = (np.flatnonzero(dark[:, column]).mean() for column in (40, -40))
    assert left > 0.7 * HEIGHT * SCALE
    assert right < 0.3 * HEIGHT * SCALE


@pytest.mark.parametrize(
    "values,edges,is_darker_above",
    [((100.0, 200.0, 600.0), RISING, True), ((90.0, 50.0, 10.0), FALLING, False)],
)
def test_the_ground_is_darker_where_it_is_worse(values, edges, is_darker_above):
    ground = read(chart_png(a_history(values, edges)))[:, 2, 0].astype(int)
    assert bool(ground[4] < ground[-5]) is is_darker_above


@pytest.mark.parametrize(
    "values,edges",
    [((5.0, 5.0, 5.0), {}), ((0.0, 0.0, 0.0), {}), ((-3.0, -2.0, -9.0), {"critical": 1.0}),
     ((1e12, 2e12, 3e12), RISING)],
)  # fmt: skip
def test_flat_negative_and_huge_values_are_drawn(values, edges):
    assert (read(chart_png(a_history(values, edges))).sum(axis=2) < 150).any()
