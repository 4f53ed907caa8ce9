"""Words: what a server says of a refusal reaches the person who reads the run."""

import orjson
import pytest

from monitor.egress.words import said


@pytest.mark.parametrize(
    "body,words",
    [
        ({"message": "Access denied"}, "; it says: 'Access denied'"),
        ({"error_code": 400, "error_message": "no such key"}, "; it says: 'no such key'"),
        ({"status": 403, "error": {"type": "X", "message": "not approved"}}, "; it says: 'not approved'"),
        ({"error": {"error": {"message": "too deep"}}}, ""),
        ({"data": []}, ""),
        ([1], ""),
    ],
)  # fmt: skip
def test_what_a_body_says_is_found_there_or_one_step_below(body, words):
    assert said(orjson.dumps(body)) == words
