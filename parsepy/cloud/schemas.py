"""`Schema`: the classes of the app, looked at and changed by its own code."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Final, Self, TypeAlias, TypedDict, Unpack

from parsepy.cloud import values
from parsepy.cloud.current import asking, current
from parsepy.cloud.objects import Object
from parsepy.objects import class_schemas, purge
from parsepy.types import MISSING, JSONMapping, JSONObject, Missing

FIELD_TYPES: Final = (
    "String",
    "Number",
    "Boolean",
    "Bytes",
    "Date",
    "File",
    "GeoPoint",
    "Polygon",
    "Array",
    "Object",
    "Pointer",
    "Relation",
)
_DELETE: Final[JSONObject] = {"__op": "Delete"}

Class: TypeAlias = str | type[Object]


class FieldOptions(TypedDict, total=False):
    required: bool
    default: object


class Schema:
    """Changes of one class, which `save` makes a new one with and `update` changes one by.

        await (
            Schema("GameScore")
            .add_number("score", required=True, default=0)
            .add_pointer("player", "_User")
            .add_index("by_score", {"score": -1})
            .save(use_master_key=True)
        )

    All of it is for the master key.
    """

    __slots__ = ("_clp", "_fields", "_indexes", "class_name")

    def __init__(self, class_name: Class) -> None:
        self.class_name = _name(class_name)
        self._fields: JSONObject = {}
        self._indexes: JSONObject = {}
        self._clp: JSONObject | None = None

    def __repr__(self) -> str:
        return f"<Schema {self.class_name}>"

    # -- what is to be changed

    def add_field(
        self,
        name: str,
        type: str = "String",  # noqa: A002 (what it is called on the wire)
        *,
        required: bool | None = None,
        default: object = MISSING,
        target_class: Class | None = None,
    ) -> Self:
        """`target_class` is for Pointers and Relations. Raises `ValueError`."""
        if not name:
            raise ValueError("field name may not be null.")
        if type not in FIELD_TYPES:
            raise ValueError(f"{type} is not a valid type.")
        described: JSONObject = {"type": type}
        if type in ("Pointer", "Relation"):
            if not target_class:
                raise ValueError(f"You need to set the targetClass of the {type}.")
            described["targetClass"] = _name(target_class)
        if required is not None:
            described["required"] = required
        if not isinstance(default, Missing):
            described["defaultValue"] = values.encode(default)
        self._fields[name] = described
        return self

    def add_string(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        """As `add_field`, with its options `required` and `default`; so all that follow."""
        return self.add_field(name, "String", **options)

    def add_number(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Number", **options)

    def add_boolean(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Boolean", **options)

    def add_bytes(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Bytes", **options)

    def add_date(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Date", **options)

    def add_file(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "File", **options)

    def add_geo_point(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "GeoPoint", **options)

    def add_polygon(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Polygon", **options)

    def add_array(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Array", **options)

    def add_object(self, name: str, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Object", **options)

    def add_pointer(self, name: str, target_class: Class, **options: Unpack[FieldOptions]) -> Self:
        return self.add_field(name, "Pointer", target_class=target_class, **options)

    def add_relation(self, name: str, target_class: Class) -> Self:
        return self.add_field(name, "Relation", target_class=target_class)

    def delete_field(self, name: str) -> Self:
        self._fields[name] = dict(_DELETE)
        return self

    def add_index(self, name: str, index: Mapping[str, int | str]) -> Self:
        """`{"score": -1, "player": 1}`"""
        if not name or not index:
            raise ValueError("An index has a name and fields.")
        self._indexes[name] = dict(index)
        return self

    def delete_index(self, name: str) -> Self:
        self._indexes[name] = dict(_DELETE)
        return self

    def set_clp(self, permissions: JSONMapping) -> Self:
        """Class-level permissions, as the schema API takes them."""
        self._clp = deepcopy(dict(permissions))
        return self

    # -- in the store

    @classmethod
    async def all(cls, *, use_master_key: bool = False) -> list[JSONObject]:
        """Every class there is, as the schema API describes it."""
        ctx = await asking(use_master_key=use_master_key)
        return await class_schemas.list_all(ctx, current().schemas)

    async def get(self, *, use_master_key: bool = False) -> JSONObject:
        """The class as it is stored. Raises 103."""
        ctx = await asking(use_master_key=use_master_key)
        return await class_schemas.get(ctx, current().schemas, self.class_name)

    async def save(self, *, use_master_key: bool = False) -> JSONObject:
        """Makes the class, and gives it as it is now. Raises 103 for one that is there, and for
        what cannot be as the schema API does; then nothing was made."""
        ctx = await asking(use_master_key=use_master_key)
        made = await class_schemas.create(ctx, current().schemas, self.class_name, self._body())
        self._done()
        return made

    async def update(self, *, use_master_key: bool = False) -> JSONObject:
        """Changes the class, and gives it as it is now. Raises as `save`."""
        ctx = await asking(use_master_key=use_master_key)
        changed = await class_schemas.update(ctx, current().schemas, self.class_name, self._body())
        self._done()
        return changed

    async def delete(self, *, use_master_key: bool = False) -> None:
        """Drops the class. Raises 255 for one that has objects."""
        ctx = await asking(use_master_key=use_master_key)
        await class_schemas.remove(ctx, current().schemas, self.class_name)

    async def purge(self, *, use_master_key: bool = False) -> None:
        """Deletes all its objects; no trigger hears of it."""
        ctx = await asking(use_master_key=use_master_key)
        await purge.purge(ctx, self.class_name)

    # -- parts

    def _body(self) -> JSONObject:
        body: JSONObject = {"className": self.class_name}
        if self._fields:
            body["fields"] = deepcopy(self._fields)
        if self._indexes:
            body["indexes"] = deepcopy(self._indexes)
        if self._clp is not None:
            body["classLevelPermissions"] = deepcopy(self._clp)
        return body

    def _done(self) -> None:
        self._fields, self._indexes, self._clp = {}, {}, None


def _name(class_name: Class) -> str:
    if isinstance(class_name, str):
        return class_name
    if class_name.parse_class is None:
        raise TypeError("Object itself has no class name: give one, or a subclass.")
    return class_name.parse_class
