"""Enrolling, logging in, changing and removing through the whole app, on both stores."""

from pathlib import Path

import pytest

from parsepy.types import JSONValue
from tests.auth.mfa.app import NAME, error, mfa_app
from tests.auth.mfa.enrolment import MOBILE, NOW, OTHER_SECRET, PERIOD, SECRET
from tests.support.local_app import local_app

pytestmark = pytest.mark.anyio

MISSING = (-1, "Missing additional authData mfa")
INVALID = (141, "Invalid MFA token")
ENTER = (141, "Please enter the token")


async def test_the_way_of_a_user_with_an_app(database_uri: str) -> None:
    async with mfa_app(databaseURI=database_uri) as app:
        user, codes = await app.enrolled()
        assert [len(code) for code in codes] == [30, 30]

        assert error(await app.log_in()) == MISSING
        assert error(await app.log_in("000000")) == INVALID
        opened = await app.log_in(app.code())
        assert opened.status_code == 200
        assert opened.json()["authData"] == {"mfa": {"status": "enabled"}}
        assert opened.json()["authDataResponse"] == {}
        assert opened.json()["sessionToken"]
        assert error(await app.log_in(app.code())) == INVALID

        assert (await app.log_in(codes[0])).status_code == 200
        assert error(await app.log_in(codes[0])) == INVALID

        change: dict[str, JSONValue] = {
            "secret": OTHER_SECRET,
            "token": app.code(secret=OTHER_SECRET),
        }
        assert error(await app.change(user, change)) == INVALID
        assert error(await app.change(user, {**change, "old": app.code()})) == INVALID
        assert (await app.change(user, {**change, "old": app.code(1)})).is_success
        assert error(await app.log_in(codes[1])) == INVALID
        assert (await app.log_in(app.code(secret=OTHER_SECRET))).is_success

        assert (await app.change(user, None)).json()["code"] == 141
        app.clock.forward()
        assert (await app.change(user, {"old": app.code(secret=OTHER_SECRET)})).is_success
        assert await app.stored() is None
        assert (await app.log_in()).is_success


async def test_the_way_of_a_user_with_a_number(database_uri: str) -> None:
    async with mfa_app(("SMS",), databaseURI=database_uri) as app:
        user = await app.sign_up()
        assert (await app.change(user, {"mobile": MOBILE})).is_success
        assert app.phone.messages == [(app.phone.code, MOBILE)]
        assert (await app.log_in()).is_success, "a number that is pending asks nothing of anybody"
        assert error(await app.change(user, {"mobile": MOBILE, "token": "x"})) == INVALID
        assert (await app.change(user, {"mobile": MOBILE, "token": app.phone.code})).is_success

        assert error(await app.log_in()) == MISSING
        assert error(await app.log_in("request")) == ENTER
        assert app.phone.messages[1:] == [(app.phone.code, MOBILE)]
        assert (await app.log_in(app.phone.code)).is_success
        assert error(await app.log_in(app.phone.code)) == (141, "Invalid MFA token 1")

        await app.log_in("request")
        app.clock.forward(PERIOD + 1)
        assert error(await app.log_in(app.phone.code)) == (141, "Invalid MFA token 2")

        assert error(await app.change(user, {"old": "request"})) == ENTER
        assert (await app.change(user, {"old": app.phone.code})).is_success
        assert await app.stored() is None


async def test_asking_for_a_code_changes_nothing_else(database_uri: str) -> None:
    """parse-server stores the submitted password anew, and ends the user's sessions by that."""
    async with mfa_app(databaseURI=database_uri) as app:
        user = await app.with_number()
        before = await app.parse.find("_User", {}, master=True)

        assert error(await app.log_in("request")) == ENTER

        after = await app.parse.find("_User", {}, master=True)
        assert [each | {"authData": 0, "updatedAt": 0} for each in after] == [
            each | {"authData": 0, "updatedAt": 0} for each in before
        ]
        assert (await app.parse.ok("GET", "/users/me", user=user))["objectId"] == user.id
        assert (await app.log_in(app.phone.code)).is_success


@pytest.mark.parametrize("token", ["request", "000000"])
async def test_a_wrong_password_gets_no_message_and_tells_nothing(token: str) -> None:
    async with mfa_app() as app:
        await app.with_number()
        sent = len(app.phone.messages)

        answer = await app.log_in(token, password="wrong")

        assert error(answer) == (101, "Invalid username/password.")
        assert len(app.phone.messages) == sent


@pytest.mark.parametrize("name", ["aaa", "zzz"])
async def test_an_identity_is_proven_before_a_message_is_sent(name: str) -> None:
    """Whoever knows an id only must not make telephones ring, nor try codes."""

    def validate(data: dict[str, str], *_: object) -> None:
        if data.get("key") != "right":
            raise RuntimeError("no")

    provider = {name: {"validate_auth_data": validate}}
    async with mfa_app(auth=provider) as app:
        user = await app.with_number()
        await app.parse.ok(
            "PUT",
            f"/users/{user.id}",
            {"authData": {name: {"id": "1", "key": "right"}}},
            user=user,
        )
        sent = len(app.phone.messages)

        async def log_in(key: str, token: str) -> tuple[int, str]:
            proofs = {name: {"id": "1", "key": key}, "mfa": {"token": token}}
            return error(await app.parse.send("POST", "/users", {"authData": proofs}))

        assert await log_in("wrong", "request") == (141, "no")
        assert await log_in("wrong", "000000") == (141, "no")
        assert len(app.phone.messages) == sent
        assert await log_in("right", "request") == ENTER
        assert len(app.phone.messages) == sent + 1
        body = {"authData": {name: {"id": "1", "key": "right"}, "mfa": {"token": app.phone.code}}}
        assert (await app.parse.ok("POST", "/users", body))["objectId"] == user.id
        only = {"authData": {name: {"id": "1", "key": "right"}}}
        assert error(await app.parse.send("POST", "/users", only)) == MISSING


