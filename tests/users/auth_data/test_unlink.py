"""Taking a provider off a user, and proofs that are refused with something to remember."""

from typing import Any

import pytest

from parsepy.auth.base import ACCEPTED, AuthProvider, AuthRequest, Stage, Verdict
from parsepy.errors import ParseError
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp, User, local_app
from tests.users.auth_data.providers import Badge

pytestmark = pytest.mark.anyio

BODY = {"username": "ann", "password": "secret"}


class Sticky(AuthProvider):
    """Goes only by a proof; `send` asks for a code, which is kept."""

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        if auth_data.get("remove"):
            return Verdict(remove=True)
        if auth_data.get("send"):
            refusal = ParseError(141, "Please enter the code")
            return Verdict(save={"id": "1", "code": "1234"}, refusal=refusal)
        return ACCEPTED

    async def check_unlink(self, stored: JSONObject, request: AuthRequest) -> None:
        raise ParseError(141, "Only with a proof")


AUTH = {"badge": {"module": Badge()}, "sticky": {"module": Sticky}}


async def _ann(parse: LocalApp, auth_data: object) -> User:
    answer = await parse.ok("POST", "/users", {**BODY, "authData": auth_data})
    return User(answer["objectId"], answer["sessionToken"])


async def _stored(parse: LocalApp, user: User) -> Any:
    return (await parse.ok("GET", f"/users/{user.id}", master=True)).get("authData")


async def test_a_null_takes_a_provider_off_and_leaves_the_others() -> None:
    async with local_app(auth=AUTH) as parse:
        ann = await _ann(parse, {"badge": {"id": "1", "code": "open"}, "anonymous": {"id": "2"}})

        answer = await parse.ok(
            "PUT", f"/users/{ann.id}", {"authData": {"anonymous": None}}, user=ann
        )

        assert answer["authDataResponse"] == {}
        assert await _stored(parse, ann) == {"badge": {"id": "1", "code": "open"}}


async def test_a_provider_may_ask_for_a_proof_before_it_goes() -> None:
    async with local_app(auth=AUTH) as parse:
        ann = await _ann(parse, {"sticky": {"id": "1"}})
        path = f"/users/{ann.id}"

        bare = await parse.send("PUT", path, {"authData": {"sticky": None}}, user=ann)
        assert bare.json() == {"code": 141, "error": "Only with a proof"}
        assert await _stored(parse, ann) == {"sticky": {"id": "1"}}

        await parse.ok("PUT", path, {"authData": {"sticky": {"remove": True}}}, user=ann)
        assert await _stored(parse, ann) is None


async def test_the_master_key_takes_any_provider_off() -> None:
    async with local_app(auth=AUTH) as parse:
        ann = await _ann(parse, {"sticky": {"id": "1"}})

        await parse.ok("PUT", f"/users/{ann.id}", {"authData": {"sticky": None}}, master=True)

        assert await _stored(parse, ann) is None


@pytest.mark.parametrize("door", ["log-in", "by provider", "update"])
async def test_a_refusal_may_leave_something_to_come_back_with(door: str) -> None:
    async with local_app(auth=AUTH) as parse:
        ann = await _ann(parse, {"sticky": {"id": "1"}})
        proof = {"authData": {"sticky": {"id": "1", "send": True}}}
        before = await parse.ok("GET", f"/users/{ann.id}", master=True)

        match door:
            case "log-in":
                answer = await parse.send("POST", "/login", {**BODY, **proof})
            case "by provider":
                answer = await parse.send("POST", "/users", proof)
            case _:
                answer = await parse.send("PUT", f"/users/{ann.id}", proof, user=ann)

        assert answer.json() == {"code": 141, "error": "Please enter the code"}
        after = await parse.ok("GET", f"/users/{ann.id}", master=True)
        assert after["authData"] == {"sticky": {"id": "1", "code": "1234"}}
        assert after["username"] == before["username"]
        assert await parse.ok("GET", "/users/me", user=ann)  # his session lives
        assert await parse.ok("POST", "/verifyPassword", BODY)  # and his password is the same
