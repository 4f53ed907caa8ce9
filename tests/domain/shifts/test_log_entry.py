"""The shift log: an entry says what was, and is corrected by another."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.errors import InvalidInput
from monitor.domain.shifts.log_entry import LogEntry, log_lines

NOW = datetime(2025, 11, 30, 14, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(number=1, **values):
    return LogEntry(
        **{"id": number, "at": NOW, "stored_at": NOW, "author": "ana", "text": "Called.", **values}
    )


@pytest.mark.parametrize(
    "values,field",
    [({"text": " "}, "text"), ({"text": "x" * 2001}, "text"), ({"at": NOW + HOUR}, "at")],
)
def test_an_entry_says_something_that_was(values, field):
    with pytest.raises(InvalidInput) as refused:
        entry(**values)
    assert refused.value.field == field


def test_a_clock_a_little_ahead_is_no_future():
    assert entry(at=NOW + timedelta(minutes=4)).at > NOW


def test_lines_are_the_latest_first_and_say_what_the_last_correction_says():
    late, early = entry(1, text="Late."), entry(2, at=NOW - HOUR, text="Erly.")
    fixed = entry(3, at=NOW - HOUR, text="Erli.", corrects=2)
    again = entry(4, at=NOW - HOUR, text="Early.", corrects=2, author="ben")
    found = log_lines([again, late, fixed, early])
    assert [line.text for line in found] == ["Late.", "Early."]
    assert (found[1].entry, found[1].corrections) == (early, (fixed, again))
