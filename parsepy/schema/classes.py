"""A class as it is stored (`ClassDefinition`) and as requests use it (`ClassSchema`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from parsepy.protocol.field_types import ACL, DATE, STRING, Fields, FieldType
from parsepy.schema import class_permissions
from parsepy.schema.system_classes import DEFAULT_COLUMNS, is_volatile
from parsepy.types import MISSING, JSONObject, JSONValue, Missing


class Field(msgspec.Struct, frozen=True):
    type: FieldType
    required: bool = False
    default: JSONValue | Missing = MISSING

    @property
    def has_options(self) -> bool:
        return self.required or not isinstance(self.default, Missing)


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """What the schema store keeps of a class, in Parse terms.

    `fields` leaves out the four that every class has. `permissions` is the CLP exactly as the
    schema API got it, `None` when it never got one. `indexes` maps a name to its key
    specification in stored column names.
    """

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    permissions: JSONObject | None = None
    indexes: dict[str, JSONObject] = field(default_factory=dict)


COMMON_COLUMNS: Final[Fields] = {
    "objectId": STRING,
    "createdAt": DATE,
    "updatedAt": DATE,
    "ACL": ACL,
}


class ClassSchema:
    """A class with everything precomputed that a request asks of it. Never changed, replaced."""

    __slots__ = (
        "__weakref__",  # stores keep what they precompute for a class as long as it lives
        "arrays",
        "defaults",
        "definition",
        "exists",
        "fields",
        "files",
        "holders",
        "name",
        "permissions",
        "pointers",
        "relations",
        "required",
        "types",
    )

    def __init__(self, definition: ClassDefinition, *, exists: bool = True) -> None:
        self.definition = definition
        self.exists = exists
        """False for a class that is in no schema store (yet)."""
        self.name = definition.name
        self.permissions = class_permissions.read(definition.permissions)
        self.fields = _with_default_columns(definition)
        self.types: Fields = {name: column.type for name, column in self.fields.items()}
        self.relations = self._targets("Relation")
        self.pointers = self._targets("Pointer")
        self.files = frozenset(self._of_type("File"))
        self.arrays = frozenset(self._of_type("Array"))
        self.holders = self.arrays | frozenset(self._of_type("Object"))
        """Fields whose values may hold others, Files too."""
        self.required = frozenset(name for name, column in self.fields.items() if column.required)
        self.defaults = {
            name: column.default
            for name, column in self.fields.items()
            if not isinstance(column.default, Missing)
        }

    def type_of(self, field_name: str) -> FieldType | None:
        return self.types.get(field_name)

    def _of_type(self, type_name: str) -> list[str]:
        return [name for name, type_ in self.types.items() if type_.name == type_name]

    def _targets(self, type_name: str) -> dict[str, str]:
        return {name: self.types[name].target_class or "" for name in self._of_type(type_name)}


def missing_class(name: str) -> ClassSchema:
    """The schema of a class that no store knows: system classes have their columns all the same."""
    return ClassSchema(ClassDefinition(name), exists=is_volatile(name))


def _with_default_columns(definition: ClassDefinition) -> Mapping[str, Field]:
    columns = {name: Field(type_) for name, type_ in COMMON_COLUMNS.items()}
    for name, type_ in DEFAULT_COLUMNS.get(definition.name, {}).items():
        columns[name] = Field(type_)
    for name, column in definition.fields.items():
        if name not in COMMON_COLUMNS:
            columns[name] = column
    return columns
