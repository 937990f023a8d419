"""Files at Azure, at a server that checks who asks as Azure does."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from parsepy.errors import ParseError
from parsepy.files.base import FileStore, StoredFile
from parsepy.files.objectstore import open_object_store
from parsepy.files.objectstore.upload import PART
from parsepy.options.errors import OptionsError
from tests.files.samples import LARGE, BrokenUpload, listed, parts, whole
from tests.support.azure_server import AzureServer
from tests.support.azure_signatures import ACCOUNT, CONTAINER, KEY
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

HUGE = LARGE * 4
"""Two blocks of an upload."""

ANOTHER_KEY = base64.b64encode(b"the key of somebody else").decode()


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCOUNT_KEY", "ACCESS_KEY", "SAS_TOKEN", "TOKEN"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)


def _opened(settings: dict[str, object], **more: object) -> FileStore:
    return open_object_store("azure", "filesAdapter.options", {**settings, **more})


async def test_objects_have_their_headers_and_tags(azure_server: AzureServer) -> None:
    files = _opened(azure_server.options, bucketPrefix="app/", globalCacheControl="no-store")

    await files.save("d/a b.png", parts(b"content"), {"owner": "u1"}, tags={"kind": "x 1"})

    (key, stored), *_ = azure_server.objects.items()
    assert (key, stored.data) == ("app/d/a b.png", b"content")
    assert stored.headers == {
        "content-type": "image/png",
        "cache-control": "no-store",
        "x-ms-meta-owner": "u1",
    }
    assert azure_server.tags == {key: {"kind": "x 1"}}


async def test_tags_that_azure_does_not_take_store_nothing(azure_server: AzureServer) -> None:
    files = _opened(azure_server.options)

    with pytest.raises(OSError, match="InvalidTag"):
        await files.save("f", parts(b"content"), {}, tags={"kind": "é"})

    assert azure_server.objects == {}


async def test_a_large_file_goes_in_blocks_and_comes_back(azure_server: AzureServer) -> None:
    assert PART < len(HUGE) < 2 * PART
    files = _opened(azure_server.options)
    await files.save("f.bin", parts(HUGE), {"k": [1]}, tags={"a": "b"})

    assert azure_server.blocks == 2
    assert azure_server.uncommitted == {}
    assert azure_server.tags == {"f.bin": {"a": "b"}}
    assert await whole(files, "f.bin") == HUGE
    stored = await files.find("f.bin")
    assert stored is not None
    assert stored.metadata == {"k": [1]}


async def test_blocks_of_an_upload_that_breaks_off_are_no_file(azure_server: AzureServer) -> None:
    files = _opened(azure_server.options)
    await files.save("f", parts(b"kept"), {})

    async def content(name: str) -> AsyncIterator[bytes]:
        yield HUGE
        await until(lambda: name in azure_server.uncommitted)
        raise BrokenUpload

    for name in ("f", "g"):
        with pytest.raises(BrokenUpload):
            await files.save(name, content(name), {})

    assert sorted(azure_server.uncommitted) == ["f", "g"]
    assert [file.name for file in await listed(files)] == ["f"]
    assert await whole(files, "f") == b"kept"
    assert await files.find("g") is None
    assert not await files.delete("g")


async def test_an_upload_that_another_one_overtakes_fails(azure_server: AzureServer) -> None:
    """Azure drops the blocks of the slower one."""
    files = _opened(azure_server.options)
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield HUGE
        await go_on.wait()

    upload = asyncio.create_task(files.save("f", slow(), {}))
    await until(lambda: azure_server.blocks > 0)
    await files.save("f", parts(b"faster"), {})
    go_on.set()
    with pytest.raises(OSError, match="InvalidBlockList"):
        await upload

    assert await whole(files, "f") == b"faster"


@pytest.mark.parametrize("content", [b"small", HUGE], ids=len)
async def test_an_upload_with_a_wrong_key_ends_and_tells_no_secret(
    azure_server: AzureServer, content: bytes
) -> None:
    files = _opened(azure_server.options, accessKey=ANOTHER_KEY)

    with pytest.raises(OSError, match="AuthenticationFailed") as raised:
        await files.save("f", parts(content), {})

    assert raised.value.__cause__ is None
    _assert_no_secrets(str(raised.value))
    assert azure_server.objects == {}


@pytest.mark.parametrize("by_variable", [False, True])
async def test_a_wrong_key_is_a_database_error(
    azure_server: AzureServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    by_variable: bool,
) -> None:
    if by_variable:
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", ANOTHER_KEY)
        refused = _opened(azure_server.place)
    else:
        refused = _opened(azure_server.options, accessKey=ANOTHER_KEY)

    await _assert_refused(refused, caplog)


async def _assert_refused(files: FileStore, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for ask in (files.find("f"), files.open("f"), files.delete("f"), listed(files)):
            with pytest.raises(ParseError, match="Database error") as raised:
                await ask
            _assert_no_secrets(str(raised.value))
    assert caplog.text.count("the file store has failed: ") == 4
    _assert_no_secrets(caplog.text)


def _assert_no_secrets(text: str) -> None:
    for secret in (KEY, ANOTHER_KEY, "SharedKey", "MAC signature", "sig="):
        assert secret not in text


@pytest.mark.parametrize("kind", ["container", "account"])
@pytest.mark.parametrize("by_variable", [False, True])
async def test_a_token_opens_the_container(
    azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch, kind: str, by_variable: bool
) -> None:
    of = {"container": azure_server.container_token, "account": azure_server.account_token}
    token = of[kind]("rwdlt")
    if by_variable:
        monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", token)
    else:
        # An option goes before a variable of either kind.
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", ANOTHER_KEY)
    files = _opened(azure_server.place, **({} if by_variable else {"sasToken": token}))

    await files.save("a b~@é", parts(HUGE), {"k": "v"}, tags={"a": "b"})
    assert await whole(files, "a b~@é") == HUGE
    assert [file.name for file in await listed(files)] == ["a b~@é"]
    assert await files.delete("a b~@é")
    assert azure_server.objects == {}


async def test_a_token_that_has_expired_opens_nothing(
    azure_server: AzureServer, caplog: pytest.LogCaptureFixture
) -> None:
    for token in (azure_server.container_token("rwdlt", -1), azure_server.account_token("rl", -1)):
        caplog.clear()
        await _assert_refused(_opened(azure_server.place, sasToken=token), caplog)


async def test_a_token_opens_what_it_names_alone(azure_server: AzureServer) -> None:
    files = _opened(azure_server.place, sasToken=azure_server.container_token("rl"))

    with pytest.raises(OSError, match="AuthorizationPermissionMismatch") as raised:
        await files.save("f", parts(b"content"), {})
    _assert_no_secrets(str(raised.value))
    azure_server.put("f", b"content", {})
    assert await whole(files, "f") == b"content"
    with pytest.raises(ParseError, match="Database error"):
        await files.delete("f")
    assert list(azure_server.objects) == ["f"]


def test_a_token_cannot_sign(azure_server: AzureServer) -> None:
    token = azure_server.container_token("rwdl")
    signed = {"directAccess": True, "presignedUrl": True}

    with pytest.raises(OptionsError, match="presignedUrl needs an accessKey") as raised:
        _opened(azure_server.place, sasToken=token, **signed)
    _assert_no_secrets(str(raised.value))
    assert _opened(azure_server.place, sasToken=token, directAccess=True).location("f") == (
        f"{azure_server.url}/{CONTAINER}/f"
    )
    assert _opened(azure_server.options, sasToken=token, **signed).location("f")


async def test_a_list_of_several_pages_has_every_file_once(azure_server: AzureServer) -> None:
    azure_server.page = 2
    names = ["a & b", "c", "d/e", "d/f", "é"]
    for name in [*names, "beside"]:
        azure_server.put(name if name == "beside" else f"p/{name}", b"content", {})

    files = _opened(azure_server.options, bucketPrefix="p/")

    assert sorted(file.name for file in await listed(files)) == sorted(names)


async def test_of_two_removals_at_once_one_has_found_the_file(
    azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _opened(azure_server.options)
    await files.save("f", parts(b"content"), {})
    found = await files.find("f")

    async def both_find_it(*_: object) -> StoredFile | None:
        return found

    monkeypatch.setattr(type(files), "find", both_find_it)
    assert [await files.delete("f"), await files.delete("f")] == [True, False]


async def test_the_key_of_a_variable_signs(
    azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)
    files = _opened(azure_server.place, directAccess=True, presignedUrl=True)
    await files.save("a b.txt", parts(b"content"), {})

    async with httpx.AsyncClient() as browser:
        answer = await browser.get(files.location("a b.txt") or "")

    assert (answer.status_code, answer.content) == (200, b"content")


@pytest.fixture
def machine(azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Options without a key, on a machine with a role; the account is a part of the path."""
    monkeypatch.setenv("AZURE_MSI_ENDPOINT", azure_server.token_url)
    return {**azure_server.place, "endpoint": f"{azure_server.url}/{ACCOUNT}"}


