"""A normalisation that cannot score is refused when it is made, and says what is wrong (heat.md 3)."""

import pytest

from tests.domain.vectors import curve, goalposts, steps, target_band, thresholds


@pytest.mark.parametrize(
    "make,message",
    [
        (lambda: goalposts(5, 5), "low and high are both 5: goalposts need a distance"),
        (lambda: goalposts(0, float("inf")), "goalposts are finite numbers"),
        (lambda: goalposts(float("nan"), 1), "goalposts are finite numbers"),
        (lambda: goalposts(0, 10, is_log=True), "a logarithm needs posts above 0, not 0"),
        (lambda: goalposts(10, -1, is_log=True), "a logarithm needs posts above 0, not -1"),
        (lambda: curve((0, 1)), "a curve needs at least two points"),
        (lambda: curve((0, 0), (0, 1)), "a curve takes finite values in rising order, each once: 0 then 0"),
        (lambda: curve((0, 0), (float("inf"), 1)), "a curve takes finite values in rising order"),
        (lambda: curve((0, 0), (1, 101)), "the pressure of a curve lies between 0 and 100"),
        (lambda: curve((0, 0), (1, float("nan"))), "the pressure of a curve lies between 0 and 100"),
        (lambda: curve((0, 0), (1, 50), (2, 40)), "pressure of a curve goes one way: 50 then 40 turns back"),
        (lambda: curve((0, 0), (1, 50), (2, 40), (3, 60)), "goes one way: 50 then 40 turns back"),
        (lambda: curve((0, 50), (1, 60), (2, 0)), "pressure of a curve goes one way: 50 then 60 turns back"),
        (lambda: target_band(0, 2, 1, 3), "a target band rises: outer_low, low, high, outer_high"),
        (lambda: target_band(0, 0, 1, 3), "a target band rises: outer_low, low, high, outer_high"),
        (lambda: target_band(float("-inf"), 0, 1, 3), "a target band rises"),
        (steps, "steps must be given in rising order"),
        (lambda: steps((0, 101)), "a step's pressure lies between 0 and 100"),
    ],
)
def test_what_cannot_score_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "normalisation,expected",
    [
        (thresholds(0, 1), True),
        (thresholds(1, 0), False),
        (steps((0, 0), (1, 100)), True),
        (steps((0, 100), (1, 0)), False),
        (goalposts(85, 20), False),
        (goalposts(20, 85), True),
        (curve((0, 0), (1, 0)), True),
        (curve((0, 5), (1, 0)), False),
        (target_band(0, 1, 2, 3), None),
    ],
)
def test_the_order_says_which_way_is_worse(normalisation, expected):
    assert normalisation.is_higher_worse is expected
