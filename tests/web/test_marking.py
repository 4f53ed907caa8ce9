"""How data is to be handled stands on every page that is made from it."""

import re

import pytest

from monitor.storage import definitions
from tests.factories import FUEL, NOW, a_source, install_desk


@pytest.fixture
def rita(desk, signed_in):
    with desk.writing() as (session, _):
        install_desk(session)
        stated = {"marking": "TLP:AMBER+STRICT", "may_redistribute": False}
        closed = a_source(name="ACLED", attribution="ACLED, acleddata.com.", **stated)
        definitions.save(session, closed, author="t", reason="t", effective_at=NOW, now=NOW)
    return signed_in("rita")


@pytest.mark.parametrize("path", ["/subjects/goita", "/subjects/goita/brief", f"/series/{FUEL}"])
def test_marking_redistribution_and_attribution_are_shown(rita, path):
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", rita.get(path).text))
    assert "TLP:AMBER+STRICT, not to be passed on (ACLED). Data: ACLED, acleddata.com." in page
