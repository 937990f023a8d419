"""`File`: a file that is stored, or is going to be."""

from collections.abc import AsyncIterable, AsyncIterator
from copy import deepcopy
from typing import Any, ClassVar, Self, TypeAlias

from parsepy import errors
from parsepy.cloud.acl import ACL
from parsepy.cloud.current import CloudApp, asking, current
from parsepy.cloud.pseudo_classes import FILE_CLASS
from parsepy.cloud.unsaved import Unsaved
from parsepy.errors import Code, ParseError
from parsepy.files.base64_text import from_base64
from parsepy.files.content import Content, once
from parsepy.files.parts import at_most, too_large
from parsepy.files.ports import Upload
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import signed_url
from parsepy.permissions.caller import Caller
from parsepy.protocol.file_urls import query_of, unsigned
from parsepy.types import MISSING, JSONMapping, JSONObject

"""What files are called among the classes with triggers."""

Data: TypeAlias = bytes | str | AsyncIterable[bytes]


class File:
    """`url` is the address of a file that is stored; `None`: it has not been saved.

        photo = File("photo.png", data, metadata={"camera": "x100"})
        await photo.save(session_token=request.user.session_token)
        score.set("photo", photo)

    A file that is set in a field is saved with the object, and with the same rights.
    """

    trigger_class: ClassVar[str] = FILE_CLASS

    __slots__ = (
        "_content",
        "acl",
        "content_type",
        "directory",
        "metadata",
        "name",
        "tags",
        "url",
    )

    def __init__(
        self,
        name: str,
        data: Data | None = None,
        *,
        content_type: str | None = None,
        metadata: JSONMapping | None = None,
        tags: JSONMapping | None = None,
        directory: str | None = None,
        url: str | None = None,
        acl: ACL | None = None,
    ) -> None:
        """`data` are bytes, base64 as text (a `data:` address too), or an async iterator that is
        read while the file is saved. `directory` is for the master key. `acl` says who may read
        it, where files have ACLs (option `fileUpload.accessControl`); nobody tells it afterwards.

        With a `url` the file is there already, wherever that leads.
        """
        self.name = name
        self.url = url
        self.content_type = content_type or _type_in(data)
        self.metadata: JSONObject = deepcopy(dict(metadata or {}))
        self.tags: JSONObject = deepcopy(dict(tags or {}))
        self.directory = directory
        self.acl = acl
        self._content = None if data is None else Content(_source(data))

    def __repr__(self) -> str:
        return f"<File {self.name}{'' if self.url else ' (not saved)'}>"

    def __eq__(self, other: object) -> bool:
        """Files that have not been saved are never equal: they will have other addresses."""
        if self is other:
            return True
        return (
            isinstance(other, File)
            and self.url is not None
            and other.url is not None
            and (self.name, unsigned(self.url)) == (other.name, unsigned(other.url))
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def content(self) -> Content | None:
        """Its bytes, as far as this object has them itself."""
        return self._content

    def set_data(self, data: Data) -> None:
        """Other bytes, as those of `File(name, data)`."""
        self._content = Content(_source(data))

    async def data(
        self, *, use_master_key: bool = False, session_token: str | None = None
    ) -> bytes:
        """All its bytes: those that it was made of, else those that this server has stored under
        its name, which are read as by a download. An address elsewhere is never asked.

        Raises 101, 119, and what triggers raise.
        """
        if self._content is not None:
            return await self._content.whole()
        parts = self.parts(use_master_key=use_master_key, session_token=session_token)
        return b"".join([part async for part in parts])

    async def parts(
        self, *, use_master_key: bool = False, session_token: str | None = None
    ) -> AsyncIterator[bytes]:
        """As `data`, one part after the other: for files that are too large to be held."""
        if self._content is not None:
            async for part in self._content.parts():
                yield part
            return
        ctx = await asking(use_master_key=use_master_key, session_token=session_token)
        downloads = current().downloads
        downloads.check(ctx.caller)
        found = await downloads.open(ctx, self.name, query_of(self.url or ""))
        if found is None:
            raise errors.object_not_found("File not found.")
        try:
            async for part in found.file.read(0, found.file.stored.length):
                yield part
        finally:
            await found.file.close()

    async def save(
        self,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        max_upload_size: int | None = None,
    ) -> Self:
        """Stores it, by the rules of an upload; then it has its `url`, and its `name` is the
        stored one. One that has an address is left as it is.

        `max_upload_size` (bytes) stands in place of the option, with the master key. Raises 105,
        119, 122, 130, and what triggers raise.
        """
        ctx = await asking(use_master_key=use_master_key, session_token=session_token)
        await self.save_as(ctx, max_upload_size)
        return self

    async def save_as(self, ctx: RequestContext, max_upload_size: int | None = None) -> None:
        if self.url is not None:
            return
        if self._content is None:
            raise ValueError(f"The file {self.name} has no data that could be saved.")
        app = current()
        upload = self.as_upload(self._content)
        limit = _limit(app, ctx, max_upload_size)
        if upload.size is not None and upload.size > limit:
            raise too_large(limit)
        upload.content = Content(once(at_most(limit, upload.content.parts())))
        app.uploads.check(ctx.caller, self.name, self.content_type)
        saved = await app.uploads.store(ctx, upload)
        self.name, self.url, self._content = saved.name, saved.url, None

    async def destroy(
        self, *, use_master_key: bool = False, session_token: str | None = None
    ) -> None:
        """Removes what is stored under its name; for the master key. Raises 403, 153."""
        ctx = await asking(use_master_key=use_master_key, session_token=session_token)
        await current().removals.remove(ctx, self.name)

    def signed_url(self, *, expires_in: int) -> str:
        """An address that opens the file for so many seconds, whoever has it: give it to nobody
        who may not read the file. For option `fileDownload.signedUrls`.

        Raises `ValueError` for a file that has not been saved, that another server serves, or
        where addresses are not signed.
        """
        if expires_in < 1:
            raise ValueError("expires_in is a number of seconds of at least 1.")
        app = current()
        ctx = RequestContext(app.objects, Caller(), app.mount_url)
        url = None if self.url is None else signed_url(ctx, self.name, int(expires_in))
        if url is None:
            raise ValueError(f"The address of {self.name} cannot be signed.")
        return url

    def as_upload(self, content: Content) -> Upload:
        held = content.held
        return Upload(
            self.name,
            content,
            self.content_type,
            self.metadata,
            self.tags,
            MISSING if self.directory is None else self.directory,
            size=None if held is None else len(held),
            streamed=held is None,
            acl=MISSING if self.acl is None else self.acl.to_json(),
        )

    def to_json(self) -> JSONObject:
        described: JSONObject = {"__type": "File", "name": self.name}
        if self.url is not None:
            described["url"] = self.url
        if self.url is None and self._content is not None:
            return UnsavedFile(self, described)
        return described

    @classmethod
    def from_json(cls, value: JSONObject) -> "File":
        """Raises `ValueError`."""
        if isinstance(value, UnsavedFile):
            return value.subject
        name, url = value.get("name"), value.get("url")
        if not isinstance(name, str) or not isinstance(url, str | None):
            raise ValueError("a File has a name and an address")
        return cls(name, url=url)

    @classmethod
    def reading(
        cls,
        name: str,
        content: Content | None,
        *,
        url: str | None = None,
        described: Upload | None = None,
    ) -> "File":
        """One as triggers get it: `content` is where its bytes are."""
        file = cls(name, url=url)
        file._content = content
        if described is not None:
            file.content_type = described.content_type
            file.metadata, file.tags = described.metadata, described.tags
            directory = described.directory
            file.directory = directory if isinstance(directory, str) else None
            file.acl = ACL(described.acl) if isinstance(described.acl, dict) else None
        return file


class UnsavedFile(Unsaved):
    subject: File

    async def saved(self, ctx: RequestContext) -> JSONObject:
        await self.subject.save_as(ctx)
        return self.subject.to_json()


def _source(data: Data) -> bytes | Any:
    if isinstance(data, str):
        return from_base64(data.rpartition(",")[2])
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    return once(data)


def _type_in(data: Data | None) -> str | None:
    """`data:image/png;base64,…` → `image/png`"""
    if not isinstance(data, str) or not data.startswith("data:"):
        return None
    return data[len("data:") :].partition(",")[0].partition(";")[0] or None


def _limit(app: CloudApp, ctx: RequestContext, given: int | None) -> int:
    if given is None:
        return app.objects.options.max_upload_size
    if not ctx.caller.is_master:
        raise errors.master_key_required()
    if given < 0:
        raise ParseError(Code.FILE_SAVE_ERROR, f"Invalid maxUploadSize override value: {given}")
    return given
