"""feed: distinct stories that match words are counted over stretches of which nothing was missed."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Unchanged
from monitor.sources.feed.keywords import KeywordSet, folded
from monitor.sources.feed.kind import FeedSource
from monitor.sources.feed.memory import digest
from monitor.sources.feed.stories import MOST_STORIES, link_key
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.broken import broken

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
FUEL = {"series": "fuel-stories:mali", "any": ["pénurie de carburant", "blocus"], "none": ["football"]}
URL = "https://a.example/rss"


def item(title, *, ago=3.0, guid=None, link="", summary="", date=None):
    """An item that came out so many hours ago."""
    at = format_datetime(NOW - timedelta(hours=ago)) if date is None else date
    parts = [("title", title), ("pubDate", at), ("guid", guid), ("link", link), ("description", summary)]
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts if text) + "</item>"


OLD = item("Ouverture", ago=24 * 30, guid="old")


def rss(*items):
    return f"<rss version='2.0'><channel><title>w</title>{''.join(items)}</channel></rss>"


class Desk:
    """One source and what it remembers from run to run."""

    def __init__(self, **settings):
        given = {"urls": [URL], "series": [FUEL], **settings}
        self.source = a_source(kind="feed", settings=given)
        self.bookmark = {}

    def reads(self, *bodies, at=NOW):
        ask = Ask(now=at, secret=str, bookmark=self.bookmark)
        fetcher = FakeFetcher(*bodies)
        harvest = FeedSource().fetch(self.source, ask, fetcher)
        self.bookmark = json.loads(json.dumps(harvest.bookmark))
        self.asked = fetcher.asked
        return harvest

    def counts(self, *bodies, at=NOW):
        found = self.reads(*bodies, at=at).readings
        return {each.period_start.day: each.value for each in found}


def test_days_that_are_over_are_counted_and_the_titles_that_counted_are_shown():
    found = Desk().reads(rss(
        item("Mali : PENURIE de carburant", ago=30, guid="1"), item("Le blocus dure", ago=14, guid="2"),
        item("Blocus du football", ago=14, guid="3"), item("Déblocus", ago=40, guid="4"), OLD,
    ))  # fmt: skip
    (reading,) = found.readings
    assert reading.period_start == datetime(2026, 11, 22, tzinfo=UTC)
    assert (reading.value, reading.note) == (2.0, "“Le blocus dure”; “Mali : PENURIE de carburant”")
    assert "5 items" in found.note
    assert "Le blocus dure" in found.note


def test_one_old_story_kept_on_top_does_not_count_as_reaching_back():
    young = [item(f"Un blocus de plus, {n}", ago=10 + n / 10, guid=str(n)) for n in range(5)]
    assert Desk().counts(rss(OLD, *young)) == {}


def test_the_summary_is_searched_too():
    assert Desk().counts(rss(item("Mali", ago=14, summary="&lt;p&gt;un blocus&lt;/p&gt;"), OLD)) == {22: 1.0}


def test_days_before_the_first_run_are_never_claimed_as_none():
    desk = Desk()
    assert desk.counts(rss(item("Rien", ago=14, guid="1"), OLD)) == {}
    assert desk.counts(rss(item("Rien", ago=14, guid="1"), OLD), at=NOW + timedelta(days=1)) == {23: 0.0}


def test_a_day_of_which_the_feed_did_not_reach_back_to_the_start_has_no_value():
    desk = Desk()
    assert desk.counts(rss(item("Un blocus", ago=14, guid="1"), item("Rien", ago=2, guid="2"))) == {}
    tomorrow = rss(item("Un blocus", ago=14, guid="1"), item("Le blocus II", ago=-3, guid="3"))
    assert desk.counts(tomorrow, at=NOW + timedelta(days=1)) == {23: 1.0}


def test_counts_do_not_fall_when_items_leave_the_feed():
    desk = Desk()
    desk.reads(rss(item("Un blocus", ago=3, guid="1"), item("Autre", ago=2, guid="2"), OLD))
    later = rss(item("Autre", ago=2, guid="2"), item("Blocus encore ailleurs", ago=1, guid="3"))
    assert desk.counts(later, at=NOW + timedelta(days=1)) == {23: 2.0}


def test_a_feed_that_turned_over_may_have_lost_stories_so_the_day_has_no_value_and_that_is_said():
    desk = Desk()
    desk.reads(rss(item("Un blocus", ago=3, guid="1"), OLD))
    found = desk.reads(rss(item("Autre", ago=-20, guid="9")), at=NOW + timedelta(days=1))
    assert found.readings == ()
    assert "nothing known any more" in found.note


def test_what_is_told_twice_counts_once_by_id_by_link_and_by_title():
    desk = Desk(urls=[URL, "https://b.example/rss"])
    first = rss(
        item("Pénurie de carburant à Bamako, la capitale du Mali", ago=14, guid="1"),
        item("Le blocus de Kayes", ago=14, guid="2", link="https://e.org/kayes?utm_source=rss"), OLD,
    )  # fmt: skip
    second = rss(
        item("Pénurie de carburant à Bamako, capitale du Mali - Le Journal", ago=13, guid="x"),
        item("Kayes sous blocus", ago=13, guid="y", link="http://www.e.org/kayes/"),
        item("Le blocus de Ségou", ago=13, guid="1"), OLD,
    )  # fmt: skip
    assert desk.counts(first, second) == {22: 3.0}


@pytest.mark.parametrize(
    "other,count",
    [
        ("Pénurie de carburant : le litre à 900 francs à Bamako", 2.0),
        ("Pénurie de carburant : le litre à 850 francs à Bamako !", 1.0),
        ("Pénurie de carburant : le litre à 850 francs à Bamako, 12 blessés", 1.0),
        ("Blocus", 2.0),
    ],
)
def test_titles_that_differ_in_a_figure_are_two_stories(other, count):
    title = "Pénurie de carburant : le litre à 850 francs à Bamako"
    body = rss(item(title, ago=14, guid="1"), item(other, ago=13, guid="2"), OLD)
    assert Desk().counts(body) == {22: count}


def test_items_without_a_date_or_from_the_future_count_when_they_are_first_seen():
    desk = Desk(running_day=True)
    desk.reads(rss(OLD, item("Un blocus", date="hier", guid="0")))
    body = rss(
        OLD, item("Un blocus", date="hier", guid="0"), item("Blocus de Gao", date="demain", guid="1"),
        item("Blocus de Kidal", ago=-7200, guid="2"), item("Blocus de Tessalit", date="01/01/70", guid="3"),
    )  # fmt: skip
    found = desk.reads(body)
    assert [(each.period_start.day, each.value) for each in found.readings] == [(23, 3.0)]
    assert "2 without a usable date count when they were first seen" in found.note
    assert "1 dated in the future count as of now" in found.note
    assert desk.counts(body, at=NOW + timedelta(hours=1)) == {23: 3.0}


def test_hours_that_roll_end_with_the_last_full_one():
    desk = Desk(hours=24)
    desk.reads(rss(OLD, item("Un blocus", ago=2, guid="1"), item("Le blocus d'hier soir", ago=15, guid="2")))
    (reading,) = desk.reads(rss(OLD), at=NOW + timedelta(hours=6)).readings
    assert reading.period_end == datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert reading.period_end - reading.period_start == timedelta(hours=24)
    assert reading.value == 2.0


def test_an_unchanged_feed_still_ends_the_day():
    desk = Desk()
    desk.reads(rss(OLD, item("Un blocus", ago=2, guid="1")))
    assert desk.counts(Unchanged, at=NOW + timedelta(days=1)) == {23: 1.0}
    assert desk.asked[0]["revalidate"] is True


def test_several_feeds_are_always_read_anew():
    desk = Desk(urls=[URL, "https://b.example/rss"])
    desk.reads(rss(OLD), rss(OLD))
    assert [each["revalidate"] for each in desk.asked] == [False, False]


def test_where_one_feed_fails_there_is_no_count_and_what_the_others_said_is_kept():
    desk = Desk(urls=[URL, "https://b.example/rss"])
    desk.reads(rss(OLD), rss(OLD))
    found = desk.reads(rss(OLD, item("Un blocus", ago=2, guid="1")), SourceError("b.example is down"))
    assert (found.readings, found.is_late) == ((), True)
    assert "b.example is down" in found.note
    assert desk.counts(rss(OLD), rss(OLD), at=NOW + timedelta(days=1)) == {23: 1.0}


def test_if_every_feed_fails_the_run_does():
    with pytest.raises(SourceError, match="down"):
        Desk().reads(SourceError("down"))


@pytest.mark.parametrize("may_be_empty", [False, True])
def test_a_feed_without_items_is_an_error_unless_that_can_be(may_be_empty):
    desk = Desk(may_be_empty=may_be_empty)
    if not may_be_empty:
        with pytest.raises(SourceError, match="has no items"):
            desk.reads(rss())
        return
    assert desk.counts(rss()) == {}
    assert desk.counts(rss(), at=NOW + timedelta(days=2)) == {24: 0.0}


def test_words_that_are_changed_begin_anew_with_what_the_feed_holds_now():
    desk = Desk()
    desk.reads(rss(item("Un blocus", ago=30, guid="1"), item("Une grève", ago=3, guid="2"), OLD))
    desk.source.settings["series"] = [FUEL | {"any": ["grève"]}]
    body = rss(item("Une grève", ago=3, guid="2"), item("Grève générale à Gao", ago=1, guid="3"))
    assert desk.counts(body, at=NOW + timedelta(days=1)) == {}
    assert desk.bookmark["series_from"]["fuel-stories:mali"][0] == digest(
        KeywordSet(**FUEL | {"any": ("grève",), "none": ("football",)})
    )


def test_what_is_remembered_is_bounded_and_days_that_lost_a_story_have_no_value():
    desk = Desk(alike=1.0)
    for part in range(3):
        body = [item(f"Blocus {part}-{n}", ago=14 - part, guid=f"{part}-{n}") for n in range(900)]
        found = desk.reads(rss(OLD, *body))
    assert len(desk.bookmark["stories"]) == MOST_STORIES
    assert found.readings == ()


@pytest.mark.parametrize(
    "words,title,is_match",
    [
        ({"any": ["or"]}, "Le cours de l'or monte", True),
        ({"any": ["or"]}, "Un orage", False),
        ({"any": ["Segou"]}, "À SÉGOU", True),
        ({"any": ["coup d'État"]}, "Un coup d’état !", True),
        ({"any": ["straße"]}, "STRASSE", True),
        ({"any": ["بنزين"]}, "أزمة بنزين", True),
        ({"all": ["mali", "niger"]}, "Mali et Niger", True),
        ({"all": ["mali", "niger"]}, "Mali seul", False),
        ({"all": ["mali"], "any": ["blocus", "grève"]}, "Mali : grève", True),
        ({"all": ["mali"], "any": ["blocus", "grève"]}, "Mali", False),
        ({"any": ["mali"], "none": ["football club"]}, "Mali Football-Club", False),
    ],
)
def test_words_and_phrases_match_whole_without_accents_and_case(words, title, is_match):
    found = KeywordSet(series="a:b", **{name: tuple(each) for name, each in words.items()})
    assert found.matches(folded(title)) is is_match


@pytest.mark.parametrize(
    "settings,words",
    [
        ({"urls": []}, "urls"),
        ({"urls": ["ftp://a"]}, "urls.0"),
        ({"series": [{"series": "a:b"}]}, "needs words under all or any"),
        ({"series": [FUEL | {"any": ["!!"]}]}, "holds no word"),
        ({"alike": 0.1}, "alike"),
        ({"word": 1}, "no setting of this kind"),
    ],
)
def test_settings_that_are_wrong_are_named(settings, words):
    source = a_source(kind="feed", settings={"urls": [URL], "series": [FUEL], **settings})
    assert words in " ".join(FeedSource().problems(source))


@pytest.mark.parametrize("link", ["", "http://[", "mailto:a@b", "//", "\ud800"])
def test_an_address_that_is_none_names_no_story(link):
    assert link_key(link) == ""


WHOLE = rss(
    item("Un blocus", ago=14, guid="1"), item("Blocus de Gao", ago=2, link="https://e.org/1"), OLD
).encode()


@given(st.lists(broken(WHOLE) | st.just(WHOLE), min_size=1, max_size=3))
def test_whatever_comes_run_after_run_is_counted_or_said(bodies):
    desk = Desk(running_day=True, alike=0.5)
    for hour, content in enumerate(bodies):
        try:
            found = desk.reads(content, at=NOW + timedelta(hours=hour))
        except SourceError:
            continue
        assert all(0 <= each.value <= 6 for each in found.readings)
