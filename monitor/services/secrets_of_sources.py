"""Set, list and remove the secrets that sources refer to; their values are never shown or logged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.errors import ConfigError, InvalidInput, NotFound
from monitor.domain.source import Source
from monitor.storage import audit, definitions, source_secrets
from monitor.storage.secrets import SecretBox

_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretLine:
    """One secret: where it is (empty: nowhere yet) and which sources refer to it."""

    name: str
    where: str = ""
    set_at: datetime | None = None
    set_by: str = ""
    sources: tuple[str, ...] = ()


def set_secret(session: Session, name: str, value: str, *, box: SecretBox, actor: str, now: datetime) -> bool:
    """Keep a secret sealed in the database, with an audit entry without its value; whether it is new."""
    _require_name(name)
    value = value.strip("\r\n")
    if not value or len(value) > _LONGEST:
        raise InvalidInput("a secret is not empty, and has at most 64 KiB", field="value")
    is_new = source_secrets.put(session, name, value, box=box, author=actor, now=now)
    audit.record(
        session, actor=actor, action="secret.set", target=name, reason="",
        before=None if is_new else {"is_set": True}, after={"is_set": True}, now=now,
    )  # fmt: skip
    return is_new


def remove_secret(session: Session, name: str, *, actor: str, now: datetime) -> None:
    """Forget a secret that is in the database; NotFound if it is not there."""
    if not source_secrets.remove(session, name):
        raise NotFound(f"the database holds no secret {name}")
    audit.record(
        session, actor=actor, action="secret.remove", target=name, reason="",
        before={"is_set": True}, after=None, now=now,
    )  # fmt: skip


def secret_list(session: Session, *, given: Callable[[str], str]) -> list[SecretLine]:
    """Return every secret that is there or that a source refers to; `given` says where outside it is."""
    stored = {each.name: each for each in source_secrets.find_all(session)}
    used: dict[str, list[str]] = {}
    for source in definitions.find_all(session, Source):
        for name in names_in(source.settings):
            used.setdefault(name, []).append(source.slug)
    lines = []
    for name in sorted({*stored, *used}):
        row = stored.get(name)
        lines.append(
            SecretLine(
                name=name,
                where=given(name) or ("database" if row else ""),
                set_at=row.set_at if row else None,
                set_by=row.set_by if row else "",
                sources=tuple(used.get(name, ())),
            )
        )
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretState:
    """Whether a secret that a source refers to resolves: where it is, or what is wrong; never its value."""

    name: str
    where: str = ""
    set_at: datetime | None = None
    set_by: str = ""
    problem: str = ""


def secrets_of(
    session: Session, source: Source, *, given: Callable[[str], str], box: SecretBox
) -> list[SecretState]:
    """Return the secrets of one source by name, each looked up as a run would; one query.

    `given` says where outside the database one is ("" if nowhere).
    """
    names = sorted(set(names_in(source.settings)))
    stored = {each.name: each for each in source_secrets.find_all(session)} if names else {}
    return [_state_of(session, name, stored.get(name), given=given, box=box) for name in names]


def _state_of(
    session: Session,
    name: str,
    row: source_secrets.StoredSecret | None,
    *,
    given: Callable[[str], str],
    box: SecretBox,
) -> SecretState:
    try:
        if where := given(name):
            return SecretState(name=name, where=where)
        if row is None:
            return SecretState(name=name, problem="it is nowhere; a run that needs it fails")
        source_secrets.value(session, name, box=box)
    except ConfigError as error:
        return SecretState(name=name, problem=str(error))
    return SecretState(name=name, where="the database, sealed", set_at=row.set_at, set_by=row.set_by)


def names_in(settings: object) -> list[str]:
    """Return the names of the secrets that settings refer to, however deep."""
    if isinstance(settings, Mapping):
        if set(settings) == {"secret"} and isinstance(settings["secret"], str):
            return [settings["secret"]]
        return [name for value in settings.values() for name in names_in(value)]
    if isinstance(settings, list | tuple):
        return [name for value in settings for name in names_in(value)]
    return []


def _require_name(name: Any) -> None:
    words = str(name).split("-")
    is_name = all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    if not is_name or name in {"key", "key-file"}:
        raise InvalidInput(
            "a secret is named with lower-case letters, digits and hyphens, such as ucdp-token", field="name"
        )
