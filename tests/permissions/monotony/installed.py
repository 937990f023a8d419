"""A world of `worlds.py` in a running app: class, objects, relations and roles."""

from collections.abc import Sequence
from typing import Final

from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import Caller
from parsepy.protocol.values import pointer
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import join_class
from parsepy.types import JSONObject, ParseObject
from tests.permissions.monotony.worlds import (
    ANN_IN_JUNIORS,
    BOB_IN_STAFF,
    JUNIORS_BELOW_STAFF,
    USERS,
    World,
)
from tests.support.local_app import LocalApp

FIELDS: Final[JSONObject] = {
    "n": {"type": "Number"},
    "a": {"type": "String"},
    "b": {"type": "String"},
    "owner": {"type": "Pointer", "targetClass": "_User"},
    "watchers": {"type": "Array"},
    "link": {"type": "Pointer", "targetClass": "Item"},
    "fans": {"type": "Relation", "targetClass": "Item"},
}
ITEMS: Final = tuple(f"item{number}" for number in range(4))
ITEM_OF: Final = {f"box{text}{item}": item for item in ITEMS for text in "xy"}
"""Box → the item it points to; the fourth letter of a box's id is its text."""

_ROLES: Final = ("staff", "juniors")
_TIMES: Final[ParseObject] = {
    "createdAt": "2026-01-01T00:00:00.000Z",
    "updatedAt": "2026-01-01T00:00:00.000Z",
}
_MEMBERS: Final = {
    BOB_IN_STAFF: ("users", "staff", "bob"),
    ANN_IN_JUNIORS: ("users", "juniors", "ann"),
    JUNIORS_BELOW_STAFF: ("roles", "staff", "juniors"),
}


class Installed:
    """One app that shows one world after the other."""

    def __init__(self, app: LocalApp) -> None:
        self.app = app
        self.storage = app.app.parts.storage

    async def begin(self) -> None:
        """What all worlds have in common: users, roles, and boxes that point to the items."""
        await self.app.ok("POST", "/schemas/Item", {"fields": FIELDS}, master=True)
        box = {"text": {"type": "String"}, "item": {"type": "Pointer", "targetClass": "Item"}}
        await self.app.ok("POST", "/schemas/Box", {"fields": box}, master=True)
        await self._insert("_User", [{"objectId": name, "username": name} for name in USERS])
        await self._insert("_Role", [{"objectId": name, "name": name} for name in _ROLES])
        boxes: list[ParseObject] = [
            {"objectId": box, "text": box[3], "item": pointer("Item", item)}
            for box, item in ITEM_OF.items()
        ]
        await self._insert("Box", boxes)

    async def show(self, world: World) -> None:
        await self.storage.delete(await self.schema(), EVERYTHING)
        await self._insert(
            "Item", [{"objectId": item.id, **item.document()} for item in world.items]
        )
        for item in world.items:
            fans = [f"item{number}" for number in sorted(item.fans)]
            await self._relate("fans", "Item", item.id, fans, ITEMS)
        for name, (relation, role, member) in _MEMBERS.items():
            members = [member] if name in world.members else []
            await self._relate(relation, "_Role", role, members, [member])
        await self.app.app.parts.roles.forget_all()
        permissions = {"classLevelPermissions": world.permissions()}
        await self.app.ok("PUT", "/schemas/Item", permissions, master=True)

    async def put_back(self, world: World, position: int) -> None:
        """After a delete that was allowed."""
        item = world.items[position]
        await self._insert("Item", [{"objectId": item.id, **item.document()}])

    async def forget_field(self, name: str) -> None:
        await self.storage.delete_fields(await self.schema(), [name])
        await self.app.app.parts.schemas.load()

    async def schema(self) -> ClassSchema:
        return await self.app.app.parts.schemas.get("Item")

    def context(self, user_id: str | None) -> RequestContext:
        return self.app.context(Caller(user=None if user_id is None else {"objectId": user_id}))

    async def _insert(self, class_name: str, documents: Sequence[ParseObject]) -> None:
        schema = await self.app.app.parts.schemas.get(class_name)
        failures = await self.storage.insert_many(schema, [{**_TIMES, **row} for row in documents])
        assert set(failures) == {None}

    async def _relate(
        self, key: str, class_name: str, owner: str, related: Sequence[str], every: Sequence[str]
    ) -> None:
        others = [each for each in every if each not in related]
        await self.storage.change_relation(join_class(key, class_name), owner, related, others)
