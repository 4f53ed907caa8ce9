"""Bodies gone wrong for fuzzing parsers: real ones cut, doubled, flipped, and bombs of zip and gzip."""

import gzip
import io
import time
import zipfile
import zlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Harvest

_TOKENS = (
    b"null", b"NaN", b"1e999", b"-1", b"99999999999999999999", b"true", b"[]", b"{}", b'""', b'"', b",",
    b"\n", b"\x00", b"\xff\xfe", b"\xc3(", b"[" * 2000, b'{"a":' * 500, b"#date,#x\n", b"<html>",
    b"2025-13-45",
    b"0001-01-01", b"9999-12-31", b"\\u0000", b"1_000", "٣".encode(), b" ", b"PK\x03\x04", b"\x1f\x8b\x08",
)  # fmt: skip
SECONDS = 2.0
# 5,000 inputs a parser under the profile "thorough" (`make properties`), fewer in a fast run.
fuzzed = settings(
    max_examples=5_000 if settings().max_examples >= 2_000 else 100,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)


@st.composite
def broken(draw, whole):
    """A body of `whole` with one to four faults, or bytes of nothing."""
    body = draw(st.sampled_from(whole) | st.binary(max_size=200))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        fault = draw(st.integers(0, 4))
        if fault == 0:
            body = body[:start] + body[end:]
        elif fault == 1:
            body = body[:start] + draw(st.sampled_from(_TOKENS)) + body[end:]
        elif fault == 2:
            body = body[:end] + body[start:]
        elif fault == 3:
            body = body[:start] + draw(st.binary(max_size=3)) + body[start:]
        else:
            body = body[:start]
    return body


def survives(read):
    """Call what reads a body: a harvest or a SourceError, within bounded time; return the harvest if any."""
    before = time.thread_time()
    try:
        found = read()
    except SourceError as error:
        found, message = None, str(error)
    else:
        message = "none"
    assert message
    assert time.thread_time() - before < SECONDS
    assert found is None or isinstance(found, Harvest)
    return found


def zip_bomb(name="ged.csv", *, megabytes=50, start=b""):
    """A small zip of a large table: zeros after a header."""
    packed = io.BytesIO()
    how = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}
    with zipfile.ZipFile(packed, "w", **how) as archive, archive.open(name, "w") as member:
        member.write(start)
        for _ in range(megabytes):
            member.write(b"0" * 1_000_000)
    return packed.getvalue()


def gzip_bomb(*, megabytes=50, start=b""):
    """A small gzip of a large table."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(start)]
    parts += [packer.compress(b"0" * 1_000_000) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])


def zipped(table, name="ged.csv"):
    """A table as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, table)
    return packed.getvalue()


def gzipped(table):
    """A table as a gzip."""
    return gzip.compress(table)
