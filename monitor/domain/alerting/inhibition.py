"""Inhibition: while one alert fires, others that it explains are not sent (alerting.md 1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

ALERTNAME = "alertname"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibition:
    """What mutes what: alerts that `target_matchers` meet, while one fires that `source_matchers` meet.

    Both must have the same value of every label in `equal`; a label that is missing counts as empty. An
    alert that both sides match is never muted by another such (Alertmanager's exception): not by itself.
    """

    slug: str
    source_matchers: tuple[Matcher, ...]
    target_matchers: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule for everything; InvalidInput."""
        for name in ("source_matchers", "target_matchers"):
            if not getattr(self, name):
                raise InvalidInput(phrase("inhibition {slug}: say which alerts", slug=self.slug), field=name)

    @property
    def source_rule(self) -> str:
        """The one rule whose alerts can be sources, where the matchers say so; else empty."""
        named = (each.value for each in self.source_matchers if each.name == ALERTNAME and each.is_exact)
        return next(named, "")

    def is_source(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels, firing, mutes others."""
        return all(matcher.matches(labels) for matcher in self.source_matchers)

    def is_target(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels may be muted."""
        return all(matcher.matches(labels) for matcher in self.target_matchers)

    def mutes(self, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Whether a firing source mutes a target, by the labels of both."""
        if not (self.is_source(source) and self.is_target(target)):
            return False
        if any(source.get(name, "") != target.get(name, "") for name in self.equal):
            return False
        return not (self.is_target(source) and self.is_source(target))
