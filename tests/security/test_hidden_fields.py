"""Fields that a class hides: by no door, in no shape, does anybody learn what they hold."""

from collections.abc import Mapping

import pytest

from tests.security.doors import HEADERS, MASTER, NOBODY, Door, session
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

CONDITIONS: list[object] = [
    *("gold", None, {"$ne": "x"}, {"$exists": True}, {"$regex": "^g"}, {"$in": ["gold"]}),
    *({"$gt": ""}, {"$all": ["gold"]}, {"$nin": []}, {"$eq": "gold"}, {"$containedBy": ["gold"]}),
]
EVERYBODY = {operation: {"*": True} for operation in ("find", "get", "count", "create", "update")}


async def _hide(app: LocalApp, class_name: str, groups: Mapping[str, list[str]]) -> None:
    """Makes the class, its field `secret` hidden from `groups`."""
    fields = {"secret": {"type": "String"}, "map": {"type": "Object"}, "owner": OWNER}
    permissions = {**EVERYBODY, "addField": {"*": True}, "protectedFields": groups}
    body = {"fields": fields, "classLevelPermissions": permissions}
    await app.ok("POST", f"/schemas/{class_name}", body, master=True)


OWNER = {"type": "Pointer", "targetClass": "_User"}
SECRETS = {"secret": "gold", "map": {"secret": "gold"}, "name": "one"}


@pytest.fixture
async def mine(app: LocalApp) -> LocalApp:
    await _hide(app, "Mine", {"*": ["secret", "map"]})
    await app.create("Mine", SECRETS)
    return app


def _shapes(key: str, condition: object) -> list[dict[str, object]]:
    """The condition alone and inside logical operators, deep."""
    plain: dict[str, object] = {key: condition}
    return [
        plain,
        {"name": "one", **plain},
        {"$or": [{"name": "one"}, plain]},
        {"$and": [{"$nor": [{"$or": [plain]}]}]},
        {"$nor": [plain]},
    ]


async def test_rule_a_hidden_field_is_in_no_filter(mine: LocalApp, transport: Door) -> None:
    ann = await mine.sign_up()
    for key in ("secret", "map", "map.secret", "secret.x", "map.secret.x"):
        for condition in CONDITIONS:
            for where in _shapes(key, condition):
                for parameters in ({"where": where}, {"where": where, "count": 1, "limit": 0}):
                    reply = await transport.ask(
                        mine, "GET", "/classes/Mine", parameters, who=session(ann)
                    )
                    assert reply.code == 119, where


async def test_rule_a_hidden_field_is_in_no_array_like_operator(
    mine: LocalApp, transport: Door
) -> None:
    for operator in ("$or", "$and", "$nor"):
        for children in (
            {"0": {"secret": "gold"}, "length": 1},
            {"secret": "gold"},
            [[{"secret": "gold"}]],
            "secret",
        ):
            where = {operator: children}
            reply = await transport.ask(mine, "GET", "/classes/Mine", {"where": where})
            assert reply.code == 102


async def test_rule_a_hidden_field_is_in_no_order(mine: LocalApp, transport: Door) -> None:
    for order in ("secret", "-secret", "name,secret", "map.secret", "-map", "secret.x", " secret"):
        for who in (NOBODY, session(await mine.sign_up())):
            reply = await transport.ask(mine, "GET", "/classes/Mine", {"order": order}, who=who)
            assert reply.code == 119, order


async def test_rule_a_hidden_field_is_in_no_answer(mine: LocalApp, transport: Door) -> None:
    object_id = (await mine.find("Mine", {}, master=True))[0]["objectId"]
    pointer = {"__type": "Pointer", "className": "Mine", "objectId": object_id}
    await mine.create("Box", {"one": pointer, "all": [pointer]})
    for path, parameters in (
        ("/classes/Mine", {}),
        ("/classes/Mine", {"keys": "secret,map"}),
        ("/classes/Mine", {"keys": "secret.x,map.secret"}),
        ("/classes/Mine", {"excludeKeys": "name"}),
        ("/classes/Mine", {"include": "*"}),
        ("/classes/Mine", {"where": {"objectId": object_id}}),
        (f"/classes/Mine/{object_id}", {}),
        (f"/classes/Mine/{object_id}", {"keys": "secret", "include": "secret"}),
        ("/classes/Box", {"include": "one,all"}),
        ("/classes/Box", {"includeAll": True}),
        ("/classes/Box", {"keys": "one.secret,all.map", "include": "one,all"}),
    ):
        reply = await transport.ask(mine, "GET", path, parameters)
        assert reply.ok, (path, parameters)
        assert "gold" not in reply.text, (path, parameters)
        assert "secret" not in reply.text, (path, parameters)
        shown = await transport.ask(mine, "GET", path, parameters, who=MASTER)
        assert "gold" in shown.text or "secret" not in str(parameters), (path, parameters)


