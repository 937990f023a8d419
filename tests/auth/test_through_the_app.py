"""Providers behind the doors of a whole app: sign-up, log-in, link, challenge."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from tests.auth.provider_server import Answer, Asked, ProviderServer
from tests.auth.signing import SigningKey, claims, key_set, rsa_key
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

KEY = rsa_key("apple")
FORGER = SigningKey("apple", "RS256", rsa_key("forger").private)
CODE_REQUIRED = {"code": 142, "error": "GitHub code is required."}
NOT_SUPPORTED = {"code": 252, "error": "This authentication method is unsupported."}


def _token(user_id: str = "ann", key: SigningKey = KEY, **changes: Any) -> str:
    given = {"iss": "https://appleid.apple.com", "aud": "app", "sub": user_id, **changes}
    return key.sign(claims(**given))


def _apple(user_id: str = "ann", **changes: Any) -> dict[str, Any]:
    return {"authData": {"apple": {"id": user_id, "token": _token(user_id, **changes)}}}


def _github(code: str = "ann") -> dict[str, Any]:
    return {"authData": {"github": {"code": code}}}


def _exchanged(asked: Asked) -> Answer:
    """Every code is somebody's name; every exchange gives another token."""
    return Answer({"access_token": f"{asked.json['code']}-{uuid4().hex}"})


def _profile(asked: Asked) -> Answer:
    name = asked.headers["authorization"].removeprefix("Bearer ").partition("-")[0]
    return Answer({"id": {"ann": 1, "bob": 2}[name], "login": name})


@asynccontextmanager
async def _app(provider: ProviderServer, **options: object) -> AsyncIterator[LocalApp]:
    keys = provider.route("GET /keys", key_set(KEY))
    provider.routes |= {"POST /token": _exchanged, "GET /user": _profile}
    github = {"token": f"{provider.url}/token", "user": f"{provider.url}/user"}
    auth = {
        "apple": {"clientId": "app", "endpoints": {"keys": keys}},
        "github": {"clientId": "a", "clientSecret": "b", "endpoints": github},
    }
    async with local_app(auth=auth, **options) as parse:  # type: ignore[arg-type]
        yield parse


@pytest.fixture
async def parse(provider: ProviderServer) -> AsyncIterator[LocalApp]:
    async with _app(provider) as running:
        yield running


@pytest.fixture
async def on_mongodb(
    provider: ProviderServer, mongodb_database_uri: str
) -> AsyncIterator[LocalApp]:
    async with _app(provider, databaseURI=mongodb_database_uri) as running:
        yield running


async def _user(parse: LocalApp, body: dict[str, Any]) -> User:
    answer = await parse.ok("POST", "/users", body)
    return User(answer["objectId"], answer["sessionToken"])


async def _users(parse: LocalApp) -> list[Any]:
    return await parse.find("_User", {}, master=True)


async def test_signing_up_and_logging_in_by_a_token(parse: LocalApp) -> None:
    signed_up = await parse.send("POST", "/users", {**_apple(), "score": 1})
    logged_in = await parse.send("POST", "/users", _apple())
    other = await parse.send("POST", "/users", _apple("bob"))

    assert [each.status_code for each in (signed_up, logged_in, other)] == [201, 200, 201]
    assert logged_in.json()["objectId"] == signed_up.json()["objectId"]
    assert logged_in.json()["score"] == 1
    assert other.json()["objectId"] != signed_up.json()["objectId"]


@pytest.mark.parametrize(
    "changes", [{"key": FORGER}, {"aud": "another"}, {"exp": 1}, {"iss": "https://evil.org"}]
)
async def test_a_token_that_is_none_opens_no_door(parse: LocalApp, changes: dict[str, Any]) -> None:
    ann = await _user(parse, _apple())
    bob = await _user(parse, {"username": "bob", "password": "secret"})
    forged = _apple(**changes)

    answers = [
        await parse.send("POST", "/users", forged),
        await parse.send("POST", "/users", _apple("eve", **changes)),
        await parse.send("PUT", f"/users/{bob.id}", forged, user=bob),
        await parse.send("PUT", f"/users/{bob.id}", _apple("eve", **changes), user=bob),
        await parse.send("PUT", f"/users/{ann.id}", forged, user=ann),
        await parse.send("POST", "/login", {"username": "bob", "password": "secret", **forged}),
        await parse.send("POST", "/challenge", {**forged, "challengeData": {"apple": 1}}),
    ]

    assert {each.json()["code"] for each in answers} == {101}
    assert len(await _users(parse)) == 2
    shown = await parse.ok("GET", f"/users/{bob.id}", user=bob)
    assert "authData" not in shown


async def test_a_token_is_linked_to_an_account(parse: LocalApp) -> None:
    bob = await _user(parse, {"username": "bob", "password": "secret"})

    await parse.ok("PUT", f"/users/{bob.id}", _apple("bob"), user=bob)

    assert (await parse.ok("POST", "/users", _apple("bob")))["objectId"] == bob.id
    unlinked = {"authData": {"apple": None}}
    await parse.ok("PUT", f"/users/{bob.id}", unlinked, user=bob)
    assert (await parse.ok("POST", "/users", _apple("bob")))["objectId"] != bob.id


async def test_an_identity_belongs_to_one_account(parse: LocalApp) -> None:
    await _user(parse, _apple())
    bob = await _user(parse, {"username": "bob", "password": "secret"})

    linked = await parse.send("PUT", f"/users/{bob.id}", _apple(), user=bob)
    with_password = {"username": "bob", "password": "secret", **_apple()}
    logged_in = await parse.send("POST", "/login", with_password)

    assert [each.json()["code"] for each in (linked, logged_in)] == [208, 208]


