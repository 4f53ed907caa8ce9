"""A preview as plain data: what `--json` prints and what is kept with the audit entry of a save."""

from datetime import datetime
from typing import Any

import numpy as np

from monitor.domain.backtests.firing import Firing
from monitor.domain.backtests.preview import Comparison, Outcome, Shift, level_flips
from monitor.domain.clock import moment
from monitor.domain.scoring.level import LevelChange
from monitor.services.time_machine import Line, Preview, SubjectPreview
from monitor.storage.kinds import KIND_NAMES


def preview_data(found: Preview, *, with_line: bool = True) -> dict[str, Any]:
    """Return a preview as JSON can hold it; the heat lines, a point a day, only where asked for."""
    return {
        "definitions": [{"kind": KIND_NAMES[type(each)], "slug": each.slug} for each in found.values],
        "has_changed": found.has_changed,
        "subjects": [subject_data(each, with_line=with_line) for each in found.subjects],
    }


def subject_data(found: SubjectPreview, *, with_line: bool = True) -> dict[str, Any]:
    """Return one subject's part."""
    data: dict[str, Any] = {
        "subject": found.subject.slug,
        "since": _time(found.span.since),
        "until": _time(found.span.until),
        "has_changed": found.has_changed,
        "warnings": list(found.warnings),
        "level_changes": {
            "old": [_change(each) for each in found.old_changes],
            "new": [_change(each) for each in found.new_changes],
        },
        "level_flips": {"old": level_flips(found.old_changes), "new": level_flips(found.new_changes)},
        "rules": [_rule(each, found.span.months) for each in found.rules],
    }
    return data | ({"heat": {"old": _line(found.old), "new": _line(found.new)}} if with_line else {})


def _rule(found: Comparison, months: tuple[str, ...]) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "has_changed": found.has_changed,
        "old": _outcome(found.old, months),
        "new": _outcome(found.new, months),
        "gained": [_firing(each) for each in found.gained],
        "lost": [_firing(each) for each in found.lost],
        "earlier": [_shift(each) for each in found.earlier],
        "later": [_shift(each) for each in found.later],
        "lead_days": [
            {
                "event": each.event.slug,
                "starts_on": each.event.starts_on.isoformat(),
                "old": each.old_days,
                "new": each.new_days,
            }
            for each in found.leads
        ],
    }


def _outcome(found: Outcome, months: tuple[str, ...]) -> dict[str, Any]:
    return {
        "firings": [_firing(each) for each in found.firings],
        "by_month": dict(zip(months, found.by_month, strict=True)),
        "flaps": found.flaps,
        "messages": found.messages,
        "is_open": found.is_open,
    }


def _firing(found: Firing) -> dict[str, Any]:
    return {
        "began_at": _time(found.began_at),
        "ended_at": None if found.ended_at is None else _time(found.ended_at),
        "concern": found.concern.word,
        "peak": found.peak.word,
        "messages": found.messages,
        "resolution": None if found.resolution is None else found.resolution.value,
    }


def _shift(found: Shift) -> dict[str, Any]:
    return {
        "old_began_at": _time(found.old.began_at),
        "new_began_at": _time(found.new.began_at),
        "seconds": found.seconds,
    }


def _change(found: LevelChange) -> dict[str, Any]:
    return {
        "at": _time(moment(found.at)),
        "from": found.from_level,
        "to": found.to_level,
        "heat": found.heat,
        "reason": found.reason.value,
    }


def _line(found: Line | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {"at": _time(moment(at)), "heat": None if np.isnan(heat) else heat, "level": level}
        for at, heat, level in zip(found.at.tolist(), found.heat.tolist(), found.levels, strict=True)
    ]


def _time(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
