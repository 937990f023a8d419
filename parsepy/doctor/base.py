"""What a check reads, and what it finds."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.base import Index
from parsepy.storage.scanned import Pair


class Severity(Enum):
    ERROR = "error"
    """Requests fail, answer something wrong, or a server cannot start."""
    WARNING = "warning"
    """Requests work; space or time is wasted, or data is not what its author believes."""
    NOTE = "note"
    """Good to know."""


class Size(NamedTuple):
    objects: int
    bytes: int


class UnknownType(NamedTuple):
    class_name: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundIndex:
    """`key` is in stored column names. `uses` is `None` when the database does not tell."""

    name: str
    key: dict[str, object]
    unique: bool = False
    is_plain: bool = True
    """Sorted, of all objects: not partial, sparse, expiring, hashed, geo or text."""
    collation: str = ""
    limits: str = ""
    """Which objects it leaves out: sparse, a filter."""
    expires: int | None = None
    uses: int | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one object."""

    object_id: str
    severity: Severity
    message: str
    advice: str


@dataclass(slots=True)
class Finding:
    """`class_name` is empty for what concerns the whole database; `count` is of objects."""

    check: str
    severity: Severity
    class_name: str
    message: str
    advice: str
    count: int = 1
    object_ids: list[str] = field(default_factory=list)


class Examined(Protocol):
    """A database, read only. `sample` bounds the objects of a class that are looked at."""

    @property
    def description(self) -> str: ...

    @property
    def shares_with_parse_server(self) -> bool: ...

    async def definitions(self) -> list[ClassDefinition]: ...

    async def unknown_types(self) -> list[UnknownType]: ...

    async def sizes(self) -> dict[str, Size]:
        """Of classes and relations, known to the schema or not."""

    async def file_size(self) -> Size | None:
        """Of the files that the database holds."""

    async def damage(self) -> list[str]:
        """What the database itself finds wrong with its pages."""

    async def indexes(self, class_name: str) -> list[FoundIndex]: ...

    def wanted(self, index: Index) -> FoundIndex:
        """How an index that the server wants looks in this database."""

    def problems(
        self, schema: ClassSchema, sample: int | None
    ) -> AsyncIterator[tuple[int, Sequence[Problem]]]:
        """Batches: how many objects were looked at, and what is wrong with some of them."""

    def pairs(self, join_class: str, sample: int | None) -> AsyncIterator[Sequence[Pair]]: ...

    def session_users(self, sample: int | None) -> AsyncIterator[Sequence[Pair]]:
        """Ids of sessions with the ids of their users."""

    async def known_ids(self, class_name: str, ids: Sequence[str]) -> set[str]: ...

    async def duplicates(self, field: str) -> list[list[str]]:
        """Ids of users who share a value but for its case; at most a hundred groups."""
