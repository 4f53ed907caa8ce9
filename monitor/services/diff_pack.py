"""What installing a pack would change here, definition by definition and value by value."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.incident import Incident
from monitor.domain.pack import Definition, Pack
from monitor.domain.scale import RISK, STANDING
from monitor.domain.schedule import is_scheduled
from monitor.services.compare_values import Change, ValueChange, compare_values
from monitor.services.keep_fit import with_fit_of
from monitor.storage import incidents
from monitor.storage.installed import Installed, installed
from monitor.storage.kinds import KIND_NAMES
from monitor.storage.structure import to_json

Here = Mapping[tuple[str, str], Installed]
_BUILT_IN = {scale.slug: scale for scale in (STANDING, RISK)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field, as it stands here and as the pack has it."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionChange:
    """What happens to one definition and why; kept, conflicting and removed ones stay as they are here."""

    kind: str
    slug: str
    change: Change
    reason: str = ""
    fields: tuple[FieldChange, ...] = ()
    value: Definition | None = None

    @property
    def name(self) -> str:
        """`indicator.fuel-price`, the name by which it can be accepted."""
        return f"{self.kind}.{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDiff:
    """Everything installing would do. Unchanged definitions and values are left out of the lists."""

    pack: str
    version: str
    installed_version: str
    definitions: tuple[DefinitionChange, ...] = ()
    values: tuple[ValueChange, ...] = ()
    incidents: tuple[Incident, ...] = ()
    unchanged: int = 0

    def of(self, *changes: Change) -> tuple[DefinitionChange, ...]:
        """Return the definitions with any of these changes."""
        return tuple(each for each in self.definitions if each.change in changes)

    @property
    def is_empty(self) -> bool:
        """Whether installing would change nothing at all."""
        stored = any(each.is_stored for each in self.values)
        return not (self.of(Change.ADDED, Change.CHANGED) or stored or self.incidents)


def diff_pack(session: Session, pack: Pack, *, accept: Collection[str] = ()) -> PackDiff:
    """Compare a pack with what stands here; `accept` names edits (slug, kind.slug or series) to give up.

    InvalidInput for a name that nothing in the pack bears: a misspelt one would leave the edit in place.
    """
    for name in set(accept) - _names(pack):
        raise InvalidInput(f"nothing in pack {pack.slug} is called {name}", field="accept")
    here = installed(session)
    edition = here.get(("pack_edition", pack.slug))
    changes = [_definition(value, here, pack=pack.slug, accept=accept) for value in _wanted(pack, here)]
    return PackDiff(
        pack=pack.slug,
        version=pack.version,
        installed_version=(edition.body or {}).get("version", "") if edition else "",
        definitions=(
            *(each for each in changes if each.change is not Change.UNCHANGED),
            *_removed(pack, here),
        ),
        values=compare_values(session, pack, accept=accept),
        incidents=tuple(_new_incidents(session, pack)),
        unchanged=sum(1 for each in changes if each.change is Change.UNCHANGED),
    )


def _names(pack: Pack) -> set[str]:
    names = {reading.series for history in pack.history for reading in history.readings}
    for each in pack.definitions:
        names |= {each.slug, f"{KIND_NAMES[type(each)]}.{each.slug}"}
    return names


def _wanted(pack: Pack, here: Here) -> Iterator[Definition]:
    """The pack's definitions, and the built-in scales its subjects need that are not there yet."""
    own = {scale.slug for scale in pack.scales}
    for slug in sorted({subject.scale for subject in pack.subjects} & _BUILT_IN.keys() - own):
        if ("scale", slug) not in here:
            yield _BUILT_IN[slug]
    indicators = {each.slug: each for each in pack.indicators}
    for value in pack.definitions:
        found = here.get((KIND_NAMES[type(value)], value.slug))
        yield value if found is None else with_fit_of(value, found.body, indicators)


def _definition(value: Definition, here: Here, *, pack: str, accept: Collection[str]) -> DefinitionChange:
    kind, body = KIND_NAMES[type(value)], to_json(value)
    found = here.get((kind, value.slug))
    change, reason = _decide(found, body, pack=pack)
    if change in {Change.KEPT, Change.CONFLICTING} and set(accept) & {value.slug, f"{kind}.{value.slug}"}:
        change, reason = Change.CHANGED, f"accepted; {reason}"
    before = found.body if found is not None and found.body is not None else {}
    fields = tuple(_fields(before, body)) if change is not Change.UNCHANGED else ()
    return DefinitionChange(
        kind=kind, slug=value.slug, change=change, reason=reason, fields=fields, value=value
    )


def _decide(found: Installed | None, body: Any, *, pack: str) -> tuple[Change, str]:
    """Three ways: what the pack said when it was installed, what stands here, what the pack says now."""
    if found is None:
        return Change.ADDED, ""
    if found.body == body:
        return Change.UNCHANGED, ""
    by = f"{found.author} on {found.stored_at:%Y-%m-%d}"
    why = f" ({found.reason})" if found.reason else ""
    if found.body is None:
        return Change.KEPT, f"archived here by {by}{why}"
    if found.pack != pack:
        return (
            Change.CONFLICTING,
            f"belongs to pack {found.pack}" if found.pack else f"defined here by {by}{why}",
        )
    if found.is_from_pack:
        return Change.CHANGED, ""
    if found.base == body:
        return Change.KEPT, f"edited here by {by}{why}; the pack says the same as before"
    return Change.CONFLICTING, f"edited here by {by}{why}, and changed by the pack"


def _new_incidents(session: Session, pack: Pack) -> Iterator[Incident]:
    """Incidents not there yet, and changed ones of sources that no feed revises here."""
    fetched = {source.slug for source in pack.sources if is_scheduled(source)}
    for file in pack.incidents:
        here = incidents.of_source(session, file.source)
        for incident in file.incidents:
            found = here.get(incident.external_id)
            if found is None or (found != incident and file.source not in fetched):
                yield incident


def _removed(pack: Pack, here: Here) -> Iterator[DefinitionChange]:
    """Definitions an earlier edition brought and this one lacks; they stay until someone archives them."""
    wanted = {(KIND_NAMES[type(value)], value.slug) for value in pack.definitions}
    wanted |= {("scale", slug) for slug in _BUILT_IN}
    for key, found in here.items():
        if found.pack == pack.slug and found.body is not None and key not in wanted:
            reason = "no longer in the pack; archive it if it is not wanted"
            yield DefinitionChange(kind=found.kind, slug=found.slug, change=Change.REMOVED, reason=reason)


def _fields(before: Any, after: Any, name: str = "") -> Iterator[FieldChange]:
    """Walk two bodies side by side down to the values that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _fields(before.get(key), after.get(key), f"{name}.{key}" if name else key)
    elif _is_named(before) and _is_named(after):
        yield from _fields(_by_slug(before), _by_slug(after), name)
    elif before != after:
        yield FieldChange(field=name, before=before, after=after)


def _is_named(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(item, dict) and "slug" in item for item in items)


def _by_slug(items: Any) -> dict[str, Any]:
    return {item["slug"]: item for item in items}
