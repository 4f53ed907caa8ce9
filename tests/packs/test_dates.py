"""Dates as people write them: read one by one, and in the one order that fits a whole column."""

from datetime import UTC, datetime

import pytest

from monitor.packs.dates import DateOrder, Span, depends_on_order, orders_in, period_of, read_date

DMY, MDY = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "text,start,span",
    [
        ("2025-11-30", utc(2025, 11, 30), Span.DAY),
        ("2025-11-30T06:00:00Z", utc(2025, 11, 30, 6), Span.INSTANT),
        ("2025-11-30T06:00:00+02:00", utc(2025, 11, 30, 4), Span.INSTANT),
        ("2025-11", utc(2025, 11, 1), Span.MONTH),
        ("2025", utc(2025, 1, 1), Span.YEAR),
        ("30/11/2025", utc(2025, 11, 30), Span.DAY),
        ("30.11.2025", utc(2025, 11, 30), Span.DAY),
        ("3-4-2025", utc(2025, 4, 3), Span.DAY),
        ("30 novembre 2025", utc(2025, 11, 30), Span.DAY),
        ("1er août 2025", utc(2025, 8, 1), Span.DAY),
        ("30-Nov-2025", utc(2025, 11, 30), Span.DAY),
        ("Févr. 2025", utc(2025, 2, 1), Span.MONTH),
        ("Dec-2025", utc(2025, 12, 1), Span.MONTH),
    ],
)
def test_a_date(text, start, span):
    written = read_date(text)
    assert (written.start, written.span) == (start, span)


def test_the_order_decides():
    assert read_date("03/04/2025", order=MDY).start == utc(2025, 3, 4)
    assert read_date("03/04/2025", order=DMY).start == utc(2025, 4, 3)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2025-13", "2025-02-30", "31/02/2025", "13/13/2025", "0/4/2025", "1/2/25", "12/3-2025",
     "2025-11-30T06:00:00", "3 brumaire 2025", "0000"],
)  # fmt: skip
def test_what_is_no_date(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text,pattern,start,span",
    [
        ("30.11.25", "%d.%m.%y", utc(2025, 11, 30), Span.DAY),
        ("11/25", "%m/%y", utc(2025, 11, 1), Span.MONTH),
        ("25", "%y", utc(2025, 1, 1), Span.YEAR),
        ("20251130 +0200", "%Y%m%d %z", utc(2025, 11, 29, 22), Span.DAY),
    ],
)
def test_a_pattern_of_the_persons_own(text, pattern, start, span):
    written = read_date(text, pattern=pattern)
    assert (written.start, written.span) == (start, span)


def test_what_a_pattern_does_not_fit():
    assert read_date("2025-11-30", pattern="%d.%m.%y") is None


@pytest.mark.parametrize(
    "texts,orders",
    [
        (["03/04/2025", "13/04/2025"], {DMY}),
        (["03/04/2025", "04/13/2025"], {MDY}),
        (["03/04/2025", "2025-04-13", ""], {DMY, MDY}),
        (["03.04.2025"], {DMY}),
        (["13/04/2025", "04/13/2025"], set()),
        (["33/44/2025"], {DMY, MDY}),
    ],
)
def test_the_orders_that_fit_a_column(texts, orders):
    assert orders_in(texts) == orders


@pytest.mark.parametrize(
    "text,expected", [("03/04/2025", True), ("04/4/2025", False), ("2025-03-04", False), ("13/04/2025", True)]
)
def test_whether_the_order_matters(text, expected):
    assert depends_on_order(text) is expected


@pytest.mark.parametrize(
    "text,cadence_days,start,end",
    [
        ("2025-09", 1, utc(2025, 9, 1), utc(2025, 10, 1)),
        ("2025", 30, utc(2025, 1, 1), utc(2026, 1, 1)),
        ("2025-12-15", 30, utc(2025, 12, 1), utc(2026, 1, 1)),
        ("2025-04-01", 91, utc(2025, 4, 1), utc(2025, 7, 1)),
        ("2025-06-30", 91, utc(2025, 4, 1), utc(2025, 7, 1)),
        ("2025-05-17", 91, utc(2025, 5, 17), utc(2025, 5, 18)),
        ("2025-12-31", 365, utc(2025, 1, 1), utc(2026, 1, 1)),
        ("2025-05-17", 182, utc(2025, 5, 17), utc(2025, 5, 18)),
        ("2025-09-05", 7, utc(2025, 9, 5), utc(2025, 9, 12)),
        ("2025-09-05", 1, utc(2025, 9, 5), utc(2025, 9, 6)),
        ("2025-09-05", 0.25, utc(2025, 9, 5), utc(2025, 9, 6)),
        ("2025-09-05T13:00:00Z", 1, utc(2025, 9, 5), utc(2025, 9, 6)),
    ],
)
def test_a_single_date_stands_for_a_period(text, cadence_days, start, end):
    assert period_of(read_date(text), cadence_days=cadence_days) == (start, end)