async def test_a_machine_asks_for_a_token(
    azure_server: AzureServer, machine: dict[str, object]
) -> None:
    files = _opened(machine)

    await files.save("a b", parts(HUGE), {})
    assert await whole(files, "a b") == HUGE
    assert [file.name for file in await listed(files)] == ["a b"]
    assert await files.delete("a b")

    assert len(azure_server.tokens) == 1


async def test_a_machine_signs_for_two_hours_at_most(machine: dict[str, object]) -> None:
    signed = {"directAccess": True, "presignedUrl": True}

    _opened(machine, **signed, presignedUrlExpires=7200)
    with pytest.raises(OptionsError, match="presignedUrlExpires must be 7200 at most"):
        _opened(machine, **signed, presignedUrlExpires=7201)


async def test_what_a_machine_cannot_sign_this_server_sends(
    azure_server: AzureServer, machine: dict[str, object]
) -> None:
    """obstore signs the encoded name, Azure the name itself."""
    files = _opened(machine, directAccess=True, presignedUrl=True)
    await files.save("d/f@1.txt", parts(b"content"), {})

    address = files.location("d/f@1.txt")
    assert address is not None
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
        altered = await browser.get(address.replace("sig=", "sig=0"))
    assert (answer.status_code, answer.content) == (200, b"content")
    assert altered.status_code == 403

    assert files.location("a b.txt") is None
    assert files.location("é.txt") is None
    # Nor can it where it sees no account in the address.
    elsewhere = _opened(azure_server.place, directAccess=True, presignedUrl=True)
    assert elsewhere.location("f") is None
