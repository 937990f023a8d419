"""Conditions of many subscriptions, and a class that changes under them."""

import pytest

from parsepy.livequery import groups
from parsepy.livequery.client import Client
from parsepy.livequery.groups import ClassGroups
from parsepy.livequery.messages import Subscribe
from parsepy.livequery.sockets import AsgiSocket
from parsepy.livequery.subscriptions import Subscription, subscription_of
from parsepy.protocol.field_types import NUMBER, STRING, Fields, FieldType
from parsepy.query.parse import parse_where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject

TEAM: JSONObject = {"__type": "Pointer", "className": "Team", "objectId": "t"}


async def _nowhere(message: object) -> None: ...


def class_with(**types: FieldType) -> ClassSchema:
    fields = {name: Field(type_) for name, type_ in types.items()}
    return ClassSchema(ClassDefinition("Game", fields))


def subscribed(known: ClassGroups, *conditions: JSONObject) -> list[Subscription]:
    client = Client(
        "c",
        AsgiSocket(_nowhere),
        token=None,
        installation_id=None,
        is_master=False,
        max_unsent=1000,
    )
    made = []
    for number, condition in enumerate(conditions):
        subscription = subscription_of(client, Subscribe(number, "Game", condition), None)
        known.add(subscription, parse_where(condition, known.schema.types))
        made.append(subscription)
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[JSONObject]:
    """The conditions that were read again."""
    seen: list[JSONObject] = []

    def reading(condition: JSONObject, types: Fields) -> object:
        seen.append(condition)
        return parse_where(condition, types)

    monkeypatch.setattr(groups, "parse_where", reading)
    return seen


def test_a_class_that_is_the_same_makes_nothing_be_read_again(read: list[JSONObject]) -> None:
    """A class that does not exist is another object each time that it is asked for."""
    known = ClassGroups(class_with(n=NUMBER))
    subscribed(known, {"n": 1}, {"m": 2})

    known.read_anew(class_with(n=NUMBER))

    assert read == []


def test_only_conditions_on_what_has_changed_are_read_again(read: list[JSONObject]) -> None:
    known = ClassGroups(class_with(n=NUMBER))
    conditions: list[JSONObject] = [
        {"n": 1},
        {"team": TEAM},
        {"$or": [{"n": 2}, {"team.a": 1}]},
        {"text": "a"},
        {},
    ]
    subscribed(known, *conditions)

    known.read_anew(class_with(n=NUMBER, team=FieldType("Array"), other=STRING))

    assert read == [conditions[1], conditions[2]]


def test_what_was_read_again_is_found_by_its_new_meaning() -> None:
    known = ClassGroups(class_with())
    (first, _) = subscribed(known, {"team": TEAM}, {"n": 1})
    document: JSONObject = {"objectId": "g", "team": [TEAM]}

    known.read_anew(class_with(team=FieldType("Array")))

    (found,) = known.candidates([document])
    assert found is first.group
    assert found.matches(document)
    known.remove(first)
    assert list(known.candidates([document])) == []
    assert len(known) == 1
