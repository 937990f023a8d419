"""`/push_audiences`: what is no JSON in a row is no error of the route."""

import pytest

from tests.support.local_app import LocalApp, parse

__all__ = ["parse"]
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("stored", "shown"),
    [('{"a":1}', {"a": 1}), ("no JSON", "no JSON"), ("", ""), ("[1]", [1]), (None, None)],
)
async def test_a_query_is_shown_as_what_it_says(
    parse: LocalApp, stored: str | None, shown: object
) -> None:
    body = {"name": "x"} if stored is None else {"name": "x", "query": stored}
    made = await parse.ok("POST", "/push_audiences", body, master=True)

    found = await parse.ok("GET", "/push_audiences", master=True)
    got = await parse.ok("GET", f"/push_audiences/{made['objectId']}", master=True)

    assert [row.get("query") for row in (*found["results"], got)] == [shown, shown]


async def test_keys_leave_the_query_out(parse: LocalApp) -> None:
    await parse.ok("POST", "/push_audiences", {"name": "x", "query": "{}"}, master=True)

    found = await parse.ok("GET", "/push_audiences?keys=name&count=1", master=True)

    assert found["count"] == 1
    assert "query" not in found["results"][0]


async def test_a_plan_is_told_as_for_any_class(parse: LocalApp) -> None:
    found = await parse.ok("GET", "/push_audiences?explain=true", master=True)

    assert found["results"]
