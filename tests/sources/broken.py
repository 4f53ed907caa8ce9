"""A good body, broken as bodies break: bytes changed, cut, doubled, swapped for what hurts parsers."""

from hypothesis import strategies as st

HURTFUL = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"1e999", b"-1e-999", b"NaN", b"null", b"9" * 400, b"{", b"]]>",
    b"<!--", b"&a;", b"%00", b"\xed\xa0\x80", b"<html>", b"\r\n\r\n", b'"', b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-12:00",
]  # fmt: skip


@st.composite
def broken(draw, body: bytes) -> bytes:
    """Return the body with one to six changes."""
    content = bytearray(body)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        how = draw(st.sampled_from(["flip", "cut", "insert", "drop", "double"]))
        if how == "flip" and place < len(content):
            content[place] ^= draw(st.integers(1, 255))
        elif how == "cut" and draw(st.booleans()):
            del content[place:]
        elif how == "insert":
            content[place:place] = draw(st.sampled_from(HURTFUL) | st.binary(max_size=8))
        elif how == "drop":
            del content[place : place + length]
        else:
            content[place:place] = content[place : place + length]
    return bytes(content)
