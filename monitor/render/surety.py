"""How sure: confidence in words, and a sentence on what was observed."""

from monitor.domain import spoken
from monitor.domain.wording import msgid, say

_CONFIDENT, _UNSURE = 0.75, 0.5
_SAID = {
    "high": msgid(
        "{coverage} of the weight behind {name} is observed; confidence high, {confidence} by grade and age"
    ),
    "moderate": msgid(
        "{coverage} of the weight behind {name} is observed; "
        "confidence moderate, {confidence} by grade and age"
    ),
    "low": msgid(
        "{coverage} of the weight behind {name} is observed; confidence low, {confidence} by grade and age"
    ),
}
# The empty place tells these from the concern of the same name: they agree with another word.
_ALONE = {"high": msgid("high{end}"), "moderate": msgid("moderate{end}"), "low": msgid("low{end}")}


def confidence_word(share: float) -> str:
    """low, moderate or high (heat.md 5)."""
    return "high" if share >= _CONFIDENT else "moderate" if share >= _UNSURE else "low"


def confidence_said(share: float) -> str:
    """The same in the language that is spoken, beside the word "confidence"."""
    return say(_ALONE[confidence_word(share)], end="")


def surety(name: str, *, coverage: float, confidence: float) -> str:
    """87 % of the weight behind Assimi Goïta is observed; confidence moderate, 62 % by grade and age."""
    return say(
        _SAID[confidence_word(confidence)],
        name=name, coverage=spoken.percent(coverage), confidence=spoken.percent(confidence),
    )  # fmt: skip
