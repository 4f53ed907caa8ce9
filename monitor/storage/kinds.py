"""The kinds of definition and their names in the database."""

from typing import Any, TypeVar

from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.rule import Rule
from monitor.domain.citation import Citation
from monitor.domain.event import Event
from monitor.domain.indicator import Indicator
from monitor.domain.pack import PackEdition
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import Scale
from monitor.domain.source import Source
from monitor.domain.statement import Statement
from monitor.domain.subject import Subject

T = TypeVar(
    "T",
    Citation,
    Source,
    Scale,
    Indicator,
    Subject,
    Placement,
    WeightSet,
    Rule,
    Routing,
    Event,
    Statement,
    PackEdition,
)

KINDS: dict[str, type[Any]] = {
    "citation": Citation,
    "source": Source,
    "scale": Scale,
    "indicator": Indicator,
    "subject": Subject,
    "placement": Placement,
    "weight_set": WeightSet,
    "rule": Rule,
    "routing": Routing,
    "event": Event,
    "statement": Statement,
    "pack_edition": PackEdition,
}
KIND_NAMES = {kind: name for name, kind in KINDS.items()}
