"""`File` in cloud code: saved, read and removed by the rules of requests."""

import base64
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import pytest

from parsepy import cloud
from parsepy.cloud import File, FileRequest, FunctionRequest, Key, Object, Query, TriggerRequest
from parsepy.errors import ParseError
from tests.support.local_app import MASTER_KEY, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

OPEN: Final[dict[str, Any]] = {"fileUpload": {"enableForPublic": True}, "preserveFileName": True}


@pytest.fixture(params=["sqlite", "mongodb"])
async def stored(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    """An app with files on each store, in whose name the test runs."""
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(**OPEN, databaseURI=uri) as running:
        with running.app.cloud_code():
            yield running


@pytest.fixture
async def app() -> AsyncIterator[LocalApp]:
    async with local_app(**OPEN) as running:
        with running.app.cloud_code():
            yield running


async def parts(*given: bytes) -> AsyncIterator[bytes]:
    for part in given:
        yield part


# -- what a file is


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"hello", None),
        (base64.b64encode(b"hello").decode(), None),
        ("data:image/png;base64," + base64.b64encode(b"hello").decode(), "image/png"),
    ],
)
async def test_the_bytes_of_a_file(data: bytes | str, content_type: str | None) -> None:
    file = File("f", data)

    assert await file.data() == b"hello"
    assert file.content_type == content_type
    assert [part async for part in file.parts()] == [b"hello"]


def test_files_are_the_same_where_they_have_one_address() -> None:
    there = File("f", url="http://a.test/f")

    assert there == File("f", url="http://a.test/f")
    assert there != File("f", url="http://b.test/f")
    assert File("f", b"x") != File("f", b"x")
    one = File("f", b"x")
    assert one == one
    assert repr(one) == "<File f (not saved)>"


# -- saving


async def test_saving_a_file(stored: LocalApp) -> None:
    file = File("f.txt", b"hello", metadata={"m": 1}, directory="d")

    assert await file.save(use_master_key=True) is file

    assert (file.name, file.url) == ("d/f.txt", f"{URL}/files/app/d/f.txt")
    assert (await stored.client.get(str(file.url))).content == b"hello"
    about = await stored.client.get(f"{URL}/files/app/metadata/d/f.txt")
    assert about.json() == {"metadata": {"m": 1}}
    assert await file.data() == b"hello"


async def test_a_file_is_stored_once(app: LocalApp) -> None:
    file = await File("f.txt", b"hello").save()
    await file.destroy(use_master_key=True)

    await file.save()

    assert (await app.client.get(str(file.url))).status_code == 404


async def test_a_file_that_streams(app: LocalApp) -> None:
    file = await File("f.txt", parts(b"one", b"two")).save()
    assert await file.data() == b"onetwo"

    read_before = File("g.txt", parts(b"one"))
    assert await read_before.data() == b"one"
    assert await (await read_before.save()).data() == b"one"


async def test_a_stream_is_read_once(app: LocalApp) -> None:
    file = File("f.txt", parts(b"one"))
    async for _ in file.parts():
        break

    with pytest.raises(ParseError, match="have been read already"):
        await file.save()
    assert (await app.client.get(f"{URL}/files/app/f.txt")).status_code == 404


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (File("a/b.txt", b"x"), 122),
        (File("f.html", b"x"), 130),
        (File("f", b"x", content_type="text/html"), 130),
        (File("f.txt", b""), 130),
        (File("f.txt", b"x", directory="d"), 119),
        (File("f.txt", b"x", metadata={"__proto__": 1}), 105),
    ],
)
async def test_the_rules_of_uploads_hold(app: LocalApp, file: File, code: int) -> None:
    with pytest.raises(ParseError) as refused:
        await file.save()
    assert refused.value.code == code


async def test_who_may_save_is_what_the_options_say() -> None:
    async with local_app() as app:
        user = await app.sign_up()
        with app.app.cloud_code():
            for token in (None, user.token):
                with pytest.raises(ParseError, match="File upload by"):
                    await File("f.txt", b"x").save(session_token=token)
            await File("f.txt", b"x").save(use_master_key=True)


