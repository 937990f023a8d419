"""ACLs of files: where they come from, and that no moment of an upload opens more than they say."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

import httpx
import pytest

from parsepy.cloud import ACL, File, FileRequest
from parsepy.errors import ParseError
from parsepy.files.acls import SCHEMA, FileAcls, narrower
from parsepy.permissions.caller import Caller
from parsepy.types import JSONObject
from tests.files.samples import BrokenUpload
from tests.support.local_app import URL, LocalApp, User, local_app, parse

__all__ = ["parse"]

pytestmark = pytest.mark.anyio

UPLOAD: Final[dict[str, Any]] = {"accessControl": "owner", "enableForAnonymousUser": True}
PUBLIC: Final[JSONObject] = {"*": {"read": True}}
STAFF: Final[JSONObject] = {"role:staff": {"read": True}}


@pytest.fixture(params=["sqlite", "mongodb"])
async def app(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri, fileUpload=UPLOAD, preserveFileName=True) as running:
        yield running


async def upload(
    app: LocalApp, name: str = "a.txt", *, user: User | None = None, **headers: str
) -> httpx.Response:
    sent = {"X-Parse-Application-Id": "app"} | {k.replace("_", "-"): v for k, v in headers.items()}
    if user is not None:
        sent["X-Parse-Session-Token"] = user.token
    return await app.client.post(f"{URL}/files/{name}", content=b"hello", headers=sent)


async def read(app: LocalApp, name: str = "a.txt", *, user: User | None = None) -> int:
    headers = {} if user is None else {"X-Parse-Session-Token": user.token}
    return (await app.client.get(f"{URL}/files/app/{name}", headers=headers)).status_code


async def row(app: LocalApp, name: str = "a.txt") -> object:
    found = await app.app.parts.storage.get(SCHEMA, name, None)
    return None if found is None else found.get("ACL")


# -- where an ACL comes from


@pytest.mark.parametrize("stream", [False, True])
async def test_in_a_header(app: LocalApp, stream: bool) -> None:
    ann = await app.sign_up()
    mode = {"X_Parse_Upload_Mode": "stream"} if stream else {}

    stored = await upload(app, user=ann, X_Parse_File_ACL=json.dumps(PUBLIC), **mode)

    assert stored.status_code == 201, stored.text
    assert await read(app) == 200


async def test_in_the_json_of_an_upload(app: LocalApp) -> None:
    ann = await app.sign_up()
    body = {
        "_ApplicationId": "app",
        "_SessionToken": ann.token,
        "_ContentType": "text/plain",
        "base64": base64.b64encode(b"hello").decode(),
        "fileData": {"ACL": {**STAFF, ann.id: {"read": True, "write": False}}},
    }

    answer = await app.client.post(f"{URL}/files/a.txt", content=json.dumps(body))

    assert answer.status_code == 201, answer.text
    assert await row(app) == {**STAFF, ann.id: {"read": True}}


async def test_in_cloud_code(app: LocalApp) -> None:
    acl = ACL()
    acl.role("staff").read = True
    with app.app.cloud_code():
        await File("a.txt", b"hello", acl=acl).save(use_master_key=True)

    assert await row(app) == STAFF


@pytest.mark.parametrize("given", [None, STAFF])
@pytest.mark.parametrize("way", ["none", "in place", "another file", "another file with an ACL"])
async def test_a_trigger_decides(way: str, given: JSONObject | None) -> None:
    async with local_app(fileUpload=UPLOAD, preserveFileName=True) as app:
        ann = await app.sign_up()

        @app.app.registry.before_save(File)
        async def decide(request: FileRequest) -> File | None:
            assert request.file.acl == (None if given is None else ACL(given))
            if way == "in place":
                request.file.acl = ACL(PUBLIC)
            if way == "another file":
                return File("a.txt", b"other")
            if way == "another file with an ACL":
                return File("a.txt", b"other", acl=ACL(PUBLIC))
            return None

        header = {} if given is None else {"X_Parse_File_ACL": json.dumps(given)}
        assert (await upload(app, user=ann, **header)).status_code == 201

        own = {ann.id: {"read": True, "write": True}}
        decided = way in ("in place", "another file with an ACL")
        assert await row(app) == (PUBLIC if decided else given or own)


async def test_by_default_public() -> None:
    async with local_app(fileUpload={**UPLOAD, "accessControl": "public"}) as app:
        stored = await upload(app, user=await app.sign_up())

        assert await read(app, stored.json()["name"]) == 200
        assert await row(app, stored.json()["name"]) is None


@pytest.mark.parametrize(
    ("header", "code"),
    [("[]", 107), ("no json", 107), ('"x"', 107), ('{"*unresolved":{"read":true}}', 123)],
)
async def test_what_is_no_acl_is_refused(app: LocalApp, header: str, code: int) -> None:
    refused = await upload(app, user=await app.sign_up(), X_Parse_File_ACL=header)

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert await row(app) is None


@pytest.mark.parametrize("given", [[], "x", 1, True, {"a": None}])
async def test_what_is_no_acl_in_json_is_refused(app: LocalApp, given: object) -> None:
    body = {"_ApplicationId": "app", "_MasterKey": "master-key", "base64": "aGVsbG8="}

    answer = await app.client.post(
        f"{URL}/files/a.txt", content=json.dumps({**body, "fileData": {"ACL": given}})
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 123)


async def test_an_acl_that_nobody_would_keep_is_refused(parse: LocalApp) -> None:
    refused = await upload(parse, X_Parse_File_ACL="{}", X_Parse_Master_Key="master-key")

    assert (refused.status_code, refused.json()["code"]) == (400, 119)
    assert await read(parse) == 404


# -- names that are taken


async def test_only_who_may_write_a_file_stores_another_in_its_place(app: LocalApp) -> None:
    ann, bob = await app.sign_up(), await app.sign_up()
    await upload(app, user=ann)

    refused = await upload(app, user=bob)

    assert (refused.status_code, refused.json()["code"]) == (400, 119)
    assert await read(app, user=ann) == 200
    assert await read(app, user=bob) == 404
    assert (await upload(app, user=ann, X_Parse_File_ACL=json.dumps(PUBLIC))).status_code == 201
    assert await read(app, user=bob) == 200


async def test_a_removal_takes_the_acl_along(app: LocalApp) -> None:
    await upload(app, user=await app.sign_up())

    await app.ok("DELETE", "/files/a.txt", master=True)

    assert await row(app) is None


# -- meanwhile


EVERYBODY = None
ANN: Final[JSONObject] = {"ann": {"read": True, "write": True}}


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (EVERYBODY, EVERYBODY, EVERYBODY),
        (EVERYBODY, ANN, ANN),
        (ANN, ANN, ANN),
        (ANN, {}, {}),
        (ANN, STAFF, {}),
        (PUBLIC, ANN, {"ann": {"read": True}}),
        (PUBLIC, PUBLIC, PUBLIC),
        ({**ANN, **STAFF}, {"ann": {"read": True}}, {"ann": {"read": True}}),
    ],
)
def test_whom_two_acls_let(
    one: JSONObject | None, other: JSONObject | None, both: JSONObject | None
) -> None:
    assert narrower(one, other) == both
    assert narrower(other, one) == both


@pytest.mark.parametrize("ends", ["stored", "broken", "unknown"])
@pytest.mark.parametrize("before", [EVERYBODY, PUBLIC, ANN, {}])
@pytest.mark.parametrize("after", [PUBLIC, ANN, {}])
async def test_an_upload_is_never_more_open_than_old_and_new(
    parse: LocalApp, before: JSONObject | None, after: JSONObject, ends: str
) -> None:
    master = parse.context(Caller(is_master=True))
    acls = FileAcls(parse.app.parts.storage, "owner")
    if before is not EVERYBODY:
        async with acls.guarding(master, "a.txt", before, lambda: False):
            pass
    assert await row(parse) == before

    with suppress(BrokenUpload):
        async with acls.guarding(master, "a.txt", after, lambda: ends != "broken"):
            assert await row(parse) == narrower(before, after)
            if ends != "stored":
                raise BrokenUpload

    left = {"stored": after, "broken": before, "unknown": narrower(before, after)}
    assert await row(parse) == left[ends]


async def test_an_upload_that_was_overtaken_changes_nothing(parse: LocalApp) -> None:
    master = parse.context(Caller(is_master=True))
    acls = FileAcls(parse.app.parts.storage, "owner")

    with suppress(BrokenUpload):
        async with acls.guarding(master, "a.txt", ANN, lambda: False):
            async with acls.guarding(master, "a.txt", {}, lambda: False):
                pass
            raise BrokenUpload

    assert await row(parse) == {}


async def test_a_transaction_that_is_given_up_leaves_no_file_without_acl(app: LocalApp) -> None:
    storage = app.app.parts.storage
    acls = FileAcls(storage, "owner")
    master = app.context(Caller(is_master=True))

    async with storage.transaction():
        with pytest.raises(ParseError) as refused:
            async with acls.guarding(master, "a.txt", {}, lambda: False):
                raise AssertionError("nothing is stored")

    assert refused.value.code == 108
