"""Tests of values of events: one day's worth, or as long as it lasts."""

from datetime import date

import numpy as np
import pytest

from monitor.domain.derivations.event_values import EventValues, event_columns
from monitor.domain.event import Event


def an_event(slug, starts_on, **values):
    return Event(**{
        "slug": slug, "subjects": ("mali",), "title": slug, "starts_on": starts_on, "when": "then",
        "kind": "coup", "citation": "brief", **values,
    })  # fmt: skip


def told(columns):
    days = columns.period_start.astype("datetime64[s]").astype("datetime64[D]").astype(str).tolist()
    return dict(zip(days, columns.value.tolist(), strict=True))


COUP = an_event("one", date(2020, 8, 18), grade="B2")
MUTINY = an_event("two", date(2021, 5, 24), kind="mutiny")
BLOCKADE = an_event("three", date(2022, 1, 9), ends_on=date(2022, 7, 3), kind="blockade", grade="C1")


def test_each_event_of_its_kinds_has_a_worth():
    spec = EventValues(kinds=("coup", "mutiny"), value=2.0, values={"mutiny": 0.5})
    assert told(event_columns(spec, [MUTINY, BLOCKADE, COUP])) == {"2020-08-18": 2.0, "2021-05-24": 0.5}


def test_only_on_the_timelines_named():
    assert len(event_columns(EventValues(kinds=("coup",), subjects=("niger",)), [COUP])) == 0
    assert len(event_columns(EventValues(kinds=("coup",), subjects=("mali", "niger")), [COUP])) == 1


def test_several_on_a_day_add_up_and_the_worst_grade_counts():
    found = event_columns(EventValues(kinds=("coup",)), [COUP, an_event("four", COUP.starts_on, grade="D4")])
    assert told(found) == {"2020-08-18": 2.0}
    assert found.grade.tolist() == [0.4]


def test_an_event_is_known_from_the_end_of_its_day():
    found = event_columns(EventValues(kinds=("coup",)), [COUP])
    assert (found.known_at == found.period_end).all()
    assert (found.period_end - found.period_start).tolist() == [86400]
    assert found.seq.tolist() == [0]


def test_what_lasts_holds_until_the_day_after_its_last():
    spec = EventValues(kinds=("blockade",), while_it_lasts=True)
    found = event_columns(spec, [BLOCKADE])
    assert told(found) == {"2022-01-09": 1.0, "2022-07-04": 0.0}
    assert found.grade[0] == 0.7
    assert np.isnan(found.grade[1])


def test_what_overlaps_adds_up_while_it_does():
    spec = EventValues(kinds=("blockade", "coup"), while_it_lasts=True)
    coup = an_event("five", date(2022, 2, 1), ends_on=date(2022, 2, 3))
    assert told(event_columns(spec, [BLOCKADE, coup])) == {
        "2022-01-09": 1.0, "2022-02-01": 2.0, "2022-02-04": 1.0, "2022-07-04": 0.0,
    }  # fmt: skip


def test_what_takes_nothing_is_refused():
    with pytest.raises(ValueError, match="name at least one kind"):
        EventValues(kinds=())
    with pytest.raises(ValueError, match="values names mutiny, which is not among its kinds"):
        EventValues(kinds=("coup",), values={"mutiny": 1.0})
