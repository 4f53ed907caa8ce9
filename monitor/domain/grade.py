"""Grades: how far a source (letter) and a piece of information (digit) can be relied on, as a factor."""

_LETTERS = {"A": 1.0, "B": 0.85, "C": 0.7, "D": 0.4, "E": 0.1, "F": 0.5}
_DIGITS = {"1": 1.0, "2": 0.85, "3": 0.7, "4": 0.4, "5": 0.1, "6": 0.5}
UNGRADED_FACTOR = 0.5
LENGTH = 2
_PAIRS = tuple(zip(list(_LETTERS.items())[:5], "12345", strict=True))


def is_grade(text: str) -> bool:
    """Whether the text is a letter A to F and a digit 1 to 6."""
    return len(text) == LENGTH and text[0] in _LETTERS and text[1] in _DIGITS


def grade_of(factor: float) -> str:
    """Return the plainest grade of a factor; empty for one that no grade has, or that says nothing."""
    return next((letter + digit for (letter, own), digit in _PAIRS if own == factor), "")


def grade_factor(grade: str) -> float:
    """Return min(letter, digit) of heat.md 5; ungraded and F or 6 count 0.5."""
    if not is_grade(grade) or "F" in grade or "6" in grade:
        return UNGRADED_FACTOR
    return min(_LETTERS[grade[0]], _DIGITS[grade[1]])
