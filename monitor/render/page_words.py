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


def cause_said(cause: str) -> str:
    """The word of a cause; what is none is shown as it is."""
    return say(_CAUSES[Cause(cause)]) if cause in _CAUSES else cause


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
