"""Save a draft: new versions of what it changes, with its preview in the audit log, and the work it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule
from monitor.domain.clock import LIVE
from monitor.domain.derivations.derived import plan_of
from monitor.domain.errors import InvalidInput
from monitor.domain.pack import Definition
from monitor.domain.phrases import phrase
from monitor.domain.spoken import clipped
from monitor.services.changed_meanwhile import require_unchanged
from monitor.services.draft import touched
from monitor.services.preview_data import preview_data
from monitor.services.time_machine import Preview, preview
from monitor.storage import audit, definitions, episode_routes, series, snapshot, subjects
from monitor.storage.definitions import Saved
from monitor.storage.kinds import KIND_NAMES
from monitor.storage.structure import to_json

_LONGEST_TARGET = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """The versions written, and the preview that was kept with them."""

    versions: tuple[Saved, ...]
    preview: Preview


def save_draft(
    session: Session,
    values: Sequence[Definition],
    *,
    author: str,
    reason: str,
    now: datetime,
    since: datetime | timedelta | None = None,
    seen: Mapping[str, int] | None = None,
) -> SavedDraft:
    """Preview and save in one transaction, so that what is kept is what the edit did to just these versions.

    InvalidInput without a reason; Conflict if another version is in force than was `seen` (by
    `rule fuel-high`). The subjects it touches are due, and watch what they have placed.
    """
    if not reason.strip():
        raise InvalidInput(phrase("say why the definitions are changed"), field="reason")
    if seen is not None:
        require_unchanged(session, seen)
    before = snapshot.current(session)
    found = preview(session, values, since=since, now=now)
    bodies = {_name(value): to_json(_in_force(before, value)) for value in values}
    saved = definitions.save_all(session, values, author=author, reason=reason, effective_at=now, now=now)
    after = snapshot.current(session)
    for slug in touched(before, after):
        _follow(session, after, slug, now=now)
    # After the subjects: whoever attends to an episode has its subject before its routes.
    episode_routes.reconsider(session, [each.slug for each in values if isinstance(each, Rule)])
    audit.record(
        session, actor=author, action="definition.save",
        target=clipped(", ".join(f"{each.kind} {each.slug}" for each in saved), _LONGEST_TARGET),
        reason=reason,
        before={name: body for name, body in bodies.items() if body is not None},
        after={_name(value): to_json(value) for value in values}
        | {"preview": preview_data(found, with_line=False)},
        now=now,
    )  # fmt: skip
    return SavedDraft(versions=tuple(saved), preview=found)


def _name(value: Definition) -> str:
    return f"{KIND_NAMES[type(value)]} {value.slug}"


def _in_force(known: snapshot.Definitions, value: Definition) -> Definition | None:
    found: Definition | None = getattr(known, f"{KIND_NAMES[type(value)]}s").get(value.slug)
    return found


def _follow(session: Session, known: snapshot.Definitions, slug: str, *, now: datetime) -> None:
    if not subjects.states(session, [slug]):
        subjects.set_clock(session, slug, LIVE)
    series.set_watched(session, slug, plan_of(known.placements_of(slug), known.indicators).watched)
    subjects.mark_due(session, [slug], now=now)
