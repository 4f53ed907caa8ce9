"""Handovers: what passes from one shift to the next, drafted, offered, accepted item by item and signed.

A handover is the sum of its acts. None is ever changed: each has its number, who did it and when, so that
what was said at any moment can be read again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.shifts.content import Content, Item, Situation, merged

# What was offered and not accepted for so long is told at the head of the pages.
ACCEPT_WITHIN = timedelta(minutes=30)


class ActKind(StrEnum):
    """What a person does with a handover."""

    DRAFTED = "drafted"
    DRAFTED_AGAIN = "drafted_again"
    NOTED = "noted"
    CHANGED = "changed"
    ADDED = "added"
    LEFT_OUT = "left_out"
    OFFERED = "offered"
    TAKEN_BACK = "taken_back"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: the number of the version it makes, who did it and when, the rest by its kind."""

    number: int
    kind: ActKind
    by: str
    at: datetime
    content: Content | None = None
    item: Item | None = None
    keys: tuple[str, ...] = ()
    situation: Situation | None = None
    narrative: str = ""
    incoming: str = ""
    reason: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """An item that the incoming person took over."""

    key: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A handover after its acts; `version` is the number of the last. `rota` is empty where there is none.

    `incoming` is empty while nobody is named: then whoever accepts first takes over.
    """

    id: int
    rota: str
    outgoing: str
    incoming: str
    content: Content
    version: int
    drafted_at: datetime
    accepted: tuple[Acceptance, ...] = ()
    offered_at: datetime | None = None
    signed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    digest: str = ""
    acts: tuple[Act, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be signed."""
        return self.signed_at is None and self.withdrawn_at is None

    @property
    def is_draft(self) -> bool:
        """Whether the outgoing person still writes it."""
        return self.is_open and self.offered_at is None

    @property
    def is_offered(self) -> bool:
        """Whether it waits for the incoming person."""
        return self.is_open and self.offered_at is not None

    @property
    def is_sound(self) -> bool:
        """Whether what stands here is what was signed."""
        return not self.digest or self.digest == self.content.digest

    def is_accepted(self, key: str) -> bool:
        """Whether an item was taken over."""
        return any(each.key == key for each in self.accepted)

    @property
    def waiting(self) -> tuple[Item, ...]:
        """The items nobody has accepted."""
        done = {each.key for each in self.accepted}
        return tuple(item for item in self.content.items if item.key not in done)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it has waited too long for the incoming person."""
        return self.is_offered and self.offered_at is not None and now - self.offered_at >= ACCEPT_WITHIN

    def after(self, act: Act) -> "Handover":
        """Return it after one more act; Conflict, InvalidInput where that cannot be."""
        if not self.is_open:
            if self.signed_at:
                raise Conflict(phrase("this handover is signed: it stays as it is"))
            raise Conflict(phrase("this handover is withdrawn: it stays as it is"))
        if act.number != self.version + 1:
            raise Conflict(phrase("the handover was changed meanwhile; look again"))
        if act.kind is ActKind.SIGNED and not self.is_sound:
            raise Conflict(phrase("what is to be signed is not what was handed over"))
        return _kept(self, act)


def folded(identity: int, rota: str, outgoing: str, acts: Iterable[Act]) -> Handover:
    """Return a handover from its acts; the first is its draft."""
    first, *rest = acts
    if first.kind is not ActKind.DRAFTED or first.content is None:
        raise ValueError("a handover begins with its draft")
    found = Handover(
        id=identity, rota=rota, outgoing=outgoing, incoming=first.incoming, content=first.content,
        version=first.number, drafted_at=first.at, acts=(first,),
    )  # fmt: skip
    for act in rest:
        found = _kept(found, act)
    return found


def _kept(found: Handover, act: Act) -> Handover:
    return replace(_after(found, act), version=act.number, acts=(*found.acts, act))


def _after(found: Handover, act: Act) -> Handover:
    if act.kind is ActKind.WITHDRAWN:
        return replace(found, withdrawn_at=act.at)
    if act.kind is ActKind.ACCEPTED:
        return _accepted(found, act)
    if act.kind is ActKind.SIGNED:
        return _signed(found, act)
    if act.by != found.outgoing:
        raise InvalidInput(phrase("only the outgoing person writes the handover"), field="by")
    if act.kind is ActKind.TAKEN_BACK:
        if not found.is_offered:
            raise Conflict(phrase("it is not handed over, so there is nothing to take back"))
        return replace(found, offered_at=None, digest="")
    if not found.is_draft:
        raise Conflict(phrase("it is handed over; take it back to change it"))
    if act.kind is ActKind.OFFERED:
        return replace(found, offered_at=act.at, digest=act.digest)
    return _written(found, act)


def _written(found: Handover, act: Act) -> Handover:
    """Return a draft as its writer changed it; what was accepted and is changed is to be accepted again."""
    content, item = found.content, act.item
    if act.kind is ActKind.NOTED:
        situation = act.situation or content.situation
        content = replace(content, narrative=act.narrative, situation=situation, noted_by=act.by)
        incoming = _named(found, act)
        # Another person has accepted nothing yet.
        accepted = found.accepted if incoming == found.incoming else ()
        return replace(found, content=content, incoming=incoming, accepted=accepted)
    if act.kind is ActKind.DRAFTED_AGAIN and act.content is not None:
        fresh = merged(content, act.content)
        same = {each.key for each in fresh.items if each in content.items}
        return _keeping(replace(found, content=fresh), same)
    keys = [each.key for each in content.items]
    if act.kind is ActKind.ADDED and item is not None:
        if item.key in keys:
            raise Conflict(phrase("there is such an item already"))
        return replace(found, content=replace(content, items=(*content.items, item)))
    if act.kind is ActKind.CHANGED and item is not None and item.key in keys:
        items = tuple(item if each.key == item.key else each for each in content.items)
        return _keeping(replace(found, content=replace(content, items=items)), {*keys} - {item.key})
    if act.kind is ActKind.LEFT_OUT and set(act.keys) <= set(keys):
        items = tuple(each for each in content.items if each.key not in act.keys)
        return _keeping(replace(found, content=replace(content, items=items)), {*keys} - {*act.keys})
    raise Conflict(phrase("there is no such item any more; look again"))


def _named(found: Handover, act: Act) -> str:
    if act.incoming == found.outgoing:
        raise InvalidInput(phrase("nobody hands over to themselves"), field="incoming")
    return act.incoming


def _keeping(found: Handover, keys: set[str]) -> Handover:
    return replace(found, accepted=tuple(each for each in found.accepted if each.key in keys))


def _accepted(found: Handover, act: Act) -> Handover:
    _require_incoming(found, act)
    known = {item.key for item in found.content.items}
    if not set(act.keys) <= known:
        raise Conflict(phrase("there is no such item any more; look again"))
    new = [key for key in act.keys if not found.is_accepted(key)]
    taken = tuple(Acceptance(key=key, by=act.by, at=act.at) for key in new)
    return replace(found, accepted=(*found.accepted, *taken), incoming=act.by)


def _signed(found: Handover, act: Act) -> Handover:
    _require_incoming(found, act)
    if found.waiting:
        raise Conflict(phrase("the shift is handed over when the last item is accepted"))
    return replace(found, signed_at=act.at, incoming=act.by)


def _require_incoming(found: Handover, act: Act) -> None:
    if not found.is_offered:
        raise Conflict(phrase("it is not handed over yet"))
    if act.by == found.outgoing:
        raise InvalidInput(phrase("a second person accepts it"), field="by")
    if found.incoming not in {"", act.by}:
        raise InvalidInput(
            phrase("it goes to someone else; the outgoing person can name another"), field="by"
        )
