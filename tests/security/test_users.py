"""What nobody writes, reads or asks about users, and what an answer must not tell."""

import pytest

from parsepy.users import passwords
from tests.security.doors import DOORS, MASTER, NOBODY, Door, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import URL, LocalApp, User, local_app
from tests.users.auth_data.providers import Badge

pytestmark = pytest.mark.anyio

REAL_COST = passwords.COST
DELETE = {"__op": "Delete"}
OPERATORS: list[object] = [
    *({"$ne": None}, {"$regex": "."}, {"$gt": ""}, {"$exists": True}, ["ann"], True, 1, {}),
]


@pytest.fixture
async def ann(app: LocalApp) -> User:
    body = {"username": "ann", "password": "secret", "email": "ann@parse.test"}
    answer = await app.ok("POST", "/users", body)
    return User(answer["objectId"], answer["sessionToken"])


async def test_rule_a_name_or_password_is_a_string(app: LocalApp, ann: User, door: Door) -> None:
    for method, path in (("POST", "/login"), ("GET", "/login"), ("POST", "/verifyPassword")):
        for value in OPERATORS:
            for account in (
                {"username": value, "password": "secret"},
                {"email": value, "password": "secret"},
                {"username": "ann", "password": value},
                {"username": "ann", "email": value, "password": "secret"},
            ):
                reply = await door.ask(app, method, path, account)
                assert reply.code in (101, 200, 201) or reply.ok is (value == {}), account
                if reply.ok:
                    # An empty object of JavaScript is true, one of Python is nothing: no address.
                    assert account.get("username") == "ann"
    for value in OPERATORS:
        reply = await door.ask(app, "POST", "/loginAs", {"userId": value}, who=MASTER)
        assert reply.code in (101, 162)


@pytest.mark.parametrize("path", ["/login", "/verifyPassword"])
async def test_rule_forms_and_query_strings_make_no_operators(
    app: LocalApp, ann: User, path: str
) -> None:
    headers = {"X-Parse-Application-Id": "app"}
    for text in ("username=ann&password[$ne]=x", "username[$regex]=a&password=secret"):
        asked = await app.client.get(f"{URL}{path}?{text}", headers=headers)
        assert asked.json()["code"] in (101, 200, 201)
        form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        posted = await app.client.post(f"{URL}{path}", content=text, headers=form)
        assert posted.json()["code"] in (101, 200, 201)


async def test_rule_a_login_tells_nothing_of_who_exists(
    app: LocalApp, ann: User, door: Door
) -> None:
    await app.sign_up(username="nopassword")
    await app.ok("POST", "/users", {"username": "closed", "password": "secret"})
    closed = (await app.find("_User", {"username": "closed"}, master=True))[0]["objectId"]
    await app.ok("PUT", f"/users/{closed}", {"ACL": {}}, master=True)
    accounts = [
        {"username": "ann", "password": "wrong"},
        {"username": "nobody", "password": "wrong"},
        {"username": "nopassword", "password": "wrong"},
        {"username": "closed", "password": "secret"},
        {"username": "closed", "password": "wrong"},
        {"email": "ann@parse.test", "password": "wrong"},
        {"email": "nobody@parse.test", "password": "wrong"},
        {"username": "nobody", "email": "ann@parse.test", "password": "secret"},
    ]
    for path in ("/login", "/verifyPassword"):
        replies = [await door.ask(app, "POST", path, account) for account in accounts]
        assert {reply.text for reply in replies} == {replies[0].text}
        assert replies[0].code == 101


