"""What is missing: NaN in arrays, None in values."""

import math


def number_or_none(number: float) -> float | None:
    """Return a number of an array as a plain one; None where it is missing."""
    return None if math.isnan(number) else float(number)
