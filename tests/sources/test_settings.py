"""Settings of sources: a fault names its key and what is expected, and a secret is only ever referred to."""

import pytest

from monitor.domain.errors import SourceError
from monitor.sources.settings import Secret, Settings, key, parse, problems_of
from tests.factories import a_source


class Example(Settings):
    url: str = key("Where it is", "https://data.example/t.csv")
    pages: int = key("How many pages at most", 3, 1)
    token: Secret | None = key("Its key", {"secret": "t"}, None)
    columns: tuple[str, ...] = key("Columns", ["a"], ())


def problems(**settings):
    return problems_of(Example, a_source(settings=settings))


def test_settings_are_read_with_their_defaults():
    found = parse(Example, a_source(settings={"url": "u", "columns": ["a"], "token": {"secret": "ucdp"}}))
    assert (found.url, found.pages, found.columns) == ("u", 1, ("a",))
    assert found.token.secret == "ucdp"


@pytest.mark.parametrize(
    "settings,sentence",
    [
        ({}, "url is missing"),
        ({"url": "u", "page": 1}, "page is no setting of this kind"),
        ({"url": "u", "pages": "many"}, "pages: input should be a valid integer (found 'many')"),
        ({"url": "u", "token": {"secret": "No Name"}}, "token.secret: string should match pattern"),
    ],
)
def test_each_fault_names_its_key(settings, sentence):
    assert [each.startswith(sentence) for each in problems(**settings)] == [True]


def test_a_secret_itself_is_refused_and_not_repeated():
    said = problems(url="u", token="hunter2")
    assert "token" in said[0]
    assert "{ secret = " in said[0]
    assert "hunter2" not in said[0]


def test_well_formed_settings_have_no_problem():
    assert problems(url="u", pages=2) == ()


def test_wrong_settings_are_an_error_that_stays():
    with pytest.raises(SourceError, match=r"source feed are wrong: url is missing; pages") as caught:
        parse(Example, a_source(settings={"pages": "many"}))
    assert caught.value.permanent
