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

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import msgspec

from parsepy.aggregation.pipeline import AS_STORED, AggregateOptions
from parsepy.errors import DuplicateValue
from parsepy.protocol.operations import Changes
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.index_options import PLAIN, IndexOptions
from parsepy.storage.object_changes import ObjectWatch, ObjectWatcher
from parsepy.storage.scanned import CopyableStorage
from parsepy.storage.transaction import Transaction
from parsepy.storage.updates import Outcome, Transition, Update
from parsepy.types import JSONObject, JSONValue, ParseObject


class Capabilities(msgspec.Struct, frozen=True):
    """What differs between stores that a caller may have to know."""

    name: str
    """Shown at start and in `/serverInfo`-like places: `MongoDB 6.0.5`, `SQLite 3.50.0`."""
    transactions: bool
    parse_server_layout: bool = False
    """Whether parse-server may run on the same data: then only its own indexes are made."""
    answers_in_order: bool = False
    """Whether changes of one object are answered in the order in which they were done."""


class Index(msgspec.Struct, frozen=True):
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


class Storage(CopyableStorage, Protocol):
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

    # -- transactions

    @property
    def current_transaction(self) -> Transaction | None:
        """The transaction in whose block this task, or the one that started it, is."""

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """`async with storage.transaction():` keeps all that its block does, or nothing of it.

        It holds for the task and for tasks that it starts; those must have ended when the block
        ends. Reads inside see what was written inside; reads outside see nothing of it until the
        end. Kept is what was done when the block ends without an error and no operation failed:
        one that did, even if its error was caught, makes the end raise it. Raises
        `TransactionLost` when the store gave it up because of others (`transaction.all_or_nothing`
        does it anew), 124 when it took longer than the store lets it, 108 where the store has no
        transactions, for one inside another, and for a change of the schema that is more than
        `create_class` without indexes, `add_field` and `add_fields`.

        On SQLite it is alone with the writer: keep it short.
        """

    # -- schema (a `schema.store.SchemaStore`)

    async def load_classes(self) -> list[ClassDefinition]: ...

    async def watch_classes(self, changed: Callable[[], None]) -> None:
        """Calls `changed` whenever a class may have changed, whoever did it, until cancelled.

        Returns where the store cannot tell.
        """

    async def create_class(self, definition: ClassDefinition) -> None:
        """Raises `ClassExists`."""

    async def add_field(self, class_name: str, name: str, field: Field) -> None:
        """Adds a field (and the class, when it is missing); does nothing when it is there."""

    async def add_fields(self, class_name: str, fields: Mapping[str, Field]) -> bool:
        """Adds all of the fields (and the class, when it is missing) in one step, or none.

        False when the class has one of them already.
        """

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None: ...

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        """Removes the fields from the schema, their values from all objects, and join rows."""

    async def set_permissions(self, class_name: str, permissions: JSONObject | None) -> None:
        """`None`: the class is as if it had never been given any."""

    async def create_index(
        self, schema: ClassSchema, name: str, key: JSONObject, options: IndexOptions = PLAIN
    ) -> None:
        """`key` maps stored column names (`_p_owner` for a Pointer) to 1, -1, `"text"`,
        `"2dsphere"` or `"2d"`.

        Records it in the class's definition. Raises 102 when the store refuses it,
        `DuplicateValue` when values are not unique.
        """

    async def index_options(self, schema: ClassSchema) -> dict[str, IndexOptions]:
        """The options that the class's indexes really have, by the names of those with any."""

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
    ) -> list[ParseObject]:
        """A text search makes and records its index first (`storage.text_index`). Raises 102."""

    async def find_texts(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[str]:
        """As `find`, each object as JSON text, which a store may build without decoding it."""

    async def count(self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT) -> int:
        """How many objects match; of the options only hint, comment and read preference count."""

    async def explain(
        self, schema: ClassSchema, where: Where, options: FindOptions, verbosity: bool | str
    ) -> JSONValue:
        """How the store would run the find: a plan object in MongoDB's form.

        `verbosity`: True, `queryPlanner`, `queryPlannerExtended`, `executionStats`,
        `allPlansExecution`.
        """

    async def aggregate(
        self,
        schema: ClassSchema,
        pipeline: Sequence[JSONObject],
        options: AggregateOptions = AS_STORED,
    ) -> list[JSONValue]:
        """The rows of a pipeline whose names are stored ones (`aggregation.rewrite`).

        Rows are in stored form too (`query.stored`), Extended JSON with `raw_values`. A store
        need not have every stage and operator. Raises 102.
        """

    async def distinct(self, schema: ClassSchema, field: str, where: Where) -> list[JSONValue]:
        """The values of a field or dotted path, each once and in stored form, without null.

        A list counts by its elements.
        """

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

    async def update_from(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> Transition | None:
        """As `update`; also the object before it, out of the same step.

        However many change an object at once, what one finds is what another has left.
        """

    async def update_many(self, schema: ClassSchema, updates: Sequence[Update]) -> list[Outcome]:
        """As `update`, each on its own, in as few round trips as the store can; the outcomes are
        in the order of `updates`. Not for use in a transaction, which one refusal would end."""

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        """Deletes all objects that match; how many there were."""

    async def remove(self, schema: ClassSchema, where: Where) -> ParseObject | None:
        """Deletes the first object that matches; the object as it was, `None` if none matched."""

    async def watch_objects(self, watcher: ObjectWatcher) -> ObjectWatch:
        """Tells `watcher` of all changes of objects from now on, whoever has made them.

        Raises `ParseError` 1 where the store cannot, which says what it would take.
        """

    # -- relations and roles

    async def change_relation(
        self, join_class: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        """Adds and removes rows `(owning_id, related id)`; both are idempotent."""

    async def related_ids(self, join_class: str, owning_id: str) -> list[str]:
        """The objects in a relation of one object, in the order in which they were added."""

    async def owning_ids(self, join_class: str, related_ids: Sequence[str]) -> list[str]:
        """The objects whose relation holds one of `related_ids`, each once."""

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
