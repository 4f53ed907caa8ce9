"""Alerts in words: what one is called, what happened, why it ended, when it would."""

from collections.abc import Mapping
from typing import Any

from monitor.domain.alerting.alert import Resolution
from monitor.domain.alerting.data_quality import NAMES
from monitor.domain.scale import Concern
from monitor.domain.spoken import age, lowered, number, plain, signed
from monitor.services.overview.words import value_words
from monitor.storage.snapshot import Definitions

RESOLUTIONS = {
    Resolution.RECOVERED: "it recovered",
    Resolution.RETRACTED: "the source revised the value that caused it",
    Resolution.RULE_CHANGED: "its rule was changed",
    Resolution.DISABLED: "its rule was disabled",
    Resolution.DELETED: "its rule was deleted",
    Resolution.MANUAL: "a person closed it",
}


def resolution_words(resolution: Resolution) -> str:
    """Why an episode ended."""
    return RESOLUTIONS[resolution]


def title(known: Definitions, rule_slug: str, concern: Concern | None) -> str:
    """Return the rule's name, and for a rule on a series the concern it is at."""
    rule = known.rules.get(rule_slug)
    if rule is None:
        return NAMES.get(rule_slug, rule_slug)
    is_said = concern is not None and concern is not Concern.NORMAL and bool(rule.series)
    return f"{rule.name} is {concern.word}" if is_said and concern is not None else rule.name


def happened(known: Definitions, body: Mapping[str, Any], concern: Concern) -> str:
    """Return what the last evaluation saw: 500 against 400, up from 352; Cold at 14, fuel price −11.4."""
    if body.get("dataQuality"):
        return f"{body['dataQuality']['name']}: {body['dataQuality']['sentence']}"
    seen = body.get("observation") or {}
    if seen.get("value") is None:
        return _level(body)
    slug = (body.get("indicator") or {}).get("slug", "")
    indicator = known.indicators.get(slug)

    def said(value: float) -> str:
        return plain(value) if indicator is None else value_words(indicator, value)

    edge = ((body.get("rule") or {}).get("enter") or {}).get(concern.word)
    parts = [said(seen["value"]) + ("" if edge is None else f" against {said(edge)}")]
    before = seen.get("previousValue")
    if before is not None and before != seen["value"]:
        parts.append(f"{'up' if seen['value'] > before else 'down'} from {said(before)}")
    return ", ".join(parts)


def ends_when(body: Mapping[str, Any]) -> str:
    """Say what must hold for the episode to resolve, by the edges it was last judged by."""
    if body.get("dataQuality"):
        return "values come again, by the source or by hand."
    rule = body.get("rule") or {}
    edges = {Concern[word.upper()]: edge for word, edge in (rule.get("exit") or {}).items()}
    if not edges:
        return "the published level leaves the concerns of its rule. Missing data never resolves it."
    mildest = min(edges)
    enter = (rule.get("enter") or {}).get(mildest.word, edges[mildest])
    side = "below" if enter >= edges[mildest] else "above"
    keeps = rule.get("keepFiringFor") or 0
    lasting = f" for {age(float(keeps))}" if keeps else ""
    if keeps and body.get("archive"):
        stays = f"stays {side} {plain(float(edges[mildest]))}{lasting}"
        return f"a person closes it: the archive’s clock stands, so that no value {stays}."
    return f"the value stays {side} {plain(float(edges[mildest]))}{lasting}. Missing data never resolves it."


def _level(body: Mapping[str, Any]) -> str:
    heat = (body.get("evaluation") or {}).get("heat")
    level = body.get("level") or ""
    parts = [f"{level} at {number(heat)}" if level and heat is not None else level]
    parts += [f"{lowered(term['name'])} {signed(term['heatDelta'])}" for term in (body.get("why") or [])[:1]]
    return ", ".join(part for part in parts if part)
