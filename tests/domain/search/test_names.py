"""Names are found by all their words, the closest first, and only by who may see them."""

import pytest

from monitor.domain.person import Role
from monitor.domain.search.hits import Closeness, Found, Hit, group_of, in_order, path
from monitor.domain.search.names import Name, Names

NAMES = Names(
    [
        Name(kind=Found.SUBJECT, key="assimi-goita", title="Assimi Goïta", path="/1", where="Leader, Mali"),
        Name(kind=Found.SUBJECT, key="mali", title="Mali", path="/2", where="Country", more="Sahel junta"),
        Name(kind=Found.SERIES, key="fuel-price:mali", title="Fuel price", path="/3", where="Mali, Supply"),
        Name(kind=Found.SERIES, key="fuel-price:malawi", title="Fuel price, Malawi", path="/4"),
        Name(kind=Found.SOURCE, key="ucdp", title="UCDP", path="/5", least=Role.DESK),
        Name(kind=Found.SUBJECT, key="mali@exercise-1", title="Mali", path="/6", is_exercise=True),
    ]
)


def found(text, *, role=Role.READER, **options):
    groups = NAMES.groups(NAMES.ask(text), role=role, limit=9, **options)
    return [(hit.key, hit.closeness) for group in in_order(groups) for hit in group.hits]


@pytest.mark.parametrize(
    "text,keys",
    [
        ("goita", {"assimi-goita": Closeness.BEGINS}),
        ("GOÏ ass", {"assimi-goita": Closeness.BEGINS}),
        ("price fu", {"fuel-price:mali": Closeness.WORDS, "fuel-price:malawi": Closeness.WORDS}),
        ("assimi goita", {"assimi-goita": Closeness.EXACT}),
        ("assimi g", {"assimi-goita": Closeness.BEGINS}),
        ("junta", {"mali": Closeness.TOLD}),
        ("uel xyz", {}),
        ("uel", {"fuel-price:mali": Closeness.WITHIN, "fuel-price:malawi": Closeness.WITHIN}),
        ("giota", {"assimi-goita": Closeness.NEAR}),
        ("fuel-price:malawi", {"fuel-price:malawi": Closeness.EXACT}),
        ("goita fuel", {}),
        ("", {}),
        ("?!", {}),
    ],
)
def test_all_words_must_be_there_somehow(text, keys):
    assert dict(found(text)) == keys


def test_the_exact_name_comes_first_and_then_what_begins_so():
    assert found("mali")[0] == ("mali", Closeness.EXACT)
    assert [key for key, _ in found("fuel price")] == ["fuel-price:mali", "fuel-price:malawi"]


def test_who_may_not_see_a_thing_does_not_find_it_and_exercises_are_asked_for():
    assert found("ucdp") == []
    assert found("ucdp", role=Role.DESK) == [("ucdp", Closeness.EXACT)]
    assert "mali@exercise-1" in dict(found("mali", with_exercises=True))


def test_what_a_word_may_have_meant_is_marked_too():
    assert NAMES.ask("giota").lit == ("giota", "goita")


def test_a_group_keeps_the_closest_and_counts_all():
    hits = [
        Hit(kind=Found.LOG, key=str(weight), title="x", path="/log", weight=weight) for weight in (1, 3, 2)
    ]
    group = group_of(Found.LOG, hits, limit=2)
    assert ([hit.key for hit in group.hits], group.count) == (["3", "2"], 3)
    assert in_order([group_of(Found.NOTE, [], limit=2)]) == ()


def test_an_address_is_written_safely():
    assert path("incidents", "feed", "a/b c?#") == "/incidents/feed/a%2Fb%20c%3F%23"
    assert path("subjects", "mali@exercise-1", at="drivers") == "/subjects/mali@exercise-1#drivers"
