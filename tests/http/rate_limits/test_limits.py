"""Rules while an app runs: whom they count, and what cannot get past them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from parsepy.options.errors import OptionsError
from tests.support.asgi import CLIENT_ADDRESS
from tests.support.local_app import URL, LocalApp, local_app
from tests.support.redis_server import RunningRedis

pytestmark = pytest.mark.anyio
HOUR = 3_600_000
FAR = ("203.0.113.7", 40000)


def _rule(path: str = "/classes/*path", count: int = 1, **more: object) -> dict[str, object]:
    return {"requestPath": path, "requestTimeWindow": HOUR, "requestCount": count, **more}


@asynccontextmanager
async def limited(
    *rules: dict[str, object], address: tuple[str, int] = FAR, **options: object
) -> AsyncIterator[LocalApp]:
    given: dict[str, Any] = {"masterKeyIps": ["0.0.0.0/0", "::0"], "rateLimit": list(rules)}
    async with local_app(client_address=address, **given, **options) as app:
        yield app


async def _statuses(app: LocalApp, *paths: str, **headers: str) -> list[int]:
    sent = {"X-Parse-Application-Id": "app"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    answers = [await app.client.get(f"{URL}{path}", headers=sent) for path in paths]
    return [answer.status_code for answer in answers]


async def test_headers_tell_what_is_left() -> None:
    async with limited(_rule(count=2)) as app:
        answers = [await app.send("GET", "/classes/A") for _ in range(3)]

    told = [
        [answer.headers.get(f"X-RateLimit-{name}") for name in ("Limit", "Remaining")]
        for answer in answers
    ]
    assert told == [["2", "1"], ["2", "0"], ["2", "0"]]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, None, "3600"]
    resets = {int(answer.headers["X-RateLimit-Reset"]) for answer in answers}
    assert max(resets) - min(resets) <= 1
    assert answers[2].status_code == 429
    assert answers[2].json() == {"code": 100, "error": "Too many requests."}


async def test_of_several_rules_the_tightest_is_told() -> None:
    rules = _rule(count=9), _rule(count=3), _rule("/users", count=1)
    async with limited(*rules) as app:
        answer = await app.send("GET", "/classes/A")

    assert answer.headers["X-RateLimit-Limit"] == "3"


async def test_equal_rules_count_apart() -> None:
    async with limited(_rule(count=3), _rule(count=3)) as app:
        assert await _statuses(app, *["/classes/A"] * 4) == [200, 200, 200, 429]


async def test_an_answer_that_no_rule_counts_has_no_headers() -> None:
    async with limited(_rule()) as app:
        answer = await app.send("GET", "/users")

    assert "X-RateLimit-Limit" not in answer.headers


SAME_ROUTE = [
    *("/classes/A/", "/CLASSES/A", "/Classes/A/", "//classes/A", "/classes/%41", "/classes/A?x=1"),
    *("/%63lasses/A", "/classes/A?", "/classes/A/?limit=1"),
]


@pytest.mark.parametrize("path", SAME_ROUTE)
async def test_another_spelling_is_the_same_route(path: str) -> None:
    async with limited(_rule("/classes/A")) as app:
        assert await _statuses(app, "/classes/A", path) == [200, 429]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/users", "/classes/_User"),
        ("/users/:id", "/classes/_User/abc"),
        ("/roles", "/classes/_Role/"),
        ("/installations/*path", "/classes/_Installation/abc"),
        ("/sessions", "/Classes/_Session"),
    ],
)
async def test_a_system_class_is_counted_by_either_name(rule: str, path: str) -> None:
    async with limited(_rule(rule)) as app:
        first = await app.send("GET", path)
        second = await app.send("GET", path)

    assert first.status_code != 429
    assert second.status_code == 429


async def test_a_slash_inside_a_segment_is_no_separator() -> None:
    async with limited(_rule("/classes/:name")) as app:
        await app.send("GET", "/classes/a%2Fb")
        assert (await app.send("GET", "/classes/a%2Fb")).status_code == 429


async def test_the_verb_that_is_meant_counts() -> None:
    async with limited(_rule(requestMethods=["DELETE"])) as app:
        for verb in ("DELETE", "delete"):
            answer = await app.send("POST", "/classes/A/x", {"_method": verb})
        assert answer.status_code == 429
        assert await _statuses(app, "/classes/A") == [200]


async def test_a_head_counts_as_a_get() -> None:
    async with limited(_rule(requestMethods="^GET$")) as app:
        await app.send("HEAD", "/classes/A")
        assert await _statuses(app, "/classes/A") == [429]


# -- whose account


LOCAL = [CLIENT_ADDRESS, ("::1", 1), ("127.9.9.9", 1), ("::ffff:127.0.0.1", 1)]


@pytest.mark.parametrize("address", LOCAL)
async def test_this_machine_s_own_requests_do_not_count(address: tuple[str, int]) -> None:
    async with limited(_rule(), address=address) as app:
        assert await _statuses(app, *["/classes/A"] * 3) == [200] * 3


@pytest.mark.parametrize("address", LOCAL)
async def test_they_count_when_a_rule_says_so(address: tuple[str, int]) -> None:
    async with limited(_rule(includeInternalRequests=True), address=address) as app:
        assert await _statuses(app, *["/classes/A"] * 2) == [200, 429]


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP"])
async def test_what_a_proxy_on_this_machine_passes_on_counts(header: str) -> None:
    async with limited(_rule(), address=CLIENT_ADDRESS) as app:
        assert await _statuses(app, *["/classes/A"] * 2, **{header: "1.2.3.4"}) == [200, 429]


async def test_only_a_trusted_proxy_tells_the_client_s_address() -> None:
    async with limited(_rule()) as app:
        assert await _statuses(app, "/classes/A", X_Forwarded_For="1.1.1.1") == [200]
        assert await _statuses(app, "/classes/A", X_Forwarded_For="2.2.2.2") == [429]
    async with limited(_rule(), trustProxy=True) as app:
        assert await _statuses(app, "/classes/A", X_Forwarded_For="1.1.1.1") == [200]
        assert await _statuses(app, "/classes/A", X_Forwarded_For="2.2.2.2") == [200]
        assert await _statuses(app, "/classes/A", X_Forwarded_For="1.1.1.1") == [429]


async def test_the_addresses_of_one_network_are_one_client() -> None:
    addresses = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1"]
    async with limited(_rule(), trustProxy=True) as app:
        statuses = [
            (await _statuses(app, "/classes/A", X_Forwarded_For=address))[0]
            for address in addresses
        ]

    assert statuses == [200, 429, 200]


@pytest.mark.parametrize("zone", ["user", "session"])
async def test_invented_tokens_make_no_accounts(zone: str) -> None:
    async with limited(_rule(zone=zone, count=2)) as app:
        answers = [
            await app.send("GET", "/classes/A", X_Parse_Session_Token=f"r:{number:032}")
            for number in range(4)
        ]

    assert [answer.status_code for answer in answers] == [400, 400, 429, 429]
    assert answers[0].json()["code"] == 209


async def test_a_user_id_is_not_taken_for_an_address() -> None:
    async with limited(_rule(zone="user"), allowCustomObjectId=True) as app:
        body = {"objectId": FAR[0], "authData": {"anonymous": {"id": "x"}}}
        token = (await app.ok("POST", "/users", body))["sessionToken"]

        assert await _statuses(app, "/classes/A", X_Parse_Session_Token=token) == [200]
        assert await _statuses(app, "/classes/A") == [200]


# -- batches


def _sub(path: str, method: str = "POST", **more: Any) -> dict[str, Any]:
    return {"method": method, "path": f"/parse{path}", **more}


async def _batch(app: LocalApp, *subs: dict[str, Any]) -> httpx.Response:
    return await app.send("POST", "/batch", {"requests": list(subs)})


@pytest.mark.parametrize(
    "path", ["/classes/A", "/classes/A/", "/CLASSES/A", "/classes/%41", "//classes/A"]
)
async def test_a_batch_is_no_way_round(path: str) -> None:
    async with limited(_rule("/classes/A", count=2)) as app:
        allowed = await _batch(app, _sub("/classes/A"), _sub("/classes/A"))
        refused = await _batch(app, _sub("/classes/B"), _sub(path))

        assert allowed.status_code == 200
        assert (refused.status_code, refused.json()) == (
            400,
            {"code": 100, "error": "Too many requests."},
        )
        assert await app.find("B", {}, master=True) == []


async def test_a_batch_of_more_than_all_is_refused_whole() -> None:
    async with limited(_rule(count=3)) as app:
        refused = await _batch(app, *[_sub("/classes/A")] * 4)

        assert refused.json()["code"] == 100
        assert await app.find("A", {}, master=True) == []


async def test_a_sub_request_counts_as_its_own_method_too() -> None:
    async with limited(_rule(requestMethods=["GET"])) as app:
        await _batch(app, _sub("/classes/A", "GET"))
        assert (await _batch(app, _sub("/classes/A", "get"))).status_code == 400


# -- rules at run time


async def test_a_rule_may_be_added_and_taken_away() -> None:
    async with limited() as app:
        limits = app.app.parts.services.rate_limits
        remove = limits.add(_rule("/classes/A"))
        while_there = await _statuses(app, *["/classes/A"] * 2)
        remove()
        remove()

        assert while_there == [200, 429]
        assert await _statuses(app, *["/classes/A"] * 2) == [200, 200]
        assert limits.rules == []


@pytest.mark.parametrize(
    "wrong", [{}, {"requestPath": "/x"}, _rule("/("), _rule(colour="red"), _rule(zone="moon")]
)
async def test_a_rule_that_is_wrong_is_not_added(wrong: dict[str, object]) -> None:
    async with limited() as app:
        limits = app.app.parts.services.rate_limits
        with pytest.raises(OptionsError):
            limits.add(wrong)
        assert limits.rules == []


async def test_a_reset_begins_anew() -> None:
    async with limited(_rule()) as app:
        await _statuses(app, "/classes/A")
        await app.app.parts.reset()

        assert await _statuses(app, "/classes/A") == [200]


@pytest.mark.parametrize("own", [True, False])
async def test_servers_with_one_redis_count_together(redis: RunningRedis, own: bool) -> None:
    rule = _rule(count=3, **({"redisUrl": redis.uri} if own else {}))
    options: dict[str, Any] = {} if own else {"redisUrl": redis.uri}
    async with limited(rule, **options) as one, limited(rule, **options) as two:
        statuses = [(await _statuses(app, "/classes/A"))[0] for app in (one, two) * 3]

    assert statuses == [200, 200, 200, 429, 429, 429]


async def test_nothing_a_client_sends_stands_in_redis(redis: RunningRedis) -> None:
    from parsepy.pubsub.redis import connect

    async with limited(_rule(zone="session", count=9, redisUrl=redis.uri)) as app:
        user = await app.sign_up()
        await app.send("GET", "/classes/A", user=user)
    client = connect(redis.uri)
    keys = [str(key) for key in await client.keys("*")]
    await client.aclose()

    assert len(keys) == 1
    assert user.token not in keys[0]
    assert user.token.removeprefix("r:") not in keys[0]
