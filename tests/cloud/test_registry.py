"""Which trigger may be registered on which class, and how registrations are told."""

import logging

import pytest

from parsepy.cloud.registry import KINDS, RegistrationError, Registry
from parsepy.cloud.validators import Validator


def nothing(_request: object) -> None:
    return None


REFUSED = [
    ("beforeSave", "_PushStatus", "Only afterSave is allowed on _PushStatus"),
    ("beforeLogin", "Game", "Only the _User class is allowed"),
    ("afterLogin", "_Session", "Only the _User class is allowed"),
    ("afterLogout", "_User", "Only the _Session class is allowed for the afterLogout trigger."),
    ("beforeSave", "_Session", "Only the afterLogout trigger is allowed for the _Session class."),
    ("afterFind", "_Session", "Only the afterLogout trigger is allowed for the _Session class."),
    ("beforeLunch", "Game", "There is no trigger beforeLunch"),
    ("beforeSave", "", "There is no trigger"),
]


@pytest.mark.parametrize(("kind", "class_name", "message"), REFUSED)
def test_pairs_that_cannot_be(kind: str, class_name: str, message: str) -> None:
    registry = Registry()

    with pytest.raises(RegistrationError, match=message):
        registry.add_trigger(kind, class_name, nothing)
    assert registry.triggers == {}


def test_pairs_that_can_be() -> None:
    registry = Registry()
    for kind in KINDS[:6]:
        registry.add_trigger(kind, "Game", nothing)
    registry.add_trigger("afterSave", "_PushStatus", nothing)
    registry.add_trigger("beforeLogin", "_User", nothing)
    registry.add_trigger("afterLogout", "_Session", nothing)

    assert len(registry.triggers) == 9


@pytest.mark.parametrize("name", ["", "a.b", "a'b", 'a"b', "a`b", "a\nb", "x" * 201])
def test_names_that_cannot_be_called(name: str) -> None:
    with pytest.raises(RegistrationError):
        Registry().add_function(name, nothing)


def test_a_second_registration_replaces_the_first_and_is_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = Registry()
    registry.add_function("f", nothing)
    with caplog.at_level(logging.WARNING):
        registry.add_function("f", print)

    assert registry.functions["f"].handler is print
    assert "Duplicate cloud functions exist for f." in caplog.text


def test_decorators_leave_the_function_as_it_is() -> None:
    registry = Registry()
    for register in (
        registry.function("f"),
        registry.before_save("Game"),
        registry.after_save("Game"),
        registry.before_delete("Game"),
        registry.after_delete("Game"),
        registry.before_find("Game"),
        registry.after_find("Game"),
    ):
        assert register(nothing) is nothing

    assert [kind for kind, _ in registry.triggers] == [
        "beforeSave",
        "afterSave",
        "beforeDelete",
        "afterDelete",
        "beforeFind",
        "afterFind",
    ]


def test_who_follows_is_told_until_he_stops() -> None:
    registry, told = Registry(), list[int]()
    stop = registry.follow(lambda: told.append(len(registry.functions)))
    registry.add_function("f", nothing)
    registry.clear()
    stop()
    stop()
    registry.add_function("g", nothing)

    assert told == [1, 0]


def test_a_rate_limit_that_is_none_is_refused() -> None:
    with pytest.raises(RegistrationError, match="requestTimeWindow must be defined"):
        Registry().add_function("f", nothing, Validator(rate_limit={"requestCount": 1}))
