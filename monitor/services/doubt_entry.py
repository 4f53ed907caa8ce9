"""Doubt an entry before it is stored: what a person is asked to confirm, in sentences."""

from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import ClockMode
from monitor.domain.gates import Gate
from monitor.domain.indicator import Indicator
from monitor.domain.observation import Reading
from monitor.domain.plausible import plausible_range
from monitor.domain.scoring.view import effective
from monitor.domain.series import Floats
from monitor.domain.spoken import capital, listed, long_day, plain
from monitor.domain.wording import say, say_many
from monitor.services.judge_readings import gate_warnings
from monitor.services.record_observation import Entry, read_entry
from monitor.storage import series, snapshot, subjects


def doubts(session: Session, entry: Entry, *, now: datetime) -> tuple[str, ...]:
    """Return what would surprise about storing this; InvalidInput for what cannot be stored at all."""
    indicator, reading = read_entry(session, entry, now=now)
    found_out = gate_warnings(session, [reading], now=now)
    gates = [f"{capital(each.reason)}." for each in found_out if each.gate in {Gate.RANGE, Gate.STEP}]
    found = (*(gates or [_implausible(session, indicator, reading)]), sets_live(session, reading))
    return tuple(sentence for sentence in found if sentence)


def _implausible(session: Session, indicator: Indicator, reading: Reading) -> str:
    """Say that a value lies far outside the series' own past; words are never implausible."""
    stored = effective(series.columns(session, [reading.series])[reading.series]).value
    return far_outside(indicator, reading, stored[~np.isnan(stored)])


def far_outside(indicator: Indicator, reading: Reading, known: Floats) -> str:
    """Say the same with the values in force given; "" where the value is as the others are."""
    if reading.value is None or indicator.words:
        return ""
    usual = plausible_range(known)
    if usual is None or usual[0] <= reading.value <= usual[1]:
        return ""
    low, high = plain(float(known.min())), plain(float(known.max()))
    return say_many(
        "{value} lies far outside what {name} ever was: {low} to {high} {unit} in {n} value.",
        "{value} lies far outside what {name} ever was: {low} to {high} {unit} in {n} values.",
        len(known),
        value=plain(reading.value), name=indicator.name, low=low, high=high, unit=indicator.unit,
    )  # fmt: skip


def sets_live(session: Session, reading: Reading) -> str:
    """Say which archives a value of a later period would set live."""
    known, names = snapshot.current(session), []
    states = subjects.states(session, series.watchers(session, [reading.series]))
    stands_at = None
    for slug, state in states.items():
        is_placed = any(each.series == reading.series for each in known.placements_of(slug))
        clock = state.clock
        if not is_placed or clock.mode is not ClockMode.STANDING or clock.stands_at is None:
            continue
        if reading.period_start > clock.stands_at and slug in known.subjects:
            names.append(known.subjects[slug].name)
            stands_at = max(stands_at or clock.stands_at, clock.stands_at)
    if stands_at is None:
        return ""
    return say(
        "The archive of {names} stands at {day}. A value of a later period sets it live: from then on "
        "everything else it knows counts as old.",
        names=listed(sorted(names)), day=long_day(stands_at),
    )  # fmt: skip
