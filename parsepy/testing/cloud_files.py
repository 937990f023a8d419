"""Files of cloud code between this process and a test's: the tag `File` of the contract."""

import base64
from typing import cast

from parsepy.cloud import File
from parsepy.cloud.requests import FileRequest
from parsepy.errors import ParseError
from parsepy.types import JSONObject, JSONValue


async def prepare(request: FileRequest) -> None:
    """Reads the bytes that go along; those of a stream do not, nor those that a test's store has
    never kept."""
    if request.stream or request.file.content is None:
        return
    try:
        await request.file.content.whole()
    except ParseError:
        if request.trigger_name != "afterSave":
            raise


def file_request_json(request: FileRequest) -> JSONObject:
    sent: JSONObject = {"triggerName": request.trigger_name, "file": file_json(request.file)}
    if request.trigger_name == "afterFind":
        sent["forceDownload"] = request.force_download
        sent["responseHeaders"] = {**request.response_headers}
    if request.trigger_name not in ("beforeFind", "afterFind"):
        sent["fileSize"] = request.file_size
    if request.stream:
        sent["stream"] = True
    return sent


def file_json(file: File) -> JSONObject:
    described: JSONObject = {
        "__t": "File",
        "name": file.name,
        "metadata": file.metadata,
        "tags": file.tags,
    }
    held = file.content.held if file.content is not None else None
    given: JSONObject = {
        "url": file.url,
        "data": None if held is None else base64.b64encode(held).decode(),
        "contentType": file.content_type,
        "directory": file.directory,
    }
    return {**described, **{name: value for name, value in given.items() if value is not None}}


def read_file(value: JSONObject) -> File:
    data = value.get("data")
    return File(
        str(value.get("name")),
        data if isinstance(data, str) else None,
        content_type=_text(value, "contentType"),
        metadata=_map(value, "metadata"),
        tags=_map(value, "tags"),
        directory=_text(value, "directory"),
        url=_text(value, "url"),
    )


def take_back(request: FileRequest, after: JSONObject) -> None:
    """What the handler has changed in place."""
    given = after.get("file")
    if isinstance(given, dict) and given.get("__t") == "File":
        before, changed = file_json(request.file), read_file(given)
        file = request.file
        file.name, file.url, file.directory = changed.name, changed.url, changed.directory
        file.metadata, file.tags = changed.metadata, changed.tags
        if changed.content is not None and given.get("data") != before.get("data"):
            file.set_data(cast("bytes", changed.content.held))
    request.force_download = bool(after.get("forceDownload"))
    headers = after.get("responseHeaders")
    if isinstance(headers, dict):
        request.response_headers = {name: str(value) for name, value in headers.items()}


def _text(value: JSONObject, name: str) -> str | None:
    given = value.get(name)
    return given if isinstance(given, str) and given else None


def _map(value: JSONObject, name: str) -> JSONObject:
    given: JSONValue = value.get(name)
    return given if isinstance(given, dict) else {}
