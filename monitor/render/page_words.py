"""Names of the domain as pages say them: what a change rests on, how a series was smoothed."""

from monitor.domain.ledgers.cause import Cause
from monitor.domain.suggestions.smoothing import Method
from monitor.domain.wording import msgid, say, say_many

_CAUSES = {
    Cause.OBSERVATION: msgid("observation"),
    Cause.REVISION: msgid("revision"),
    Cause.CONFIRMATION: msgid("confirmation"),
    Cause.TIME: msgid("time"),
    Cause.DEFINITION: msgid("definition"),
    Cause.FIRST_SEEN: msgid("first seen"),
    Cause.WITHDRAWN: msgid("withdrawn"),
    Cause.WEIGHT: msgid("weight"),
    Cause.METHOD: msgid("method"),
    Cause.FLOOR: msgid("floor"),
}


def cause_said(cause: str, otherwise: str = "") -> str:
    """The word of a cause; what is none is shown otherwise, or as it is."""
    return say(_CAUSES[Cause(cause)]) if cause in _CAUSES else otherwise or cause


def smoothing_said(method: Method, count: int) -> str:
    """Simple smoothing of 240 values."""
    match method:
        case Method.SIMPLE:
            return say_many("Simple smoothing of {n} value.", "Simple smoothing of {n} values.", count)
        case Method.DAMPED_TREND:
            return say_many(
                "Damped trend smoothing of {n} value.", "Damped trend smoothing of {n} values.", count
            )
        case Method.SEASONAL:
            return say_many("Seasonal smoothing of {n} value.", "Seasonal smoothing of {n} values.", count)


# How values are worked up, turned into pressure and brought together, by the names that packs use.
_METHODS = (
    msgid("identity"), msgid("index"), msgid("percent change"), msgid("rolling sum"), msgid("rolling mean"),
    msgid("annualise"), msgid("per capita"), msgid("log1p"), msgid("log ct"), msgid("boxcox"),
    msgid("winsorise"), msgid("weeks above baseline"), msgid("record high"), msgid("surge"), msgid("decay"),
    msgid("step"), msgid("thresholds"), msgid("goalposts"), msgid("steps"), msgid("curve"),
    msgid("target band"), msgid("unscored"),
    msgid("minmax against own history"), msgid("minmax against peers"), msgid("zscore against own history"),
    msgid("zscore against peers"), msgid("percentile against own history"), msgid("percentile against peers"),
    msgid("arithmetic"), msgid("geometric"), msgid("harmonic"), msgid("power"), msgid("worst dominates"),
    msgid("max"), msgid("min"),
)  # fmt: skip
_DEFINED = (
    msgid("subject"), msgid("scale"), msgid("indicator"), msgid("placement"), msgid("source"),
)  # fmt: skip


def method_said(name: str) -> str:
    """The name of a method in words; one that is not known here is shown as it is."""
    return _known(name.replace("_", " "), _METHODS)


def defined_said(kind: str) -> str:
    """What kind of definition it is."""
    return _known(kind, _DEFINED)


def _known(words: str, known: tuple[str, ...]) -> str:
    return say(words) if words in known else words
