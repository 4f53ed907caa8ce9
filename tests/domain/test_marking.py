"""TLP 2.0: five words in their order, and the strictest of all that something is made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.marking import (
    OPEN,
    WORDS,
    Ceiling,
    Handling,
    Marking,
    handling_of,
    parse_marking,
    strictest,
)
from tests.factories import a_source


def test_the_words_are_those_of_tlp_2_in_rising_order():
    assert WORDS == ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
    assert [parse_marking(word) for word in WORDS] == sorted(Marking)


@pytest.mark.parametrize("text", ["tlp:amber+strict", " AMBER+STRICT ", "TLP:AMBER+STRICT"])
def test_case_and_prefix_do_not_matter(text):
    assert parse_marking(text) is Marking.AMBER_STRICT


@pytest.mark.parametrize("text", ["TLP:WHITE", "", "SECRET", "TLP:AMBER_STRICT"])
def test_another_word_is_refused_with_those_there_are(text):
    with pytest.raises(ValueError, match=r"is no marking; expected TLP:CLEAR, TLP:GREEN, TLP:AMBER, "):
        parse_marking(text)


def test_a_source_says_how_its_data_is_handled():
    source = a_source(marking="TLP:AMBER", may_redistribute=False, name="ACLED", attribution="ACLED, 2025")
    found = handling_of(source)
    assert found == Handling(marking=Marking.AMBER, closed=("ACLED",), attributions=("ACLED, 2025",))
    assert found.words == "TLP:AMBER, not to be passed on"
    assert not found.may_redistribute
    assert handling_of(a_source(attribution="")) == OPEN
    assert OPEN.words == "TLP:CLEAR"


def test_a_word_stored_long_ago_that_is_none_counts_as_the_strictest():
    assert handling_of(a_source(marking="internal")).marking is Marking.RED


def test_the_strictest_wins_and_every_source_is_named_once():
    amber = Handling(marking=Marking.AMBER, attributions=("B", "A"))
    closed = Handling(closed=("ACLED",), attributions=("A",))
    assert strictest([amber, closed, amber]) == Handling(
        marking=Marking.AMBER, closed=("ACLED",), attributions=("A", "B")
    )
    assert strictest([]) == OPEN


handlings = st.builds(
    Handling,
    marking=st.sampled_from(Marking),
    closed=st.lists(st.sampled_from("xyz"), unique=True).map(lambda names: tuple(sorted(names))),
    attributions=st.just(()),
)


@given(st.lists(handlings), st.lists(handlings))
def test_it_does_not_matter_in_which_order_or_how_often_things_are_put_together(some, more):
    together = strictest([*some, *more])
    assert together == strictest([strictest(more), strictest(some), *some])
    assert all(together.marking >= each.marking for each in some)
    assert together.may_redistribute == all(each.may_redistribute for each in [*some, *more])


def test_a_ceiling_says_why_something_may_not_pass():
    ceiling = Ceiling(marking=Marking.GREEN)
    assert ceiling.refusal(Handling(marking=Marking.GREEN)) == ""
    assert ceiling.refusal(Handling(marking=Marking.AMBER)) == "TLP:AMBER is above the ceiling TLP:GREEN"
    closed = Handling(closed=("ACLED", "Ministry"))
    assert ceiling.refusal(closed) == "data of ACLED and Ministry may not be passed on"
    assert Ceiling(marking=Marking.GREEN, takes_closed=True).refusal(closed) == ""
