"""Classes as code: what has to change so that a store has the classes that are defined. Pure.

A definition has the form of the schema API. What comes out are bodies for that API, so whatever it
checks is checked here as well; a plan for a store that fits is empty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from parsepy import errors
from parsepy.schema.classes import COMMON_COLUMNS, ClassSchema
from parsepy.schema.definition_diff import Difference, diff_fields, diff_indexes
from parsepy.schema.describe import described_permissions
from parsepy.schema.index_options import IndexOptions
from parsepy.schema.system_classes import DEFAULT_COLUMNS, SYSTEM_CLASSES
from parsepy.schema.system_indexes import automatic_indexes, is_server_index
from parsepy.types import JSONObject, JSONValue

_DELETE: Final[JSONObject] = {"__op": "Delete"}

Hook = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The option `schema`. `strict` ends a start whose migration fails."""

    classes: tuple[JSONObject, ...] = ()
    strict: bool = False
    delete_extra_fields: bool = False
    recreate_modified_fields: bool = False
    keep_unknown_indexes: bool = False
    before: Hook | None = None
    after: Hook | None = None

    @property
    def names(self) -> list[str]:
        return [_name(definition) for definition in self.classes]


class StoredClass(NamedTuple):
    """A class as it is, with the options that its indexes really have."""

    schema: ClassSchema
    index_options: Mapping[str, IndexOptions]


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the schema API; `tells` says in words what it changes."""

    class_name: str
    body: JSONObject
    tells: tuple[str, ...]
    creates: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`steps` in their order; `warnings` about what stays different."""

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()


def read_definitions(option: Mapping[str, object]) -> Definitions:
    """The option `schema`, which has passed the checks of options."""
    classes = cast("Sequence[JSONObject]", option.get("definitions") or ())
    return Definitions(
        tuple(classes),
        strict=option.get("strict") is True,
        delete_extra_fields=option.get("deleteExtraFields") is True,
        recreate_modified_fields=option.get("recreateModifiedFields") is True,
        keep_unknown_indexes=option.get("keepUnknownIndexes") is True,
        before=cast("Hook | None", option.get("beforeMigration")),
        after=cast("Hook | None", option.get("afterMigration")),
    )


def check_names(definitions: Definitions) -> None:
    """Raises 103 when a class has two definitions: each start would make it the other one."""
    names = definitions.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise errors.ParseError(
            errors.Code.INVALID_CLASS_NAME, f"Defined more than once: {', '.join(twice)}."
        )


def plan_class(
    definition: JSONObject, stored: StoredClass | None, definitions: Definitions
) -> Plan:
    """What makes the class be as it is defined. Raises what the schema API says to its fields."""
    if stored is None:
        return _plan_new(definition)
    name = stored.schema.name
    automatic = automatic_indexes(stored.schema)
    fields = diff_fields(
        stored.schema,
        _own_fields(name, definition),
        delete_extra=definitions.delete_extra_fields,
        recreate=definitions.recreate_modified_fields,
    )
    indexes = diff_indexes(
        stored.schema.definition.indexes,
        stored.index_options,
        *_own_indexes(name, definition),
        keep_unknown=definitions.keep_unknown_indexes,
        is_kept=lambda index: is_server_index(name, index) or index in automatic,
    )
    change = _change_body(fields, indexes)
    tells = [*fields.tells, *indexes.tells]
    permissions = _defined_permissions(definition)
    if permissions != stored.schema.definition.permissions:
        change["classLevelPermissions"] = permissions
        tells.append("sets classLevelPermissions")
    bodies = [_deletions(fields), change, _recreations(indexes)]
    steps = [Step(name, body, ()) for body in bodies if body]
    if steps:
        steps[0] = Step(name, steps[0].body, tuple(tells))
    return Plan(tuple(steps), tuple(fields.warnings) if definitions.strict else ())


def plan_undefined(stored: StoredClass) -> Plan:
    """A class without a definition keeps everything, but clients add no more fields to it."""
    schema = stored.schema
    permissions = described_permissions(schema.definition.permissions) | {"addField": {}}
    if permissions == schema.definition.permissions:
        return Plan()
    body: JSONObject = {"classLevelPermissions": permissions}
    return Plan((Step(schema.name, body, ("closes addField",)),))


def undefined_warning(definitions: Definitions, stored: Sequence[StoredClass]) -> Plan:
    """With `strict`: which classes of the store nobody defines."""
    defined = SYSTEM_CLASSES | set(definitions.names)
    missing = sorted(each.schema.name for each in stored if each.schema.name not in defined)
    if not missing or not definitions.strict:
        return Plan()
    return Plan(warnings=(f"classes without a definition: {', '.join(missing)}",))


def _plan_new(definition: JSONObject) -> Plan:
    name = _name(definition)
    fields = _own_fields(name, definition)
    indexes, options = _own_indexes(name, definition)
    body: JSONObject = {
        "className": name,
        "fields": fields,
        "indexes": indexes,
        "indexOptions": options,
        "classLevelPermissions": _defined_permissions(definition),
    }
    told = "creates the class" + (f" with {', '.join(fields)}" if fields else "")
    warnings = (
        ()
        if definition.get("classLevelPermissions")
        else (f"{name} is defined without classLevelPermissions: only the master key reaches it",)
    )
    return Plan((Step(name, body, (told,), creates=True),), warnings)


def _name(definition: JSONObject) -> str:
    name = definition.get("className") if isinstance(definition, dict) else None
    if not isinstance(name, str):
        raise errors.ParseError(
            errors.Code.MISSING_REQUIRED_FIELD, "A schema definition needs a className."
        )
    return name


def _own_fields(class_name: str, definition: JSONObject) -> JSONObject:
    """The defined fields without those that every class or the system class has anyway."""
    given = COMMON_COLUMNS | DEFAULT_COLUMNS.get(class_name, {})
    fields = _mapping(definition, "fields")
    return {name: field for name, field in fields.items() if name not in given}


def _own_indexes(class_name: str, definition: JSONObject) -> tuple[JSONObject, JSONObject]:
    def own(key: str) -> JSONObject:
        return {
            name: value
            for name, value in _mapping(definition, key).items()
            if not is_server_index(class_name, name)
        }

    return own("indexes"), own("indexOptions")


def _mapping(definition: JSONObject, key: str) -> JSONObject:
    value: JSONValue = definition.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise errors.invalid_json("invalid JSON")
    return value


def _defined_permissions(definition: JSONObject) -> JSONObject:
    """Fields come from definitions only, so nobody else adds any."""
    return _mapping(definition, "classLevelPermissions") | {"addField": {}}


def _deletions(fields: Difference) -> JSONObject:
    gone = [*fields.deleted, *fields.recreated]
    return {"fields": dict.fromkeys(gone, _DELETE)} if gone else {}


def _change_body(fields: Difference, indexes: Difference) -> JSONObject:
    body: JSONObject = {}
    wanted = fields.added | fields.altered | fields.recreated
    if wanted:
        body["fields"] = wanted
    changed: JSONObject = dict.fromkeys((*indexes.deleted, *indexes.recreated), _DELETE)
    changed |= indexes.added
    if changed:
        body["indexes"] = changed
    options = {name: value for name, value in indexes.options.items() if name in indexes.added}
    if options:
        body["indexOptions"] = options
    return body


def _recreations(indexes: Difference) -> JSONObject:
    """An index that changed goes with one call and comes with the next."""
    if not indexes.recreated:
        return {}
    options = {name: value for name, value in indexes.options.items() if name in indexes.recreated}
    return {"indexes": indexes.recreated, "indexOptions": options}
