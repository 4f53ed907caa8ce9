"""The schemas of what channels send, as a stranger gets them."""

import jsonschema
import pytest

from tests.schemas import names, schema


@pytest.mark.parametrize("name", names())
def test_every_schema_is_one_and_is_served_as_it_ships(client, name):
    jsonschema.Draft202012Validator.check_schema(schema(name))
    answer = client.get(f"/schemas/{name}.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
    assert answer.get_json(force=True) == schema(name)
    assert schema(name)["$id"] == f"/schemas/{name}.json"


def test_they_are_listed(client):
    assert client.get("/schemas/").json == [f"/schemas/{name}.json" for name in names()]


@pytest.mark.parametrize("path", ["/schemas/none.json", "/schemas/..%2f..%2fconfig.json"])
def test_there_is_nothing_else_there(client, path):
    assert client.get(path).status_code == 404
