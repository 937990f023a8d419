"""What there is to copy."""

from dataclasses import dataclass
from typing import Final

from parsepy.query.options import ONE
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, missing_class
from parsepy.schema.system_classes import (
    EVENT_CLASS,
    FILE_ACCESS_CLASS,
    MAIL_CLASS,
    SYSTEM_CLASSES,
    VOLATILE_CLASSES,
    join_class,
)
from parsepy.storage.base import Storage

STATE_CLASS: Final = "_ParsepyCopy"
"""Where the target keeps what is known of an unfinished copy; no class of an app."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """`classes` have objects or an entry in the schema; `relations` have rows."""

    definitions: tuple[ClassDefinition, ...]
    classes: tuple[ClassSchema, ...]
    relations: tuple[str, ...]
    strangers: tuple[str, ...]
    """Names in the store that belong to no class: they are not copied."""
    files: tuple[str, ...]
    riddles: tuple[tuple[str, str], ...]
    """Classes and their fields whose type in the schema nobody knows."""


_WITHOUT_ENTRY: Final = SYSTEM_CLASSES | VOLATILE_CLASSES | {FILE_ACCESS_CLASS, EVENT_CLASS}


async def take_inventory(storage: Storage) -> Inventory:
    definitions = await storage.load_classes()
    stored = await storage.stored_names()
    schemas = {definition.name: ClassSchema(definition) for definition in definitions}
    for name in stored.classes:
        # parse-server keeps no entry for some of these, or makes it with the first write.
        if name not in schemas and name in _WITHOUT_ENTRY:
            schemas[name] = missing_class(name)
    joins = {
        join_class(field, schema.name) for schema in schemas.values() for field in schema.relations
    }
    known = joins | schemas.keys() | {STATE_CLASS}
    if MAIL_CLASS in stored.classes and not await size_of(storage, MAIL_CLASS):
        known.add(MAIL_CLASS)
    return Inventory(
        definitions=tuple(definitions),
        classes=tuple(schemas.values()),
        relations=tuple(sorted(joins.intersection(stored.classes))),
        strangers=tuple(name for name in stored.classes if name not in known),
        files=stored.files,
        riddles=stored.riddles,
    )


async def first_class_with_data(storage: Storage) -> str | None:
    """A class or relation that is not empty."""
    stored = await storage.stored_names()
    for name in stored.classes:
        if name != STATE_CLASS and await storage.find(missing_class(name), EVERYTHING, ONE):
            return name
    return None


async def size_of(storage: Storage, name: str) -> int:
    """About how many objects or rows there are: for progress, not for verification."""
    return await storage.count(missing_class(name), EVERYTHING)
