"""The keys of a provider: how long they are kept, and how often they are asked for."""

import asyncio
from typing import Any

import pytest

from parsepy.auth.jwks import MAX_KEYS, REFRESH_INTERVAL, RETRY_INTERVAL, KeySet
from parsepy.auth.provider_http import ProviderFailed, ProviderHTTP
from parsepy.outbound import Outbound
from tests.auth.provider_server import Answer, Asked, ProviderServer
from tests.auth.signing import SigningKey, ec_key, ed_key, key_set, rsa_key

pytestmark = pytest.mark.anyio

MAX_AGE = 600.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Keys:
    """A key set of a provider that the test has in its hands."""

    def __init__(self, provider: ProviderServer, outbound: Outbound) -> None:
        self.provider = provider
        self.clock = Clock()
        self.set = KeySet(ProviderHTTP(outbound), self._address, max_age=MAX_AGE, clock=self.clock)

    async def _address(self) -> str:
        return f"{self.provider.url}/keys"

    def publish(self, *keys: SigningKey) -> None:
        self.provider.route("GET /keys", key_set(*keys))

    async def names(self, *asked: str | None) -> list[str | None]:
        found = [await self.set.find(name) for name in asked]
        return [key.name if key else None for key in found]

    @property
    def fetches(self) -> int:
        return len(self.provider.asked_for("/keys"))


@pytest.fixture
async def keys(provider: ProviderServer, outbound: Outbound) -> Keys:
    return Keys(provider, outbound)


async def test_a_set_is_fetched_once_for_all_its_keys(keys: Keys) -> None:
    keys.publish(rsa_key("a"), ec_key("b"), ed_key("c"))

    assert await keys.names("a", "b", "c", "a") == ["a", "b", "c", "a"]
    assert keys.fetches == 1


async def test_a_set_is_fetched_again_when_it_is_old(keys: Keys) -> None:
    keys.publish(rsa_key("a"))
    await keys.names("a")
    keys.publish(rsa_key("b"))

    keys.clock.now += MAX_AGE - 1
    assert await keys.names("a") == ["a"]
    keys.clock.now += 1
    assert await keys.names("a") == [None]
    assert await keys.names("b") == ["b"]
    assert keys.fetches == 2


async def test_a_new_key_is_found_before_the_set_is_old(keys: Keys) -> None:
    keys.publish(rsa_key("a"))
    await keys.names("a")
    keys.publish(rsa_key("a"), rsa_key("b"))

    keys.clock.now += REFRESH_INTERVAL
    assert await keys.names("b") == ["b"]
    assert keys.fetches == 2


async def test_made_up_names_do_not_reach_the_provider(keys: Keys) -> None:
    keys.publish(rsa_key("a"))
    await keys.names("a")

    assert set(await keys.names(*(f"made-up-{number}" for number in range(50)))) == {None}
    assert keys.fetches == 1
    keys.clock.now += REFRESH_INTERVAL
    assert set(await keys.names(*(f"made-up-{number}" for number in range(50)))) == {None}
    assert keys.fetches == 2
    assert await keys.names("a") == ["a"]


async def test_many_at_once_wait_for_one_fetch(keys: Keys) -> None:
    keys.publish(rsa_key("a"))

    found = await asyncio.gather(*(keys.names("a", "b") for _ in range(20)))

    assert found == [["a", None]] * 20
    assert keys.fetches == 1


async def test_who_gives_up_takes_nobody_along(keys: Keys) -> None:
    arrived, answer = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def late(asked: Asked) -> Answer:
        loop.call_soon_threadsafe(arrived.set)
        asyncio.run_coroutine_threadsafe(answer.wait(), loop).result(30)
        return Answer(key_set(rsa_key("a")))

    keys.provider.routes["GET /keys"] = late
    first, second = (asyncio.create_task(keys.names("a")) for _ in range(2))
    await arrived.wait()
    first.cancel()
    await asyncio.wait([first])
    answer.set()

    assert await second == ["a"]
    assert first.cancelled()
    assert keys.fetches == 1


