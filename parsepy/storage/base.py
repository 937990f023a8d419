"""The storage contract. It speaks Parse: REST values, schemas, the query tree; never SQL or BSON.

Objects go in and come out as `ParseObject`s in REST form with canonical values
(`protocol.values`): `objectId`, `createdAt` and `updatedAt` as bare ISO text, `ACL` as a map and
only if the object has one, Dates as `{"__type": "Date", …}`, Relation fields not at all. File
values carry `name` only. Internal columns (`_hashed_password`, `_failed_login_count`, …) keep
their names, their dates are typed Dates; a session's token is `sessionToken`.

An answer is given only after the write is as durable as the store makes it. Errors that a caller
must tell apart are `DuplicateValue` and `ClassExists`; a store that cannot be reached raises
`errors.database_error()`; a value the store cannot take raises a `ParseError` of 102, 107 or 111.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from parsepy.errors import DuplicateValue
from parsepy.protocol.operations import Changes
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject, JSONValue, ParseObject


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What differs between stores that a caller may have to know."""

    name: str
    """Shown at start and in `/serverInfo`-like places: `MongoDB 6.0.5`, `SQLite 3.50.0`."""
    transactions: bool
    parse_server_layout: bool = False
    """Whether parse-server may run on the same data: then only its own indexes are made."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that the server itself wants on a class (schema-API indexes are `create_index`).

    `fields` are Parse fields or dotted paths (`authData.anonymous.id`), ascending.
    """

    class_name: str
    name: str
    fields: tuple[str, ...]
    unique: bool = False
    case_insensitive: bool = False
    expires: bool = False
    """Objects go when the date in the field has passed."""


ID_INDEX: Final[dict[str, JSONObject]] = {"_id_": {"_id": 1}}
"""What a class's definition records of the index on the id as soon as it records any index."""


class Storage(Protocol):
    """One app's store. Methods may be called concurrently from the loop that called `start`."""

    @property
    def capabilities(self) -> Capabilities: ...

    # -- life

    async def start(self) -> None:
        """Connects. Raises `ParseError` 1 when the store cannot be reached."""

    async def close(self) -> None: ...

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        """Makes what is missing; raises `DuplicateValue` when a unique one meets duplicates."""

    async def erase(self) -> None:
        """Deletes every class, object and schema entry: for tests."""

    # -- schema (a `schema.store.SchemaStore`)

    async def load_classes(self) -> list[ClassDefinition]: ...

    async def create_class(self, definition: ClassDefinition) -> None:
        """Raises `ClassExists`."""

    async def add_field(self, class_name: str, name: str, field: Field) -> None:
        """Adds a field (and the class, when it is missing); does nothing when it is there."""

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None: ...

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        """Removes the fields from the schema, their values from all objects, and join rows."""

    async def set_permissions(self, class_name: str, permissions: JSONObject) -> None: ...

    async def create_index(self, schema: ClassSchema, name: str, key: JSONObject) -> None:
        """`key` maps stored column names (`_p_owner` for a Pointer) to 1, -1 or `"text"`.

        Records it in the class's definition. Raises 102 when the store refuses it,
        `DuplicateValue` when values are not unique.
        """

    async def drop_index(self, schema: ClassSchema, name: str) -> None: ...

    async def delete_class(self, schema: ClassSchema) -> None:
        """Drops the objects, the schema entry and the join rows of the class's relations."""

    # -- objects

    async def get(
        self, schema: ClassSchema, object_id: str, group: tuple[str, ...] | None
    ) -> ParseObject | None:
        """The object, if it is there and readable for `group` (`None`: reads everything)."""

    async def find(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[ParseObject]: ...

    async def find_texts(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[str]:
        """As `find`, each object as JSON text, which a store may build without decoding it."""

    async def count(self, schema: ClassSchema, where: Where) -> int: ...

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        """Raises `DuplicateValue`. The document is not changed and not kept."""

    async def insert_many(
        self, schema: ClassSchema, documents: Sequence[ParseObject]
    ) -> list[DuplicateValue | None]:
        """Inserts each on its own, in one round trip; the result is in the documents' order."""

    async def check_polygons(self, schema: ClassSchema, polygons: Sequence[JSONObject]) -> None:
        """Raises 111 when the store could not index one of them.

        Asked before a field is made for a Polygon: else its refusal would leave the field behind.
        """

    async def update(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> ParseObject | None:
        """Changes the first object that matches; the object after it, `None` if none matched.

        Check and change are one step. `changes` may have dotted paths, internal columns, `ACL`
        as `SetValue`; no `ChangeRelation`; authentication data one provider at a time
        (`authData.anonymous`). Raises `DuplicateValue`.
        """

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        """Deletes all objects that match; how many there were."""

    # -- relations and roles

    async def change_relation(
        self, join_class: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        """Adds and removes rows `(owning_id, related id)`; both are idempotent."""

    async def role_names(self, user_id: str) -> list[str]:
        """Names of the roles that hold the user, directly or through child roles, each once.

        Roles of any depth in one round trip; cycles end.
        """


INTERNAL_DATE_COLUMNS: Final = frozenset(
    (
        "_email_verify_token_expires_at _perishable_token_expires_at"
        " _account_lockout_expires_at _password_changed_at"
    ).split()
)


def stored_fields(document: Mapping[str, JSONValue], schema: ClassSchema) -> ParseObject:
    """`document` without what no store keeps: Relation values."""
    if not schema.relations:
        return dict(document)
    return {name: value for name, value in document.items() if name not in schema.relations}
