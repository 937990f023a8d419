"""The control port: `info`, `reset` and `reconfigure`."""

import asyncio

import pytest

from parsepy import __version__
from parsepy.errors import DuplicateValue
from parsepy.types import ParseObject
from tests.support.asgi import ORIGIN
from tests.support.local_app import LocalApp
from tests.testing.conftest import UnderTest

pytestmark = pytest.mark.anyio

ANN = {"username": "ann", "authData": {"anonymous": {"id": "ann"}}}


async def test_info_says_what_is_offered(under_test: UnderTest) -> None:
    answer = await under_test.control.get(f"{ORIGIN}/__test__/info")

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "parsepy",
        "version": __version__,
        "reset": True,
        "reconfigure": True,
        "cloud": True,
    }


@pytest.mark.parametrize("name", ["message", "nothing", "", "reset/more"])
async def test_other_commands_are_not_there(under_test: UnderTest, name: str) -> None:
    await under_test.parse.create("Game", {"a": 1})

    answer = await under_test.command(name, {})

    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)
    assert len(await under_test.parse.find("Game", {})) == 1


async def test_the_api_has_no_control(under_test: UnderTest) -> None:
    await under_test.parse.create("Game", {"a": 1})

    for path in ("/__test__/reset", "/parse/__test__/reset"):
        answer = await under_test.parse.client.post(
            f"{ORIGIN}{path}",
            json={},
            headers={"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master-key"},
        )
        assert answer.status_code == 404
    assert len(await under_test.parse.find("Game", {})) == 1


async def test_a_reset_leaves_nothing(under_test: UnderTest) -> None:
    parse = under_test.parse
    user = await parse.sign_up(username="ann")
    await parse.grant_role("admins", user)
    secret = await parse.create("Game", {"a": 1, "ACL": {"role:admins": {"read": True}}})
    assert (await parse.ok("GET", f"/classes/Game/{secret}", user=user))["a"] == 1

    answer = await under_test.command("reset", {"keepCloud": False, "drop": True})

    assert (answer.status_code, answer.json()) == (200, {})
    names = ("_User", "_Session", "_Role", "Game")
    assert [await parse.find(name, {}, master=True) for name in names] == [[]] * 4
    assert (await parse.send("GET", "/users/me", user=user)).json()["code"] == 209
    schemas = (await parse.ok("GET", "/schemas", master=True))["results"]
    assert "Game" not in [schema["className"] for schema in schemas]


async def test_a_field_may_have_another_type_after_a_reset(under_test: UnderTest) -> None:
    await under_test.parse.create("Game", {"a": 1})

    await under_test.command("reset")

    await under_test.parse.create("Game", {"a": "text"})


async def test_names_stay_unique_after_a_reset(under_test: UnderTest) -> None:
    parse = under_test.parse
    await parse.ok("POST", "/users", ANN)
    await under_test.command("reset")
    await parse.ok("POST", "/users", ANN)

    other = {**ANN, "authData": {"anonymous": {"id": "other"}}}
    answer = await parse.send("POST", "/users", other)
    stored = await asyncio.gather(
        *(_insert_user(parse, f"id{number}") for number in range(2)), return_exceptions=True
    )

    assert answer.json()["code"] == 202
    # The store refuses it too, which decides races: its index is there again.
    assert [type(outcome) for outcome in stored] == [DuplicateValue, DuplicateValue]


async def _insert_user(parse: LocalApp, object_id: str) -> None:
    time = "2024-01-02T03:04:05.678Z"
    user: ParseObject = {"objectId": object_id, "createdAt": time, "updatedAt": time}
    schema = await parse.app.parts.schemas.get("_User")
    await parse.storage.storage.insert(schema, {**user, "username": "ann"})