async def test_rule_the_option_hides_as_the_class_does(transport: Door) -> None:
    hidden = {"Mine": {"*": ["secret"]}, "_User": {"*": ["phone"]}}
    async with local_app(protectedFields=hidden) as app:
        await app.create("Mine", SECRETS)
        ann = await app.sign_up(phone="gold", email="ann@parse.test")
        for who in (NOBODY, session(await app.sign_up())):
            found = await transport.ask(app, "GET", "/classes/Mine", who=who)
            users = await transport.ask(app, "GET", f"/users/{ann.id}", who=who)
            assert "secret" not in found.value["results"][0]
            assert not {"phone", "email"} & users.value.keys()
            for where in ({"phone": "gold"}, {"email": "ann@parse.test"}):
                reply = await transport.ask(app, "GET", "/users", {"where": where}, who=who)
                assert reply.code == 119


@pytest.mark.parametrize(
    ("groups", "sees"),
    [
        ({"*": ["secret"]}, set()),
        ({"*": ["secret"], "authenticated": []}, {"ann", "ben", "cleo"}),
        ({"*": ["secret"], "role:admins": []}, {"ben", "cleo"}),
        ({"*": ["secret"], "role:owners": []}, {"cleo"}),
        ({"*": ["secret"], "authenticated": ["secret"], "role:owners": []}, {"cleo"}),
        ({"*": ["secret"], "userField:owner": []}, {"ann"}),
        ({"*": ["secret"], "userField:owner": ["secret"]}, set()),
        ({"authenticated": ["secret"]}, {"nobody"}),
        ({"role:admins": ["secret"], "role:owners": []}, {"nobody", "ann", "cleo"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
async def test_rule_the_whole_identity_is_resolved_in_all_doors(
    app: LocalApp, transport: Door, groups: dict[str, list[str]], sees: set[str]
) -> None:
    """Ann owns the object, Ben is an admin, Cleo an owner, and owners are admins too."""
    ann, ben, cleo = [await app.sign_up() for _ in range(3)]
    admins, owners = await app.grant_role("admins", ben), await app.grant_role("owners", cleo)
    pointer = {"__type": "Pointer", "className": "_Role", "objectId": owners}
    inherited = {"roles": {"__op": "AddRelation", "objects": [pointer]}}
    await app.ok("PUT", f"/roles/{admins}", inherited, master=True)
    await _hide(app, "Mine", groups)
    object_id = await app.create("Mine", {"secret": "gold", "owner": _pointer_to(ann)})
    box = await app.create("Box", {"one": _pointer(object_id)})
    people = {"nobody": NOBODY, "ann": session(ann), "ben": session(ben), "cleo": session(cleo)}
    for name, who in people.items():
        for path, parameters in (
            ("/classes/Mine", {}),
            (f"/classes/Mine/{object_id}", {"keys": "secret"}),
            (f"/classes/Box/{box}", {"include": "one"}),
        ):
            reply = await transport.ask(app, "GET", path, parameters, who=who)
            assert ("gold" in reply.text) is (name in sees), (name, path)


async def test_rule_the_id_of_a_user_is_a_group(app: LocalApp, transport: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    await _hide(app, "Mine", {"*": ["secret"], ann.id: []})
    await app.create("Mine", SECRETS)

    for_ann = await transport.ask(app, "GET", "/classes/Mine", who=session(ann))
    for_ben = await transport.ask(app, "GET", "/classes/Mine", who=session(ben))

    assert "secret" in for_ann.value["results"][0]
    assert "secret" not in for_ben.value["results"][0]


@pytest.mark.parametrize("exempt", [True, False])
async def test_rule_owners_see_their_own_hidden_fields_only_where_exempt(
    door: Door, exempt: bool
) -> None:
    hidden = {"_User": {"*": ["phone"]}}
    async with local_app(protectedFields=hidden, protectedFieldsOwnerExempt=exempt) as app:
        account = {"username": "ann", "password": "secret", "phone": "gold"}
        signed_up = await app.ok("POST", "/users", account)
        ann = User(signed_up["objectId"], signed_up["sessionToken"])
        for method, path, body in (
            ("GET", "/users", {}),
            ("GET", f"/users/{ann.id}", {}),
            ("GET", "/users/me", {}),
            ("GET", "/sessions", {"include": "user"}),
            ("POST", "/login", {"username": "ann", "password": "secret"}),
            ("POST", "/verifyPassword", {"username": "ann", "password": "secret"}),
        ):
            reply = await door.ask(app, method, path, body, who=session(ann))
            assert ("gold" in reply.text) is exempt, path
        assert (await HEADERS.ask(app, "GET", f"/users/{ann.id}", who=MASTER)).value["phone"]


def _pointer(object_id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": "Mine", "objectId": object_id}


def _pointer_to(user: User) -> dict[str, str]:
    return {"__type": "Pointer", "className": "_User", "objectId": user.id}
