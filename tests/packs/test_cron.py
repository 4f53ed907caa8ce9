"""Cron and time zones of a pack: what can never come is refused, naming the field and what is expected."""

from dataclasses import replace

import pytest

from monitor.domain.release import Release
from monitor.packs.check_shape import check_shape
from monitor.packs.cron import cron_expected
from monitor.packs.read_pack import read_pack
from monitor.packs.shapes import SourceTable
from monitor.packs.toml_files import RawTable
from monitor.packs.write_pack import write_pack
from tests.packs.test_write_pack import TINY

PLAIN = {"slug": "acled", "name": "ACLED", "kind": "csv", "licence": "CC-BY-4.0", "attribution": "ACLED"}


def problems_of(**values):
    raw = RawTable(file="pack.toml", kind="source", line=1, values={**PLAIN, **values})
    _, problems = check_shape(raw, SourceTable)
    return [(problem.key, problem.expected) for problem in problems]


@pytest.mark.parametrize(
    "text", ["0 14 * * TUE", "*/15 * * * *", "0 0 L * *", "5,35 8-18 1 1-6 *", "0 9 * * MON#2", "0 0 29 2 *"]
)
def test_what_a_cron_expression_may_say(text):
    assert cron_expected(text) == ""


@pytest.mark.parametrize(
    "text,expected",
    [
        ("0 14 * *", "5 fields, not 4"),
        ("0 0 14 * * TUE", "5 fields, not 6"),
        ("@daily", "5 fields, not 1"),
        ("60 14 * * TUE", "as minute 0 to 59, also *, 1,2, 1-3 or */2; not '60'"),
        ("0 25 * * *", "as hour 0 to 23"),
        ("0 0 32 * *", "as day of the month 1 to 31"),
        ("0 0 1 MAI *", "as month 1 to 12"),
        ("0 0 * * DIE", "as day of the week 0 to 7"),
        ("0 0 * * MON#1/2", "as day of the week"),
        ("*/0 0 * * *", "as minute"),
        ("0 0 30 2 *", "a day that there is"),
    ],
)
def test_a_wrong_one_names_its_field_and_what_is_expected(text, expected):
    assert cron_expected(text).startswith(expected)


@pytest.mark.parametrize("name", ["Mali", "Europe", "/etc/passwd", "../UTC", "UTC+1"])
def test_a_time_zone_is_one_of_the_iana(name):
    assert problems_of(cron="0 6 * * *", timezone=name) == [
        ("timezone", "an IANA time zone such as Africa/Bamako or UTC")
    ]


def test_a_release_is_checked_like_a_schedule():
    assert problems_of(release=[{"cron": "0 14 * *"}])[0][0] == "release.1.cron"
    assert problems_of(release=[{"cron": "0 14 * * *", "grace_hours": 0.0}])[0][0] == "release.1.grace_hours"


@pytest.mark.parametrize(
    "lines,key",
    [
        ('interval_seconds = 60\ncron = "0 6 * * *"', "cron"),
        ("interval_seconds = 60\njitter_seconds = 60", "jitter_seconds"),
    ],
)
def test_keys_that_do_not_go_together_are_named(tmp_path, lines, key):
    plain = "\n".join(f'{name} = "{value}"' for name, value in PLAIN.items())
    head = '[pack]\nslug = "p"\nname = "P"\nversion = "1"\nlicence = "CC0-1.0"\n'
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "pack.toml").write_text(f"{head}[[source]]\n{plain}\n{lines}\n")
    assert [problem.key for problem in read_pack(tmp_path / "p").problems] == [key]


def test_a_schedule_survives_writing_and_reading(tmp_path):
    releases = (
        Release(cron="0 14 * * TUE", timezone="Europe/Stockholm", grace_hours=4.0, name="Weekly update"),
        Release(cron="0 9 20 * *"),
    )
    first, *others = TINY.sources
    planned = replace(
        first, interval_seconds=None, cron="30 6 * * *", timezone="Africa/Bamako", jitter_seconds=120,
        releases=releases, trailing_days=30,
    )  # fmt: skip
    write_pack(replace(TINY, geo=(), sources=(planned, *others)), tmp_path / "tiny")
    assert read_pack(tmp_path / "tiny").pack.sources == (planned, *others)
