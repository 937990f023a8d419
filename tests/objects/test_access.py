"""The permission steps that reads and writes share."""

import pytest

from parsepy.objects import access
from parsepy.permissions.caller import Caller
from parsepy.protocol.values import pointer
from parsepy.query import tree
from parsepy.types import JSONValue
from tests.permissions.callers import CALLERS, MIGHTY
from tests.support.local_app import LocalApp, local_app
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_class_that_nobody_made_is_told_only_to_those_who_could_make_it(
    caller: str,
) -> None:
    async with local_app(allowClientClassCreation=False) as parse:
        await parse.create("Known", {"a": 1}, master=True)
        ctx = parse.context(CALLERS[caller])

        assert (await access.known_class(ctx, "Known")).exists
        assert (await access.known_class(ctx, "_Installation")).name == "_Installation"
        error = await awaited_refusal(access.known_class(ctx, "Unknown"))

    if caller in MIGHTY:
        assert error is None
        return
    assert error is not None
    assert (error.code, error.message) == (
        119,
        "This user is not allowed to access non-existent class: Unknown",
    )


@pytest.mark.parametrize("caller", CALLERS)
async def test_every_class_may_be_named_where_clients_make_classes(
    parse: LocalApp, caller: str
) -> None:
    assert not (await access.known_class(parse.context(CALLERS[caller]), "Unknown")).exists


@pytest.mark.parametrize("caller", CALLERS)
async def test_acls_bind_all_but_the_mighty_keys(parse: LocalApp, caller: str) -> None:
    condition = await access.accessible(parse.context(CALLERS[caller]), "write")

    if caller in MIGHTY:
        assert condition == tree.EVERYTHING
        return
    group = ("*", "u1") if caller == "user" else ("*",)
    assert condition == tree.Accessible("write", group)


@pytest.mark.parametrize("caller", CALLERS)
async def test_protected_fields_bind_all_but_the_mighty_keys(caller: str) -> None:
    groups = {"Game": {"*": ["a", "b"], "authenticated": ["a"]}}
    async with local_app(protectedFields=groups) as parse:
        schema = await parse.app.parts.schemas.get("Game")

        hidden = await access.hidden_fields(parse.context(CALLERS[caller]), schema)

    assert hidden == {"client": {"a", "b"}, "user": {"a"}}.get(caller, set())


async def test_a_class_permission_may_be_given_to_a_role(parse: LocalApp) -> None:
    chief, other = await parse.sign_up(), await parse.sign_up()
    await parse.grant_role("admins", chief)
    clp = {"find": {"role:admins": True}}
    await parse.ok("POST", "/schemas/Game", {"classLevelPermissions": clp}, master=True)
    schema = await parse.app.parts.schemas.get("Game")

    errors = [
        await awaited_refusal(
            access.check_class(parse.context(Caller(user={"objectId": each})), schema, "find")
        )
        for each in (chief.id, other.id)
    ]

    assert [error and error.code for error in errors] == [None, 119]


async def test_roles_stay_unknown_where_a_class_is_open(parse: LocalApp) -> None:
    user = await parse.sign_up()
    await parse.create("Game", {"owner": pointer("_User", user.id)})
    schema = await parse.app.parts.schemas.get("Game")
    ctx = parse.context(Caller(user={"objectId": user.id}))
    parse.storage.taken_calls()

    await access.check_class(ctx, schema, "find")

    assert parse.storage.taken_calls() == []
    assert ctx.caller.group is None


@pytest.mark.parametrize(
    ("class_name", "object_id", "exempt"),
    [
        ("_User", "u1", True),
        ("_User", "u2", False),
        ("_User", None, False),
        ("_User", {"$in": ["u1"]}, False),
        ("Game", "u1", False),
    ],
)
@pytest.mark.parametrize("owners_are", [True, False])
async def test_nothing_of_ones_own_user_is_hidden_where_owners_are_exempt(
    class_name: str, object_id: JSONValue, exempt: bool, owners_are: bool
) -> None:
    async with local_app(protectedFieldsOwnerExempt=owners_are) as parse:
        schema = await parse.app.parts.schemas.get(class_name)

        user = access.is_exempt(parse.context(CALLERS["user"]), schema, object_id)
        nobody = access.is_exempt(parse.context(CALLERS["client"]), schema, object_id)

    assert user is (exempt and owners_are)
    assert not nobody


async def test_a_query_for_oneself_may_name_hidden_fields() -> None:
    async with local_app(protectedFields={"_User": {"*": ["phone"]}}) as parse:
        ann = await parse.sign_up(phone="gold")
        ben = await parse.sign_up(phone="gold")

        own = await parse.find("_User", {"objectId": ann.id, "phone": "gold"}, user=ann)
        refused = [
            (
                await parse.send("POST", "/users", {"_method": "GET", "where": where}, user=ann)
            ).json()
            for where in (
                {"objectId": ben.id, "phone": "gold"},
                {"objectId": {"$in": [ann.id]}, "phone": "gold"},
                {"$or": [{"objectId": ann.id}], "phone": "gold"},
            )
        ]

    assert [each["phone"] for each in own] == ["gold"]
    assert [each["code"] for each in refused] == [119, 119, 119]
