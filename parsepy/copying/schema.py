"""The classes of the source in the target: fields with their options, permissions."""

from collections.abc import Iterable
from dataclasses import replace

from parsepy.schema.classes import COMMON_COLUMNS, ClassDefinition, ClassSchema, Field
from parsepy.schema.system_classes import SYSTEM_CLASSES
from parsepy.storage.base import Storage


async def copy_schema(definitions: Iterable[ClassDefinition], target: Storage) -> None:
    """Makes what is missing. Indexes come last, when the objects are there."""
    present = {definition.name: definition for definition in await target.load_classes()}
    for definition in definitions:
        if definition.name in present:
            await _complete(definition, present[definition.name], target)
        else:
            await target.create_class(replace(definition, indexes={}))


async def drop_strays(definitions: Iterable[ClassDefinition], target: Storage) -> None:
    """Drops classes that the source no longer has; the target must hold nothing but its copy."""
    kept = SYSTEM_CLASSES.union(definition.name for definition in definitions)
    for definition in await target.load_classes():
        if definition.name not in kept:
            await target.delete_class(ClassSchema(definition))


async def _complete(wanted: ClassDefinition, present: ClassDefinition, target: Storage) -> None:
    for name, field in fields_of(wanted).items():
        if name not in present.fields:
            await target.add_field(wanted.name, name, field)
        elif present.fields[name].type == field.type and present.fields[name] != field:
            await target.set_field_options(wanted.name, name, field)
    extra = [name for name in fields_of(present) if name not in wanted.fields]
    if extra:
        # Only an interrupted copy gets here: the source has dropped them since.
        await target.delete_fields(ClassSchema(present), extra)
    if wanted.permissions != present.permissions:
        await target.set_permissions(wanted.name, wanted.permissions)


def differences(wanted: ClassDefinition, found: ClassDefinition | None) -> list[str]:
    """Names of fields that differ, `permissions`, or that the class is missing."""
    if found is None:
        return ["the class is missing"]
    ours, theirs = fields_of(wanted), fields_of(found)
    differing = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
    if wanted.permissions != found.permissions:
        differing.append("permissions")
    return differing


def fields_of(definition: ClassDefinition) -> dict[str, Field]:
    """The fields that a store records; some leave out what every class or user has."""
    unrecorded = {*COMMON_COLUMNS, "password"}
    return {name: field for name, field in definition.fields.items() if name not in unrecorded}
