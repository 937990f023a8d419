"""What a client is told of its write, with and without what is hidden from it."""

from typing import Final

import pytest

from parsepy.objects import write
from parsepy.permissions.caller import Caller
from parsepy.types import JSONObject
from tests.permissions.callers import CALLERS, MIGHTY
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

COUNTED: Final[JSONObject] = {"__op": "Increment", "amount": 1}
GROUPS: Final = {"Game": {"*": ["all", "most"], "authenticated": ["all"], "userField:owner": []}}


async def _told(parse: LocalApp, caller: Caller) -> tuple[set[str], set[str]]:
    """What the answers to a create and to an update hold beside id and time."""
    body: JSONObject = {"all": COUNTED, "most": COUNTED, "none": COUNTED}
    created = await write.create(parse.context(caller), "Game", {**body})
    updated = await write.update(parse.context(caller), "Game", created.object_id, {**body})
    return (
        created.answer.keys() - {"objectId", "createdAt"},
        updated.answer.keys() - {"updatedAt"},
    )


@pytest.mark.parametrize("name", [name for name in CALLERS if name != "read-only"])
async def test_hidden_fields_are_told_of_by_default(name: str) -> None:
    async with local_app(protectedFields=GROUPS) as parse:
        told = await _told(parse, CALLERS[name])

    assert told == ({"all", "most", "none"},) * 2


@pytest.mark.parametrize("name", [name for name in CALLERS if name != "read-only"])
async def test_hidden_fields_are_not_told_of_where_saves_are_not_exempt(name: str) -> None:
    seen = {"client": {"none"}, "user": {"most", "none"}}
    async with local_app(protectedFields=GROUPS, protectedFieldsSaveResponseExempt=False) as parse:
        told = await _told(parse, CALLERS[name])

    expected = {"all", "most", "none"} if name in MIGHTY else seen[name]
    assert told == (expected, expected)


@pytest.mark.parametrize("exempt", [True, False])
async def test_users_are_told_of_their_own_hidden_fields_where_owners_are_exempt(
    exempt: bool,
) -> None:
    async with local_app(
        protectedFields={"_User": {"*": ["visits"]}},
        protectedFieldsSaveResponseExempt=False,
        protectedFieldsOwnerExempt=exempt,
    ) as parse:
        ann = await parse.sign_up()
        answer = await parse.ok("PUT", f"/users/{ann.id}", {"visits": COUNTED}, user=ann)

    assert ("visits" in answer) is exempt


async def test_a_sign_up_tells_nothing_hidden_and_keeps_the_session() -> None:
    async with local_app(
        protectedFields={"_User": {"*": ["username", "visits"]}},
        protectedFieldsSaveResponseExempt=False,
    ) as parse:
        body = {"authData": {"anonymous": {"id": "1"}}, "visits": COUNTED}
        signed_up = await parse.ok("POST", "/users", body)
        logged_in = await parse.ok("POST", "/users", body)

    for answer in (signed_up, logged_in):
        assert answer["sessionToken"].startswith("r:")
        assert not {"username", "visits"} & answer.keys()
