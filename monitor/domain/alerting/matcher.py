"""Matchers: conditions on the labels of an alert, written and read as Alertmanager's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase

LONGEST_PART = 200
# Each can make a search go back over the text once more: at three even a hostile pattern ends at once.
MOST_CHOICES = 3
_WRITTEN = re.compile(r"\s*([^\s=!~{},\"]+)\s*(=~|!~|!=|=)(.*)", re.DOTALL)
_OPAQUE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_OPERATORS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """One condition: a label equals a text (`=`), or all of it fits a pattern (`=~`); or not (`!=`, `!~`).

    A label that is missing counts as empty.
    """

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def __post_init__(self) -> None:
        """Refuse a label nobody can write, and a pattern that is wrong or could search for ever."""
        if not self.name or len(self.name) > LONGEST_PART or len(self.value) > LONGEST_PART:
            raise InvalidInput(
                phrase(
                    "a label has a name, and both have at most {longest_part} signs",
                    longest_part=LONGEST_PART,
                ),
                field="matchers",
            )
        if self.is_regex:
            _check_pattern(self.value)

    def __str__(self) -> str:
        return f"{self.name}{_OPERATORS[self.is_equal, self.is_regex]}{self.value}"

    @property
    def is_met_by_nothing(self) -> bool:
        """Whether an alert without the label would match."""
        return self.matches({})

    @property
    def is_exact(self) -> bool:
        """Whether it wants one value and no other."""
        return self.is_equal and not self.is_regex

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet the condition."""
        value = labels.get(self.name, "")
        is_met = bool(re.fullmatch(self.value, value)) if self.is_regex else value == self.value
        return is_met is self.is_equal

    @classmethod
    def parse(cls, text: str) -> "Matcher":
        """Read `label=value`, `label!=value`, `label=~pattern` or `label!~pattern`; InvalidInput."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise InvalidInput(
                phrase("a matcher is written label=value or label=~pattern, not {text}", text=repr(text)),
                field="matchers",
            )
        name, operator, value = found.groups()
        is_equal, is_regex = next(how for how, written in _OPERATORS.items() if written == operator)
        return cls(name=name, value=_unquoted(value.strip()), is_regex=is_regex, is_equal=is_equal)


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidInput(
            phrase("{pattern} is not a pattern: {error}", pattern=repr(pattern), error=str(error)),
            field="matchers",
        ) from None
    bare = _OPAQUE.sub("x", pattern)
    plain = bare.replace("(?:", "(")
    choices = sum(plain.count(sign) for sign in "*+?{(")
    is_special = "(?" in plain or re.search(r"\\\d", pattern) is not None
    if is_special or re.search(r"\)[*+?{]", plain) or choices > MOST_CHOICES:
        raise InvalidInput(
            phrase(
                "{pattern} is too intricate: at most {most} groups and repetitions, no group repeated",
                pattern=repr(pattern),
                most=MOST_CHOICES,
            ),
            field="matchers",
        )
