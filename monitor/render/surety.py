"""How sure: confidence in words, and a sentence on what was observed."""

from monitor.domain import spoken

_CONFIDENT, _UNSURE = 0.75, 0.5


def confidence_word(share: float) -> str:
    """low, moderate or high (heat.md 5)."""
    return "high" if share >= _CONFIDENT else "moderate" if share >= _UNSURE else "low"


def surety(name: str, *, coverage: float, confidence: float) -> str:
    """87 % of the weight behind Assimi Goïta is observed; confidence moderate, 62 % by grade and age."""
    observed = f"{spoken.percent(coverage)} of the weight behind {name} is observed"
    graded = f"{confidence_word(confidence)}, {spoken.percent(confidence)} by grade and age"
    return f"{observed}; confidence {graded}"
