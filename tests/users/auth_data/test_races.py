"""Ten at once: one identity makes one user, one code opens one log-in. On both stores."""

import asyncio

import pytest

from tests.support.local_app import local_app
from tests.users.auth_data.providers import Badge, OneTimeCodes

pytestmark = pytest.mark.anyio

AT_ONCE = 10


async def test_one_identity_makes_one_user(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri) as parse:
        body = {"authData": {"anonymous": {"id": "the only one"}}}

        answers = await asyncio.gather(
            *(parse.send("POST", "/users", body) for _ in range(AT_ONCE))
        )

        users = await parse.find("_User", {}, master=True)
        assert len(users) == 1
        for answer in answers:
            said = answer.json()
            assert said.get("objectId") == users[0]["objectId"] or said["code"] == 208
        assert sorted({answer.status_code for answer in answers})[-1] <= 400


async def test_one_identity_is_linked_to_one_user(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, auth={"badge": Badge()}) as parse:
        users = [await parse.sign_up() for _ in range(AT_ONCE)]
        body = {"authData": {"badge": {"id": "1", "code": "open"}}}

        answers = await asyncio.gather(
            *(parse.send("PUT", f"/users/{user.id}", body, user=user) for user in users)
        )

        assert sorted(answer.status_code for answer in answers) == [200] + [400] * (AT_ONCE - 1)
        holders = [
            user
            for user in await parse.find("_User", {}, master=True)
            if "badge" in user["authData"]
        ]
        assert len(holders) == 1


@pytest.mark.parametrize("door", ["by password", "by provider"])
async def test_one_code_opens_one_log_in(database_uri: str, door: str) -> None:
    async with local_app(databaseURI=database_uri, auth={"codes": OneTimeCodes()}) as parse:
        body = {"username": "ann", "password": "secret"}
        codes = {"id": "1", "codes": ["a", "b", "c"]}
        await parse.ok("POST", "/users", {**body, "authData": {"codes": codes}})
        proof = {"authData": {"codes": {"id": "1", "code": "b"}}}
        path, sent = ("/login", {**body, **proof}) if door == "by password" else ("/users", proof)

        answers = await asyncio.gather(*(parse.send("POST", path, sent) for _ in range(AT_ONCE)))

        opened = [answer for answer in answers if answer.is_success]
        assert len(opened) == 1
        refusals = [(answer.json()["code"]) for answer in answers if not answer.is_success]
        assert set(refusals) <= {101, 141}
        users = await parse.find("_User", {}, master=True)
        assert users[0]["authData"]["codes"]["codes"] == ["a", "c"]


async def test_different_codes_are_used_up_each(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, auth={"codes": OneTimeCodes()}) as parse:
        await parse.ok(
            "POST", "/users", {"authData": {"codes": {"id": "1", "codes": ["a", "b", "c"]}}}
        )

        async def log_in(code: str) -> bool:
            proof = {"authData": {"codes": {"id": "1", "code": code}}}
            return (await parse.send("POST", "/users", proof)).is_success

        opened = await asyncio.gather(*map(log_in, "abc"))

        users = await parse.find("_User", {}, master=True)
        left = set(users[0]["authData"]["codes"]["codes"])
        assert left == {code for code, was_used in zip("abc", opened, strict=True) if not was_used}
