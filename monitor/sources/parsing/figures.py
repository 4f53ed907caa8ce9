"""Figures as sources write them: decimal signs, thousands, words that mean that there is none."""

import math
import re
from collections.abc import Mapping

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "None", "-", "..", "#N/A")
_LONGEST_TEXT = 60
_SPACES = " \u00a0\u202f\u2009'"
# Thousands are only taken off where they stand in threes: 1,5 is not 15.
_PLAIN = r"[+-]?(?:[0-9]+(?:{0}[0-9]*)?|{0}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?"
_GROUPED = r"[+-]?[0-9]{{1,3}}(?:[{1}][0-9]{{3}})+(?:{0}[0-9]*)?"
_FORMS: Mapping[str, re.Pattern[str]] = {
    ".": re.compile(f"{_PLAIN}|{_GROUPED}".format(r"\.", "," + _SPACES)),
    ",": re.compile(f"{_PLAIN}|{_GROUPED}".format(",", "." + _SPACES)),
}
_DROPPED = {sign: str.maketrans("", "", other + _SPACES) for sign, other in ((".", ","), (",", "."))}


def read_figure(text: str, *, decimal: str = ".") -> float:
    """Return the number a text says; ValueError if it is none, endless, or not written so."""
    plain = text.replace("\u2212", "-")
    if len(plain) <= _LONGEST_TEXT and _FORMS[decimal].fullmatch(plain):
        value = float(plain.translate(_DROPPED[decimal]).replace(decimal, "."))
        if math.isfinite(value):
            return value
    message = f"{text[:40]!r} is no number"
    raise ValueError(message)
