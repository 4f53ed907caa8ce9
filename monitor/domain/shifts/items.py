"""Items of a handover: each fact in a sentence that says how it stands, and what there is to go by."""

from collections.abc import Iterator
from datetime import datetime

from monitor.domain.shifts.content import Item, Section
from monitor.domain.shifts.facts import AlertFact, SilenceFact, SubjectFact, Trouble
from monitor.domain.spoken import age, at, capital, listed, number, percent
from monitor.domain.wording import say


def alert_item(alert: AlertFact, *, near: datetime, section: Section = Section.ALERTS) -> Item:
    """Return an open alert as an item."""
    concern = capital(say(alert.concern.word))
    subject = alert.subject_name or alert.title
    return Item(
        key=f"alert:{alert.episode_id}",
        section=section,
        name=alert.title,
        headline=say("{concern}, {handling}.", concern=concern, handling=_handling(alert, near=near)),
        text=say("{name}: {what}.", name=subject, what=alert.what) if alert.what else f"{subject}.",
        idea=alert.idea,
        owner=alert.acked_by,
        detail=", ".join(_alert_detail(alert)),
        concern=alert.concern,
        subject=alert.subject,
        episode_id=alert.episode_id,
    )


def _alert_detail(alert: AlertFact) -> Iterator[str]:
    how_long = age(alert.open_seconds)
    if alert.is_archive:
        yield say("firing in the archive")
    elif alert.is_recovering:
        yield say("recovering {age}", age=how_long)
    else:
        yield say("firing {age}", age=how_long)
    if alert.channels:
        yield say("told by {channels}", channels=listed(list(alert.channels)))
    else:
        yield say("nobody was told")
    if alert.acked_by:
        yield say("acknowledged by {name}", name=alert.acked_by)
    if alert.stands_still:
        yield say("stands still without new values")


def _handling(alert: AlertFact, *, near: datetime) -> str:
    if alert.silenced_until is not None:
        until, why = at(alert.silenced_until, near=near), alert.silenced_because.rstrip(".")
        if why:
            return say("silenced until {time}, {why}", time=until, why=why)
        return say("silenced until {time}", time=until)
    if alert.is_recovering:
        return say("recovering: it ends if it stays calm")
    if alert.acked_by and alert.acked_until is not None:
        return say("in hand until {time}", time=at(alert.acked_until, near=near))
    if alert.acked_by:
        return say("in hand")
    if alert.escalates_at is not None:
        then = at(alert.escalates_at, near=near)
        return say("nobody has acknowledged, escalates at {time}", time=then)
    return say("nobody has acknowledged")


def moved_item(fact: SubjectFact, *, since: datetime, near: datetime) -> Item:
    """Return a subject that moved as an item."""
    level = fact.level
    if fact.has_entered:
        level = say("entered {level} from {before}", level=fact.level, before=fact.level_before)
    parts = [say("no heat") if fact.heat is None else number(fact.heat), level]
    if fact.delta:
        points, then = number(abs(fact.delta), 1), at(since, near=near)
        parts.append(
            say("up {points} since {time}", points=points, time=then)
            if fact.delta > 0
            else say("down {points} since {time}", points=points, time=then)
        )
    movers = "; ".join(fact.movers)
    worse = say("worse, drafted from the ledger") if fact.is_worse else say("easing, drafted from the ledger")
    return Item(
        key=f"moved:{fact.slug}",
        section=Section.MOVED,
        name=fact.name,
        headline=f"{', '.join(parts)}.",
        text=f"{capital(movers)}." if movers else "",
        detail=worse if fact.delta else "",
        concern=fact.concern,
        subject=fact.slug,
    )


def blind_item(fact: SubjectFact, *, near: datetime) -> Item:
    """Return a subject without a level as an item."""
    since, last, calm = fact.blind_since, fact.last_level, say("This is not calm.")
    headline = say("No level.")
    if since is not None:
        headline = say("No level since {time}.", time=at(since, near=near))
    covered = ""
    if fact.coverage is not None:
        shares = {"share": percent(fact.coverage), "least": percent(fact.min_coverage)}
        covered = say("coverage {share} of {least}", **shares)
    return Item(
        key=f"blind:{fact.slug}",
        section=Section.BLIND,
        name=fact.name,
        headline=headline,
        text=" ".join((say("Last known {level}.", level=last), calm)) if last else calm,
        detail=covered,
        subject=fact.slug,
    )


def trouble_item(trouble: Trouble, section: Section) -> Item:
    """Return what hinders the desk as an item."""
    return Item(
        key=trouble.key, section=section, name=trouble.name, headline=trouble.headline, text=trouble.text,
        detail=trouble.detail,
    )  # fmt: skip


def silence_item(fact: SilenceFact, *, near: datetime) -> Item:
    """Return a silence that ends soon as an item."""
    return Item(
        key=f"silence:{fact.number}",
        section=Section.SILENCES,
        name=fact.name,
        headline=say("Silenced until {time}.", time=at(fact.ends_at, near=near)),
        text=say("{why}. What still fires then is sent.", why=capital(fact.comment.rstrip("."))),
        detail=say("silence {number}, by {name}", number=fact.number, name=fact.author),
    )
