"""Security sheet, sections 4 and 8: installations are found by nobody, and taken from nobody by
what is no id; audiences are the master key's."""

import pytest

from tests.security.doors import DOORS, MASTER, NOBODY, READ_ONLY, Door, session
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio
IOS = {"deviceType": "ios"}
NO_TEXTS = [
    {"$ne": "x"},
    {"$regex": "."},
    {"$exists": True},
    {"$in": ["victim"]},
    {"a": 1},
    ["victim"],
    5,
    True,
    {"__op": "Add", "objects": ["x"]},
    {"__type": "Pointer", "className": "_Installation", "objectId": "x"},
]


async def known(app: LocalApp) -> list[str]:
    found = await app.ok("GET", "/installations?order=createdAt", master=True)
    return [row["installationId"] for row in found["results"]]


async def add(app: LocalApp, installation_id: str, **fields: object) -> str:
    body = {"installationId": installation_id, **IOS, **fields}
    return str((await app.ok("POST", "/installations", body, master=True))["objectId"])


@pytest.mark.parametrize("name", ["deviceToken", "installationId", "appIdentifier"])
async def test_rule_ids_of_installations_are_texts_before_they_enter_a_query(
    stored: LocalApp, name: str
) -> None:
    victim = await add(stored, "victim", deviceToken="t", appIdentifier="app")
    own = await add(stored, "own", deviceToken="other", appIdentifier="app")
    for door in DOORS:
        for value in NO_TEXTS:
            body = {"installationId": "taker", "deviceToken": "t", **IOS, name: value}
            created = await door.ask(stored, "POST", "/installations", body)
            changed = await door.ask(stored, "PUT", f"/installations/{own}", {name: value})

            assert created.code in (107, 111, 121), (door.name, value)
            assert changed.code in (107, 111, 121), (door.name, value)

    assert await known(stored) == ["victim", "own"]
    assert (await stored.ok("GET", f"/installations/{victim}"))["deviceToken"] == "t"


async def test_rule_a_token_is_taken_only_from_installations_of_the_same_app(
    stored: LocalApp,
) -> None:
    await add(stored, "same", deviceToken="t", appIdentifier="mine")
    await add(stored, "elsewhere", deviceToken="t2", appIdentifier="other")
    elsewhere = {"installationId": "elsewhere", "deviceToken": "t"}
    await stored.ok("POST", "/installations", {**elsewhere, "appIdentifier": "other"})

    await add(stored, "new", deviceToken="t", appIdentifier="mine")

    assert await known(stored) == ["elsewhere", "new"]


async def test_rule_the_callers_acl_decides_where_the_option_wants_it(database_uri: str) -> None:
    rights = {"duplicateDeviceTokenActionEnforceAuth": True}
    for action in ("delete", "update"):
        enforced = {**rights, "duplicateDeviceTokenAction": action}
        async with local_app(databaseURI=database_uri, installation=enforced) as app:
            await app.app.parts.reset()
            closed = await add(app, "closed", deviceToken="t", ACL={"*": {"read": True}})
            ann = await app.sign_up()
            for name in ("open", "new"):
                body = {"installationId": name, "deviceToken": "t", **IOS}
                await app.ok("POST", "/installations", body, user=ann)

            assert (await app.ok("GET", f"/installations/{closed}"))["deviceToken"] == "t"
            holders = await app.find("_Installation", {"deviceToken": "t"}, master=True)
            assert sorted(row["installationId"] for row in holders) == ["closed", "new"]


async def test_rule_clients_find_and_delete_no_installations(app: LocalApp, door: Door) -> None:
    ann = await app.sign_up()
    own = await add(app, "own", ACL={ann.id: {"read": True, "write": True}})
    for who in (NOBODY, session(ann)):
        for method, path, body in (
            ("GET", "/installations", {}),
            ("GET", "/installations", {"where": {"installationId": "own"}}),
            ("GET", "/installations", {"count": 1, "limit": 0}),
            ("DELETE", f"/installations/{own}", {}),
        ):
            assert (await door.ask(app, method, path, body, who=who)).code == 119

    assert await known(app) == ["own"]


async def test_rule_a_token_alone_tells_nobody_whose_it_is(app: LocalApp, door: Door) -> None:
    own = await add(app, "own", deviceToken="t")

    reply = await door.ask(app, "POST", "/installations", {"deviceToken": "t", **IOS})

    assert reply.ok
    assert own not in reply.text


async def test_rule_audiences_are_for_the_master_key(app: LocalApp, transport: Door) -> None:
    ann = await app.sign_up()
    body = {"name": "x", "query": "{}"}
    made = await app.ok("POST", "/push_audiences", body, master=True)
    one = f"/push_audiences/{made['objectId']}"
    requests = [
        ("GET", "/push_audiences", {}),
        ("GET", one, {}),
        ("POST", "/push_audiences", body),
        ("PUT", one, body),
        ("DELETE", one, {}),
    ]
    for method, path, sent in requests:
        for who in (NOBODY, session(ann)):
            reply = await transport.ask(app, method, path, sent, who=who)
            assert (reply.ok, reply.error) == (False, "Permission denied"), (method, path)
        for_reading = await transport.ask(app, method, path, sent, who=READ_ONLY)
        assert for_reading.ok == (method == "GET"), (method, path)

    assert (await transport.ask(app, "GET", one, who=MASTER)).ok
