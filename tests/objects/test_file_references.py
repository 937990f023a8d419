"""Addresses that expire: in every answer, and who may put a file into an object."""

import time
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from parsepy.cloud import File, FunctionRequest, Object, TriggerRequest
from parsepy.protocol import clock
from tests.support.local_app import URL, LocalApp, User, local_app
from tests.support.moving_clock import MovingClock

pytestmark = pytest.mark.anyio

OPTIONS: Final[dict[str, Any]] = {
    "fileDownload": {"signedUrls": {"expiresIn": 600}},
    "fileUpload": {"enableForAnonymousUser": True},
}


@pytest.fixture(params=["sqlite", "mongodb"])
async def app(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri, **OPTIONS) as running:
        yield running


async def uploaded(app: LocalApp, user: User | None = None) -> dict[str, Any]:
    """A File as an SDK has it after its upload."""
    sent = {"X-Parse-Application-Id": "app", "Content-Type": "text/plain"}
    sent |= {"X-Parse-Master-Key": "master-key"} if user is None else {}
    sent |= {"X-Parse-Session-Token": user.token} if user is not None else {}
    answer = await app.client.post(f"{URL}/files/a.txt", content=b"hello", headers=sent)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == answer.json()["url"]
    return {"__type": "File", **answer.json()}


async def opens(app: LocalApp, file: dict[str, Any]) -> bool:
    answer = await app.client.get(file["url"])
    assert answer.status_code in (200, 403)
    return answer.status_code == 200


def plain(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "url": file["url"].partition("?")[0]}


def with_other_query(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "url": file["url"].replace("Signature=", "Signature=x")}


# -- answers


async def test_every_file_in_an_object_opens(app: LocalApp) -> None:
    file = await uploaded(app)
    body = {"top": file, "list": [file, [{"in": file}]], "o": {"k": file}, "n": 1}
    game = await app.create("Game", body)
    later = MovingClock(500)

    with clock.using(later):
        (found,) = await app.find("Game", {})
        one = await app.ok("GET", f"/classes/Game/{game}")
        answered = await app.ok(
            "PUT", f"/classes/Game/{game}", {"list": {"__op": "Add", "objects": [1]}}
        )
        rows = await app.ok("GET", "/aggregate/Game?pipeline=[]", master=True)
    later.seconds = 700
    with clock.using(later):
        for shown in (found, one):
            for each in (shown["top"], shown["list"][0], shown["list"][1][0]["in"]):
                assert await opens(app, each), each
            assert await opens(app, shown["o"]["k"])
        assert await opens(app, answered["list"][0])
        assert await opens(app, rows["results"][0]["list"][0])
        assert not await opens(app, file)


async def test_what_is_stored_does_not_expire(app: LocalApp) -> None:
    """parse-server, and parsepy without the option, go on with what they find."""
    file = await uploaded(app)
    game = await app.create("Game", {"list": [file], "o": {"k": file}})
    await app.ok("PUT", f"/classes/Game/{game}", {"list": {"__op": "Add", "objects": [file]}})

    storage = app.app.parts.storage
    schema = await app.app.parts.schemas.get("Game")
    stored = await storage.get(schema, game, None)

    assert stored is not None
    assert stored["list"] == [plain(file), plain(file)]
    assert stored["o"] == {"k": plain(file)}


async def test_operations_on_lists_take_addresses_of_any_time(app: LocalApp) -> None:
    file, other = await uploaded(app), await uploaded(app)
    game = await app.create("Game", {"list": [file, other]})
    with clock.using(MovingClock(300)):
        shown = (await app.ok("GET", f"/classes/Game/{game}"))["list"][0]
        assert shown["url"] != file["url"]
        add = {"list": {"__op": "AddUnique", "objects": [shown]}}
        assert len((await app.ok("PUT", f"/classes/Game/{game}", add))["list"]) == 2
        remove = {"list": {"__op": "Remove", "objects": [shown]}}
        left = (await app.ok("PUT", f"/classes/Game/{game}", remove))["list"]

    assert [file["name"] for file in left] == [other["name"]]


async def test_a_query_by_a_file_takes_addresses_of_any_time(app: LocalApp) -> None:
    file = await uploaded(app)
    game = await app.create("Game", {"top": file, "list": [file]})

    for where in ({"top": plain(file)}, {"top": file}, {"list": file}, {"list": plain(file)}):
        assert [found["objectId"] for found in await app.find("Game", where)] == [game], where


