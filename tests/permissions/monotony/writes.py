"""What a caller may change, found out by trying; afterwards everything is as it was."""

from collections.abc import Awaitable
from typing import TypeAlias

from parsepy.errors import ParseError
from parsepy.objects import delete, write
from parsepy.query import tree
from tests.permissions.monotony.installed import Installed
from tests.permissions.monotony.worlds import World

Allowed: TypeAlias = tuple[str, str]
"""Operation and object."""


async def allowed_to(installed: Installed, user_id: str | None, world: World) -> set[Allowed]:
    """Every write of the caller that succeeds."""
    allowed: set[Allowed] = set()
    for item in world.items:
        ctx = installed.context(user_id)
        if await _succeeds(write.update(ctx, "Item", item.id, {"n": item.number})):
            allowed.add(("update", item.id))
        if await _succeeds(write.update(ctx, "Item", item.id, {"fresh": None, "fresh1": 1})):
            allowed.add(("addField", item.id))
            await installed.forget_field("fresh1")
    if await _creates(installed, user_id, {"n": 9}):
        allowed.add(("create", ""))
    if await _creates(installed, user_id, {"n": 9, "fresh1": 1}):
        allowed.add(("create with a field", ""))
        await installed.forget_field("fresh1")
    for position, item in enumerate(world.items):
        if await _succeeds(delete.delete(installed.context(user_id), "Item", item.id)):
            allowed.add(("delete", item.id))
            await installed.put_back(world, position)
    return allowed


async def _creates(installed: Installed, user_id: str | None, body: dict[str, int]) -> bool:
    created = await _succeeds(write.create(installed.context(user_id), "Item", {**body}))
    if created:
        new = tree.Equal(tree.Path("n"), 9)
        assert await installed.storage.delete(await installed.schema(), new) == 1
    return created


async def _succeeds(awaitable: Awaitable[object]) -> bool:
    try:
        await awaitable
    except ParseError:
        return False
    return True
