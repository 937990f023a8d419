"""`Object`: state, and pending changes on top of it."""

from collections.abc import Callable

import pytest

from parsepy.cloud.acl import ACL
from parsepy.cloud.objects import Object
from parsepy.types import JSONObject, JSONValue


def game(**ops: JSONValue) -> Object:
    state: JSONObject = {"objectId": "x1", "n": 1, "list": [1, 2], "sub": {"k": 1}}
    return Object("Game", "x1", state, dict(ops))


def test_pending_changes_count_and_the_state_stays() -> None:
    one = game(n=5, gone=1)
    one.unset("gone")

    assert (one.get("n"), one.get("gone"), one.has("gone")) == (5, None, False)
    assert one.get("missing", 7) == 7
    assert one.state["n"] == 1
    assert one.dirty_keys() == ["n", "gone"]
    assert (one.dirty(), one.dirty("n"), one.dirty("list")) == (True, True, False)


CHANGES: list[tuple[Callable[[Object], None], str, JSONValue, JSONValue]] = [
    (lambda one: one.set("n", 2), "n", 2, 2),
    (lambda one: one.unset("n"), "n", {"__op": "Delete"}, None),
    (lambda one: one.increment("n"), "n", {"__op": "Increment", "amount": 1}, 2),
    (lambda one: one.increment("new", -3), "new", {"__op": "Increment", "amount": -3}, -3),
    (lambda one: one.add("list", 2, 3), "list", {"__op": "Add", "objects": [2, 3]}, [1, 2, 2, 3]),
    (
        lambda one: one.add_unique("list", 2, 3),
        "list",
        {"__op": "AddUnique", "objects": [2, 3]},
        [1, 2, 3],
    ),
    (lambda one: one.remove("list", 2), "list", {"__op": "Remove", "objects": [2]}, [1]),
]


@pytest.mark.parametrize(("change", "key", "op", "value"), CHANGES)
def test_each_change(
    change: Callable[[Object], None], key: str, op: JSONValue, value: JSONValue
) -> None:
    one = game()

    change(one)

    assert one.op(key) == op
    assert one.get(key) == value


def test_changes_of_one_kind_are_taken_together() -> None:
    one = game()
    for _ in range(3):
        one.increment("n", 2)
    one.add("list", 3)
    one.add("list", 4)

    assert one.op("n") == {"__op": "Increment", "amount": 6}
    assert one.op("list") == {"__op": "Add", "objects": [3, 4]}


def test_a_change_on_a_value_that_is_to_be_set_changes_that() -> None:
    one = game(n=10, list=[1], gone={"__op": "Delete"})
    one.increment("n")
    one.remove("list", 1)
    one.increment("gone", 4)

    assert one.ops == {"n": 11, "list": [], "gone": 4}


def test_changes_of_different_kinds_become_a_value() -> None:
    one = game()
    one.add("list", 3)
    one.remove("list", 1)

    assert one.op("list") == [2, 3]


def test_relations_take_several_changes() -> None:
    one, first, second = game(), Object("User", "a"), Object("User", "b")
    one.add_relation("fans", first)
    one.remove_relation("fans", second)
    one.add_relation("fans", second)

    assert one.op("fans") == {
        "__op": "Batch",
        "ops": [
            {"__op": "AddRelation", "objects": [first.to_pointer()]},
            {"__op": "RemoveRelation", "objects": [second.to_pointer()]},
            {"__op": "AddRelation", "objects": [second.to_pointer()]},
        ],
    }


def test_reverting_forgets_changes() -> None:
    one = game(n=5, list=[], other=1)
    one.revert("n")
    assert one.dirty_keys() == ["list", "other"]

    one.revert()
    assert not one.dirty()


def test_the_json_has_the_changes_in_it() -> None:
    one = game(n={"__op": "Increment", "amount": 4}, list={"__op": "Delete"}, x=1)
    one.ops["sub.k"] = {"__op": "Increment", "amount": 1}

    assert one.to_json() == {"objectId": "x1", "n": 5, "sub": {"k": 2}, "x": 1}
    assert one.state["sub"] == {"k": 1}


def test_what_get_gives_is_a_copy() -> None:
    one = game()
    found = one.get("list")
    assert isinstance(found, list)
    found.append(3)

    assert one.get("list") == [1, 2]


@pytest.mark.parametrize("key", ["objectId", "createdAt", "updatedAt", "className"])
def test_what_the_server_sets_cannot_be_set(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        game().set(key, "x")


def test_an_acl_is_set_and_read() -> None:
    one = game()
    assert one.get_acl() is None
    one.set_acl({"*": {"read": True}})

    assert one.get_acl() == ACL({"*": {"read": True}})
    assert one.dirty("ACL")
