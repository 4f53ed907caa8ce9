"""List the sources with how each did when it was last asked."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.source import PUSHED, Source
from monitor.services.end_exercise import exercise_list
from monitor.storage import definitions, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source and where it stands; times are None for what has not happened or is not planned."""

    slug: str
    name: str
    kind: str
    is_enabled: bool
    is_cut: bool
    failures: int
    last_run_at: datetime | None
    last_ok_at: datetime | None
    due_at: datetime | None

    @property
    def condition(self) -> str:
        """The source in one or two words."""
        if self.is_cut:
            return "cut off"
        if not self.is_enabled:
            return "disabled"
        if self.failures:
            return f"failing {self.failures}x"
        if self.last_run_at is None and self.kind in PUSHED:
            return "never pushed"
        if self.last_run_at is None:
            return "by hand" if self.due_at is None else "never run"
        return "ok"


def source_list(session: Session, *, with_exercises: bool = False) -> list[SourceLine]:
    """Return every source, by slug; with those of exercises that were not removed where asked for."""
    states = sources.states(session)
    known = {source.slug: source for source in definitions.find_all(session, Source)}
    lines = [_line(source, states.get(source.slug)) for source in known.values()]
    if not with_exercises:
        return lines
    there = {each.slug for each in exercise_list(session)}
    copies = [slug for slug in sorted(states) if slug.partition("@")[2] in there]
    return lines + [
        _line(replace(known[base], slug=slug, name=f"{known[base].name} in {name}"), states[slug])
        for slug in copies
        if (base := slug.partition("@")[0]) in known and (name := slug.partition("@")[2])
    ]


def _line(source: Source, state: sources.SourceState | None) -> SourceLine:
    return SourceLine(
        slug=source.slug,
        name=source.name,
        kind=source.kind,
        is_enabled=source.is_enabled,
        is_cut=state.is_cut if state else False,
        failures=state.failures if state else 0,
        last_run_at=state.last_run_at if state else None,
        last_ok_at=state.last_ok_at if state else None,
        due_at=state.due_at if state else None,
    )
