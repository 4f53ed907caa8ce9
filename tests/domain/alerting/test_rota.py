"""Rotas: turns in local time, both clock changes without a hole or a gap, stand-ins, holes shown."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.rota import Rota, Shift, StandIn, Turns, holes
from monitor.domain.alerting.window import Stretch
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.errors import InvalidInput, NotFound

ANA, BEN, CLEO = "ana@example.org", "ben@example.org", "cleo@example.org"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 11, 23)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def a_rota(*turns, zone="UTC", **values):
    given_turns = turns or (Turns(members=(ANA, BEN), starts_on=MONDAY),)
    return Rota(slug="desk", name="Desk", zone=zone, turns=given_turns, **values)


def stand_in(person=CLEO, instead_of=ANA, **values):
    times = {"starts_at": utc(2026, 11, 24), "ends_at": utc(2026, 11, 25)}
    return StandIn(**{"person": person, "instead_of": instead_of} | times | values)


def test_turns_change_one_by_one_and_move_with_the_zone_of_their_rota():
    nights = Turns(members=(CLEO,), starts_on=MONDAY, windows=parse_windows("20:00-08:00", zone="UTC"))
    both = a_rota().with_turns(nights)
    assert [each.members for each in both.turns] == [(ANA, BEN), (CLEO,)]
    changed = both.with_turns(Turns(members=(BEN,), starts_on=MONDAY), number=1)
    assert [each.members for each in changed.turns] == [(BEN,), (CLEO,)]
    assert changed.without_turns(1).turns == (nights,)
    assert changed.in_zone("Africa/Nairobi").turns[1].windows[0].zone == "Africa/Nairobi"
    for number in (0, 3):
        with pytest.raises(NotFound, match=f"no turns {number}"):
            changed.without_turns(number)
    with pytest.raises(InvalidInput, match="at least one"):
        a_rota().without_turns(1)


@pytest.mark.parametrize(
    "at,on_duty",
    [
        (utc(2026, 11, 23, 7, 59), ()),
        (utc(2026, 11, 23, 8), (ANA,)),
        (utc(2026, 11, 30, 7, 59), (ANA,)),
        (utc(2026, 11, 30, 8), (BEN,)),
        (utc(2026, 12, 7, 8), (ANA,)),
        (utc(2025, 1, 1), ()),
    ],
)
def test_turns_are_handed_over_at_a_time_of_the_local_day(at, on_duty):
    assert a_rota().on_duty(at) == on_duty


def test_day_and_night_are_handed_over_twice_a_day():
    turns = Turns(members=(ANA, BEN, CLEO), starts_on=MONDAY, handovers=(480, 1200), days=1)
    rota = a_rota(turns)
    found = [rota.on_duty(utc(2026, 11, 23, 12) + 12 * HOUR * each)[0] for each in range(4)]
    assert found == [ANA, BEN, CLEO, ANA]


def test_case_9_a_shift_ends_at_the_second_occurrence_of_its_end_so_that_there_is_no_hole():
    turns = Turns(members=(ANA, BEN), starts_on=date(2026, 10, 24), handovers=(150,), days=1)
    rota = a_rota(turns, zone="Europe/Paris")
    first, second = utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)
    assert rota.on_duty(first) == (ANA,)
    assert rota.on_duty(second - timedelta(seconds=1)) == (ANA,)
    assert rota.on_duty(second) == (BEN,)
    assert rota.shift_at(first).ends_at == second


def test_case_8_a_hand_over_that_spring_leaves_out_is_at_the_first_instant_after_the_gap():
    turns = Turns(members=(ANA, BEN), starts_on=date(2026, 3, 28), handovers=(150,), days=1)
    rota = a_rota(turns, zone="Europe/Paris")
    assert rota.on_duty(utc(2026, 3, 29, 0, 59)) == (ANA,)
    assert rota.on_duty(utc(2026, 3, 29, 1)) == (BEN,)


def test_duty_in_windows_closes_at_the_second_occurrence():
    windows = parse_windows("20:00-02:30", zone="Europe/Paris")
    turns = Turns(members=(ANA,), starts_on=date(2026, 10, 1), windows=windows)
    rota = a_rota(turns, zone="Europe/Paris")
    assert rota.on_duty(utc(2026, 10, 25, 1, 29)) == (ANA,)
    assert rota.on_duty(utc(2026, 10, 25, 1, 30)) == ()


def test_holes_in_the_cover_are_named():
    windows = parse_windows("Mon-Fri", zone="UTC")
    rota = a_rota(Turns(members=(ANA,), starts_on=date(2026, 11, 1), windows=windows))
    found = rota.shifts(utc(2026, 11, 27, 12), utc(2026, 11, 30, 12))
    assert [each.people for each in found] == [(ANA,), (), (ANA,)]
    assert holes(found) == (Stretch(starts_at=utc(2026, 11, 28), ends_at=utc(2026, 11, 30)),)
    assert rota.on_duty(utc(2026, 11, 29)) == ()
    assert rota.reached(utc(2026, 11, 29)) == (ANA,)


def test_several_turns_run_at_once_and_nobody_is_named_twice():
    second = Turns(members=(CLEO, ANA), starts_on=MONDAY)
    rota = a_rota(Turns(members=(ANA, BEN), starts_on=MONDAY), second)
    assert rota.on_duty(utc(2026, 11, 24)) == (ANA, CLEO)
    assert rota.members == (ANA, BEN, CLEO)
    assert rota.reached(utc(2026, 11, 24)) == (ANA, CLEO)


def test_a_shift_is_followed_to_its_end_however_long_it_is():
    rota = a_rota(Turns(members=(ANA, BEN), starts_on=date(2026, 1, 1), days=366))
    found = rota.shift_at(utc(2026, 6, 1))
    assert (found.starts_at, found.ends_at) == (utc(2026, 1, 1, 8), utc(2027, 1, 2, 8))


def test_one_stands_in_for_another_for_a_while():
    rota = a_rota(stand_ins=(stand_in(),))
    assert rota.shifts(utc(2026, 11, 23, 8), utc(2026, 11, 26)) == (
        Shift(people=(ANA,), starts_at=utc(2026, 11, 23, 8), ends_at=utc(2026, 11, 24)),
        Shift(people=(CLEO,), starts_at=utc(2026, 11, 24), ends_at=utc(2026, 11, 25)),
        Shift(people=(ANA,), starts_at=utc(2026, 11, 25), ends_at=utc(2026, 11, 26)),
    )


def test_one_stands_in_only_when_the_other_would_be_on_duty():
    rota = a_rota(stand_ins=(stand_in(instead_of=BEN),))
    assert rota.on_duty(utc(2026, 11, 24, 12)) == (ANA,)


def test_one_who_stands_in_for_nobody_comes_beside():
    rota = a_rota(stand_ins=(stand_in(instead_of=""),))
    assert rota.on_duty(utc(2026, 11, 24, 12)) == (ANA, CLEO)


def test_a_stand_in_is_added_and_what_is_long_over_forgotten():
    old = stand_in(starts_at=utc(2026, 1, 1), ends_at=utc(2026, 1, 2))
    rota = a_rota(stand_ins=(old,)).with_stand_in(stand_in(), at=utc(2026, 11, 23))
    assert rota.stand_ins == (stand_in(),)
    with pytest.raises(InvalidInput, match="takes no turns"):
        rota.with_stand_in(stand_in(instead_of="dora@example.org"), at=utc(2026, 11, 23))


def test_a_stand_in_is_ended_now_or_never_begins():
    rota = a_rota(stand_ins=(stand_in(),))
    assert rota.without_stand_in(1, at=utc(2026, 11, 23)).stand_ins == ()
    ended = rota.without_stand_in(1, at=utc(2026, 11, 24, 12)).stand_ins
    assert [each.ends_at for each in ended] == [utc(2026, 11, 24, 12)]
    with pytest.raises(NotFound, match="stand-in 2"):
        rota.without_stand_in(2, at=utc(2026, 11, 23))


@pytest.mark.parametrize(
    "values",
    [
        {"members": ()}, {"members": (" ",)}, {"days": 0}, {"days": 367}, {"handovers": ()},
        {"handovers": (600, 480), "days": 1}, {"handovers": (1440,)}, {"handovers": (480, 600)},
    ],
)  # fmt: skip
def test_turns_that_cannot_be_taken_are_refused(values):
    with pytest.raises(InvalidInput):
        Turns(**{"members": (ANA,), "starts_on": MONDAY, **values})


@pytest.mark.parametrize(
    "values",
    [{"person": ANA}, {"person": " "}, {"ends_at": utc(2026, 11, 24)}, {"ends_at": utc(2027, 11, 24)}],
)
def test_a_stand_in_that_makes_no_sense_is_refused(values):
    with pytest.raises(InvalidInput):
        stand_in(**values)


def test_a_rota_needs_turns_and_a_zone():
    with pytest.raises(InvalidInput, match="time zone"):
        a_rota(zone="Mali")
    with pytest.raises(InvalidInput, match="at least one"):
        Rota(slug="desk", name="Desk", zone="UTC", turns=())


@given(
    zone=st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "UTC"]),
    minute=st.integers(0, 1439),
    days=st.integers(1, 9),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_after_the_first_hand_over_somebody_is_always_on_duty_and_shifts_touch(zone, minute, days, at):
    turns = Turns(members=(ANA, BEN, CLEO), starts_on=date(2025, 12, 1), handovers=(minute,), days=days)
    rota, at = a_rota(turns, zone=zone), at.replace(tzinfo=UTC)
    found = rota.shifts(at, at + 30 * DAY)
    assert found[0].starts_at == at
    assert found[-1].ends_at == at + 30 * DAY
    assert all(len(each.people) == 1 for each in found)
    assert all(one.ends_at == two.starts_at for one, two in itertools.pairwise(found))
    assert all((each.ends_at - each.starts_at) <= days * DAY + HOUR for each in found)
    assert rota.on_duty(at) == found[0].people
