"""Tests of the four kinds of absence."""

import pytest

from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.scoring.absence import Absence, absence_of
from tests.factories import an_indicator

PLAIN, COUNT = an_indicator(), an_indicator(derived=IncidentCount(source="log"))


@pytest.mark.parametrize(
    "indicator, facts, expected",
    [
        (PLAIN, {"raw": 3.0, "freshness": 1.0}, None),
        (PLAIN, {"raw": 0.0, "freshness": 1.0}, None),
        (COUNT, {"raw": 0.0, "freshness": 1.0}, Absence.NOT_HAPPENING),
        (COUNT, {"raw": 2.0, "freshness": 1.0}, None),
        (COUNT, {"raw": None, "freshness": 0.0}, Absence.NOT_MONITORED),
        (PLAIN, {"raw": None, "freshness": 0.0, "is_source_failing": True}, Absence.SOURCE_FAILED),
        (PLAIN, {"raw": 3.0, "freshness": 0.5, "is_source_failing": True}, Absence.SOURCE_FAILED),
        (PLAIN, {"raw": 3.0, "freshness": 1.0, "is_source_failing": True}, None),
        (PLAIN, {"raw": 3.0, "freshness": 1.0, "not_applicable": "no coast"}, Absence.NOT_APPLICABLE),
    ],
)
def test_each_is_told_from_the_others(indicator, facts, expected):
    assert absence_of(indicator, **facts) is expected
