"""`get`, and who may read what."""

import pytest

from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.types import JSONObject
from tests.contract.samples import EVERY_TYPE, thing

pytestmark = pytest.mark.anyio


async def test_an_unknown_id_gives_none(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1"))
    assert await storage.get(schema, "t2", None) is None
    assert await storage.get(schema, "", None) is None
    assert await storage.get(schema, "T1", None) is None


async def test_a_class_that_nobody_made_is_empty(storage: Storage) -> None:
    assert await storage.get(EVERY_TYPE, "t1", None) is None


@pytest.mark.parametrize(
    ("acl", "group", "readable"),
    [
        ({"*": {"read": True}}, ("*",), True),
        ({"u1": {"read": True}}, ("*", "u1"), True),
        ({"role:A": {"read": True}}, ("*", "u1", "role:A"), True),
        ({"u1": {"read": True}}, ("*", "u2"), False),
        ({"u1": {"write": True}}, ("*", "u1"), False),
        ({}, ("*", "u1"), False),
        ({"*": {"read": True}}, (), False),
        ({}, None, True),
    ],
)
async def test_the_acl_decides_for_a_group(
    storage: Storage,
    schema: ClassSchema,
    acl: JSONObject,
    group: tuple[str, ...] | None,
    readable: bool,
) -> None:
    document = thing("t1", ACL=acl)
    await storage.insert(schema, document)
    assert await storage.get(schema, "t1", group) == (document if readable else None)


@pytest.mark.parametrize("group", [(), ("*",), ("*", "u1"), None])
async def test_an_object_without_acl_is_public(
    storage: Storage, schema: ClassSchema, group: tuple[str, ...] | None
) -> None:
    await storage.insert(schema, thing("t1"))
    assert await storage.get(schema, "t1", group) == thing("t1")