async def test_a_file_without_data_cannot_be_saved(app: LocalApp) -> None:
    with pytest.raises(ValueError, match="no data"):
        await File("f.txt").save()


@pytest.mark.parametrize("data", [b"x" * 6000, "stream"])
async def test_a_file_that_is_too_large(data: bytes | str) -> None:
    async with local_app(**OPEN, maxUploadSize="5kb") as app:

        def large() -> File:
            content = parts(b"x" * 3000, b"x" * 3000) if isinstance(data, str) else data
            return File("f.txt", content)

        with app.app.cloud_code():
            with pytest.raises(ParseError, match="exceeds maximum allowed: 5120 bytes"):
                await large().save()
            with pytest.raises(ParseError) as refused:
                await large().save(max_upload_size=10_000)
            assert refused.value.http_status == 403
            await large().save(use_master_key=True, max_upload_size=10_000)


async def test_saving_runs_the_triggers(app: LocalApp) -> None:
    @app.app.registry.before_save(File)
    def rename(request: FileRequest) -> None:
        request.file.name = f"{request.file_size}-{request.file.name}"

    file = await File("f.txt", b"hello").save()

    assert file.name == "5-f.txt"


# -- reading


async def test_reading_runs_the_triggers_and_the_rules(app: LocalApp) -> None:
    asked: list[Any] = []

    @app.app.registry.before_find(File)
    def watch(request: FileRequest) -> None:
        user = None if request.user is None else request.user.object_id
        asked.append((user, request.master))

    user = await app.sign_up()
    file = await File("f.txt", b"hello").save()

    assert await file.data() == b"hello"
    assert await file.data(session_token=user.token) == b"hello"
    assert await file.data(use_master_key=True) == b"hello"
    assert asked == [(None, False), (user.id, False), (None, True)]


async def test_what_may_not_be_downloaded() -> None:
    async with local_app(fileDownload={"enableForPublic": False}) as app:
        with app.app.cloud_code():
            file = await File("f.txt", b"hello").save(use_master_key=True)

            with pytest.raises(ParseError, match="File download by public is disabled"):
                await file.data()
            assert await file.data(use_master_key=True) == b"hello"


async def test_what_is_not_there(app: LocalApp) -> None:
    with pytest.raises(ParseError, match="File not found") as missing:
        await File("f.txt", url="http://elsewhere.test/f.txt").data()
    assert missing.value.code == 101


# -- removing


async def test_removing_is_for_the_master_key(app: LocalApp) -> None:
    file = await File("f.txt", b"hello").save()

    with pytest.raises(ParseError) as refused:
        await file.destroy()
    assert refused.value.http_status == 403
    await file.destroy(use_master_key=True)
    with pytest.raises(ParseError) as gone:
        await file.destroy(use_master_key=True)
    assert gone.value.code == 153


# -- in objects


class Picture(Object, class_name="Picture"):
    file: File
    all_files: Annotated[list[File], Key("files")]


async def test_the_files_of_an_object(stored: LocalApp) -> None:
    file = await File("f.txt", b"hello").save()
    game = Object("Game")
    game.set("file", file)
    await game.save()

    found = await Query("Game").get(str(game.object_id))

    assert isinstance(found.get("file"), File)
    assert found.get("file") == file
    assert await found.get("file").data() == b"hello"


async def test_a_file_in_a_field_is_saved_with_the_object(stored: LocalApp) -> None:
    stored.app.registry.add_class(Picture)
    first, second, third = File("a.txt", b"a"), File("b.txt", b"b"), File("c.txt", b"c")
    picture = Picture(file=first, all_files=[second])
    picture.set("deep", {"in": [{"a": third}]})
    assert picture.file is first

    await picture.save()

    assert [file.url for file in (first, second, third)] == [
        f"{URL}/files/app/{name}.txt" for name in "abc"
    ]
    found = await Query(Picture).get(str(picture.object_id))
    assert (found.file, found.all_files) == (first, [second])
    shown = await stored.ok("GET", f"/classes/Picture/{picture.object_id}")
    assert shown["deep"]["in"][0]["a"]["name"] == "c.txt"


