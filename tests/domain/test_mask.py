"""The mask: a secret is covered however it is written, and ordinary words are left alone."""

import pytest

from monitor.domain.mask import Mask

SECRET = "p/w +ö&1234"


def masked(text, *secrets):
    mask = Mask()
    mask.hide(*(secrets or (SECRET,)))
    return mask.cover(text)


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.upper(),
        "p%2Fw%20%2B%C3%B6%261234",
        "p%2fw%20%2b%c3%b6%261234",
        "p/w+%2B%C3%B6%261234",
        "p%252Fw%2520%252B%25C3%25B6%25261234",
        "cC93ICvDtiYxMjM0",
        "p/w +\\u00f6&1234",
    ],
)
def test_a_secret_is_covered_however_it_is_written(written):
    assert masked(f"see {written}!") == "see •••!"


def test_of_a_header_the_token_alone_is_covered_too():
    assert masked("the token abcdefgh is old", "Bearer abcdefgh") == "the token ••• is old"


def test_short_words_are_left_alone():
    assert masked("a map of Mali", "a", "") == "a map of Mali"


def test_a_body_that_holds_a_secret_is_told():
    mask = Mask()
    assert not mask.is_in(b"anything")
    mask.hide(SECRET)
    assert mask.is_in(f"x{SECRET}x".encode())
    assert not mask.is_in(b"nothing here")
    assert repr(mask) == "Mask()"
