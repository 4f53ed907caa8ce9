"""Mail rows: what else there is to say about an alert, a term and its words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.domain.alerting.alert import Reason
from monitor.domain.alerting.delivery import Message
from monitor.domain.marking import OPEN
from monitor.domain.scale import CONCERNS_SAID, Concern
from monitor.domain.spoken import day, long_day, parted
from monitor.domain.wording import msgid, say, say_many
from monitor.render.mail_words import last_day, moment_words, number, span_words
from monitor.render.surety import surety

_REASONS = {
    Reason.CROSSED_UP.value: msgid("It crossed an edge towards the alarming end."),
    Reason.CROSSED_DOWN.value: msgid("It crossed an edge back."),
    Reason.DATA_REVISED.value: msgid("The source revised a value."),
    Reason.RULE_CHANGED.value: msgid("Its rule was changed."),
    Reason.DISABLED.value: msgid("Its rule was disabled."),
    Reason.DELETED.value: msgid("Its rule was deleted."),
    Reason.CLOSED.value: msgid("A person closed it."),
    Reason.ACKNOWLEDGED.value: msgid("A person acknowledged it."),
    Reason.ACK_EXPIRED.value: msgid("The acknowledgement ran out."),
    Reason.ESCALATED.value: msgid("Nobody acknowledged in time."),
    Reason.REPEAT_INTERVAL.value: msgid("It is repeated until somebody acknowledges."),
}
_STEPS = ("calm", *CONCERNS_SAID[1:])
# By whether the alarming end is the high one and whether what is over must stay so for a while.
_RESOLVES = {
    (True, False): msgid("when below {value}. Missing data never resolves it."),
    (True, True): msgid("when below {value} for {lasting}. Missing data never resolves it."),
    (False, False): msgid("when above {value}. Missing data never resolves it."),
    (False, True): msgid("when above {value} for {lasting}. Missing data never resolves it."),
}
_BY_HAND = {
    True: msgid("by hand: the archive's clock stands, so it is never below {value} for {lasting}."),
    False: msgid("by hand: the archive's clock stands, so it is never above {value} for {lasting}."),
}


def rows_of(message: Message, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the rows of an alert's event, in the order in which they are read."""
    rule = data.get("rule") or {}
    if rule:
        yield say("Why"), _why(data, rule)
    elif data.get("reason"):
        yield say("Why"), say(_REASONS.get(str(data["reason"]), str(data["reason"])))
    if (data.get("observation") or {}).get("periodEnd"):
        yield say("Value of"), _value_of(message, data, data["observation"])
    yield from _sure(data)
    if data.get("archive") and data.get("asOf"):
        stands_on = long_day(datetime.fromisoformat(data["asOf"]))
        yield (
            say("As of"),
            say("{day}, archive: the subject's clock stands at the end of what it holds", day=stands_on),
        )
    if data.get("moved"):
        yield say("What moved"), _moved(data)
    if data.get("told"):
        yield say("Who was told"), parted(list(map(str, data["told"])))
    if data["absorbed"]:
        yield say("Also told here"), _absorbed(data)
    if leaves := _resolves(data, rule):
        yield say("It resolves"), leaves
    yield say("Handling"), _handling(data)


def edges_of(data: Mapping[str, Any], side: str) -> dict[str, float]:
    """Return where a rule's concerns are entered or left, by their words."""
    return dict((data.get("rule") or {}).get(side) or {})


def _why(data: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    edge, named = edges_of(data, "enter").get(data["concernName"]), rule.get("name") or rule.get("id")
    told = {"rule": named, "version": rule.get("version")}
    if edge is None:
        return say("Rule “{rule}”, version {version}.", **told)
    concern = Concern(data["concern"]).said
    return say(
        "Rule “{rule}”, version {version}: {concern} from {edge}.", **told, concern=concern, edge=number(edge)
    )


def _value_of(message: Message, data: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    parts = [last_day(seen["periodEnd"])]
    if seen.get("knownAt"):
        known = moment_words(seen["knownAt"], near=message.formed_at, data=data, zone=message.zone)
        parts.append(say("known {moment}", moment=known))
    parts.append(say("grade {grade}", grade=seen["grade"]) if seen.get("grade") else say("ungraded"))
    return parted(parts)


def _sure(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say how much of the subject's weight was observed, and how surely; nothing where nobody knows."""
    evaluation, name = data.get("evaluation") or {}, (data.get("subject") or {}).get("name")
    coverage, confidence = evaluation.get("coverage"), evaluation.get("confidence")
    if coverage is None or confidence is None or not name:
        return
    sure = surety(str(name), coverage=coverage, confidence=confidence)
    yield say("How sure"), say("{sentence}.", sentence=sure)


def _moved(data: Mapping[str, Any]) -> str:
    since, end = data.get("movedSince"), (data.get("evaluation") or {}).get("slot")
    if not since:
        return str(data["moved"])
    if since == end:
        return say("with what was entered then: {moved}", moved=data["moved"])
    return say("since {day}: {moved}", day=day(datetime.fromisoformat(since)), moved=data["moved"])


def _absorbed(data: Mapping[str, Any]) -> str:
    if data.get("suppressedWhile"):
        return say_many(
            "{n} earlier message of this episode that a silence held back",
            "{n} earlier messages of this episode that a silence held back",
            len(data["absorbed"]),
        )
    return say_many(
        "{n} earlier message of this episode that did not arrive",
        "{n} earlier messages of this episode that did not arrive",
        len(data["absorbed"]),
    )


def _handling(data: Mapping[str, Any]) -> str:
    """Say the marking of the data behind it, whether it may be passed on, and whom to name."""
    marking = data.get("marking", OPEN.marking.word)
    closed = not data.get("mayRedistribute", True)
    said = say("{marking}; not to be passed on.", marking=marking) if closed else f"{marking}."
    named = parted(data.get("attributions") or ())
    return " ".join([said, *([say("Data: {sources}.", sources=named)] if named else [])])


def _resolves(data: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    edges = edges_of(data, "exit")
    if data.get("resolution") or not edges:
        return ""
    milder, keep = min(edges.items(), key=lambda item: _STEPS.index(item[0])), rule.get("keepFiringFor")
    is_high = edges_of(data, "enter").get(milder[0], milder[1]) >= milder[1]
    lasting = span_words(float(keep)) if keep else ""
    if keep and data.get("archive"):
        return say(_BY_HAND[is_high], value=number(milder[1]), lasting=lasting)
    return say(_RESOLVES[is_high, bool(keep)], value=number(milder[1]), lasting=lasting)
