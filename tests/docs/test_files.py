"""The page on files: its example runs, and it names what there is."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from parsepy.cloud import FileRequest
from parsepy.cloud.registry import FIND_TRIGGERS, OBJECT_TRIGGERS
from parsepy.cloud.requests import CloudRequest
from parsepy.files import adapter_option, own
from parsepy.files.objectstore import azure, gcs, s3
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")


async def _upload(parse: LocalApp, name: str, media_type: str = "text/plain") -> httpx.Response:
    headers = {"X-Parse-Application-Id": "app", "Content-Type": media_type}
    url = f"{URL}/files/{name}"
    return await parse.client.post(url, content=b"a text of some length", headers=headers)


async def _read(parse: LocalApp, name: str) -> httpx.Response:
    return await parse.client.get(f"{URL}/files/app/{name}")


async def test_the_example_runs(tmp_path: Path) -> None:
    module = tmp_path / "file_triggers_of_the_page.py"
    module.write_text(TEXT.split("```python\n")[1].split("```")[0])
    options: dict[str, Any] = {"preserveFileName": True, "fileUpload": {"enableForPublic": True}}
    async with local_app(cloud=str(module), **options) as parse:
        refused = await _upload(parse, "a.png", "image/png")
        for name in ("short-a.txt", "private.txt", "replacement.txt", "old.txt", "a.csv"):
            assert (await _upload(parse, name)).status_code == 201

        assert refused.json() == {"code": 130, "error": "only texts"}
        assert (await _read(parse, "short-a.txt")).text == "a text of "
        assert (await _read(parse, "metadata/a.csv")).json()["metadata"] == {"uploader": "nobody"}
        assert (await _read(parse, "private.txt")).json() == {"code": 141, "error": "not for you"}
        await parse.send("DELETE", "/files/old.txt", master=True)
        assert (await _read(parse, "old.txt")).status_code == 200
        table = await _read(parse, "a.csv")
        assert table.headers["Content-Disposition"] == "attachment;filename=a.csv"
        assert table.headers["X-Robots-Tag"] == "noindex"


def test_every_trigger_is_named() -> None:
    assert [name for name in (*OBJECT_TRIGGERS, *FIND_TRIGGERS) if f"`{name}`" not in TEXT] == []


def test_every_member_of_a_request_is_named() -> None:
    common = {field.name for field in fields(CloudRequest)} | {"trigger_name"}
    names = {field.name for field in fields(FileRequest)} - common
    assert [name for name in names if f"`{name}`" not in TEXT] == []


async def test_the_store_of_one_s_own_works() -> None:
    names: dict[str, Any] = {}
    exec(TEXT.split("```python\n")[2].split("```")[0], names)
    files: dict[str, Any] = {}
    adapter = {"module": names["Shelf"], "options": {"files": files}}
    options: dict[str, Any] = {"preserveFileName": True, "fileUpload": {"enableForPublic": True}}
    async with local_app(filesAdapter=adapter, **options) as parse:
        assert (await _upload(parse, "a.txt")).status_code == 201
        assert files == {"a.txt": (b"a text of some length", {})}
        assert (await _read(parse, "a.txt")).text == "a text of some length"
        await parse.send("DELETE", "/files/a.txt", master=True)
        assert (await _read(parse, "a.txt")).status_code == 404


def test_every_store_and_option_is_named() -> None:
    options = {*s3.NAMES, *gcs.NAMES, *azure.NAMES} - {"fileAcl", "signatureVersion", "projectId"}
    names = (*adapter_option.BUILT_IN, *adapter_option.OF_NPM, *own.NEEDED, *own.ALSO, *options)
    old = {name for name in adapter_option.OF_NPM if name.startswith("parse-server-")}
    assert [name for name in sorted({*names} - old) if name not in TEXT] == []
