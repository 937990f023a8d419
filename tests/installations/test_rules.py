"""Registering installations: what the app on the device is answered, and ids that are no texts."""

import pytest

from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio
IOS = {"deviceType": "ios"}
TOKEN = "t"


async def test_a_known_installation_is_told_its_row(app: LocalApp) -> None:
    made = await app.ok("POST", "/installations", {"installationId": "one", **IOS})

    answer = await app.send("POST", "/classes/_Installation", {"installationId": "ONE", "badge": 1})

    told = answer.json()
    assert answer.status_code == 200
    assert {name: told[name] for name in ("objectId", "createdAt")} == made
    assert "Location" not in answer.headers


async def test_who_knows_a_token_alone_is_not_told_whose_it_is(app: LocalApp) -> None:
    body = {"installationId": "one", "deviceToken": TOKEN, **IOS}
    await app.ok("POST", "/installations", body)

    answer = await app.ok("POST", "/installations", {"deviceToken": TOKEN, **IOS})

    assert answer.keys() == {"updatedAt"}


@pytest.mark.parametrize("name", ["deviceToken", "installationId", "appIdentifier", "deviceType"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (5, 111),
        (True, 111),
        ([TOKEN], 111),
        ({"a": 1}, 111),
        ({"$ne": "x"}, 121),
        ({"$regex": "."}, 121),
        ({"__op": "Increment", "amount": 1}, 111),
        ({"__op": "AddUnique", "objects": ["x"]}, 111),
        ({"__type": "Date", "iso": "2026-01-01T00:00:00.000Z"}, 111),
        ({"__type": "Pointer", "className": "_User", "objectId": "x"}, 111),
    ],
)
async def test_an_id_is_a_text(parse: LocalApp, name: str, value: object, code: int) -> None:
    body = {"installationId": "victim", "deviceToken": TOKEN, "appIdentifier": "app", **IOS}
    victim = (await parse.ok("POST", "/installations", body))["objectId"]

    taking = {"installationId": "taker", "deviceToken": TOKEN, **IOS, name: value}
    created = await parse.send("POST", "/installations", taking)
    updated = await parse.send("PUT", f"/installations/{victim}", {name: value})

    assert [answer.json()["code"] for answer in (created, updated)] == [code, code]
    found = await parse.ok("GET", "/installations", master=True)
    assert [row["installationId"] for row in found["results"]] == ["victim"]


async def test_ids_may_be_taken_away(app: LocalApp) -> None:
    body = {"installationId": "one", "deviceToken": TOKEN, **IOS}
    one = (await app.ok("POST", "/installations", body))["objectId"]

    await app.ok("PUT", f"/installations/{one}", {"deviceToken": {"__op": "Delete"}})

    assert "deviceToken" not in await app.ok("GET", f"/installations/{one}")


async def test_a_row_that_goes_before_it_is_changed_is_made_anew(app: LocalApp) -> None:
    one = (await app.ok("POST", "/installations", {"installationId": "one", **IOS}))["objectId"]
    gone = False

    async def before_save(request: object) -> None:
        nonlocal gone
        if not gone:
            gone = True
            await app.ok("DELETE", f"/installations/{one}", master=True)

    app.app.registry.before_save("_Installation")(before_save)
    answer = await app.send("POST", "/installations", {"installationId": "one", **IOS})

    assert answer.status_code == 201
    assert answer.json()["objectId"] != one


async def test_a_row_that_the_caller_may_not_write_is_not_changed(app: LocalApp) -> None:
    body = {"installationId": "one", **IOS, "ACL": {"*": {"read": True}}}
    await app.ok("POST", "/installations", body, master=True)

    answer = await app.send("POST", "/installations", {"installationId": "one", "badge": 1})

    assert (answer.status_code, answer.json()["code"]) == (404, 101)


async def test_an_id_of_the_clients_choice_is_kept(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, allowCustomObjectId=True) as app:
        body = {"objectId": "mine", "installationId": "one", "deviceToken": TOKEN, **IOS}
        made = await app.ok("POST", "/installations", body)
        taken = await app.send("POST", "/installations", {**body, "installationId": "two"})

    assert made["objectId"] == "mine"
    assert taken.json()["code"] == 137


async def test_in_a_transaction_all_or_nothing_is_registered(app: LocalApp) -> None:
    good = {"installationId": "one", "deviceToken": TOKEN, **IOS}
    requests = [
        {"method": "POST", "path": "/parse/classes/_Installation", "body": body}
        for body in (good, {**good, "installationId": "two"}, {**good, "badge": "x"})
    ]
    await app.ok("POST", "/installations", {"installationId": "before", **IOS})

    failed = await app.send("POST", "/batch", {"requests": requests, "transaction": True})
    done = await app.send("POST", "/batch", {"requests": requests[:2], "transaction": True})

    assert (failed.status_code, done.status_code) == (400, 200)
    found = await app.ok("GET", "/installations?order=createdAt", master=True)
    assert [row["installationId"] for row in found["results"]] == ["before", "two"]


async def test_a_request_that_is_sent_twice_registers_once(database_uri: str) -> None:
    repeated = {"paths": ["installations", "classes/_Installation"], "ttl": 100}
    async with local_app(databaseURI=database_uri, idempotencyOptions=repeated) as app:
        body = {"installationId": "one", **IOS}
        codes = [
            (await app.send("POST", path, body, X_Parse_Request_Id=request_id)).json().get("code")
            for path, request_id in (
                ("/installations", "a"),
                ("/installations", "a"),
                ("/classes/_Installation", "b"),
                ("/classes/_Installation", "b"),
            )
        ]

    assert codes == [None, 159, None, 159]
