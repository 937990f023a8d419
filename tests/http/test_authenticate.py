"""From credentials to a caller: which key counts, from where, and when a session is looked up."""

from typing import Any

import pytest
from msgspec.structs import replace

from parsepy.http.authenticate import identify, same_key, verify_session
from parsepy.permissions.caller import Caller
from parsepy.protocol.credentials import Credentials
from tests.support.local_app import (
    MAINTENANCE_KEY,
    MASTER_KEY,
    READ_ONLY_KEY,
    LocalApp,
    local_app,
)
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

HERE = "127.0.0.1"
ELSEWHERE = "203.0.113.9"
CLASSES = ["classes", "Game"]
MASTER = Credentials(master_key=MASTER_KEY)
READ_ONLY = Credentials(master_key=READ_ONLY_KEY)
MAINTENANCE = Credentials(maintenance_key=MAINTENANCE_KEY)


async def _caller(
    parse: LocalApp,
    credentials: Credentials,
    address: str = HERE,
    segments: list[str] | None = None,
    method: str = "GET",
) -> Caller:
    services = parse.app.parts.services
    caller = identify(services, replace(credentials), address)
    await verify_session(services, caller, method, segments or CLASSES)
    return caller


def _kind(caller: Caller) -> str:
    if caller.is_maintenance:
        return "maintenance"
    if caller.is_master:
        return "read-only" if caller.is_read_only else "master"
    return "client"


@pytest.mark.parametrize(
    ("credentials", "kind"),
    [
        (Credentials(), "client"),
        (MASTER, "master"),
        (READ_ONLY, "read-only"),
        (MAINTENANCE, "maintenance"),
        (replace(MASTER, maintenance_key=MAINTENANCE_KEY), "maintenance"),
        (replace(READ_ONLY, maintenance_key=MAINTENANCE_KEY), "maintenance"),
        (replace(MASTER, maintenance_key="wrong"), "master"),
        (Credentials(master_key=MAINTENANCE_KEY), "client"),
        (Credentials(maintenance_key=MASTER_KEY), "client"),
        (Credentials(master_key=""), "client"),
        (Credentials(maintenance_key=""), "client"),
        (Credentials(master_key=MASTER_KEY[:-1]), "client"),
        (Credentials(master_key=MASTER_KEY + "x"), "client"),
        (Credentials(master_key=MASTER_KEY.upper()), "client"),
        (Credentials(client_key=MASTER_KEY, rest_api_key=MASTER_KEY), "client"),
    ],
)
async def test_the_mightiest_right_key_counts(
    parse: LocalApp, credentials: Credentials, kind: str
) -> None:
    assert _kind(await _caller(parse, credentials)) == kind


@pytest.mark.parametrize("option", ["readOnlyMasterKey", "maintenanceKey"])
async def test_an_empty_key_in_the_options_is_no_key(option: str) -> None:
    """`PARSE_SERVER_MAINTENANCE_KEY=` must not let in whoever sends an empty header."""
    options: dict[str, Any] = {option: ""}
    async with local_app(**options) as parse:
        empty = Credentials(master_key="", maintenance_key="")

        assert _kind(await _caller(parse, empty)) == "client"


async def test_an_empty_client_key_in_the_options_asks_for_none_and_lets_none_in() -> None:
    async with local_app(javascriptKey="") as parse:
        assert _kind(await _caller(parse, Credentials())) == "client"
    async with local_app(javascriptKey="", restAPIKey="rest") as parse:
        refused = await awaited_refusal(_caller(parse, Credentials(javascript_key="")))
    assert refused is not None
    assert refused.http_status == 403


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [
        ("key", "key", True),
        ("key", "kez", False),
        ("key", "key2", False),
        ("é", "é", True),
        ("\ud800", "?", True),
        ("", "", False),
        (None, None, False),
        ("", None, False),
        (None, "key", False),
    ],
)
def test_an_absent_key_is_the_same_as_none(
    given: str | None, expected: str | None, same: bool
) -> None:
    assert same_key(given, expected) is same


KEYS = [
    ("masterKeyIps", MASTER),
    ("readOnlyMasterKeyIps", READ_ONLY),
    ("maintenanceKeyIps", MAINTENANCE),
]