async def test_answers_are_the_same_for_a_while(app: LocalApp) -> None:
    game = await app.create("Game", {"top": await uploaded(app)})
    hand = MovingClock(standing_at=time.time() // 150 * 150)
    with clock.using(hand):
        first = await app.send("GET", f"/classes/Game/{game}")
        tag = first.headers["ETag"]
        hand.seconds = 149
        again = await app.send("GET", f"/classes/Game/{game}", If_None_Match=tag)
        hand.seconds = 150
        other = await app.send("GET", f"/classes/Game/{game}", If_None_Match=tag)

    assert (again.status_code, other.status_code) == (304, 200)


async def test_users_and_the_config(app: LocalApp) -> None:
    ann = await app.sign_up()
    file = await uploaded(app, ann)
    await app.ok("PUT", f"/users/{ann.id}", {"avatar": file}, user=ann)
    params = {"params": {"logo": file, "more": [file]}}
    await app.ok("PUT", "/config", params, master=True)
    with clock.using(MovingClock(550)):
        me = await app.ok("GET", "/users/me", user=ann)
        config = (await app.ok("GET", "/config"))["params"]

    with clock.using(MovingClock(700)):
        for each in (me["avatar"], config["logo"], config["more"][0]):
            assert await opens(app, each)
    stored = await app.app.parts.services.config._row()
    assert stored is not None
    assert stored["params"] == {"logo": plain(file), "more": [plain(file)]}


async def test_the_public_address_is_signed() -> None:
    async with local_app(**OPTIONS, publicServerURL="https://api.example.org/v1") as app:
        file = await uploaded(app)

        assert file["url"].startswith(f"https://api.example.org/v1/files/app/{file['name']}?X-")
        query = file["url"].partition("?")[2]
        url = f"{URL}/files/app/{file['name']}?{query}"
        assert (await app.client.get(url)).text == "hello"


class Shelf:
    """A store that would have its files read elsewhere."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def create_file(self, filename: str, data: bytes, content_type: str, options: object) -> None:
        self.files[filename] = data

    def get_file_data(self, filename: str) -> bytes:
        return self.files[filename]

    def delete_file(self, filename: str) -> None:
        del self.files[filename]

    def get_file_location(self, filename: str) -> str:
        return f"https://cdn.example.org/{filename}"


@pytest.mark.parametrize(
    ("given", "served_here"),
    [({}, False), (OPTIONS, True), ({"fileUpload": {"accessControl": "public"}}, True)],
)
async def test_no_address_leads_past_the_rules(given: dict[str, Any], served_here: bool) -> None:
    async with local_app(**given, filesAdapter=Shelf()) as app:
        file = await uploaded(app)

        assert file["url"].startswith(URL if served_here else "https://cdn.example.org/")


async def test_addresses_of_others_are_left_as_they_are(app: LocalApp) -> None:
    elsewhere = {"__type": "File", "name": "x.txt", "url": "https://cdn.example.org/x.txt?y=1"}
    game = await app.create("Game", {"list": [elsewhere]})

    assert (await app.ok("GET", f"/classes/Game/{game}"))["list"] == [elsewhere]


# -- who may refer to a file


@pytest.mark.parametrize("changed", [plain, with_other_query])
async def test_who_has_no_good_address_gets_none_by_an_object_of_his_own(
    app: LocalApp, changed: Any
) -> None:
    mallory = await app.sign_up()
    file = changed(await uploaded(app, await app.sign_up()))
    mine = await app.create("Mine", {"n": 1}, user=mallory)
    nameless = {"__type": "File", "url": file["url"]}
    without_url = {"__type": "File", "name": file["name"]}
    other_name = {**file, "name": "mine.txt"}
    elsewhere = {**file, "url": "https://cdn.example.org/parse/files/app/" + file["name"]}
    for body in (
        {"top": file},
        {"top": without_url},
        {"top": {**file, "url": "https://cdn.example.org/x"}},
        {"list": [file]},
        {"list": [without_url]},
        {"list": [nameless]},
        {"list": [other_name]},
        {"list": [elsewhere]},
        {"o": {"deep": [{"k": file}]}},
        {"o.k": file},
        {"o.k.__type": "File"},
        {"o.k.url": file["url"]},
        {"list": {"__op": "Add", "objects": [file]}},
        {"list": {"__op": "AddUnique", "objects": [[file]]}},
    ):
        created = await app.send("POST", "/classes/Mine", body, user=mallory)
        updated = await app.send("PUT", f"/classes/Mine/{mine}", body, user=mallory)
        for refused in (created, updated):
            assert refused.status_code == 400, (body, refused.text)
            expected = (119, 105) if "." in next(iter(body)) else (119,)
            assert refused.json()["code"] in expected, (body, refused.text)


async def test_a_batch_is_no_way_around(app: LocalApp) -> None:
    file = plain(await uploaded(app))
    mallory = await app.sign_up()
    request = {"method": "POST", "path": "/parse/classes/Mine", "body": {"top": file}}

    answers = await app.ok("POST", "/batch", {"requests": [request] * 2}, user=mallory)

    assert [answer["error"]["code"] for answer in answers] == [119, 119]


async def test_an_address_that_has_expired_proves_nothing(app: LocalApp) -> None:
    file, ann = await uploaded(app), await app.sign_up()

    with clock.using(MovingClock(601)):
        refused = await app.send("POST", "/classes/Mine", {"top": file})
        assert refused.json()["code"] == 119
        assert (await app.send("POST", "/classes/Mine", {"top": file}, user=ann)).is_error
    assert (await app.send("POST", "/classes/Mine", {"top": file}, user=ann)).is_success


async def test_who_sends_back_what_the_object_holds_needs_no_address(app: LocalApp) -> None:
    """An app that has been open for long sends a list with addresses of yesterday."""
    file, ann = await uploaded(app), await app.sign_up()
    game = await app.create("Game", {"list": [file], "top": file}, user=ann)

    with clock.using(MovingClock(10_000)):
        body = {"list": [file, 1], "top": plain(file)}
        await app.ok("PUT", f"/classes/Game/{game}", body, user=ann)
        shown = await app.ok("GET", f"/classes/Game/{game}", user=ann)
        assert await opens(app, shown["list"][0])


async def test_the_master_key_refers_to_what_it_likes(app: LocalApp) -> None:
    file = plain(await uploaded(app))

    game = await app.create("Game", {"top": file, "list": [file]}, master=True)

    shown = await app.ok("GET", f"/classes/Game/{game}")
    assert await opens(app, shown["top"])
    assert await opens(app, shown["list"][0])


# -- cloud code


async def test_cloud_code_gets_and_gives_addresses_that_open(app: LocalApp) -> None:
    ann = await app.sign_up()
    read: list[bytes] = []

    @app.app.registry.function("copy")
    async def copy(request: FunctionRequest) -> str:
        assert request.user is not None
        token = request.user.session_token
        copied = await File("copy.txt", await request.params["file"].data()).save(
            session_token=token
        )
        game = Object("Game")
        game.set("photo", copied)
        game.set("list", [copied])
        await game.save(session_token=token)
        await game.fetch(session_token=token)
        read.append(await game.get("photo").data(session_token=token))
        assert game.get("photo") == copied
        return str(game.object_id)

    @app.app.registry.before_save("Game")
    async def look(request: TriggerRequest) -> None:
        read.append(await request.object.get("photo").data())

    file = await uploaded(app, ann)
    game = (await app.ok("POST", "/functions/copy", {"file": file}, user=ann))["result"]

    shown = await app.ok("GET", f"/classes/Game/{game}")
    assert read == [b"hello", b"hello"]
    assert await opens(app, shown["photo"])
    assert await opens(app, shown["list"][0])


async def test_cloud_code_signs_for_as_long_as_it_wants(app: LocalApp) -> None:
    with app.app.cloud_code():
        file = await File("a.txt", b"hello").save(use_master_key=True)
        url = file.signed_url(expires_in=10_000)
        for wrong in (0, -1):
            with pytest.raises(ValueError, match="at least 1"):
                file.signed_url(expires_in=wrong)
        with pytest.raises(ValueError, match="cannot be signed"):
            File("new.txt", b"x").signed_url(expires_in=1)

    with clock.using(MovingClock(9_000)):
        assert (await app.client.get(url)).text == "hello"
    with clock.using(MovingClock(10_001)):
        assert (await app.client.get(url)).status_code == 403


async def test_without_the_option_nothing_can_be_signed() -> None:
    async with local_app() as app:
        with app.app.cloud_code():
            file = await File("a.txt", b"hello").save(use_master_key=True)
            with pytest.raises(ValueError, match="cannot be signed"):
                file.signed_url(expires_in=10)
