"""What differs between a class as it is defined and as it is stored. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from parsepy.errors import ParseError
from parsepy.schema.classes import COMMON_COLUMNS, ClassSchema, Field
from parsepy.schema.field_check import canonical, read_field, storable
from parsepy.schema.index_options import PLAIN, IndexOptions, read_options
from parsepy.schema.system_classes import DEFAULT_COLUMNS
from parsepy.types import JSONObject, JSONValue


@dataclass(slots=True)
class Difference:
    """Of fields or of indexes; values are as the definition spells them.

    `recreated` must go before they can come as they are defined.
    """

    added: JSONObject = field(default_factory=dict)
    altered: JSONObject = field(default_factory=dict)
    recreated: JSONObject = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    options: JSONObject = field(default_factory=dict)
    tells: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def diff_fields(
    schema: ClassSchema, defined: JSONObject, *, delete_extra: bool, recreate: bool
) -> Difference:
    """Raises what the schema API says to a definition that is wrong."""
    found = Difference()
    for name, definition in defined.items():
        wanted = storable(read_field(schema.name, name, definition))
        present = schema.fields.get(name)
        if present is None:
            found.added[name] = definition
            found.tells.append(f"adds field {name} ({wanted.type})")
        elif present.type != wanted.type:
            _note_other_type(found, schema, name, definition, wanted, recreate=recreate)
        elif _differ(present, wanted):
            found.altered[name] = definition
            found.tells.append(f"changes the options of field {name}")
    _note_extra_fields(found, schema, defined, delete=delete_extra)
    return found


def _differ(present: Field, wanted: Field) -> bool:
    """What is stored may be anything, written by whoever was here before."""
    try:
        return canonical(present) != canonical(wanted)
    except ParseError:
        return True


def diff_indexes(
    present: Mapping[str, JSONObject],
    present_options: Mapping[str, IndexOptions],
    defined: JSONObject,
    options: JSONObject,
    *,
    keep_unknown: bool,
    is_kept: Callable[[str], bool],
) -> Difference:
    """`is_kept` tells the server's own indexes, which no definition lists."""
    found = Difference(options=options)
    for name, key in defined.items():
        wanted = read_options(name, options[name]) if name in options else PLAIN
        if name not in present:
            found.added[name] = key
            found.tells.append(f"adds index {name}")
        elif not _same_key(present[name], key) or present_options.get(name, PLAIN) != wanted:
            found.recreated[name] = key
            found.tells.append(f"makes index {name} anew")
    for name in present:
        if name not in defined and not keep_unknown and not is_kept(name):
            found.deleted.append(name)
            found.tells.append(f"drops index {name}")
    return found


def _note_other_type(
    found: Difference,
    schema: ClassSchema,
    name: str,
    definition: JSONValue,
    wanted: Field,
    *,
    recreate: bool,
) -> None:
    stored = schema.types[name]
    if recreate:
        found.recreated[name] = definition
        found.tells.append(f"deletes field {name} ({stored}) and adds it as {wanted.type}")
    else:
        found.warnings.append(
            f"field {name} of {schema.name} is defined as {wanted.type} and stored as {stored}"
        )


def _note_extra_fields(
    found: Difference, schema: ClassSchema, defined: JSONObject, *, delete: bool
) -> None:
    given = COMMON_COLUMNS | DEFAULT_COLUMNS.get(schema.name, {})
    extra = [name for name in schema.fields if name not in defined and name not in given]
    if not extra:
        return
    if delete:
        found.deleted += extra
        found.tells += [f"deletes field {name}" for name in extra]
    else:
        found.warnings.append(f"fields of {schema.name} without a definition: {', '.join(extra)}")


def _same_key(present: JSONObject, defined: JSONValue) -> bool:
    """The order of an index's fields is part of it, but for a text index: no store records it."""
    if not isinstance(defined, dict) or "text" in present.values():
        return present == defined
    return list(present.items()) == list(defined.items())
