"""The page on log-in providers: its examples run, and it names what there is."""

import hashlib
import hmac
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from parsepy.auth.base import POLICIES, AuthRequest
from parsepy.auth.custom import HOOKS
from parsepy.auth.registry import BUNDLED
from parsepy.options.providers import LATER
from tests.auth.provider_server import running_provider
from tests.support.asgi import app_client
from tests.support.local_app import OPTIONS, URL, local_app

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "auth-providers.md").read_text(encoding="utf-8")
BADGE, GITLAB = (block.split("```")[0] for block in TEXT.split("```python\n")[1:])


async def test_a_provider_of_an_apps_own() -> None:
    names: dict[str, Any] = {}
    given = {name: value for name, value in OPTIONS.items() if name != "serverURL"}
    exec(BADGE.replace('"appId": "app",\n', f"**{given!r},\n"), names)
    headers = {"X-Parse-Application-Id": "app"}
    signature = hmac.new(b"of the doors", b"17", hashlib.sha256).hexdigest()
    async with app_client(names["app"]) as client:

        async def signed_up(**badge: object) -> Any:
            body = {"authData": {"badge": badge}}
            return (await client.post(f"{URL}/users", json=body, headers=headers)).json()

        refused = [
            await signed_up(id="17", signature="made up"),
            await signed_up(id="18", signature=signature),
            await signed_up(id="17"),
        ]
        first = await signed_up(id="17", signature=signature)
        again = await signed_up(id="17", signature=signature)

    assert refused == [{"code": 101, "error": "This badge does not open the door."}] * 3
    assert first["authDataResponse"] == {"badge": {"welcome": "17"}}
    assert again["objectId"] == first["objectId"]
    assert again["authData"] == {"badge": {"id": "17"}}


async def test_a_provider_on_the_bases_of_the_built_in_ones() -> None:
    names: dict[str, Any] = {}
    exec(GITLAB, names)
    with running_provider() as gitlab:
        endpoints = {
            "token": gitlab.route("POST /oauth/token", {"access_token": "token"}),
            "user": gitlab.route("GET /api/v4/user", {"id": 17}),
        }
        options = {"clientId": "client", "clientSecret": "secret", "endpoints": endpoints}
        async with local_app(auth={"gitlab": {"module": names["GitLab"], **options}}) as parse:
            body = {"authData": {"gitlab": {"code": "code", "redirect_uri": "https://back"}}}
            await parse.ok("POST", "/users", body)
            user = await parse.ok("POST", "/users", body)

    assert user["authData"] == {"gitlab": {"id": "17"}}


@pytest.mark.parametrize("name", sorted({*BUNDLED, *LATER, *HOOKS, *POLICIES}))
def test_providers_hooks_and_policies_are_named(name: str) -> None:
    assert re.search(rf"`{name}\b", TEXT)


def test_what_a_hook_is_told_is_named() -> None:
    for field in fields(AuthRequest):
        assert f"`{field.name}`" in TEXT


def test_every_option_is_named() -> None:
    """Those that are read by name in the files of the providers."""
    reading = re.compile(r'(?:settings, |options\.get\()"(\w+)"')
    files = [*(ROOT / "parsepy" / "auth").glob("*.py")]
    options = {name for file in files for name in reading.findall(file.read_text("utf-8"))}

    assert {"clientId", "appSecret", "issuer", "authorizationHeader"} <= options
    assert {name for name in options if f"`{name}" not in TEXT} == set()
