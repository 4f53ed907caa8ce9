"""A country without any data is Unknown on every page; reckoned values say how they were come by."""

import re
from pathlib import Path

import pytest

from monitor.packs.read_pack import read_pack
from monitor.services.assess import assess
from monitor.services.install_pack import install_pack
from monitor.storage import heartbeats

PACK = read_pack(Path(__file__).parents[1] / "data" / "packs" / "derived").pack


@pytest.fixture
def page(desk, signed_in):
    """The page of an address, on a desk with three countries and their region; nothing is known of Chad."""
    with desk.writing() as (session, now):
        install_pack(session, PACK, author="console", now=now)
        heartbeats.beat(session, worker="one", now=now)
        for slug in ("chad", "mali", "niger", "sahel"):
            assess(session, slug, slot=None, now=now, claimed_at=now)
    visitor = signed_in("rita")

    def read(address):
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        # The axis of a chart names all levels, whatever the heat.
        return re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.DOTALL)

    return read


def row_of(text, name):
    return next(part for part in text.split("<tr") if name in part)


def test_on_the_board_it_has_no_level(page):
    text = page("/")
    row = row_of(text, ">Chad<")
    assert "No level" in row
    assert not any(level in row for level in ("Calm", "Simmering", "Heated", "Burning", "Blazing"))
    assert "unknown." in text


@pytest.mark.parametrize("address", ["/subjects/chad", "/subjects/chad/brief", "/subjects/chad/explain"])
def test_on_its_own_pages_it_has_none_either(page, address):
    text = page(address)
    assert "Unknown" in text or "No level" in text
    assert not any(f">{level}<" in text for level in ("Calm", "Simmering", "Heated", "Burning", "Blazing"))


@pytest.mark.parametrize(
    "address", ["/subjects/chad/heat", "/subjects/chad/ledger", "/subjects/chad/audit", "/briefs", "/alerts"]
)
def test_no_other_page_gives_it_a_level(page, address):
    text = page(address)
    assert not any(f">{level}<" in text and ">Chad<" in text for level in ("Calm", "Simmering", "Heated"))


def test_reckoned_values_say_how_they_were_come_by(page):
    text = page("/subjects/mali")
    assert "= french troops + wagner troops" in text
    assert "count of incidents a month: aid, education" in text
    assert "from events: coup, mutiny" in text


def test_what_does_not_apply_is_listed_with_its_reason(page):
    row = row_of(page("/subjects/mali"), "Sea ports open")
    assert "Mali has no coast." in row
    assert "not applicable" in row


def test_a_series_never_observed_is_not_monitored(page):
    row = row_of(page("/subjects/chad"), "French troops")
    assert "not monitored" in row
    assert "never seen" in row


def test_members_are_named_by_their_subjects(page):
    text = page("/subjects/sahel")
    assert "its own heat" in row_of(text, ">Mali<")
    assert "stale" in row_of(text, ">Niger<")


@pytest.mark.parametrize("slug", ["mali", "niger", "sahel"])
def test_every_page_of_reckoned_subjects_opens(page, slug):
    for address in ("", "/brief", "/explain", "/heat", "/ledger", "/audit"):
        page(f"/subjects/{slug}{address}")
