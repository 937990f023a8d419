"""Triggers of files, by every door: uploads, downloads, removals."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest

from parsepy import cloud
from parsepy.cloud import File, FileRequest, Registry, Validator
from parsepy.errors import ParseError
from tests.support.answering_server import AnsweringServer
from tests.support.local_app import MASTER_KEY, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

OPEN: Final[dict[str, Any]] = {"fileUpload": {"enableForPublic": True}, "preserveFileName": True}
MASTER: Final = {"X-Parse-Master-Key": MASTER_KEY}


@pytest.fixture(params=["sqlite", "mongodb"])
async def stored(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    """An app with files on each store."""
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(**OPEN, databaseURI=uri) as running:
        yield running


@pytest.fixture
async def app() -> AsyncIterator[LocalApp]:
    async with local_app(**OPEN) as running:
        yield running


def registry(app: LocalApp) -> Registry:
    return app.app.registry


async def upload(
    app: LocalApp, name: str, content: bytes | AsyncIterator[bytes] = b"hello", **headers: str
) -> httpx.Response:
    sent = {"X-Parse-Application-Id": "app", "Content-Type": "text/plain"}
    sent |= {key.replace("_", "-"): value for key, value in headers.items()}
    return await app.client.post(f"{URL}/files/{name}", content=content, headers=sent)


async def upload_as_json(
    app: LocalApp, name: str, base64: str, **described: object
) -> httpx.Response:
    body = {
        "base64": base64,
        "_ContentType": "text/plain",
        "_ApplicationId": "app",
        "_MasterKey": MASTER_KEY,
        "fileData": described,
    }
    return await app.client.post(f"{URL}/files/{name}", content=json.dumps(body))


async def fetched(app: LocalApp, name: str, method: str = "GET", **headers: str) -> httpx.Response:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return await app.client.request(method, f"{URL}/files/app/{name}", headers=sent)


async def metadata(app: LocalApp, name: str) -> Any:
    return (await app.client.get(f"{URL}/files/app/metadata/{name}")).json()


async def sent_in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


# -- uploads


async def test_the_triggers_of_an_upload_see_it(stored: LocalApp) -> None:
    seen: list[Any] = []

    @registry(stored).before_save(File)
    @registry(stored).after_save(File)
    async def watch(request: FileRequest) -> None:
        file = request.file
        seen.append(
            (
                request.trigger_name,
                file.name,
                file.url,
                (request.file_size, request.stream, request.master),
                (file.metadata, file.tags, file.directory),
                await file.data(),
            )
        )

    described = {"metadata": {"m": 1}, "tags": {"t": "x"}, "directory": "d"}
    answer = await upload_as_json(stored, "f.txt", "aGVsbG8=", **described)

    url = f"{URL}/files/app/d/f.txt"
    about = ({"m": 1}, {"t": "x"}, "d")
    assert answer.json() == {"name": "d/f.txt", "url": url}
    assert seen == [
        ("beforeSave", "f.txt", None, (5, False, True), about, b"hello"),
        ("afterSave", "d/f.txt", url, (5, False, True), about, b"hello"),
    ]


async def test_what_before_save_changes_is_stored(stored: LocalApp) -> None:
    @registry(stored).before_save(File)
    def change(request: FileRequest) -> None:
        request.file.name = "other.csv"
        request.file.set_data(b"a;b")
        request.file.metadata["m"] = 1
        request.file.directory = "deep/er"

    answer = (await upload(stored, "f.txt")).json()

    assert answer["name"] == "deep/er/other.csv"
    file = await fetched(stored, "deep/er/other.csv")
    assert (file.content, file.headers["Content-Type"]) == (b"a;b", "text/csv; charset=utf-8")
    assert await metadata(stored, "deep/er/other.csv") == {"metadata": {"m": 1}}


@pytest.mark.parametrize("stream", [False, True])
async def test_a_file_that_is_given_back_is_stored_instead(app: LocalApp, stream: bool) -> None:
    sizes: list[int | None] = []

    @registry(app).before_save(File)
    def replace(request: FileRequest) -> File:
        sizes.append(request.file_size)
        return File("n.pdf", b"other bytes", metadata={"m": 2})

    @registry(app).after_save(File)
    def measure(request: FileRequest) -> None:
        sizes.append(request.file_size)

    mode = "stream" if stream else ""
    answer = (await upload(app, "f.txt", X_Parse_Upload_Mode=mode)).json()

    assert answer["name"] == "n.pdf"
    assert (await fetched(app, "n.pdf")).content == b"other bytes"
    assert sizes == [5, 11]


async def test_a_file_without_bytes_is_the_upload_under_another_name(app: LocalApp) -> None:
    registry(app).before_save(File)(lambda request: File(f"of-{request.file.name}"))

    await upload(app, "f.txt")

    assert (await fetched(app, "of-f.txt")).content == b"hello"


async def test_the_same_bytes_under_a_new_name(app: LocalApp) -> None:
    @registry(app).before_save(File)
    async def rename(request: FileRequest) -> File:
        return File("new.txt", await request.file.data())

    await upload(app, "f.txt")

    assert (await fetched(app, "new.txt")).content == b"hello"
    assert (await fetched(app, "f.txt")).status_code == 404


async def test_a_file_with_an_address_stores_nothing(app: LocalApp) -> None:
    seen: list[Any] = []
    elsewhere = File("there.txt", url="http://somewhere.test/there.txt")
    registry(app).before_save(File)(lambda _: elsewhere)
    registry(app).after_save(File)(
        lambda request: seen.append((request.file.url, request.file_size))
    )

    answer = await upload(app, "f.txt")

    assert answer.status_code == 201
    assert answer.json() == {"name": "there.txt", "url": "http://somewhere.test/there.txt"}
    assert answer.headers["Location"] == "http://somewhere.test/there.txt"
    assert seen == [("http://somewhere.test/there.txt", None)]
    assert (await fetched(app, "f.txt")).status_code == 404


async def test_a_stream_tells_so_and_may_have_no_size(app: LocalApp) -> None:
    seen: list[Any] = []

    @registry(app).before_save(File)
    @registry(app).after_save(File)
    def watch(request: FileRequest) -> None:
        seen.append((request.trigger_name, request.stream, request.file_size))

    parts = sent_in_parts(b"one", b"two")
    answer = await upload(app, "f.txt", parts, X_Parse_Upload_Mode="stream")

    assert answer.status_code == 201
    assert seen == [("beforeSave", True, None), ("afterSave", True, 6)]


async def test_a_body_of_unknown_length_is_measured_for_the_trigger(app: LocalApp) -> None:
    sizes: list[int | None] = []
    registry(app).before_save(File)(lambda request: sizes.append(request.file_size))

    await upload(app, "f.txt", sent_in_parts(b"one", b"two"))
    await upload(app, "g.txt", gzip.compress(b"x" * 5000), Content_Encoding="gzip")

    assert sizes == [6, 5000]
    assert (await fetched(app, "f.txt")).content == b"onetwo"


async def test_a_body_that_is_no_stream_is_none_for_any_trigger(app: LocalApp) -> None:
    seen: list[bool] = []
    for kind in ("beforeSave", "afterSave"):
        registry(app).trigger(kind, File)(lambda request: seen.append(request.stream))

    await upload(app, "f.txt")

    assert seen == [False, False]


async def test_bytes_that_no_trigger_wants_are_not_held(app: LocalApp) -> None:
    held: list[object] = []

    @registry(app).before_save(File)
    @registry(app).after_save(File)
    def look(request: FileRequest) -> None:
        assert request.file.content is not None
        held.append(request.file.content.held)

    await upload(app, "f.txt")

    assert held == [None, None]
    assert (await fetched(app, "f.txt")).content == b"hello"


async def test_the_limit_of_an_upload_holds_for_a_trigger_too() -> None:
    async with local_app(**OPEN, maxUploadSize="5kb") as app:
        seen: list[object] = []

        @registry(app).before_save(File)
        async def read(request: FileRequest) -> None:
            seen.append(request.file_size)
            await request.file.data()

        parts = sent_in_parts(*(b"x" * 1000 for _ in range(10)))
        refused = await upload(app, "f.txt", parts, X_Parse_Upload_Mode="stream")
        assert refused.json() == {
            "code": 130,
            "error": "File size exceeds maximum allowed: 5120 bytes.",
        }
        assert seen == [None]
        assert (await fetched(app, "f.txt")).status_code == 404


async def test_an_empty_upload_is_refused_before_the_trigger(app: LocalApp) -> None:
    registry(app).before_save(File)(lambda _: File("x.txt", b"made up"))

    answer = await upload(app, "f.txt", b"")

    assert answer.json() == {"code": 130, "error": "Invalid file upload."}
    assert (await fetched(app, "x.txt")).status_code == 404


async def test_who_may_not_upload_starts_no_trigger() -> None:
    async with local_app() as app:
        seen: list[object] = []
        registry(app).before_save(File)(seen.append)

        answer = await upload(app, "f.txt")

        assert answer.json()["error"] == "File upload by public is disabled."
        assert seen == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (File("../evil.txt", b"x"), 122),
        (File("a/b.txt", b"x"), 122),
        (File("x.txt", b"x", directory="../up"), 122),
        (File("x.txt", b"x", metadata={"__proto__": 1}), 105),
        (File("x.txt", b"x", tags={"a": {"_bsontype": "Code"}}), 105),
    ],
)
async def test_what_a_trigger_leaves_has_to_be_storable(
    app: LocalApp, file: File, code: int
) -> None:
    registry(app).before_save(File)(lambda _: file)

    assert (await upload(app, "f.txt")).json()["code"] == code


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (ParseError(400, "mine"), {"code": 400, "error": "mine"}),
        (ValueError("too wide"), {"code": 130, "error": "too wide"}),
        (ValueError(), {"code": 130, "error": "Could not store file: f.txt."}),
    ],
)
@pytest.mark.parametrize("kind", ["beforeSave", "afterSave"])
async def test_errors_of_an_upload(
    app: LocalApp, error: Exception, answer: object, kind: str
) -> None:
    def refuse(_: FileRequest) -> None:
        raise error

    registry(app).trigger(kind, File)(refuse)

    refused = await upload(app, "f.txt")

    assert (refused.status_code, refused.json()) == (400, answer)
    # After saving it is too late.
    found = (await fetched(app, "f.txt")).status_code
    assert found == (404 if kind == "beforeSave" else 200)


async def test_a_plain_function_waits_for_the_bytes(app: LocalApp) -> None:
    sizes: list[int] = []

    @registry(app).before_save(File)
    def measure(request: FileRequest) -> None:
        sizes.append(len(cloud.wait(request.file.data())))

    await upload(app, "f.txt")

    assert sizes == [5]


# -- removals


async def test_the_triggers_of_a_removal(stored: LocalApp) -> None:
    seen: list[Any] = []

    @registry(stored).before_delete(File)
    @registry(stored).after_delete(File)
    async def watch(request: FileRequest) -> None:
        there = (await fetched(stored, "f.txt")).status_code
        seen.append((request.trigger_name, request.file.name, request.file_size, there))

    await upload(stored, "f.txt")
    answer = await stored.send("DELETE", "/files/f.txt", master=True)

    assert answer.status_code == 200
    assert seen == [("beforeDelete", "f.txt", None, 200), ("afterDelete", "f.txt", None, 404)]


@pytest.mark.parametrize("kind", ["beforeDelete", "afterDelete"])
async def test_errors_of_a_removal(app: LocalApp, kind: str) -> None:
    texts = iter(["kept", ""])

    def refuse(_: FileRequest) -> None:
        raise ValueError(next(texts))

    registry(app).trigger(kind, File)(refuse)
    answers = []
    for _ in range(2):
        await upload(app, "f.txt")
        answers.append((await app.send("DELETE", "/files/f.txt", master=True)).json())

    assert answers == [
        {"code": 153, "error": "kept"},
        {"code": 153, "error": "Could not delete file."},
    ]
    assert (await fetched(app, "f.txt")).status_code == (200 if kind == "beforeDelete" else 404)


async def test_who_may_not_remove_starts_no_trigger(app: LocalApp) -> None:
    seen: list[object] = []
    registry(app).before_delete(File)(seen.append)
    await upload(app, "f.txt")

    assert (await app.send("DELETE", "/files/f.txt")).status_code == 403
    assert seen == []


async def test_a_removal_by_the_address_names_the_file(app: LocalApp) -> None:
    names: list[str] = []
    registry(app).before_delete(File)(lambda request: names.append(request.file.name))
    await upload(app, "f.txt")

    assert (await app.send("DELETE", "/files/app/f.txt", master=True)).status_code == 200
    assert names == ["f.txt"]


# -- downloads

DOORS: Final[list[tuple[str, str, dict[str, str]]]] = [
    ("GET", "f.txt", {}),
    ("HEAD", "f.txt", {}),
    ("GET", "f.txt", {"Range": "bytes=0-1"}),
    ("GET", "f.txt", {"Range": "bytes=50-60"}),
    ("GET", "f.txt", {"If_None_Match": "*"}),
    ("GET", "metadata/f.txt", {}),
    ("HEAD", "metadata/f.txt", {}),
]


@pytest.mark.parametrize(("method", "path", "headers"), DOORS)
@pytest.mark.parametrize("kind", ["beforeFind", "afterFind"])
async def test_every_door_to_a_file_asks_both_triggers_before_the_first_byte(
    app: LocalApp, kind: str, method: str, path: str, headers: dict[str, str]
) -> None:
    def refuse(request: FileRequest) -> None:
        raise ValueError(f"no {request.file.name}")

    registry(app).trigger(kind, File)(refuse)
    await upload(app, "f.txt")

    refused = await fetched(app, path, method, **headers)

    assert refused.status_code == 403
    if method == "GET":
        assert refused.json() == {"code": 141, "error": "no f.txt"}
    for told in ("ETag", "Content-Range", "Accept-Ranges"):
        if path == "f.txt":
            assert told not in refused.headers


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("f.txt", "Could not find file: f.txt."),
        ("metadata/f.txt", "Could not get file metadata."),
    ],
)
async def test_errors_of_a_download(app: LocalApp, path: str, message: str) -> None:
    errors = iter([ParseError(101, "mine"), ValueError()])

    def refuse(_: FileRequest) -> None:
        raise next(errors)

    registry(app).before_find(File)(refuse)
    await upload(app, "f.txt")

    assert [(await fetched(app, path)).json() for _ in range(2)] == [
        {"code": 101, "error": "mine"},
        {"code": 141, "error": message},
    ]


async def test_before_find_may_serve_another_file(app: LocalApp) -> None:
    await upload(app, "f.txt")
    await upload_as_json(app, "g.csv", "YTti", metadata={"of": "g"})

    @registry(app).before_find(File)
    def redirect(request: FileRequest) -> dict[str, File] | None:
        return {"file": File("g.csv")} if request.file.name == "f.txt" else None

    file = await fetched(app, "f.txt")

    assert (file.content, file.headers["Content-Type"]) == (b"a;b", "text/csv; charset=utf-8")
    assert await metadata(app, "f.txt") == {"metadata": {"of": "g"}}


async def test_before_find_may_change_the_name_in_place(app: LocalApp) -> None:
    await upload(app, "g.txt")

    @registry(app).before_find(File)
    def redirect(request: FileRequest) -> None:
        request.file.name = "g.txt"

    assert (await fetched(app, "f.txt")).content == b"hello"


async def test_what_is_not_there_is_not_told_of(app: LocalApp) -> None:
    seen: list[object] = []
    registry(app).after_find(File)(seen.append)

    assert (await fetched(app, "f.txt")).status_code == 404
    assert await metadata(app, "f.txt") == {}
    assert seen == []


async def test_after_find_sees_the_bytes_and_what_is_known(stored: LocalApp) -> None:
    seen: list[Any] = []

    @registry(stored).after_find(File)
    async def look(request: FileRequest) -> None:
        file = request.file
        assert request.response_headers == {"X-Content-Type-Options": "nosniff"}
        seen.append((file.name, file.metadata, request.file_size, await file.data()))

    await upload_as_json(stored, "f.txt", "aGVsbG8=", metadata={"m": 1})

    assert (await fetched(stored, "f.txt")).content == b"hello"
    assert await metadata(stored, "f.txt") == {"metadata": {"m": 1}}
    assert seen == [("f.txt", {"m": 1}, 5, b"hello")] * 2


async def test_after_find_may_give_other_bytes_of_another_type(app: LocalApp) -> None:
    registry(app).after_find(File)(lambda _: File("n.csv", b"0123456789"))
    await upload(app, "f.txt", b"secret")

    whole = await fetched(app, "f.txt")
    part = await fetched(app, "f.txt", Range="bytes=2-4")

    assert (whole.content, whole.headers["Content-Type"]) == (
        b"0123456789",
        "text/csv; charset=utf-8",
    )
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    again = await fetched(app, "f.txt", If_None_Match=whole.headers["ETag"])
    assert again.status_code == 304


async def test_after_find_may_have_it_saved_and_sent_with_other_headers(app: LocalApp) -> None:
    @registry(app).after_find(File)
    def change(request: FileRequest) -> None:
        request.force_download = True
        request.response_headers["X-Mine"] = "yes"
        request.response_headers["content-type"] = "text/special"

    await upload(app, "a b.txt")
    file = await fetched(app, "a b.txt")

    assert file.headers["Content-Disposition"] == 'attachment;filename="a b.txt"'
    assert file.headers["X-Mine"] == "yes"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers.get_list("Content-Type") == ["text/special"]


async def test_a_result_may_say_all_of_it(app: LocalApp) -> None:
    registry(app).after_find(File)(
        lambda request: {
            "file": File("n.txt", b"other"),
            "forceDownload": True,
            "responseHeaders": {"X-Mine": "yes"},
        }
    )
    await upload(app, "f.txt")

    file = await fetched(app, "f.txt")

    assert file.content == b"other"
    assert file.headers["Content-Disposition"] == "attachment;filename=n.txt"
    assert file.headers["X-Mine"] == "yes"
    assert "X-Content-Type-Options" not in file.headers


@pytest.mark.parametrize(
    "header",
    [("X-A", "a\r\nSet-Cookie: b"), ("X-A", "é€"), ("X A", "a"), ("Content-Length", "1"), ("", "")],
)
async def test_headers_that_would_break_the_answer(app: LocalApp, header: tuple[str, str]) -> None:
    @registry(app).after_find(File)
    def change(request: FileRequest) -> None:
        request.response_headers = dict([header])

    await upload(app, "f.txt")
    refused = await fetched(app, "f.txt")

    assert (refused.status_code, refused.json()["code"]) == (403, 141)


async def test_caches_that_are_shared_keep_nothing_that_triggers_judge(app: LocalApp) -> None:
    await upload(app, "f.txt")
    assert (await fetched(app, "f.txt")).headers["Cache-Control"] == "public, no-cache"

    registry(app).before_find(File)(lambda _: None)
    assert (await fetched(app, "f.txt")).headers["Cache-Control"] == "private, no-cache"


async def test_the_rules_of_downloads_come_before_the_triggers() -> None:
    async with local_app(**OPEN, fileDownload={"enableForPublic": False}) as app:
        seen: list[object] = []
        registry(app).before_find(File)(seen.append)

        assert (await fetched(app, "f.txt")).json()["code"] == 119
        assert seen == []


async def test_who_asks(app: LocalApp) -> None:
    seen: list[Any] = []

    @registry(app).before_find(File)
    def watch(request: FileRequest) -> None:
        user = None if request.user is None else request.user.object_id
        seen.append((user, request.master, request.headers["x-mine"], request.ip))

    user = await app.sign_up()
    await fetched(app, "f.txt", X_Mine="1")
    await fetched(app, "f.txt", X_Mine="2", X_Parse_Session_Token=user.token)
    await fetched(
        app, "f.txt", X_Mine="3", X_Parse_Application_Id="app", X_Parse_Master_Key=MASTER_KEY
    )

    assert seen == [
        (None, False, "1", "127.0.0.1"),
        (user.id, False, "2", "127.0.0.1"),
        (None, True, "3", "127.0.0.1"),
    ]


# -- validators and webhooks


@pytest.mark.parametrize(
    ("kind", "send"),
    [
        ("beforeSave", lambda app: upload(app, "f.txt")),
        ("beforeFind", lambda app: fetched(app, "f.txt")),
        ("afterFind", lambda app: fetched(app, "f.txt")),
    ],
)
async def test_validators_hold(app: LocalApp, kind: str, send: Any) -> None:
    ran: list[object] = []
    await upload(app, "f.txt")
    registry(app).trigger(kind, File, validator=Validator(require_user=True))(ran.append)

    refused = await send(app)

    assert refused.json() == {
        "code": 142,
        "error": "Validation failed. Please login to continue.",
    }
    assert refused.status_code == (400 if kind == "beforeSave" else 403)
    assert ran == []


async def test_the_master_key_may_leave_triggers_out(app: LocalApp) -> None:
    def refuse(_: FileRequest) -> None:
        raise ValueError("no")

    skipping = Validator(skip_with_master_key=True)
    registry(app).before_save(File, validator=skipping)(refuse)

    assert (await upload(app, "f.txt")).json()["code"] == 130
    assert (await upload(app, "f.txt", X_Parse_Master_Key=MASTER_KEY)).status_code == 201


async def test_a_rate_limit_of_a_validator(app: LocalApp) -> None:
    limit = {"requestTimeWindow": 60_000, "requestCount": 1, "includeInternalRequests": True}
    registry(app).before_save(File, validator=Validator(rate_limit=limit))(lambda _: None)

    assert (await upload(app, "f.txt")).status_code == 201
    assert (await upload(app, "f.txt")).status_code == 429


@pytest.mark.parametrize(
    ("kind", "code"), [("beforeSave", 130), ("beforeFind", 141), ("beforeDelete", 153)]
)
async def test_a_webhook_may_refuse(
    app: LocalApp, hook: AnsweringServer, kind: str, code: int
) -> None:
    await upload(app, "f.txt")
    body = {"className": "@File", "triggerName": kind, "url": hook.url}
    await app.ok("POST", "/hooks/triggers", body, master=True)
    hook.answer = {"error": "no"}

    answers = {
        "beforeSave": await upload(app, "f.txt"),
        "beforeFind": await fetched(app, "f.txt"),
        "beforeDelete": await app.send("DELETE", "/files/f.txt", master=True),
    }

    refused = {name for name, answer in answers.items() if not answer.is_success}
    assert refused == {kind}
    assert answers[kind].json() == {"code": code, "error": "no"}
    assert hook.last["triggerName"] == kind
    assert hook.last["file"]["name"] == "f.txt"


async def test_what_a_webhook_says_of_a_file_changes_nothing(
    app: LocalApp, hook: AnsweringServer
) -> None:
    for kind in ("beforeSave", "afterFind"):
        body = {"className": "@File", "triggerName": kind, "url": hook.url}
        await app.ok("POST", "/hooks/triggers", body, master=True)
    hook.answer = {"success": {"file": {"name": "g.txt", "url": "http://evil.test"}}}

    assert (await upload(app, "f.txt")).json()["name"] == "f.txt"
    assert (await fetched(app, "f.txt")).content == b"hello"


@pytest.mark.parametrize("kind", ["beforeLogin", "afterLogout", "beforeSubscribe", "afterEvent"])
def test_files_have_no_other_triggers(kind: str) -> None:
    with pytest.raises(cloud.RegistrationError):
        Registry().trigger(kind, File)(print)
