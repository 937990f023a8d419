"""What the files room needs of the app's own code: its triggers for files (cloud-code sheet, 4.9).

What triggers raise is meant for the client.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from parsepy.files.base import StoredFile
from parsepy.files.content import Content
from parsepy.objects.context import RequestContext
from parsepy.types import MISSING, JSONObject, JSONValue, Missing


@dataclass(slots=True)
class Upload:
    """A file that is going to be stored. `content` is unread.

    `size` is the number of its bytes where that is known before, `streamed` whether it is sent as
    a stream: such a one may be empty.
    """

    name: str
    content: Content
    content_type: str | None = None
    metadata: JSONObject = field(default_factory=dict)
    tags: JSONObject = field(default_factory=dict)
    directory: JSONValue | Missing = MISSING
    size: int | None = None
    streamed: bool = False
    acl: JSONValue | Missing = MISSING


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file that is there already, whoever serves it: nothing is stored."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an upload. `size` counts what was stored; `None` for a file elsewhere, of
    which no more is known than where it is."""

    name: str
    url: str
    size: int | None = None
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as its reader gets it.

    `name` says the type; `data` are other bytes than the stored ones; `headers` stand in place of
    those that every file is sent with.
    """

    name: str
    data: bytes | None = None
    attachment: bool = False
    headers: Mapping[str, str] | None = None


class FileTriggers(Protocol):
    """Those that are not in `names` do nothing."""

    @property
    def names(self) -> Collection[str]:
        """`beforeSave`, `afterSave`, `beforeDelete`, `afterDelete`, `beforeFind`, `afterFind`."""

    async def before_save(self, ctx: RequestContext, upload: Upload) -> Upload | Elsewhere:
        """What to store instead."""

    async def after_save(self, ctx: RequestContext, saved: Saved, content: Content) -> None:
        """`content` reads what is stored."""

    async def around_delete(self, ctx: RequestContext, kind: str, name: str, url: str) -> None:
        """`beforeDelete` or `afterDelete`."""

    async def before_find(self, ctx: RequestContext, name: str, url: str, unnamed: str) -> str:
        """The name of the file to look for instead. `unnamed` is what an error without a text
        says."""

    async def after_find(
        self, ctx: RequestContext, stored: StoredFile, url: str, content: Content, unnamed: str
    ) -> Shown: ...


class TriggersForFiles(Protocol):
    @property
    def of_files(self) -> FileTriggers | None:
        """`None` where the app has none: it stands in the way of every upload and download."""


class NoFileTriggers:
    of_files: FileTriggers | None = None
