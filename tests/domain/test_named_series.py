"""Series that a source's settings name."""

import pytest

from monitor.domain.named_series import names_series
from tests.factories import a_source


@pytest.mark.parametrize(
    "table,key,is_named",
    [
        ({"series": "deaths:mali"}, "deaths:mali", True),
        ({"series": "deaths:mali"}, "deaths:niger", False),
        ({"series": "deaths:m.li"}, "deaths:mali", False),
        ({"series": "deaths:{country}"}, "deaths:MLI", True),
        ({"series": "deaths:{country}"}, "wounded:MLI", False),
        ({"series": "deaths:{country}"}, "deaths:M LI", False),
        ({"series": "queue:{place}-north"}, "queue:gao-north", True),
        ({"indicator": "price", "units": {"Bamako": "bamako", "Gao": "gao"}}, "price:gao", True),
        ({"indicator": "price", "units": {"Bamako": "bamako"}}, "price:gao", False),
        ({"indicator": "price"}, "price:anything", True),
        ({"indicator": "price"}, "cost:anything", False),
        ({}, "price:gao", False),
        ("deaths:mali", "deaths:mali", False),
    ],
)
def test_a_series_is_named_as_it_is_written_or_as_what_the_braces_and_units_make(table, key, is_named):
    assert names_series(a_source(settings={"series": [table]}), key) is is_named


def test_a_kind_of_a_single_series_names_it_as_a_text():
    assert names_series(a_source(settings={"series": "deaths:mali"}), "deaths:mali")


@pytest.mark.parametrize("settings", [{}, {"series": 3}, {"series": ["deaths:mali"]}])
def test_settings_without_tables_of_series_name_none(settings):
    assert not names_series(a_source(settings=settings), "deaths:mali")
