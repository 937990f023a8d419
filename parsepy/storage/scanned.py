"""What a whole store is read as, and written from: the part of the contract that copies use."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol

from parsepy.schema.classes import ClassSchema
from parsepy.types import ParseObject


class Scanned(NamedTuple):
    """One object as `Storage.find` gives it, and what of its row is part of no object."""

    document: ParseObject
    left_out: tuple[str, ...] = ()
    """Names of stored columns that the object does not show: nothing else tells of them."""


class Pair(NamedTuple):
    """One row of a relation."""

    owning_id: str
    related_id: str


class StoredNames(NamedTuple):
    """What there is in a store, whether a schema knows it or not."""

    classes: tuple[str, ...]
    """Names of classes and of relations' rows (`_Join:…`), without the collection prefix."""
    files: tuple[str, ...] = ()
    """Collections or folders that hold the contents of files."""
    riddles: tuple[tuple[str, str], ...] = ()
    """Classes and their fields of a type that nobody knows: no definition has them."""


class CopyableStorage(Protocol):
    async def stored_names(self) -> StoredNames: ...

    def scan(self, schema: ClassSchema) -> AsyncIterator[Sequence[Scanned]]:
        """All objects with their internal columns, in the order in which they were inserted.

        In batches of bounded size. Objects that come or go meanwhile may be among them or not.
        """

    def scan_relation(self, join_class: str) -> AsyncIterator[Sequence[Pair]]:
        """All rows, those of one owner together and in the order in which they were inserted."""

    async def unusual_indexes(self, class_name: str) -> tuple[str, ...]:
        """Names of indexes that are more than `create_index` can make."""

    async def insert_relation(self, join_class: str, rows: Sequence[Pair]) -> None:
        """Adds rows that are not there yet, in their order."""
