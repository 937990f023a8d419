"""The indexes: the server's own as the target wants them, then those that classes record."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from parsepy.copying.report import Report
from parsepy.errors import DuplicateValue, ParseError
from parsepy.options.load import load_options
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.schema.index_options import PLAIN
from parsepy.storage.base import ID_INDEX, Index, Storage
from parsepy.storage.wanted_indexes import wanted_indexes
from parsepy.types import JSONObject

_AUTH_DATA: Final = re.compile(r"_auth_data_(?P<provider>\w+)_id")


async def copy_indexes(
    definitions: Iterable[ClassDefinition], source: Storage, target: Storage, report: Report
) -> None:
    """After the objects: a single pass makes an index cheaper, and duplicates lose no object."""
    own = _own_indexes(definitions, target)
    for index in own:
        try:
            await target.ensure_indexes([index])
        except DuplicateValue:
            report.warnings.append(
                f"{index.class_name}: the server's unique index {index.name} could not be made,"
                " since objects share a value. `parsepy doctor` names them."
            )
    names = {(index.class_name, index.name) for index in own}
    for definition in definitions:
        wanted = {
            name: key
            for name, key in definition.indexes.items()
            if name not in ID_INDEX and (definition.name, name) not in names
        }
        if wanted:
            await _create(definition, wanted, source, target, report)


def _own_indexes(definitions: Iterable[ClassDefinition], target: Storage) -> list[Index]:
    options = load_options({"appId": "copied", "masterKey": "never asked"}).options
    own = wanted_indexes(options, shared=target.capabilities.parse_server_layout)
    names = {index.name for index in own}
    for definition in definitions:
        for name in definition.indexes if definition.name == "_User" else ():
            provider = _AUTH_DATA.fullmatch(name)
            if provider and name not in names:
                field = f"authData.{provider['provider']}.id"
                own.append(Index("_User", name, (field,), unique=True))
    return own


async def _create(
    definition: ClassDefinition,
    wanted: Mapping[str, JSONObject],
    source: Storage,
    target: Storage,
    report: Report,
) -> None:
    schema = ClassSchema(definition)
    options = await source.index_options(schema)
    unusual = await source.unusual_indexes(definition.name)
    for name, key in wanted.items():
        if name in unusual:
            _warn(report, schema, name, "it has a filter or a collation: make it by hand")
            continue
        try:
            await target.create_index(schema, name, key, options.get(name, PLAIN))
        except DuplicateValue:
            _warn(report, schema, name, "objects share a value")
        except ParseError as error:
            _warn(report, schema, name, error.message)


def _warn(report: Report, schema: ClassSchema, name: str, reason: str) -> None:
    report.warnings.append(f"{schema.name}: the index {name} was not made: {reason}")
