"""An indicator whose ages contradict each other is refused when it is made."""

import pytest

from tests.domain.vectors import indicator


@pytest.mark.parametrize(
    "wrong,message",
    [
        ({"fresh_for_days": 20}, "fresh_for_days must be above 0 and below expires_after_days"),
        ({"fresh_for_days": 0}, "fresh_for_days must be above 0"),
        ({"cadence_days": 0}, "cadence_days must be above 0"),
        ({"settles_after_days": -1}, "settles_after_days at least 0"),
    ],
)
def test_ages_that_contradict_each_other_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        indicator(**wrong)