@pytest.mark.parametrize(("option", "credentials"), KEYS)
@pytest.mark.parametrize(
    ("listed", "address", "allowed"),
    [
        (["127.0.0.1"], HERE, True),
        (["127.0.0.1"], ELSEWHERE, False),
        (["203.0.113.0/24"], ELSEWHERE, True),
        (["0.0.0.0/0"], ELSEWHERE, True),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["::0"], "2001:db8::1", True),
        (["127.0.0.1"], "::ffff:127.0.0.1", True),
        ([], HERE, False),
        (["127.0.0.1"], "", False),
        (["127.0.0.1"], "nonsense", False),
    ],
)
async def test_a_mighty_key_counts_from_its_addresses_alone(
    option: str, credentials: Credentials, listed: list[str], address: str, allowed: bool
) -> None:
    options: dict[str, Any] = {option: listed}
    async with local_app(**options) as parse:
        error = await awaited_refusal(_caller(parse, credentials, address))

    assert (error is None) is allowed
    assert error is None or (error.http_status, error.message) == (403, "unauthorized")


@pytest.mark.parametrize(("option", "credentials"), KEYS)
async def test_an_address_list_says_nothing_to_clients(
    option: str, credentials: Credentials
) -> None:
    options: dict[str, Any] = {option: []}
    async with local_app(**options) as parse:
        assert _kind(await _caller(parse, Credentials(), ELSEWHERE)) == "client"


CLIENT_KEYS = {
    "clientKey": "client_key",
    "javascriptKey": "javascript_key",
    "restAPIKey": "rest_api_key",
    "dotNetKey": "dot_net_key",
}


@pytest.mark.parametrize("option", CLIENT_KEYS)
@pytest.mark.parametrize("given", [*CLIENT_KEYS, None])
async def test_a_configured_client_key_has_to_come_as_what_it_is(
    option: str, given: str | None
) -> None:
    options: dict[str, Any] = {option: "right"}
    credentials = Credentials()
    if given is not None:
        setattr(credentials, CLIENT_KEYS[given], "right")
    async with local_app(**options) as parse:
        error = await awaited_refusal(_caller(parse, credentials))

    assert (error is None) is (given == option)


async def test_one_right_client_key_of_many_is_enough() -> None:
    async with local_app(clientKey="a", restAPIKey="b") as parse:
        for credentials in (
            Credentials(client_key="a"),
            Credentials(rest_api_key="b"),
            Credentials(client_key="wrong", rest_api_key="b"),
        ):
            assert _kind(await _caller(parse, credentials)) == "client"
        assert _kind(await _caller(parse, MASTER)) == "master"


@pytest.mark.parametrize(
    ("segments", "looked_up"),
    [
        (["classes", "Game"], True),
        (["users", "me"], True),
        (["logout"], True),
        (["login"], False),
        (["upgradetorevocablesession"], False),
        (["sessions", "me"], False),
        (["sessions", "ME"], False),
        (["sessions", "x"], True),
        (["sessions"], True),
        (["me"], True),
        (["nowhere"], True),
    ],
)
async def test_a_token_is_looked_up_where_it_says_who_asks(
    parse: LocalApp, segments: list[str], looked_up: bool
) -> None:
    user = await parse.sign_up()

    caller = await _caller(parse, Credentials(session_token=user.token), segments=segments)
    error = await awaited_refusal(
        _caller(parse, Credentials(session_token="r:wrong"), segments=segments)
    )

    assert caller.user_id == (user.id if looked_up else None)
    assert caller.session_token == user.token
    assert (error.code if error else 0) == (209 if looked_up else 0)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
async def test_only_to_read_the_current_session_no_valid_one_is_needed(
    parse: LocalApp, method: str
) -> None:
    user = await parse.sign_up()
    current = ["sessions", "me"]

    caller = await _caller(parse, Credentials(session_token=user.token), HERE, current, method)
    error = await awaited_refusal(
        _caller(parse, Credentials(session_token="r:wrong"), HERE, current, method)
    )

    assert caller.user_id == user.id
    assert error is not None
    assert error.code == 209


@pytest.mark.parametrize("credentials", [MASTER, READ_ONLY, MAINTENANCE])
async def test_a_mighty_key_does_not_become_the_user_of_a_token(
    parse: LocalApp, credentials: Credentials
) -> None:
    user = await parse.sign_up()
    parse.storage.taken_calls()

    caller = await _caller(parse, replace(credentials, session_token=user.token))

    assert caller.user is None
    assert caller.session_token == user.token
    assert parse.storage.taken_calls() == []


@pytest.mark.parametrize(
    ("credentials", "installation_id"),
    [
        (MASTER, "cloud"),
        (replace(MASTER, installation_id="i"), "i"),
        (replace(MASTER, from_body=True), None),
        (Credentials(), None),
        (Credentials(installation_id="i"), "i"),
    ],
)
async def test_the_server_itself_is_an_installation(
    parse: LocalApp, credentials: Credentials, installation_id: str | None
) -> None:
    assert (await _caller(parse, credentials)).installation_id == installation_id