async def test_a_provider_that_is_down_is_left_alone_for_a_while(keys: Keys) -> None:
    keys.provider.route("GET /keys", {}, status=503)

    assert await keys.names("a", "a", "b") == [None] * 3
    assert keys.fetches == 1
    keys.publish(rsa_key("a"))
    keys.clock.now += RETRY_INTERVAL
    assert await keys.names("a") == ["a"]


async def test_keys_outlive_a_failure_but_not_their_age(keys: Keys) -> None:
    keys.publish(rsa_key("a"))
    await keys.names("a")
    keys.provider.route("GET /keys", b"<html>")

    keys.clock.now += REFRESH_INTERVAL
    assert await keys.names("b", "a") == [None, "a"]
    keys.clock.now += MAX_AGE
    assert await keys.names("a") == [None]


async def test_an_address_that_is_not_found_is_a_failure(outbound: Outbound) -> None:
    async def nowhere() -> str:
        raise ProviderFailed("lost")

    assert await KeySet(ProviderHTTP(outbound), nowhere).find("a") is None


async def test_without_a_name_the_only_key_is_meant(keys: Keys) -> None:
    keys.publish(rsa_key("a"))
    assert await keys.names(None) == ["a"]

    keys.publish(rsa_key("a"), rsa_key("b"))
    keys.clock.now += MAX_AGE
    assert await keys.names(None) == [None]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"keys": None},
        {"keys": "a"},
        {"keys": {}},
        {"keys": [None, 1, "a", [], {}]},
        {"keys": [{"kty": "RSA", "kid": "a"}]},
        {"keys": [{"kty": "RSA", "kid": "a", "n": "", "e": ""}]},
        {"keys": [{"kty": "RSA", "kid": "a", "n": 1, "e": []}]},
        {"keys": [{"kty": "EC", "kid": "a", "crv": "P-256", "x": "AA", "y": "AA"}]},
        {"keys": [{"kty": "EC", "kid": "a", "crv": "none"}]},
        {"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]},
        {"keys": [{"kty": ["RSA"], "kid": "a"}]},
    ],
)
async def test_what_is_no_public_key_is_left_out(keys: Keys, body: object) -> None:
    keys.provider.route("GET /keys", body)

    assert await keys.names("a", None) == [None, None]


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"d": "AQAB"},
        {"kid": None},
        {"kid": 1},
        {"alg": "RSA-OAEP"},
        {"alg": "none"},
    ],
)
async def test_keys_for_other_purposes_are_left_out(keys: Keys, changes: dict[str, Any]) -> None:
    others = [rsa_key("a").jwk(**changes), rsa_key("b").jwk()]
    keys.provider.route("GET /keys", {"keys": others})

    assert await keys.names("a", "b") == [None, "b"]


async def test_a_weak_key_is_left_out(keys: Keys) -> None:
    keys.publish(rsa_key("weak", bits=1024), rsa_key("b"))

    assert await keys.names("weak", "b") == [None, "b"]


async def test_a_set_has_bounded_room(keys: Keys) -> None:
    listed = [rsa_key("a").jwk(kid=str(number)) for number in range(MAX_KEYS + 1)]
    keys.provider.route("GET /keys", {"keys": listed})

    assert await keys.names(str(MAX_KEYS - 1), str(MAX_KEYS)) == [str(MAX_KEYS - 1), None]


@pytest.mark.parametrize(
    ("changes", "algorithms"),
    [({}, {"RS256"}), ({"alg": None}, {"RS256", "RS512", "PS256"}), ({"alg": "PS256"}, {"PS256"})],
)
async def test_a_key_is_for_the_algorithm_of_its_owner(
    keys: Keys, changes: dict[str, Any], algorithms: set[str]
) -> None:
    keys.provider.route("GET /keys", {"keys": [rsa_key("a").jwk(**changes)]})
    key = await keys.set.find("a")

    assert key is not None
    tried = ("RS256", "RS512", "PS256", "ES256", "HS256", "none", "made-up")
    assert {name for name in tried if key.prepared(name) is not None} == algorithms


async def test_a_key_on_a_curve_is_for_its_own_algorithm(keys: Keys) -> None:
    keys.publish(ec_key("a"))
    key = await keys.set.find("a")

    assert key is not None
    assert {name for name in ("RS256", "HS256", "ES256") if key.prepared(name)} == {"ES256"}