async def test_a_file_that_is_added_to_a_list(app: LocalApp) -> None:
    game = await Object("Game").save({"files": []})
    game.add("files", File("a.txt", b"a"))

    await game.save()

    assert [file.name for file in game.get("files")] == ["a.txt"]
    assert (await app.client.get(f"{URL}/files/app/a.txt")).content == b"a"


async def test_a_file_in_a_field_has_the_rights_of_the_save() -> None:
    async with local_app() as app:
        user = await app.sign_up()
        with app.app.cloud_code():
            game = Object("Game")
            game.set("file", File("f.txt", b"x"))

            with pytest.raises(ParseError, match="File upload by public is disabled"):
                await game.save()
            with pytest.raises(ParseError, match="File upload by anonymous user is disabled"):
                await game.save(session_token=user.token)
            assert await Query("Game").count(use_master_key=True) == 0
            await game.save(use_master_key=True)
            assert game.get("file").url is not None


async def test_a_file_is_not_stored_again_with_the_next_try(app: LocalApp) -> None:
    stored = list[str]()
    fails = [True]
    app.app.registry.after_save(File)(lambda request: stored.append(request.file.name))

    @app.app.registry.before_save("Game")
    def refuse(_: TriggerRequest) -> None:
        if fails:
            fails.pop()
            raise ValueError("not yet")

    game = Object("Game")
    game.set("file", File("f.txt", b"x"))
    with pytest.raises(ParseError, match="not yet"):
        await game.save()
    await game.save()

    assert stored == ["f.txt"]


async def test_a_trigger_may_set_a_file(app: LocalApp) -> None:
    @app.app.registry.before_save("Game")
    def draw(request: TriggerRequest) -> None:
        request.object.set("icon", File("icon.txt", b"drawn"))

    created = await app.ok("POST", "/classes/Game", {})

    assert created["icon"] == {
        "__type": "File",
        "name": "icon.txt",
        "url": f"{URL}/files/app/icon.txt",
    }
    assert (await app.client.get(created["icon"]["url"])).content == b"drawn"


# -- in functions


async def test_files_among_parameters_and_results(app: LocalApp) -> None:
    @app.app.registry.function("f")
    async def name(request: FunctionRequest) -> object:
        file = request.params["file"]
        assert isinstance(file, File)
        return {"name": file.name, "same": file, "other": await File("o.txt", b"o").save()}

    sent = {"__type": "File", "name": "a.txt", "url": "http://a.test/a.txt"}
    answer = await app.ok("POST", "/functions/f", {"file": sent})

    other = {"__type": "File", "name": "o.txt", "url": f"{URL}/files/app/o.txt"}
    assert answer["result"] == {"name": "a.txt", "same": sent, "other": other}


async def test_what_is_no_file_stays_as_it_was_sent(app: LocalApp) -> None:
    app.app.registry.add_function("f", lambda request: request.params)
    sent = {"a": {"__type": "File"}, "b": {"__type": "File", "name": 1}}

    assert (await app.ok("POST", "/functions/f", sent))["result"] == sent


async def test_a_plain_function_waits_for_a_file(app: LocalApp) -> None:
    @app.app.registry.function("f")
    def save(_: FunctionRequest) -> object:
        return cloud.wait(File("f.txt", b"x").save()).name

    assert await app.ok("POST", "/functions/f", {}) == {"result": "f.txt"}


def test_no_app_no_file() -> None:
    async def save() -> None:
        await File("f.txt", b"x").save()

    with pytest.raises(RuntimeError, match="inside cloud code"):
        save().send(None)


def test_the_key_is_not_in_what_is_shown() -> None:
    assert MASTER_KEY not in repr(File("f.txt", b"x"))