async def test_new_options_are_taken_whole_and_the_data_stays(under_test: UnderTest) -> None:
    parse = under_test.parse
    user = await parse.sign_up()
    await parse.create("Game", {"a": 1})

    answer = await under_test.reconfigure(
        masterKey="another", allowCustomObjectId=True, allowClientClassCreation=False
    )

    assert (answer.status_code, answer.json()) == (200, {})
    assert [row["a"] for row in await parse.find("Game", {})] == [1]
    assert (await parse.ok("GET", "/users/me", user=user))["objectId"] == user.id
    assert await parse.create("Game", {"objectId": "mine"}) == "mine"
    assert (await parse.send("POST", "/classes/Fresh", {})).json()["code"] == 119
    assert (await parse.send("GET", "/schemas", master=True)).status_code == 403

    await under_test.reconfigure()

    assert (await parse.send("GET", "/schemas", master=True)).status_code == 200
    assert (await parse.send("POST", "/classes/Game", {"objectId": "x"})).status_code == 400


async def test_the_mount_may_change(under_test: UnderTest) -> None:
    await under_test.reconfigure(mountPath="/1", serverURL=f"{ORIGIN}/1")

    client = under_test.parse.client
    assert (await client.get(f"{ORIGIN}/1/health")).status_code == 200
    assert (await client.get(f"{ORIGIN}/parse/health")).status_code == 404


async def test_the_store_is_not_an_option(under_test: UnderTest) -> None:
    await under_test.parse.create("Game", {"a": 1})

    answer = await under_test.reconfigure(databaseURI="sqlite:///nowhere/else.sqlite")

    assert answer.status_code == 200
    assert len(await under_test.parse.find("Game", {})) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"masterKey": None}, "You must provide a masterKey!"),
        ({"readOnlyMasterKey": "master-key"}, "masterKey and readOnlyMasterKey"),
        ({"sessionLength": "long"}, "session length"),
        ({"masterKeyIps": ["nonsense"]}, "nonsense"),
    ],
)
async def test_wrong_options_are_named_and_the_old_ones_stay(
    under_test: UnderTest, options: dict[str, object], message: str
) -> None:
    await under_test.parse.create("Game", {"a": 1})

    answer = await under_test.reconfigure(**options)

    assert answer.status_code == 400
    assert message.lower() in answer.json()["error"].lower()
    assert len(await under_test.parse.find("Game", {}, master=True)) == 1
    assert (await under_test.parse.send("GET", "/schemas", master=True)).status_code == 200


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"readOnlyMasterKey": "master-key"}, None),
        ({"requestComplexity": {"nope": 1}}, None),
        ({"customPages": []}, None),
        ({"sessionLength": "long"}, "string"),
        ({"verifyUserEmails": True}, "string"),
    ],
)
async def test_a_refusal_says_what_parse_server_throws(
    under_test: UnderTest, options: dict[str, object], kind: str | None
) -> None:
    answer = await under_test.reconfigure(**options)

    assert answer.json().get("type") == kind


async def test_a_class_as_code_that_cannot_be_is_refused_by_its_code(under_test: UnderTest) -> None:
    await under_test.parse.create("Game", {"a": 1})
    wrong = {"className": "Game", "fields": {"a": {"type": "Nope"}}}

    answer = await under_test.reconfigure(schema={"definitions": [wrong], "strict": True})

    assert (answer.status_code, answer.json()["code"]) == (400, 1)
    assert len(await under_test.parse.find("Game", {})) == 1


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'"x"', b"\xff"])
async def test_a_command_that_is_no_object_changes_nothing(
    under_test: UnderTest, content: bytes
) -> None:
    answer = await under_test.control.post(f"{ORIGIN}/__test__/reconfigure", content=content)

    assert answer.status_code == 400
    assert isinstance(answer.json()["error"], str)
    assert (await under_test.parse.send("GET", "/schemas", master=True)).status_code == 200


async def test_a_request_under_way_is_answered_by_the_old_options(under_test: UnderTest) -> None:
    parse: LocalApp = under_test.parse
    game = await parse.create("Game", {"a": 1})
    held = parse.storage.hold_next("get")
    slow = asyncio.create_task(parse.send("GET", f"/classes/Game/{game}"))
    await held.reached.wait()

    await under_test.reconfigure(masterKey="another")
    held.release()

    assert (await slow).json()["a"] == 1


async def test_a_reset_meets_the_app_that_serves_now(under_test: UnderTest) -> None:
    await under_test.reconfigure(masterKey="another")
    await under_test.parse.create("Game", {"a": 1})

    await under_test.command("reset")

    assert await under_test.parse.find("Game", {}) == []
