"""Stored things that belong to no class."""

from collections.abc import Sequence
from typing import Final

from parsepy.doctor.base import Severity
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.schema.system_classes import (
    CLOSED_CLASSES,
    DEFAULT_COLUMNS,
    SYSTEM_CLASSES,
    VOLATILE_CLASSES,
    is_join,
    join_class,
)

CHECK: Final = "collections"

_COPY: Final = "_ParsepyCopy"
_EXPORT: Final = "_ExportProgress"


def check(definitions: Sequence[ClassDefinition], diagnosis: Diagnosis) -> None:
    classes = SYSTEM_CLASSES | VOLATILE_CLASSES | {each.name for each in definitions}
    joins = joins_of(definitions)
    for name, size in diagnosis.sizes.items():
        if is_join(name) and name not in joins:
            diagnosis.find(
                CHECK,
                Severity.WARNING,
                name,
                f"{size.objects} rows of a relation that no class has",
                "Nothing reads them: drop the collection after a look at it.",
            )
        elif name == _COPY:
            diagnosis.find(
                CHECK,
                Severity.ERROR,
                name,
                "this database is an unfinished copy",
                "Finish it with `parsepy copy … --resume`; after a copy that was finished"
                " otherwise, drop the collection.",
            )
        elif name not in classes | CLOSED_CLASSES and not is_join(name) and name != _EXPORT:
            diagnosis.find(
                CHECK,
                Severity.WARNING,
                name,
                f"{size.objects} objects of a class that is not in the schema",
                "No request reaches them: make the class through the schema API, or drop the"
                " collection when it is no part of the app.",
            )


def joins_of(definitions: Sequence[ClassDefinition]) -> dict[str, tuple[str, str]]:
    """Names of the relations' collections, with the classes of their owners and members."""
    schemas = {definition.name: ClassSchema(definition) for definition in definitions}
    for name in DEFAULT_COLUMNS:
        schemas.setdefault(name, ClassSchema(ClassDefinition(name)))
    return {
        join_class(field, schema.name): (schema.name, target)
        for schema in schemas.values()
        for field, target in schema.relations.items()
    }
