"""Unpack: what is packed is read within a bound, and damage is said."""

import gzip
import io
import zipfile

import pytest

from monitor.domain.errors import SourceError
from monitor.sources.parsing.unpack import check_zip, unpack


def zipped(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return held.getvalue()


def told(content, **options):
    with pytest.raises(SourceError) as caught:
        unpack(content, what="the file", **options)
    return str(caught.value)


@pytest.mark.parametrize("content", [b"a,b\n", gzip.compress(b"a,b\n", mtime=0), zipped(t__csv="a,b\n")])
def test_a_body_is_unpacked_whatever_it_is_packed_by(content):
    assert unpack(content, what="the file") == b"a,b\n"


def test_several_gzip_streams_are_one_body():
    assert (
        unpack(gzip.compress(b"a,", mtime=0) + gzip.compress(b"b\n", mtime=0) + b"\0\0", what="the file")
        == b"a,b\n"
    )


def test_a_member_of_a_zip_is_chosen_by_name_or_end():
    content = zipped(readme__md="read me", mli__csv="mali", ner__csv="niger")
    assert unpack(content, what="the file", member="n*.csv") == b"niger"
    assert "holds 2 files to read" in told(content, ends=(".csv",))
    assert "holds 0 files named 'bfa.csv'" in told(content, member="bfa.csv")
    assert "it has: readme.md, mli.csv, ner.csv" in told(content, member="bfa.csv")


@pytest.mark.parametrize("cut", [3, 11, 25])
def test_a_gzip_that_was_cut_off_is_said(cut):
    assert "cut off" in told(gzip.compress(b"a,b\n" * 99, mtime=0)[:cut])


def test_damage_is_said():
    content = bytearray(zipped(t__csv="a,b\n" * 999))
    content[40:60] = b"x" * 20
    assert "damaged" in told(bytes(content))
    assert "damaged" in told(zipped(t__csv="a,b\n")[:-30])
    assert "damaged gzip" in told(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\xff" * 40)


def test_a_bomb_is_refused_before_it_bursts():
    assert "more than 1,000,000 bytes" in told(gzip.compress(bytes(50_000_000)), most_bytes=1_000_000)
    assert "more than 1,000,000 bytes" in told(zipped(t__csv=bytes(50_000_000)), most_bytes=1_000_000)


def test_a_zip_that_is_opened_whole_is_measured_first():
    check_zip(zipped(t__csv="a,b\n"), what="the file", most_bytes=1_000, most_ratio=100)
    with pytest.raises(SourceError, match="would unpack to 50,000,000 bytes"):
        check_zip(zipped(t__csv=bytes(50_000_000)), what="the file", most_bytes=10**9, most_ratio=100)
    with pytest.raises(SourceError, match="damaged or cut off"):
        check_zip(b"PK\x03\x04 no", what="the file", most_bytes=1_000, most_ratio=100)
