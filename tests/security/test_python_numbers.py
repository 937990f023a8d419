"""Numbers, bools and dates, where Python counts otherwise than the wire does."""

import pytest

from tests.security.doors import HEADERS, MAINTENANCE, MASTER, session
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

HUGE = [2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**308, 1.7976931348623157e308, 5e-324]
ODD_DATES = [
    *("0000-01-01T00:00:00.000Z", "10000-01-01T00:00:00.000Z", "+275760-09-13T00:00:00.000Z"),
    *("-000001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("2020-02-30T00:00:00.000Z", "2020-13-01", "not a date", "", "1", "2020-01-01T25:00:00Z"),
    *("9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z", "2020-01-01T00:00:00.123456789Z"),
    *("٢٠٢٠-01-01T00:00:00.000Z", "2020-01-01T00:00:00.000Z\0", "1e400"),
]


async def test_rule_a_bool_is_no_number(stored: LocalApp) -> None:
    game = await stored.create("Game", {"score": 1, "won": True, "list": [1], "flags": [True]})
    path = f"/classes/Game/{game}"
    for body in (
        {"score": True},
        {"won": 1},
        {"score": {"__op": "Increment", "amount": True}},
        {"won": {"__op": "Increment", "amount": 1}},
        {"place": {"__type": "GeoPoint", "latitude": True, "longitude": False}},
    ):
        assert (await HEADERS.ask(stored, "PUT", path, body)).code in (107, 111), body
    for where in (
        {"score": True},
        {"won": 1},
        {"score": {"$in": [True]}},
        {"score": {"$gte": False}},
        {"won": {"$gt": 0}},
        {"list": True},
        {"flags": 1},
        {"list": {"$all": [True]}},
        {"flags": {"$containedBy": [1]}},
        {"score": {"$ne": 1}},
    ):
        assert await stored.find("Game", where) == [], where
    for limit in (True, False):
        reply = await HEADERS.ask(stored, "GET", "/classes/Game", {"limit": limit})
        assert len(reply.value["results"]) == 1


async def test_rule_a_huge_number_breaks_no_later_find(stored: LocalApp) -> None:
    for number in HUGE:
        body = {"score": number, "map": {"a": number}, "list": [number, [number]]}
        created = await HEADERS.ask(stored, "POST", "/classes/Game", body)
        assert created.ok or created.code in (107, 111), number
        for where in ({"score": number}, {"map.a": {"$gte": number}}, {"list": {"$in": [number]}}):
            reply = await HEADERS.ask(stored, "GET", "/classes/Game", {"where": where})
            assert reply.ok or reply.code in (102, 107, 111), where
    found = await stored.find("Game", {})
    assert found
    for game in found:
        for amount in HUGE:
            change = {
                "score": {"__op": "Increment", "amount": amount},
                "map.a": {"__op": "Increment", "amount": amount},
            }
            path = f"/classes/Game/{game['objectId']}"
            reply = await HEADERS.ask(stored, "PUT", path, change)
            assert reply.ok or reply.code in (107, 111), amount
    assert len(await stored.find("Game", {})) == len(found)


async def test_rule_a_huge_number_of_rows_is_a_bound_like_another(stored: LocalApp) -> None:
    await stored.create("Game", {"score": 1})
    for value in (*HUGE, "1e400", "NaN", "Infinity", "9" * 5_000, -1, 1.5):
        for name in ("limit", "skip"):
            body = {"_method": "GET", name: value}
            answer = await stored.send("POST", "/classes/Game", body)
            assert answer.status_code == 200 or answer.json()["code"] == 102


async def test_rule_an_odd_date_breaks_no_listing(stored: LocalApp) -> None:
    for iso in ODD_DATES:
        day = {"__type": "Date", "iso": iso}
        for body in ({"day": day}, {"list": [day]}, {"map": {"a": day}}):
            reply = await HEADERS.ask(stored, "POST", "/classes/Game", body)
            assert reply.ok or reply.code in (107, 111), body
        for where in ({"day": day}, {"day": {"$lt": day}}, {"createdAt": iso}, {"map.a": day}):
            reply = await HEADERS.ask(stored, "GET", "/classes/Game", {"where": where})
            assert reply.ok or reply.code in (102, 107, 111), where
        times = {"createdAt": day, "updatedAt": day}
        reply = await HEADERS.ask(stored, "POST", "/classes/Game", times, who=MAINTENANCE)
        assert reply.ok or reply.code in (107, 111, 142), iso
    found = await stored.ok("GET", "/classes/Game?order=day,createdAt&count=1", master=True)
    assert found["count"] == len(found["results"])


async def test_rule_an_odd_expiry_breaks_no_session(stored: LocalApp) -> None:
    ann = await stored.sign_up()
    own = (await stored.find("_Session", {}, user=ann))[0]["objectId"]
    for iso in ODD_DATES:
        body = {"expiresAt": {"__type": "Date", "iso": iso}}
        changed = await HEADERS.ask(stored, "PUT", f"/sessions/{own}", body, who=MASTER)
        assert changed.ok or changed.code in (107, 111), iso
        reply = await HEADERS.ask(stored, "GET", "/users/me", who=session(ann))
        assert reply.ok or reply.code == 209
        assert (await HEADERS.ask(stored, "GET", "/sessions", who=MASTER)).ok
