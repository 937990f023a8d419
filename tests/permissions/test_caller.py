"""Who asks: the identity that the rules judge by."""

import pytest

from parsepy.permissions.caller import ANYONE, Caller, group_of


@pytest.mark.parametrize(
    ("caller", "privileged"),
    [
        (Caller(), False),
        (Caller(user={"objectId": "u1"}), False),
        (Caller(is_master=True), True),
        (Caller(is_master=True, is_read_only=True), True),
        (Caller(is_maintenance=True), True),
    ],
)
def test_only_the_mighty_keys_stand_above_permissions(caller: Caller, privileged: bool) -> None:
    assert caller.is_privileged is privileged


def test_a_caller_without_user_has_no_id() -> None:
    assert Caller(session_token="r:1").user_id is None


def test_a_caller_has_the_id_of_its_user() -> None:
    assert Caller(user={"objectId": "u1", "username": "ann"}).user_id == "u1"


def test_a_group_is_everybody_the_user_and_his_roles() -> None:
    assert group_of("u1", ["admins", "staff"]) == ("*", "u1", "role:admins", "role:staff")


def test_a_user_without_roles_is_himself_and_everybody() -> None:
    assert group_of("u1", []) == (*ANYONE, "u1")


def test_callers_share_no_context() -> None:
    first, second = Caller(), Caller()

    first.context["key"] = "value"

    assert second.context == {}
