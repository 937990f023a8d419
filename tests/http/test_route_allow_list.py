"""Routes that are open, beyond what the recorded exchanges show."""

import pytest

from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from tests.support.local_app import OPTIONS, LocalApp, local_app

pytestmark = pytest.mark.anyio


async def _is_open(app: LocalApp, path: str, method: str = "GET") -> bool:
    answer = await app.send(method, path)
    return not (answer.status_code == 400 and answer.json().get("code") == 119)


async def test_a_pattern_is_matched_against_the_whole_path() -> None:
    async with local_app(routeAllowList=["classes/A|users"]) as app:
        found = {
            path: await _is_open(app, path)
            for path in ("/classes/A", "/users", "/classes/AB", "/xusers", "/users/x")
        }

    assert found == {
        **dict.fromkeys(("/classes/A", "/users"), True),
        **dict.fromkeys(("/classes/AB", "/xusers", "/users/x"), False),
    }


@pytest.mark.parametrize(
    "path",
    ["/schemas", "/SCHEMAS", "/%73chemas", "//schemas", "/schemas/", "/schemas?x", "/Schemas"],
)
async def test_what_a_pattern_excludes_is_closed_in_every_spelling(path: str) -> None:
    async with local_app(routeAllowList=["(?!schemas).*"]) as app:
        assert not await _is_open(app, path)
        assert await _is_open(app, "/classes/A")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("loginAs", "/loginAs"),
        ("loginAs", "/LOGINAS"),
        ("serverInfo", "/serverInfo"),
        ("verifyPassword", "/verifypassword"),
        ("upgradeToRevocableSession", "/upgradeToRevocableSession"),
        ("users/me", "/users/ME"),
        ("classes/A B", "/classes/A%20B"),
        ("classes/A%2FB", "/classes/A%2FB"),
    ],
)
async def test_patterns_spell_routes_as_the_manuals_do(pattern: str, path: str) -> None:
    async with local_app(routeAllowList=[pattern]) as app:
        assert await _is_open(app, path)


async def test_a_slash_in_a_segment_opens_no_other_route() -> None:
    async with local_app(routeAllowList=["classes/[^/]+"]) as app:
        assert not await _is_open(app, "/classes/A/x")
        assert await _is_open(app, "/classes/A%2Fx")


async def test_health_is_a_route() -> None:
    async with local_app(routeAllowList=["classes/.*"]) as app:
        assert not await _is_open(app, "/health")
        assert not await _is_open(app, "/Health/")
    async with local_app(routeAllowList=["health"]) as app:
        assert (await app.send("GET", "/health")).json() == {"status": "ok"}


async def test_files_will_be_routes() -> None:
    async with local_app(routeAllowList=["classes/.*"]) as app:
        assert not await _is_open(app, "/files/app/x.txt")
        assert not await _is_open(app, "/files/x.txt", "POST")


@pytest.mark.parametrize("path", ["/users", "/Users/", "/%75sers", "//users"])
async def test_a_batch_opens_nothing(path: str) -> None:
    async with local_app(routeAllowList=["batch", "classes/A"]) as app:
        subs = [
            {"method": "POST", "path": "/parse/classes/A", "body": {}},
            {"method": "GET", "path": f"/parse{path}"},
        ]
        answer = await app.send("POST", "/batch", {"requests": subs})

        assert (answer.status_code, answer.json()["code"]) == (400, 119)
        assert await app.find("A", {}, master=True) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("classes", "Parse Server option routeAllowList must be an array of strings."),
        ([1], "Parse Server option routeAllowList contains a non-string value."),
        (["("], 'Parse Server option routeAllowList contains an invalid regex pattern: "(".'),
    ],
)
def test_a_list_that_is_wrong_ends_the_start(value: object, message: str) -> None:
    with pytest.raises(OptionsError) as raised:
        load_options({**OPTIONS, "routeAllowList": value})
    assert str(raised.value) == message
