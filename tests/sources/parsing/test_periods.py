"""Periods: a date is read as its source writes it, and never stands for a period it does not name."""

from datetime import UTC, datetime

import pytest

from monitor.sources.parsing.periods import Stamp, after, is_date_format, period_of, read_date


def day(year, month=1, day=1, hour=0):
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "text,form,start,grain",
    [
        ("2026", "iso", day(2026), "year"),
        ("2026-03", "iso", day(2026, 3), "month"),
        ("2026-M03", "iso", day(2026, 3), "month"),
        ("2026M11", "iso", day(2026, 11), "month"),
        ("2026-Q2", "iso", day(2026, 4), "quarter"),
        ("2026Q4", "iso", day(2026, 10), "quarter"),
        ("2026-W01", "iso", day(2025, 12, 29), "week"),
        ("2026-03-15", "iso", day(2026, 3, 15), "day"),
        ("2026-03-15T01:30:00+02:00", "iso", datetime(2026, 3, 14, 23, 30, tzinfo=UTC), "hour"),
        ("20251101T000000Z", "iso", day(2025, 11, 1), "hour"),
        ("1762000000", "seconds", datetime(2025, 11, 1, 12, 26, 40, tzinfo=UTC), "hour"),
        ("1756684800000", "milliseconds", day(2025, 9), "hour"),
        ("45000", "excel", day(2023, 3, 15), "day"),
        ("15.10.2026", "%d.%m.%Y", day(2026, 10, 15), "day"),
        ("2025100103", "%Y%m%d%H", day(2025, 10, 1, 3), "hour"),
        ("Oct 2026", "%b %Y", day(2026, 10), "month"),
        ("202610", "%Y%m", day(2026, 10), "month"),
    ],
)
def test_a_date_is_read_with_how_fine_it_is(text, form, start, grain):
    assert read_date(text, [form]) == Stamp(start, grain)


@pytest.mark.parametrize(
    "text,form",
    [
        ("yesterday", "iso"), ("2026-13", "iso"), ("2026-W54", "iso"), ("202610", "iso"), ("", "iso"),
        ("0000", "iso"), ("9999", "iso"), ("nan", "seconds"), ("inf", "milliseconds"), ("1e300", "excel"),
        ("1_0", "seconds"), ("٢٠٢٦", "iso"), ("2026-03-15" * 9, "iso"), ("31.02.2026", "%d.%m.%Y"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_what_is_expected(text, form):
    with pytest.raises(ValueError, match="is no date like"):
        read_date(text, [form])


def test_the_first_format_that_fits_counts():
    assert read_date("03/04/2026", ["iso", "%d/%m/%Y"]).start == day(2026, 4, 3)


@pytest.mark.parametrize(
    "period,start,end",
    [
        ("hour", day(2026, 8, 12, 5), day(2026, 8, 12, 6)),
        ("day", day(2026, 8, 12), day(2026, 8, 13)),
        ("week", day(2026, 8, 12), day(2026, 8, 19)),
        ("iso-week", day(2026, 8, 10), day(2026, 8, 17)),
        ("month", day(2026, 8), day(2026, 9)),
        ("quarter", day(2026, 7), day(2026, 10)),
        ("year", day(2026), day(2027)),
    ],
)
def test_a_date_lies_in_its_period(period, start, end):
    assert period_of(Stamp(day(2026, 8, 12, 5), "hour"), period) == (start, end)


@pytest.mark.parametrize(
    "grain,period",
    [("year", "month"), ("month", "day"), ("day", "hour"), ("week", "month"), ("week", "year")],
)
def test_a_date_that_is_coarser_than_the_period_names_none(grain, period):
    with pytest.raises(ValueError, match=f"a whole {grain}, and periods are a {period} each"):
        period_of(Stamp(day(2026), grain), period)


def test_what_a_date_names_ends_with_it():
    assert after(Stamp(day(2026, 12), "month")) == day(2027)
    assert after(Stamp(day(2026, 2, 28), "day")) == day(2026, 3)


@pytest.mark.parametrize(
    "form,is_one", [("iso", True), ("excel", True), ("%d/%m/%Y", True), ("%d", False), ("x", False)]
)
def test_a_format_says_at_least_the_year(form, is_one):
    assert is_date_format(form) is is_one
