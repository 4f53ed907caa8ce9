"""A handover as Markdown, and as plain values for programs; both say whether it still is what was signed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.marking import Handling, strictest
from monitor.domain.shifts.content import Item, Section, Tally
from monitor.domain.shifts.handover import Acceptance, Handover
from monitor.domain.spoken import age, capital
from monitor.domain.wording import msgid, say
from monitor.services.markings import markings

SECTIONS = {
    Section.ALERTS: msgid("Open alerts"),
    Section.MOVED: msgid("What moved"),
    Section.BLIND: msgid("Blind spots"),
    Section.SILENCES: msgid("Silences that end soon"),
    Section.REACH: msgid("Reaching people"),
    Section.OWN: msgid("Added by hand"),
}


def handling_of_handover(session: Session, found: Handover) -> Handling:
    """Return how a handover is handled: as the strictest of the subjects it speaks of."""
    known = markings(session)
    return strictest(known.of_subject(item.subject) for item in found.content.items if item.subject)


def handover_markdown(
    found: Handover, *, names: Mapping[str, str], rota: str, handling: Handling
) -> Iterator[str]:
    """Yield the lines of a Markdown document; times are UTC."""
    content = found.content
    yield f"# {say('Handover')}{f' {rota}' if rota else ''}, {_time(content.as_of)}"
    yield ""
    yield f"**{capital(say(content.situation.value))}.** {content.narrative}"
    yield ""
    for label, value in _head(found, names):
        yield f"- {label}: {value}"
    for section in Section:
        items = [item for item in content.items if item.section is section]
        if items:
            yield from ("", f"## {say(SECTIONS[section])}", "")
            for item in items:
                yield from _item_lines(found, item, names)
    if content.agenda:
        yield from ("", f"## {say('In the next shifts')}", "")
        yield from (f"- {_time(due.at)}: {_escaped(due.text)}" for due in content.agenda)
    if content.log:
        yield from ("", f"## {say('Log of the shift')}", "")
        yield from (f"- {_time(each.at)}, {each.author}: {_escaped(each.text)}" for each in content.log)
    yield from ("", f"{handling.words}. SHA-256 {content.digest}{'' if found.is_sound else ' (CHANGED)'}")


def handover_data(
    found: Handover, *, names: Mapping[str, str], rota: str, handling: Handling
) -> dict[str, Any]:
    """Return a handover as plain values."""
    content = found.content
    done = {each.key: each for each in found.accepted}
    return {
        "id": found.id,
        "version": found.version,
        "state": state_of(found),
        "rota": found.rota or None,
        "rota_name": rota or None,
        "outgoing": found.outgoing,
        "outgoing_name": names.get(found.outgoing, found.outgoing),
        "incoming": found.incoming or None,
        "incoming_name": names.get(found.incoming, found.incoming) or None,
        "since": rfc3339(content.since_at),
        "as_of": rfc3339(content.as_of),
        "drafted_at": rfc3339(found.drafted_at),
        "offered_at": _maybe(found.offered_at),
        "signed_at": _maybe(found.signed_at),
        "withdrawn_at": _maybe(found.withdrawn_at),
        "situation": content.situation.value,
        "narrative": content.narrative,
        "items": [_item_data(item, done.get(item.key)) for item in content.items],
        "agenda": [{"at": rfc3339(due.at), "text": due.text} for due in content.agenda],
        "concerns": [_tally_data(each) for each in content.tallies],
        "alerts_opened": content.figures.alerts_opened,
        "ack_seconds": content.figures.ack_seconds,
        "messages_sent": content.figures.messages_sent,
        "messages_lost": content.figures.messages_lost,
        "log": [
            {"at": rfc3339(each.at), "author": each.author, "text": each.text} for each in content.log
        ],
        "marking": handling.marking.word,
        "may_redistribute": handling.may_redistribute,
        "digest": content.digest,
        "is_sound": found.is_sound,
        "acts": [
            {"version": act.number, "kind": act.kind.value, "by": act.by, "at": rfc3339(act.at)}
            for act in found.acts
        ],
    }  # fmt: skip


def _item_data(item: Item, taken: Acceptance | None) -> dict[str, Any]:
    return {
        "key": item.key,
        "section": item.section.value,
        "name": item.name,
        "concern": None if item.concern is None else item.concern.word,
        "headline": item.headline,
        "text": item.text,
        "idea": item.idea,
        "next_step": item.next_step,
        "owner": item.owner,
        "detail": item.detail,
        "subject": item.subject or None,
        "episode": item.episode_id or None,
        "changed_by": item.by or None,
        "accepted_by": None if taken is None else taken.by,
        "accepted_at": None if taken is None else rfc3339(taken.at),
    }


def _tally_data(tally: Tally) -> dict[str, Any]:
    return {
        "concern": None if tally.concern is None else tally.concern.word,
        "before": tally.before,
        "after": tally.after,
        "changed": list(tally.changed),
    }


def state_of(found: Handover) -> str:
    """Return where it stands in a word: draft, offered, signed or withdrawn."""
    if found.signed_at is not None:
        return "signed"
    if found.withdrawn_at is not None:
        return "withdrawn"
    return "draft" if found.is_draft else "offered"


def _head(found: Handover, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    figures = found.content.figures
    yield say("Outgoing"), names.get(found.outgoing, found.outgoing)
    yield say("Incoming"), names.get(found.incoming, found.incoming) or say("not named")
    yield say("Since"), _time(found.content.since_at)
    yield say("Handed over"), say("not yet") if found.offered_at is None else _time(found.offered_at)
    yield say("Accepted in full"), say("not yet") if found.signed_at is None else _time(found.signed_at)
    if found.withdrawn_at is not None:
        yield say("Withdrawn"), _time(found.withdrawn_at)
    yield say("Alerts opened"), str(figures.alerts_opened)
    if figures.ack_seconds is not None:
        yield say("Acknowledged in, median"), age(figures.ack_seconds)
    yield (
        say("Messages"),
        say("{sent} sent, {lost} lost", sent=figures.messages_sent, lost=figures.messages_lost),
    )


def _item_lines(found: Handover, item: Item, names: Mapping[str, str]) -> Iterator[str]:
    mark = "x" if found.is_accepted(item.key) else " "
    yield f"- [{mark}] **{_escaped(item.name)}: {_escaped(item.headline)}** {_escaped(item.text)}".rstrip()
    if item.idea:
        yield f"  - {say('Running idea')}: {_escaped(item.idea)}"
    if item.next_step:
        yield f"  - {say('Next step')}: {_escaped(item.next_step)}"
    if item.owner:
        yield f"  - {say('Owner')}: {_escaped(names.get(item.owner, item.owner))}"
    if item.detail:
        yield f"  - {_escaped(item.detail)}"


def _escaped(text: str) -> str:
    """Keep a person's words one line of text: no mark of theirs begins a heading, a list or a link."""
    flat = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in flat)


def _time(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"


def _maybe(value: datetime | None) -> str | None:
    return None if value is None else rfc3339(value)
