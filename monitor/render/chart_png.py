"""A chart as a PNG: a series' last values over the bands of its thresholds, drawn without text.

A mail shows no SVG; what the picture says is said in words beside it.
"""

import struct
import zlib

import numpy as np
import numpy.typing as npt

from monitor.domain.alerting.history import History

Pixels = npt.NDArray[np.float64]

# As shown, and how many pixels of the picture make one that is shown.
WIDTH, HEIGHT, SCALE = 550, 120, 2
_PAPER, _LINE, _EDGE = 255.0, (20.0, 22.0, 27.0), 150.0
# From calm to critical, ever darker: never colour alone, and it prints.
_BANDS = (250.0, 243.0, 234.0, 222.0, 206.0)
_STEPS = ("calm", "watch", "elevated", "high", "critical")
_HALF_LINE, _DOT, _MARGIN = 1.6 * SCALE, 4.0 * SCALE, 8 * SCALE


def chart_png(history: History) -> bytes:
    """Return the picture: the same bytes for the same values."""
    width, height = WIDTH * SCALE, HEIGHT * SCALE
    low, high = _range(history)
    ground = _ground(history, low, high, height)
    picture = np.repeat(np.repeat(ground[:, None, None], width, axis=1), 3, axis=2)
    spread = max(float(history.ends[-1] - history.ends[0]), 1.0)
    x = _MARGIN + (history.ends - history.ends[0]) / spread * (width - 2 * _MARGIN)
    y = _row(history.values, low, high, height)
    alpha = np.maximum(_stroke(x, y, width, height), _dot(x[-1], y[-1], width, height))
    ink = np.array(_LINE)
    picture = picture * (1 - alpha[:, :, None]) + ink * alpha[:, :, None]
    return _encoded(np.rint(picture).astype(np.uint8))


def _range(history: History) -> tuple[float, float]:
    """From the lowest to the highest value, and to the nearest threshold beyond each, with some air."""
    low, high = float(history.values.min()), float(history.values.max())
    edges = [float(edge) for edge in history.edges.values()]
    below, above = [e for e in edges if e <= low], [e for e in edges if e >= high]
    low, high = max(below, default=low), min(above, default=high)
    air = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return low - air, high + air


def _row(values: npt.NDArray[np.float64] | float, low: float, high: float, height: int) -> Pixels:
    return np.asarray((height - 1) * (1 - (np.asarray(values, dtype=np.float64) - low) / (high - low)))


def _ground(history: History, low: float, high: float, height: int) -> Pixels:
    """Return the shade of each row: its band, and a line where one begins."""
    named = [(step, history.edges[step]) for step in _STEPS if step in history.edges]
    rows = np.full(height, _PAPER if not named else _BANDS[0])
    if not named:
        return rows
    level = high - (high - low) * np.arange(height) / (height - 1)
    is_rising = named[-1][1] >= named[0][1]
    for step, edge in named:
        is_beyond = level >= edge if is_rising else level <= edge
        rows[is_beyond] = _BANDS[_STEPS.index(step)]
    for _, edge in named:
        row = round(float(_row(edge, low, high, height)))
        if 0 <= row < height:
            rows[row] = _EDGE
    return rows


def _stroke(x: Pixels, y: Pixels, width: int, height: int) -> Pixels:
    """Return how much of each pixel the line covers: by its distance across the slope, not straight up."""
    across = np.arange(width, dtype=np.float64)
    line = np.interp(across, x, y)
    slope = np.gradient(line)
    distance = np.abs(np.arange(height)[:, None] - line[None, :]) / np.sqrt(1 + slope[None, :] ** 2)
    alpha = np.clip(_HALF_LINE + 0.5 - distance, 0.0, 1.0)
    alpha[:, (across < x[0]) | (across > x[-1])] = 0.0
    return np.asarray(alpha)


def _dot(x: float, y: float, width: int, height: int) -> Pixels:
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    return np.asarray(np.clip(_DOT + 0.5 - np.hypot(rows - y, columns - x), 0.0, 1.0))


def _encoded(picture: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture of 8-bit red, green and blue as PNG (RFC 2083), no filter."""
    height, width, _ = picture.shape
    rows = np.concatenate([np.zeros((height, 1), dtype=np.uint8), picture.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