async def test_rule_a_login_takes_the_same_work_for_everybody(
    app: LocalApp, ann: User, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []

    def recording(_password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return False

    monkeypatch.setattr("parsepy.users.passwords.bcrypt.checkpw", recording)
    await app.sign_up(username="nopassword")
    for name in ("ann", "nobody", "nopassword"):
        await door.ask(app, "POST", "/login", {"username": name, "password": "wrong"})

    known, *others = compared
    assert known.startswith(b"$2b$04$")
    assert [hashed[:7] for hashed in others] == [b"$2b$%02d$" % REAL_COST] * 2


@pytest.mark.parametrize("given", ["username", "email"])
async def test_rule_the_create_permission_is_judged_before_a_name_is_compared(
    app: LocalApp, ann: User, door: Door, given: str
) -> None:
    operations = ("find", "get", "count", "update", "delete", "addField")
    closed = {operation: {"*": True} for operation in operations}
    await app.ok("PUT", "/schemas/_User", {"classLevelPermissions": closed}, master=True)
    taken = {"username": "ann", "email": "ann@parse.test"}[given]
    free = {"username": "eve", "email": "eve@parse.test"}[given]
    replies = [
        await door.ask(app, "POST", "/users", {"username": "zoe", "password": "x", given: value})
        for value in (taken, taken.upper(), free)
    ]

    assert {reply.text for reply in replies} == {replies[0].text}
    assert replies[0].code == 119


async def test_rule_an_update_without_rights_compares_no_names(
    app: LocalApp, ann: User, door: Door
) -> None:
    replies = [
        await door.ask(app, "PUT", f"/users/{ann.id}", body)
        for body in (
            {"username": "ann"},
            {"username": "free"},
            {"email": "ann@parse.test"},
            {"email": "free@parse.test"},
        )
    ]

    assert {reply.text for reply in replies} == {replies[0].text}
    assert replies[0].code == 206


async def test_rule_email_verified_is_the_servers(app: LocalApp, ann: User, door: Door) -> None:
    before = await rows_of(app, "_User")
    for value in (True, False, None, DELETE, "", 0):
        account = {"username": "eve", "password": "x", "emailVerified": value}
        assert (await door.ask(app, "POST", "/users", account)).code == 119
        for body in ({"emailVerified": value}, {"emailVerified.a": value}):
            reply = await door.ask(app, "PUT", f"/users/{ann.id}", body, who=session(ann))
            assert reply.code in (105, 111, 119), body
    assert await rows_of(app, "_User") == before


@pytest.mark.parametrize("object_id", ["role:admins", "role:", "*"])
async def test_rule_no_user_has_the_id_of_a_group(door: Door, object_id: str) -> None:
    async with local_app(allowCustomObjectId=True) as app:
        for account in (
            {"username": "eve", "password": "x"},
            {"authData": {"anonymous": {"id": "eve"}}},
        ):
            for who in (NOBODY, MASTER):
                body = {**account, "objectId": object_id}
                assert (await door.ask(app, "POST", "/users", body, who=who)).code == 119
        assert await rows_of(app, "_User") == []


async def test_rule_an_existing_id_is_never_overwritten(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, allowCustomObjectId=True) as app:
        ann = await app.sign_up(username="ann", objectId="one")
        await app.ok("POST", "/classes/Game", {"objectId": "one", "name": "chess"})
        before = await rows_of(app, "_User"), await app.find("Game", {}, master=True)
        for door in DOORS:
            for who in (NOBODY, MASTER, session(ann)):
                account = {"objectId": "one", "username": "eve", "password": "x", "new": 1}
                assert (await door.ask(app, "POST", "/users", account, who=who)).code == 137
                game = {"objectId": "one", "new": 1}
                assert (await door.ask(app, "POST", "/classes/Game", game, who=who)).code == 137
        assert before == (await rows_of(app, "_User"), await app.find("Game", {}, master=True))
        for class_name in ("_User", "Game"):
            schema = await app.ok("GET", f"/schemas/{class_name}", master=True)
            assert "new" not in schema["fields"]


async def test_rule_a_password_in_an_answer_is_none(app: LocalApp, door: Door) -> None:
    account = {"username": "eve", "password": "correct horse"}

    created = await door.ask(app, "POST", "/users", account)
    found = await door.ask(app, "GET", "/users", who=MASTER)

    assert created.ok
    for reply in (created, found):
        assert "correct horse" not in reply.text
        assert "password" not in reply.text.lower().replace("authprovider", "")


async def test_rule_a_login_whose_user_may_not_be_read_answers_the_id_only(
    app: LocalApp, ann: User, door: Door
) -> None:
    operations = ("find", "create", "update")
    closed = {operation: {"*": True} for operation in operations}
    await app.ok("PUT", "/schemas/_User", {"classLevelPermissions": closed}, master=True)

    reply = await door.ask(app, "POST", "/login", {"username": "ann", "password": "secret"})

    assert reply.value.keys() == {"objectId", "sessionToken"}


async def test_rule_no_way_in_shows_a_user_whom_he_himself_may_not_read(door: Door) -> None:
    operations = ("find", "create", "update", "addField")
    closed = {operation: {"*": True} for operation in operations}
    account = {"username": "ann", "password": "secret"}
    proofs = {"authData": {"badge": {"id": "1", "code": "open", "key": "hidden"}}}
    async with local_app(auth={"badge": Badge()}) as app:
        body = {**account, **proofs, "email": "ann@parse.test", "phone": "hidden"}
        await app.ok("POST", "/users", body)
        await app.ok("PUT", "/schemas/_User", {"classLevelPermissions": closed}, master=True)

        for path, asked in (
            ("/login", account),
            ("/login", {**account, **proofs}),
            ("/users", proofs),
            ("/verifyPassword", account),
        ):
            reply = await door.ask(app, "POST", path, asked)
            assert reply.ok, path
            assert reply.value.keys() <= {"objectId", "sessionToken", "authDataResponse"}, path
            for hidden in ("hidden", "ann@parse.test", "$2b$", "open"):
                assert hidden not in reply.text, path


async def test_rule_nobody_changes_or_deletes_somebody_else(
    app: LocalApp, ann: User, door: Door
) -> None:
    eve = await app.sign_up()
    before = await rows_of(app, "_User")
    for method, body in (("PUT", {"password": "mine"}), ("PUT", {"ACL": {}}), ("DELETE", {})):
        for who in (session(eve), NOBODY):
            reply = await door.ask(app, method, f"/users/{ann.id}", body, who=who)
            assert reply.code == 206
    assert await rows_of(app, "_User") == before
