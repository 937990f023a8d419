"""The composition root: what an app is made of, when it starts and ends."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from anyio.lowlevel import checkpoint
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

import parsepy
from parsepy.app import ParseApp
from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from tests.support.asgi import ORIGIN, LifespanFailedError, app_client
from tests.support.local_app import MOUNT_PATH, OPTIONS, URL, local_app

pytestmark = pytest.mark.anyio

APP = {"X-Parse-Application-Id": "app"}


def test_options_come_by_name_or_loaded() -> None:
    by_name = parsepy.create_app(OPTIONS)
    loaded = parsepy.create_app(load_options(OPTIONS).options)

    assert by_name.parts.services.options.app_id == "app"
    assert loaded.parts.services.options.raw == by_name.parts.services.options.raw


@pytest.mark.parametrize("missing", ["appId", "masterKey"])
def test_an_app_needs_its_name_and_its_key(missing: str) -> None:
    with pytest.raises(OptionsError, match=missing):
        parsepy.create_app({name: value for name, value in OPTIONS.items() if name != missing})


async def test_nothing_is_opened_before_the_app_starts(tmp_path: Path) -> None:
    location = tmp_path / "data" / "app.sqlite"
    options = {**OPTIONS, "databaseURI": f"sqlite:///{location}"}

    app = parsepy.create_app(options)
    assert list(tmp_path.iterdir()) == []
    async with app_client(app) as client:
        assert location.exists()
        assert (await client.get(f"{URL}/health")).json() == {"status": "ok"}

    assert app.parts.services.state == "stopping"
    assert [path.name for path in location.parent.iterdir()] == ["app.sqlite"]


async def test_what_an_app_has_stored_the_next_one_finds(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    async with local_app(databaseURI=uri) as parse:
        user = await parse.sign_up(username="ann")
        game = await parse.create("Game", {"a": 1, "ACL": {user.id: {"read": True}}})
    async with local_app(databaseURI=uri) as parse:
        assert (await parse.ok("GET", f"/classes/Game/{game}", user=user))["a"] == 1
        assert (await parse.send("POST", "/classes/Game", {"a": "text"})).json()["code"] == 111


async def test_a_started_app_has_its_first_classes() -> None:
    async with local_app() as parse:
        schemas = (await parse.ok("GET", "/schemas", master=True))["results"]

    assert {schema["className"] for schema in schemas} == {"_User", "_Role"}


async def test_a_store_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    location = tmp_path / "notes.txt"
    location.write_text("This is no database, and long enough to be looked at as one." * 20)
    app = parsepy.create_app({**OPTIONS, "databaseURI": f"sqlite:///{location}"})

    with pytest.raises(LifespanFailedError):
        async with app_client(app):
            pass

    assert app.parts.services.state != "ok"
    assert "This is no database" in location.read_text()


async def test_two_apps_in_one_process_share_nothing() -> None:
    async with (
        local_app() as first,
        local_app(masterKey="other", allowCustomObjectId=True) as second,
    ):
        user = await first.sign_up()
        await first.grant_role("admins", user)
        await asyncio.gather(
            *(each.create("Game", {"n": n}) for each in (first, second) for n in range(5))
        )
        await second.create("Game", {"objectId": "mine"})

        assert (len(await first.find("Game", {})), len(await second.find("Game", {}))) == (5, 6)
        assert (await second.send("GET", "/users/me", user=user)).json()["code"] == 209
        assert (await second.send("GET", "/schemas", master=True)).status_code == 403
        assert (await first.send("GET", "/schemas", master=True)).status_code == 200


async def test_an_app_has_room_for_routes_beside_the_api() -> None:
    async def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"hello {request.query_params['name']}")

    app = ParseApp(load_options(OPTIONS).options)
    app.add_route("/hello", hello)
    async with app_client(app) as client:
        answers = [
            await client.get(f"{ORIGIN}/hello?name=ann"),
            await client.get(f"{ORIGIN}/nowhere"),
            await client.get(f"{URL}/classes/Game", headers=APP),
        ]

    assert [answer.status_code for answer in answers] == [200, 404, 200]
    assert answers[0].text == "hello ann"


@pytest.mark.parametrize(
    ("outer_mount", "address"), [(MOUNT_PATH, MOUNT_PATH), ("/outer", f"/outer{MOUNT_PATH}")]
)
async def test_an_app_may_be_mounted_in_another(outer_mount: str, address: str) -> None:
    inner = parsepy.create_app(OPTIONS)
    routes = [Mount(outer_mount, app=inner)]
    outer = Starlette(routes=routes, lifespan=inner.router.lifespan_context)
    url = f"{ORIGIN}{address}"
    async with app_client(outer) as client:
        answer = await client.post(f"{url}/classes/Game", json={"a": 1}, headers=APP)
        batched = {"requests": [{"method": "GET", "path": f"{address}/classes/Game"}]}
        batch = await client.post(f"{url}/batch", json=batched, headers=APP)

    object_id = answer.json()["objectId"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{url}/classes/Game/{object_id}"
    assert batch.json()[0]["success"]["results"][0]["objectId"] == object_id


@pytest.mark.parametrize("ttl", [1, 20])
async def test_another_server_s_permissions_are_seen_when_the_schema_is_old(
    tmp_path: Path, ttl: int
) -> None:
    options: dict[str, Any] = {
        "databaseURI": f"sqlite:///{tmp_path}/app.sqlite",
        "databaseOptions": {"schemaCacheTtl": ttl},
    }
    async with local_app(**options) as first, local_app(**options) as second:
        await first.create("Game", {"a": 1})
        assert len(await second.find("Game", {})) == 1
        body = {"classLevelPermissions": {"get": {"*": True}}}
        await first.ok("PUT", "/schemas/Game", body, master=True)

        async with asyncio.timeout(10):
            while (await second.send("GET", "/classes/Game")).is_success:
                await checkpoint()


def test_an_app_on_the_embedded_store_loads_no_database_driver() -> None:
    """Start-up is measured in tenths of a second, and the driver takes some of them."""
    script = (
        "import sys, parsepy;"
        f"parsepy.create_app({OPTIONS!r});"
        "sys.exit(' '.join({'pymongo', 'jwt', 'pywebpush', 'graphql'} & set(sys.modules)))"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert ended.stderr.strip() == ""