async def test_a_code_alone_logs_nobody_in() -> None:
    async with mfa_app() as app:
        user, codes = await app.enrolled()

        for token in (app.code(), codes[0]):
            answer = await app.parse.send("POST", "/users", {"authData": {"mfa": {"token": token}}})
            assert error(answer) == (141, "Invalid MFA data")
            answer = await app.parse.send("POST", "/login", {"authData": {"mfa": {"token": token}}})
            assert error(answer) == (200, "username/email is required.")
        assert (await app.log_in(codes[0])).json()["objectId"] == user.id


async def test_others_cannot_change_it() -> None:
    async with mfa_app() as app:
        user, codes = await app.enrolled()
        other = await app.parse.sign_up()
        before = await app.stored()
        changes: list[JSONValue] = [None, {"old": codes[0]}, {"status": "disabled"}, {}]

        for mfa in changes:
            body = {"authData": {"mfa": mfa}}
            for caller in (other, None):
                answer = await app.parse.send("PUT", f"/users/{user.id}", body, user=caller)
                assert answer.json()["code"] == 206
        assert await app.stored() == before


@pytest.mark.parametrize(
    "mfa",
    [
        None,
        {},
        {"token": "000000"},
        {"secret": SECRET},
        {"secret": OTHER_SECRET},
        {"recovery": []},
        {"usedUntil": 0},
        {"id": "1"},
        {"old": "000000"},
        {"mobile": MOBILE},
    ],
)
@pytest.mark.parametrize("beside", [{}, {"anonymous": {"id": "new"}}])
async def test_a_session_alone_changes_nothing(
    mfa: JSONValue, beside: dict[str, JSONValue]
) -> None:
    async with mfa_app() as app:
        user, _ = await app.enrolled()
        before = await app.stored()

        answer = await app.change(user, mfa, **beside)

        assert await app.stored() == before
        assert not answer.is_success or mfa == {}
        assert error(await app.log_in()) == MISSING


async def test_what_was_shown_may_be_sent_back_with_other_changes() -> None:
    async with mfa_app() as app:
        user, _ = await app.enrolled()
        before = await app.stored()
        shown = (await app.parse.ok("GET", "/users/me", user=user))["authData"]

        await app.parse.ok("PUT", f"/users/{user.id}", {"authData": shown, "score": 1}, user=user)

        assert await app.stored() == before


@pytest.mark.parametrize("field", ["authData.mfa", "authData.mfa.secret", "_auth_data_mfa"])
async def test_there_is_no_other_name_to_change_it_by(field: str) -> None:
    async with mfa_app() as app:
        user, _ = await app.enrolled()
        before = await app.stored()

        for value in ({"secret": SECRET}, SECRET, None, {"__op": "Delete"}):
            answer = await app.parse.send("PUT", f"/users/{user.id}", {field: value}, user=user)
            assert answer.json()["code"] == 105
        assert await app.stored() == before


async def test_the_master_key_stores_what_it_is_given_and_removes() -> None:
    async with mfa_app() as app:
        user, _ = await app.enrolled()
        given: dict[str, JSONValue] = {"secret": OTHER_SECRET, "recovery": ["a" * 30]}

        async def put(mfa: JSONValue) -> None:
            body = {"authData": {"mfa": mfa}}
            await app.parse.ok("PUT", f"/users/{user.id}", body, master=True)

        await put(given)
        assert await app.stored() == given
        assert (await app.log_in("a" * 30)).is_success
        await put(None)
        assert (await app.log_in()).is_success


async def test_users_of_parse_server_log_in_as_before(database_uri: str) -> None:
    async with mfa_app(databaseURI=database_uri) as app:
        user, _ = await app.enrolled()
        given: dict[str, JSONValue] = {"secret": SECRET, "recovery": ["a" * 30, "b" * 30]}
        body = {"authData": {"mfa": given}}
        await app.parse.ok("PUT", f"/users/{user.id}", body, master=True)

        assert (await app.log_in(app.code())).is_success
        assert error(await app.log_in(app.code())) == INVALID
        assert (await app.log_in("b" * 30)).is_success
        assert error(await app.log_in("b" * 30)) == INVALID

        assert await app.stored() == {
            "secret": SECRET,
            "recovery": ["a" * 30],
            "usedUntil": int(NOW) + PERIOD,
        }


async def test_forgetting_to_configure_it_opens_nothing(tmp_path: Path) -> None:
    """Users who have it need it, and what they have is shown to nobody."""
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    async with mfa_app(databaseURI=uri) as app:
        user, codes = await app.enrolled()

    async with local_app(databaseURI=uri) as parse:
        assert error(await parse.send("POST", "/login", NAME)) == MISSING
        body = {**NAME, "authData": {"mfa": {"token": codes[0]}}}
        assert error(await parse.send("POST", "/login", body))[0] == 252
        shown = await parse.ok("GET", "/users/me", user=user)
        assert SECRET not in str(shown)
        removal = {"authData": {"mfa": None}}
        answer = await parse.send("PUT", f"/users/{user.id}", removal, user=user)
        assert answer.json()["code"] == 141


async def test_switching_it_off_is_heard_and_shows_nothing(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    async with mfa_app(databaseURI=uri) as app:
        user, _ = await app.enrolled()

    async with local_app(databaseURI=uri, auth={"mfa": {"enabled": False}}) as parse:
        opened = await parse.ok("POST", "/login", NAME)
        assert SECRET not in str(opened)
        assert SECRET not in str(await parse.ok("GET", "/users/me", user=user))
