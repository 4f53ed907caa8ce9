"""Licence and marking: TLP 2.0 words in their order, and what is made from several sources: the strictest.

TLP 2.0 is FIRST's standard (https://www.first.org/tlp/); its older TLP:WHITE is TLP:CLEAR now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from monitor.domain.source import Source
from monitor.domain.spoken import listed
from monitor.domain.wording import say

PREFIX = "TLP:"


class Marking(IntEnum):
    """Who may see something, from everybody to the people it was given to."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @property
    def word(self) -> str:
        """TLP:AMBER+STRICT."""
        return PREFIX + self.name.replace("_", "+")


WORDS = tuple(marking.word for marking in Marking)


def parse_marking(text: str) -> Marking:
    """Return the marking of a word, whatever its case, `TLP:` or not; ValueError names the words."""
    word = text.strip().upper()
    word = word if word.startswith(PREFIX) else PREFIX + word
    if word not in WORDS:
        message = f"{text.strip()!r} is no marking; expected {', '.join(WORDS)}"
        raise ValueError(message)
    return Marking(WORDS.index(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How something is to be handled: its marking, whose data may not be passed on, whom to name.

    `closed` are names of sources, `attributions` the lines to be shown, each in order and once.
    """

    marking: Marking = Marking.CLEAR
    closed: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()

    @property
    def may_redistribute(self) -> bool:
        """Whether it may be passed on at all."""
        return not self.closed

    @property
    def words(self) -> str:
        """TLP:AMBER, not to be passed on."""
        if self.may_redistribute:
            return self.marking.word
        return say("{marking}, not to be passed on", marking=self.marking.word)


OPEN = Handling()


def handling_of(source: Source) -> Handling:
    """Return how the data of a source is to be handled; a word that is no marking counts as the strictest."""
    try:
        marking = parse_marking(source.marking)
    except ValueError:
        marking = Marking.RED
    return Handling(
        marking=marking,
        closed=() if source.may_redistribute else (source.name,),
        attributions=(source.attribution,) if source.attribution else (),
    )


def strictest(handlings: Iterable[Handling]) -> Handling:
    """Return how something made from all of these is to be handled."""
    given = list(handlings)
    return Handling(
        marking=max((each.marking for each in given), default=Marking.CLEAR),
        closed=tuple(sorted({name for each in given for name in each.closed})),
        attributions=tuple(sorted({line for each in given for line in each.attributions})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The strictest marking that may pass, and whether what may not be passed on may."""

    marking: Marking
    takes_closed: bool = False

    def refusal(self, handling: Handling) -> str:
        """Say why something may not pass; empty if it may."""
        if handling.marking > self.marking:
            return say(
                "{marking} is above the ceiling {ceiling}",
                marking=handling.marking.word,
                ceiling=self.marking.word,
            )
        if handling.closed and not self.takes_closed:
            return say("data of {sources} may not be passed on", sources=listed(list(handling.closed)))
        return ""