async def test_ten_sign_ups_at_once_make_one_user(parse: LocalApp) -> None:
    answers = await asyncio.gather(
        *(parse.send("POST", "/users", _github("ann")) for _ in range(10))
    )

    assert {each.status_code for each in answers} <= {200, 201, 400}
    assert sum(each.status_code == 201 for each in answers) == 1
    assert {each.json()["code"] for each in answers if each.status_code == 400} <= {208}
    assert len(await _users(parse)) == 1


async def test_a_code_signs_up_and_logs_in(parse: LocalApp) -> None:
    await _by_code(parse)


async def test_a_code_signs_up_and_logs_in_on_mongodb(on_mongodb: LocalApp) -> None:
    await _by_code(on_mongodb)


async def _by_code(parse: LocalApp) -> None:
    signed_up = await parse.send("POST", "/users", _github("ann"))
    logged_in = await parse.send("POST", "/users", _github("ann"))
    ann = User(signed_up.json()["objectId"], logged_in.json()["sessionToken"])

    assert [each.status_code for each in (signed_up, logged_in)] == [201, 200]
    assert logged_in.json()["objectId"] == ann.id
    shown = [
        logged_in.json(),
        await parse.ok("GET", "/users/me", user=ann),
        await parse.ok("GET", f"/users/{ann.id}", user=ann),
        *await _users(parse),
    ]
    assert [each["authData"] for each in shown] == [{"github": {"id": "1"}}] * 4
    assert "access_token" not in signed_up.text + logged_in.text


@pytest.mark.parametrize(
    "data", [{"id": "1"}, {"id": "1", "access_token": "ann-1"}, {"id": "1", "code": ""}]
)
async def test_an_id_without_a_code_opens_no_door(parse: LocalApp, data: dict[str, Any]) -> None:
    ann = await _user(parse, _github("ann"))
    bob = await _user(parse, {"username": "bob", "password": "secret"})
    body = {"authData": {"github": data}}
    with_password = {"username": "bob", "password": "secret", **body}

    answers = [
        await parse.send("POST", "/users", body),
        await parse.send("POST", "/users", body, user=bob),
        await parse.send("POST", "/users", body, master=True),
        await parse.send("PUT", f"/users/{bob.id}", body, user=bob),
        await parse.send("PUT", f"/users/{bob.id}", body, master=True),
        await parse.send("POST", "/login", with_password),
    ]
    challenge = await parse.send("POST", "/challenge", {**body, "challengeData": {"github": 1}})

    assert [each.json() for each in answers] == [CODE_REQUIRED] * 6
    assert challenge.json() == {"code": 101, "error": "User not found."}
    assert (await parse.ok("POST", "/users", _github("ann")))["objectId"] == ann.id


async def test_what_a_user_was_shown_may_be_sent_back(parse: LocalApp) -> None:
    ann = await _user(parse, _github("ann"))
    shown: dict[str, Any] = {"github": {"id": "1"}}

    await parse.ok("PUT", f"/users/{ann.id}", {"authData": shown}, user=ann)
    further = {"authData": {**shown, **_apple()["authData"]}}
    await parse.ok("PUT", f"/users/{ann.id}", further, user=ann)
    further = {"authData": {**shown, **_apple("other")["authData"]}}
    await parse.ok("POST", "/users", further, user=ann)

    for body in (_github("ann"), _apple("other")):
        assert (await parse.ok("POST", "/users", body))["objectId"] == ann.id


async def test_the_code_of_another_account(parse: LocalApp) -> None:
    await _user(parse, _github("ann"))
    bob = await _user(parse, _github("bob"))

    linked = await parse.send("PUT", f"/users/{bob.id}", _github("ann"), user=bob)
    claimed = await parse.send(
        "POST", "/users", {"authData": {"github": {"code": "bob", "id": "1"}}}
    )

    assert linked.json()["code"] == 208
    assert claimed.json() == {"code": 101, "error": "GitHub auth is invalid for this user."}


@pytest.mark.parametrize("name", ["github", "microsoft", "oauth2", "oidc", "twitter"])
async def test_providers_that_cannot_work_without_options(name: str) -> None:
    async with local_app() as parse:
        answer = await parse.send(
            "POST", "/users", {"authData": {name: {"id": "1", "code": "a", "access_token": "a"}}}
        )

    assert answer.json() == NOT_SUPPORTED


async def test_any_name_may_be_an_issuer_or_a_server_with_introspection(
    provider: ProviderServer,
) -> None:
    provider.route("POST /introspect", {"active": True, "sub": "ann"})
    keys = provider.route("GET /keys", key_set(KEY))
    auth = {
        "work": {
            "oidc": True,
            "issuer": "https://work.example.org",
            "clientId": "app",
            "endpoints": {"keys": keys},
        },
        "club": {"oauth2": True, "tokenIntrospectionEndpointUrl": f"{provider.url}/introspect"},
    }
    async with local_app(auth=auth) as parse:
        token = _token(iss="https://work.example.org")
        work = await _user(parse, {"authData": {"work": {"id": "ann", "id_token": token}}})
        club = {"authData": {"club": {"id": "ann", "access_token": "token"}}}
        await parse.ok("PUT", f"/users/{work.id}", club, user=work)

        assert (await parse.ok("POST", "/users", club))["objectId"] == work.id
