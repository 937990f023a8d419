"""Entries of the schema that no server can work with."""

from collections.abc import Sequence
from typing import Final

from parsepy.doctor.base import Examined, Severity
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.schema.classes import ClassDefinition
from parsepy.schema.system_classes import is_valid_class_name, is_valid_field_name

CHECK: Final = "schema"


async def check(
    database: Examined, definitions: Sequence[ClassDefinition], diagnosis: Diagnosis
) -> None:
    for class_name, field, text in await database.unknown_types():
        diagnosis.find(
            CHECK,
            Severity.ERROR,
            class_name,
            f"field {field} has the type {text!r:.60}, which no server knows",
            "Correct the type in the class's document of _SCHEMA, or remove the field from it.",
        )
    names = {definition.name for definition in definitions}
    for definition in definitions:
        _check_names(definition, diagnosis)
        _check_targets(definition, names, diagnosis)
        _check_geo_points(database, definition, diagnosis)


def _check_names(definition: ClassDefinition, diagnosis: Diagnosis) -> None:
    if not is_valid_class_name(definition.name):
        diagnosis.find(
            CHECK,
            Severity.WARNING,
            definition.name,
            "the name is none that a class may have",
            "No request reaches the class: rename its collection and its document of _SCHEMA.",
        )
    for field in definition.fields:
        if not is_valid_field_name(field, definition.name):
            diagnosis.find(
                CHECK,
                Severity.WARNING,
                definition.name,
                f"field {field!r:.60} has a name that no field may have",
                "Requests that name the field are refused: rename it.",
            )


def _check_targets(definition: ClassDefinition, names: set[str], diagnosis: Diagnosis) -> None:
    for name, field in definition.fields.items():
        target = field.type.target_class
        if target and target not in names and not target.startswith("_"):
            diagnosis.find(
                CHECK,
                Severity.NOTE,
                definition.name,
                f"field {name} points to the class {target}, which does not exist",
                "It is made with its first object; delete the field when it is not needed.",
            )


def _check_geo_points(
    database: Examined, definition: ClassDefinition, diagnosis: Diagnosis
) -> None:
    places = [name for name, field in definition.fields.items() if field.type.name == "GeoPoint"]
    if len(places) > 1 and database.shares_with_parse_server:
        diagnosis.find(
            CHECK,
            Severity.WARNING,
            definition.name,
            f"there are several GeoPoint fields: {', '.join(places)}",
            "parse-server takes one in a class: delete those that are not used.",
        )
