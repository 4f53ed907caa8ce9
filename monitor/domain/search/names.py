"""The names of all that is defined, by their words: what a search goes through for each letter typed."""

import heapq
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.person import Role
from monitor.domain.search.folding import fold, is_near, slips, words
from monitor.domain.search.hits import Closeness, Found, Group, Hit, group_of

_WORTH_LOOKING_WITHIN = 3
_RANK = {Role.READER: 0, Role.DESK: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One thing by its name; `more` are words by which it is found as well, `least` who may see it."""

    kind: Found
    key: str
    title: str
    path: str
    where: str = ""
    more: str = ""
    least: Role = Role.READER
    is_exercise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked: its words folded, and for each those it may have meant, the word itself first."""

    text: str
    words: tuple[str, ...]
    meant: tuple[tuple[str, ...], ...]

    @property
    def lit(self) -> tuple[str, ...]:
        """All words that are marked where they are found."""
        return tuple(dict.fromkeys(each for several in self.meant for each in several))

    def stands_in(self, folded: str) -> bool:
        """Whether every word, or one it may have meant, stands somewhere in a folded text."""
        return all(any(word in folded for word in several) for several in self.meant)

    def is_said_in(self, folded: str) -> bool:
        """Whether every word stands in a folded text as it was asked."""
        return all(word in folded for word in self.words)

    def closeness(self, title: str) -> Closeness:
        """How close a name is that has all the words somewhere."""
        folded = fold(title)
        if folded == self.text:
            return Closeness.EXACT
        return Closeness.BEGINS if folded.startswith(self.text) else Closeness.WITHIN


class Names:
    """Names by the words in them."""

    def __init__(self, names: Iterable[Name]) -> None:
        """Cut every name into its words."""
        self.all: Sequence[Name] = tuple(names)
        self._titles = [(fold(name.title), fold(name.key)) for name in self.all]
        self._called: dict[str, list[int]] = {}
        self._told: dict[str, list[int]] = {}
        for place, name in enumerate(self.all):
            own = set(words(f"{name.title} {name.key}"))
            for word in own:
                self._called.setdefault(word, []).append(place)
            for word in set(words(f"{name.where} {name.more}")) - own:
                self._told.setdefault(word, []).append(place)
        self._words = sorted(self._called.keys() | self._told.keys())

    def ask(self, text: str) -> Asked:
        """Return what was asked, with what it may have meant where a word is none of ours."""
        asked = tuple(dict.fromkeys(words(text)))
        return Asked(
            text=fold(text.strip()), words=asked, meant=tuple((word, *self._near(word)) for word in asked)
        )

    def find(self, asked: Asked) -> Iterator[tuple[Name, Closeness]]:
        """Give every name that has all the words, with how close it is."""
        found: Mapping[int, Closeness] = {}
        for place, several in enumerate(asked.meant):
            here = self._of_word(several)
            found = (
                here
                if place == 0
                else {name: max(found[name], close) for name, close in here.items() if name in found}
            )
        for place, close in found.items():
            name = self.all[place]
            yield name, self._by_whole(place, asked.text, close)

    def groups(
        self, asked: Asked, *, role: Role, limit: int, with_exercises: bool = False
    ) -> Iterator[Group]:
        """Give what is found of each kind that a role may see: the closest, and how many there are."""
        kinds: dict[Found, list[tuple[Closeness, int, str, Name]]] = {}
        for name, close in self.find(asked):
            if _RANK[role] >= _RANK[name.least] and (with_exercises or not name.is_exercise):
                ranked = (close, len(name.title), name.key, name)
                kinds.setdefault(name.kind, []).append(ranked)
        for kind, found in kinds.items():
            best = heapq.nsmallest(limit, found, key=lambda each: each[:3])
            hits = [_hit(name, close, asked) for close, _, _, name in best]
            yield group_of(kind, hits, limit=limit, count=len(found))

    def _by_whole(self, place: int, text: str, close: Closeness) -> Closeness:
        title, key = self._titles[place]
        if text in (title, key):
            return Closeness.EXACT
        # People are called by any of their names.
        is_called = close is Closeness.WORDS and self.all[place].kind is Found.SUBJECT
        return Closeness.BEGINS if is_called or title.startswith(text) else close

    def _of_word(self, several: tuple[str, ...]) -> dict[int, Closeness]:
        """Return the names that one word finds: called so, told so, or near it."""
        word, *near = several
        leading = self._leading(word)
        found: dict[int, Closeness] = {}
        for other in near:
            _note(found, self._called.get(other, ()), Closeness.NEAR)
        within = [each for each in self._words if word in each] if len(word) >= _WORTH_LOOKING_WITHIN else []
        for each in (*leading, *within):
            _note(found, self._told.get(each, ()), Closeness.TOLD)
        for each in within:
            _note(found, self._called.get(each, ()), Closeness.WITHIN)
        for each in leading:
            _note(found, self._called.get(each, ()), Closeness.WORDS)
        return found

    def _leading(self, word: str) -> Sequence[str]:
        """Return the words that begin with this one."""
        first = bisect_left(self._words, word)
        last = bisect_left(self._words, word + "\U0010ffff")
        return self._words[first:last]

    def _near(self, word: str) -> tuple[str, ...]:
        """Return the words that a word nobody knows may have meant."""
        most = slips(word)
        if not most or any(word in each for each in self._words):
            return ()
        ends = {word[0], word[1]}
        return tuple(
            each
            for each in self._words
            if each[0] in ends and len(each) >= len(word) - most and is_near(word, each, most=most)
        )


def _hit(name: Name, close: Closeness, asked: Asked) -> Hit:
    return Hit(
        kind=name.kind, key=name.key, title=name.title, path=name.path, where=name.where, closeness=close,
        lit=asked.lit,
    )  # fmt: skip


def _note(found: dict[int, Closeness], places: Collection[int], closeness: Closeness) -> None:
    """Say how close names are; what is said later is closer."""
    for place in places:
        found[place] = closeness
