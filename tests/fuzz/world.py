"""An app whose store is always the same at the beginning of an example, and a look at all of it."""

import asyncio
from collections.abc import Mapping
from typing import cast

from parsepy.app import ParseApp, create_app
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class
from parsepy.schema.system_classes import VOLATILE_CLASSES, is_join, join_class
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.fuzz import data


def new_app(database_uri: str, options: Mapping[str, object]) -> ParseApp:
    return create_app(
        {
            "appId": data.APP_ID,
            "masterKey": data.MASTER_KEY,
            "maintenanceKey": data.MAINTENANCE_KEY,
            "readOnlyMasterKey": data.READ_ONLY_KEY,
            "databaseURI": database_uri,
            "serverURL": "http://parse.test/parse",
            "maxUploadSize": "64kb",
            **data.ACCOUNTS,
            **options,
        }
    )


class World:
    """The store of `app`, filled; `known` is what `look` sees of it."""

    def __init__(self, app: ParseApp) -> None:
        self.app = app
        self._storage = app.parts.storage
        self.known: JSONObject = {}

    async def fill(self) -> None:
        """Empties the store and puts everything there."""
        schemas = self.app.parts.schemas
        await self.app.parts.reset()
        for class_name in data.SYSTEM_CLASSES:
            await schemas.ensure_class(await schemas.get(class_name))
        for class_name, fields in data.FIELDS.items():
            columns = {name: Field(type_) for name, type_ in fields.items()}
            await self._storage.create_class(
                ClassDefinition(class_name, columns, data.PERMISSIONS.get(class_name))
            )
        await schemas.load()
        for class_name, documents in data.OBJECTS.items():
            await self._storage.insert_many(await schemas.get(class_name), documents)
        for join, rows in data.RELATIONS.items():
            await self._relate(join, rows)
        self.known = await self.look()

    async def restore(self) -> None:
        """Makes everything as it was after `fill`; quick where the schema has not changed."""
        now = await self.look()
        changed = [name for name in now | self.known if now.get(name) != self.known.get(name)]
        if any(name.startswith(_SCHEMA_OF) for name in changed):
            await self.fill()
            return
        for class_name in changed:
            await self._put_back(class_name)
        await self.app.parts.users.sessions.forget_all()
        await self.app.parts.roles.forget_all()

    async def look(self) -> JSONObject:
        """All that is stored: the schema, the objects of every class, the rows of relations.

        What requests have set off without waiting for it is over then.
        """
        await self.app.parts.users.background.settled()
        await self.app.parts.users.sessions.settled()
        definitions = await self._storage.load_classes()
        schemas = [ClassSchema(definition) for definition in definitions]
        joins = [join_class(field, schema.name) for schema in schemas for field in schema.relations]
        schemas += [missing_class(name) for name in (*joins, *VOLATILE_CLASSES)]
        objects = await asyncio.gather(*map(self._objects_of, schemas))
        return {
            **{_SCHEMA_OF + definition.name: _described(definition) for definition in definitions},
            **{schema.name: found for schema, found in zip(schemas, objects, strict=True)},
        }

    async def _objects_of(self, schema: ClassSchema) -> JSONObject:
        found = await self._storage.find(schema, EVERYTHING)
        if is_join(schema.name):
            return {f"{row['owningId']} {row['relatedId']}": True for row in found}
        return {str(document["objectId"]): document for document in found}

    async def _put_back(self, class_name: str) -> None:
        schema = await self.app.parts.schemas.get(class_name)
        await self._storage.delete(schema, EVERYTHING)
        if is_join(class_name):
            await self._relate(class_name, data.RELATIONS.get(class_name, {}))
            return
        known = cast("dict[str, ParseObject]", self.known.get(class_name, {}))
        await self._storage.insert_many(schema, list(known.values()))

    async def _relate(self, join: str, rows: Mapping[str, list[str]]) -> None:
        for owner, related in rows.items():
            await self._storage.change_relation(join, owner, related, [])


_SCHEMA_OF = "schema of "


def _described(definition: ClassDefinition) -> JSONValue:
    return {
        "fields": {name: repr(field) for name, field in definition.fields.items()},
        "permissions": definition.permissions,
        "indexes": cast("JSONValue", dict(definition.indexes)),
    }
