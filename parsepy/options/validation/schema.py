"""Schema as code, and the store's own settings."""

from collections.abc import Mapping

from parsepy.options.errors import OptionsError
from parsepy.options.validation.rules import (
    each_given,
    is_array,
    is_boolean,
    is_number,
    is_object,
    is_set,
)

_NAME = "Parse Server option schema"


def check_schema(values: Mapping[str, object]) -> None:
    schema = values.get("schema")
    if not is_set(schema):
        return
    if not is_object(schema):
        raise OptionsError(f"{_NAME} must be an object.")
    switches = ("strict", "deleteExtraFields", "recreateModifiedFields", "lockSchemas")
    each_given(schema, ("definitions",), is_array, _NAME + ".{} must be an array.")
    each_given(schema, switches, is_boolean, _NAME + ".{} must be a boolean.")
    each_given(
        schema,
        ("beforeMigration", "afterMigration"),
        callable,
        _NAME + ".{} must be a function.",
    )


def check_database_options(values: Mapping[str, object]) -> None:
    options = values.get("databaseOptions")
    if options is None:
        return
    if not is_object(options):
        raise OptionsError("databaseOptions must be an object")
    each_given(options, ("enableSchemaHooks",), is_boolean, "databaseOptions.{} must be a boolean")
    each_given(options, ("schemaCacheTtl",), is_number, "databaseOptions.{} must be a number")
    each_given(
        options,
        ("allowPublicExplain",),
        is_boolean,
        "Parse Server option 'databaseOptions.{}' must be a boolean.",
    )
