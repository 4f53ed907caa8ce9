"""Derive: the columns of series that are reckoned from others, with full vintages; one function a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor.domain.derivations.carry import combine
from monitor.domain.derivations.derived import Derived, Filled, Member
from monitor.domain.derivations.event_values import EventValues, event_columns
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.impute import impute
from monitor.domain.derivations.incident_count import IncidentLog, count_incidents
from monitor.domain.derivations.member import MemberLine, member_columns
from monitor.domain.event import Event
from monitor.domain.series import Columns, empty_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that series are derived from: stored columns by key, incidents by source, heat lines, events."""

    stored: Mapping[str, Columns]
    logs: Mapping[str, IncidentLog] = field(default_factory=dict)
    lines: Mapping[str, MemberLine] = field(default_factory=dict)
    events: Sequence[Event] = ()

    def up_to(self, max_seq: int) -> "Inputs":
        """Return what was committed up to a number."""
        return Inputs(
            stored={key: each.rows(each.seq <= max_seq) for key, each in self.stored.items()},
            logs={source: log.up_to(max_seq) for source, log in self.logs.items()},
            lines={subject: line.up_to(max_seq) for subject, line in self.lines.items()},
            events=self.events,
        )

    @property
    def last_seq(self) -> int:
        """Return the highest number of any of it."""
        covered = [each.seq for log in self.logs.values() for each in log.covered]
        parts = [each.seq for group in (self.stored, self.logs, self.lines) for each in group.values()]
        return max([*covered, *(int(np.max(part)) for part in parts if len(part))], default=0)


class ModelColumns(dict[str, Columns]):
    """Columns by key, with what the derived ones among them were derived from."""

    def __init__(
        self,
        derived: Sequence[Derived],
        inputs: Inputs,
        filled: Sequence[Filled] = (),
        *,
        shared: dict[str, dict[str, Columns]] | None = None,
    ) -> None:
        """Derive all of them, then fill gaps; `shared` keeps what is filled by indicator for other models."""
        super().__init__(inputs.stored)
        self._derived, self._inputs, self._filled = derived, inputs, filled
        for each in derived:
            self[each.key] = _derive(each, self, inputs)
        self.update([pair for each in filled for pair in self._fill(each, shared)])

    def _fill(
        self, filled: Filled, shared: dict[str, dict[str, Columns]] | None
    ) -> list[tuple[str, Columns]]:
        """Return the filled columns; every formula has read its operands as they were observed."""
        if shared is None:
            return list(impute(filled.indicator, self, filled.keys).items())
        slug, given = filled.indicator.slug, filled.indicator.imputation
        everyone = {f"{slug}:{unit}" for unit in ([] if given is None else given.units)}
        if slug not in shared:
            shared[slug] = impute(filled.indicator, self, sorted(everyone))
        # A unit that is no peer has nothing filled in.
        return [(key, shared[slug].get(key, self[key])) for key in filled.keys]

    def up_to(self, max_seq: int) -> "ModelColumns":
        """Return the columns as they were when nothing after `max_seq` was committed.

        What was derived is derived anew: an input committed later may have been known earlier.
        """
        if max_seq >= self._inputs.last_seq:
            return self
        return ModelColumns(self._derived, self._inputs.up_to(max_seq), self._filled)


def up_to(columns: Mapping[str, Columns], max_seq: int | None) -> Mapping[str, Columns]:
    """Return columns without the rows committed after a number; None takes all."""
    if max_seq is None:
        return columns
    if isinstance(columns, ModelColumns):
        return columns.up_to(max_seq)
    return {key: each.rows(each.seq <= max_seq) for key, each in columns.items()}


def _derive(each: Derived, columns: Mapping[str, Columns], inputs: Inputs) -> Columns:
    how = each.how
    if isinstance(how, Formula):
        return combine({name: columns[key] for name, key in each.operands.items()}, how.evaluate)
    if isinstance(how, EventValues):
        return event_columns(how, inputs.events)
    if isinstance(how, Member):
        line = inputs.lines.get(how.subject)
        return empty_columns() if line is None else member_columns(line)
    log = inputs.logs.get(how.source)
    return empty_columns() if log is None else count_incidents(how, each.key, log)
