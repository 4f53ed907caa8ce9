"""Alerts in words: what one is called, what happened, why it ended, when it would."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.alerting.alert import Resolution
from monitor.domain.alerting.data_quality import NAMES
from monitor.domain.scale import Concern
from monitor.domain.spoken import age, lowered, number, plain, signed
from monitor.domain.wording import msgid, say
from monitor.services.overview.words import value_words
from monitor.storage.snapshot import Definitions

RESOLUTIONS = {
    Resolution.RECOVERED: msgid("it recovered"),
    Resolution.RETRACTED: msgid("the source revised the value that caused it"),
    Resolution.RULE_CHANGED: msgid("its rule was changed"),
    Resolution.DISABLED: msgid("its rule was disabled"),
    Resolution.DELETED: msgid("its rule was deleted"),
    Resolution.MANUAL: msgid("a person closed it"),
}

# By whether the alarming end is the high one, and whether what is over must stay so for a while.
_STAYS = {
    (True, False): msgid("the value stays below {value}. Missing data never resolves it."),
    (True, True): msgid("the value stays below {value} for {lasting}. Missing data never resolves it."),
    (False, False): msgid("the value stays above {value}. Missing data never resolves it."),
    (False, True): msgid("the value stays above {value} for {lasting}. Missing data never resolves it."),
}
_BY_HAND = {
    True: msgid(
        "a person closes it: the archive’s clock stands, so that no value stays below {value} for {lasting}."
    ),
    False: msgid(
        "a person closes it: the archive’s clock stands, so that no value stays above {value} for {lasting}."
    ),
}


def resolution_words(resolution: Resolution) -> str:
    """Why an episode ended."""
    return say(RESOLUTIONS[resolution])


def title(known: Definitions, rule_slug: str, concern: Concern | None) -> str:
    """Return the rule's name, and for a rule on a series the concern it is at."""
    rule = known.rules.get(rule_slug)
    if rule is None:
        return say(NAMES.get(rule_slug, rule_slug))
    is_said = concern is not None and concern is not Concern.NORMAL and bool(rule.series)
    if not is_said or concern is None:
        return rule.name
    return say("{rule} is {concern}", rule=rule.name, concern=concern.said)


def happened(known: Definitions, body: Mapping[str, Any], concern: Concern) -> str:
    """Return what the last evaluation saw: 500 against 400, up from 352; Cold at 14, fuel price −11.4."""
    if body.get("dataQuality"):
        told = body["dataQuality"]
        return say("{name}: {value}", name=told["name"], value=told["sentence"])
    seen = body.get("observation") or {}
    if seen.get("value") is None:
        return _level(body)
    slug = (body.get("indicator") or {}).get("slug", "")
    indicator = known.indicators.get(slug)

    def said(value: float) -> str:
        return plain(value) if indicator is None else value_words(indicator, value)

    edge = ((body.get("rule") or {}).get("enter") or {}).get(concern.word)
    value = said(seen["value"])
    parts = [value if edge is None else say("{value} against {edge}", value=value, edge=said(edge))]
    before = seen.get("previousValue")
    if before is not None and before != seen["value"]:
        is_up, was = seen["value"] > before, said(before)
        parts.append(say("up from {value}", value=was) if is_up else say("down from {value}", value=was))
    return ", ".join(parts)


def ends_when(body: Mapping[str, Any]) -> str:
    """Say what must hold for the episode to resolve, by the edges it was last judged by."""
    if body.get("dataQuality"):
        return say("values come again, by the source or by hand.")
    rule = body.get("rule") or {}
    edges = {Concern[word.upper()]: edge for word, edge in (rule.get("exit") or {}).items()}
    if not edges:
        return say("the published level leaves the concerns of its rule. Missing data never resolves it.")
    mildest = min(edges)
    enter = (rule.get("enter") or {}).get(mildest.word, edges[mildest])
    is_high, keeps = enter >= edges[mildest], rule.get("keepFiringFor") or 0
    told = {"value": plain(float(edges[mildest])), "lasting": age(float(keeps)) if keeps else ""}
    if keeps and body.get("archive"):
        return say(_BY_HAND[is_high], **told)
    return say(_STAYS[is_high, bool(keeps)], **told)


def _level(body: Mapping[str, Any]) -> str:
    heat = (body.get("evaluation") or {}).get("heat")
    level = body.get("level") or ""
    stands = say(level)
    if level and heat is not None:
        stands = say("{level} at {heat}", level=stands, heat=number(heat))
    parts = [stands]
    parts += [f"{lowered(term['name'])} {signed(term['heatDelta'])}" for term in (body.get("why") or [])[:1]]
    return ", ".join(part for part in parts if part)
