"""Rows of relations, and the roles that hold a user."""

import asyncio

import pytest

from parsepy.query.tree import EVERYTHING, And, Equal, In, Path
from parsepy.schema.classes import missing_class
from parsepy.storage.base import Storage
from tests.contract.samples import thing

pytestmark = pytest.mark.anyio

JOIN = missing_class("_Join:members:Thing")
ROLES = missing_class("_Role")


async def members(storage: Storage, owner: str) -> list[str]:
    rows = await storage.find(JOIN, Equal(Path("owningId"), owner))
    return sorted(str(row["relatedId"]) for row in rows)


async def test_rows_are_added_and_removed(storage: Storage) -> None:
    await storage.change_relation(JOIN.name, "t1", ["a", "b"], [])
    await storage.change_relation(JOIN.name, "t2", ["b"], [])
    assert await members(storage, "t1") == ["a", "b"]
    await storage.change_relation(JOIN.name, "t1", ["c"], ["a"])
    assert await members(storage, "t1") == ["b", "c"]
    assert await members(storage, "t2") == ["b"]


async def test_adding_and_removing_twice_is_the_same_as_once(storage: Storage) -> None:
    for _ in range(2):
        await storage.change_relation(JOIN.name, "t1", ["a", "a", "b"], [])
    assert await storage.count(JOIN, EVERYTHING) == 2
    for _ in range(2):
        await storage.change_relation(JOIN.name, "t1", [], ["a", "unknown"])
    assert await members(storage, "t1") == ["b"]


async def test_concurrent_additions_of_one_row_make_one_row(storage: Storage) -> None:
    await storage.change_relation(JOIN.name, "t0", ["x"], [])
    await asyncio.gather(
        *(storage.change_relation(JOIN.name, "t1", [f"u{n}"], []) for n in range(20))
    )
    assert len(await members(storage, "t1")) == 20


async def test_nothing_to_change_changes_nothing(storage: Storage) -> None:
    await storage.change_relation(JOIN.name, "t1", [], [])
    assert await storage.count(JOIN, EVERYTHING) == 0


async def test_rows_are_asked_for_by_both_sides(storage: Storage) -> None:
    await storage.change_relation(JOIN.name, "t1", ["a", "b"], [])
    await storage.change_relation(JOIN.name, "t2", ["b", "c"], [])
    by_related = await storage.find(JOIN, In(Path("relatedId"), ("b", "c")))
    assert sorted((str(row["owningId"]), str(row["relatedId"])) for row in by_related) == [
        ("t1", "b"),
        ("t2", "b"),
        ("t2", "c"),
    ]
    both = And((Equal(Path("owningId"), "t1"), Equal(Path("relatedId"), "b")))
    assert await storage.count(JOIN, both) == 1


async def test_rows_are_no_class_of_the_schema(storage: Storage) -> None:
    await storage.change_relation(JOIN.name, "t1", ["a"], [])
    assert await storage.load_classes() == []


async def add_role(
    storage: Storage, name: str, users: tuple[str, ...] = (), children: tuple[str, ...] = ()
) -> None:
    """A role whose id is its name with `id-` before it."""
    await storage.insert(ROLES, thing(f"id-{name}", name=name, ACL={}))
    await storage.change_relation("_Join:users:_Role", f"id-{name}", users, ())
    child_ids = [f"id-{child}" for child in children]
    await storage.change_relation("_Join:roles:_Role", f"id-{name}", child_ids, ())


async def test_a_user_without_roles_has_none(storage: Storage) -> None:
    assert await storage.role_names("u1") == []
    await add_role(storage, "A", users=("u2",))
    assert await storage.role_names("u1") == []


async def test_roles_hold_their_users_directly(storage: Storage) -> None:
    await add_role(storage, "A", users=("u1", "u2"))
    await add_role(storage, "B", users=("u1",))
    await add_role(storage, "C")
    assert sorted(await storage.role_names("u1")) == ["A", "B"]
    assert await storage.role_names("u2") == ["A"]


async def test_roles_hold_the_users_of_their_child_roles(storage: Storage) -> None:
    await add_role(storage, "Child", users=("u1",))
    await add_role(storage, "Parent", children=("Child",), users=("u2",))
    await add_role(storage, "Grandparent", children=("Parent",))
    assert sorted(await storage.role_names("u1")) == ["Child", "Grandparent", "Parent"]
    assert sorted(await storage.role_names("u2")) == ["Grandparent", "Parent"]


async def test_a_deep_chain_is_climbed_to_its_end(storage: Storage) -> None:
    await add_role(storage, "R0", users=("u1",))
    for number in range(1, 25):
        await add_role(storage, f"R{number}", children=(f"R{number - 1}",))
    assert len(await storage.role_names("u1")) == 25


async def test_cycles_end(storage: Storage) -> None:
    await add_role(storage, "A", users=("u1",), children=("C", "A"))
    await add_role(storage, "B", children=("A",))
    await add_role(storage, "C", children=("B",))
    assert sorted(await storage.role_names("u1")) == ["A", "B", "C"]


async def test_a_role_reached_twice_is_named_once(storage: Storage) -> None:
    await add_role(storage, "Left", users=("u1",))
    await add_role(storage, "Right", users=("u1",))
    await add_role(storage, "Top", children=("Left", "Right"), users=("u1",))
    assert sorted(await storage.role_names("u1")) == ["Left", "Right", "Top"]


async def test_rows_of_deleted_roles_name_nothing(storage: Storage) -> None:
    await add_role(storage, "A", users=("u1",))
    await add_role(storage, "B", users=("u1",))
    await storage.delete(ROLES, Equal(Path("name"), "A"))
    assert await storage.role_names("u1") == ["B"]
