"""The triggers of files, as the files room calls them (cloud-code sheet, 4.9)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from parsepy.cloud import requests
from parsepy.cloud.current import running
from parsepy.cloud.files import File
from parsepy.cloud.handling import handle
from parsepy.cloud.registry import Entry
from parsepy.cloud.requests import FileRequest
from parsepy.cloud.runner import Runner
from parsepy.errors import Code
from parsepy.files.base import StoredFile
from parsepy.files.content import Content
from parsepy.files.ports import Elsewhere, Saved, Shown, Upload
from parsepy.objects.context import RequestContext

_USUAL_HEADERS: Final = {"X-Content-Type-Options": "nosniff"}


class HandledFileTriggers:
    """Calls the handlers of `@File`, their validators first. Bytes that none of them wants to see
    pass by as they do without triggers."""

    def __init__(self, entries: Mapping[str, Entry], runner: Runner) -> None:
        self._entries = entries
        self._runner = runner

    @property
    def names(self) -> Collection[str]:
        return self._entries.keys()

    # -- uploads

    async def before_save(self, ctx: RequestContext, upload: Upload) -> Upload | Elsewhere:
        size = upload.size
        if size is None and not upload.streamed:
            size = len(await upload.content.whole())
        file = File.reading(upload.name, upload.content, described=upload)
        request = self._request(ctx, "beforeSave", file, size=size, stream=upload.streamed)
        result = await self._run(
            ctx, request, Code.FILE_SAVE_ERROR, f"Could not store file: {upload.name}."
        )
        chosen = result if isinstance(result, File) else request.file
        if chosen.url is not None:
            return Elsewhere(chosen.name, chosen.url)
        # One without bytes is the same file under another name.
        changed = chosen.as_upload(chosen.content or upload.content)
        # Another File is not more open than the one that it stands for, unless it says so.
        acl = changed.acl if chosen is request.file or chosen.acl is not None else upload.acl
        return replace(changed, streamed=upload.streamed, acl=acl)

    async def after_save(self, ctx: RequestContext, saved: Saved, content: Content) -> None:
        file = File.reading(
            saved.name,
            None if saved.upload is None else content,
            url=saved.url,
            described=saved.upload,
        )
        streamed = saved.upload is not None and saved.upload.streamed
        request = self._request(ctx, "afterSave", file, size=saved.size, stream=streamed)
        message = f"Could not store file: {saved.name}."
        await self._run(ctx, request, Code.FILE_SAVE_ERROR, message)

    # -- removals

    async def around_delete(self, ctx: RequestContext, kind: str, name: str, url: str) -> None:
        request = self._request(ctx, kind, File(name, url=url))
        await self._run(ctx, request, Code.FILE_DELETE_ERROR, "Could not delete file.")

    # -- downloads

    async def before_find(self, ctx: RequestContext, name: str, url: str, unnamed: str) -> str:
        request = self._request(ctx, "beforeFind", File(name, url=url))
        result = await self._run(ctx, request, Code.SCRIPT_FAILED, unnamed)
        return _found(request, result).name

    async def after_find(
        self, ctx: RequestContext, stored: StoredFile, url: str, content: Content, unnamed: str
    ) -> Shown:
        file = File.reading(stored.name, content, url=url)
        file.metadata = dict(stored.metadata)
        request = self._request(ctx, "afterFind", file, size=stored.length)
        request.response_headers = dict(_USUAL_HEADERS)
        result = await self._run(ctx, request, Code.SCRIPT_FAILED, unnamed)
        chosen = _found(request, result)
        other = chosen.content is not None and chosen.content is not content
        given = result if isinstance(result, Mapping) else {}
        return Shown(
            chosen.name,
            await chosen.data() if other else None,
            attachment=bool(given.get("forceDownload", request.force_download)),
            headers=_texts(given.get("responseHeaders", request.response_headers)),
        )

    # -- all

    def _request(
        self,
        ctx: RequestContext,
        kind: str,
        file: File,
        *,
        size: int | None = None,
        stream: bool = False,
    ) -> FileRequest:
        with running(self._runner.app):
            return requests.file_request(ctx, kind, file, file_size=size, stream=stream)

    async def _run(
        self, ctx: RequestContext, request: FileRequest, failed: Code, unnamed: str
    ) -> object:
        entry = self._entries[request.trigger_name]
        return await handle(entry, self._runner, ctx, request, failed=failed, unnamed=unnamed)


def _found(request: FileRequest, result: object) -> File:
    """The file that a find trigger gives, alone or as `{"file": …}`."""
    if isinstance(result, Mapping):
        result = result.get("file")
    return result if isinstance(result, File) else request.file


def _texts(headers: object) -> dict[str, str] | None:
    if not isinstance(headers, Mapping):
        return None
    return {str(name): str(value) for name, value in headers.items()}
