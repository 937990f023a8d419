"""What checksums see, and what they pass over."""

from typing import Any

import pytest

from parsepy.copying.digest import Total, digest_of
from parsepy.types import ParseObject

BASE: ParseObject = {
    "objectId": "a",
    "map": {"x": 1, "y": None},
    "ACL": {"u": {"read": True}, "v": {"read": True, "write": True}},
    "authData": {"one": {"id": "1"}, "two": {"id": "2"}},
}


@pytest.mark.parametrize(
    "same",
    [
        dict(reversed(BASE.items())),
        {**BASE, "ACL": {"v": {"write": True, "read": True}, "u": {"read": True}}},
        {**BASE, "authData": {"two": {"id": "2"}, "one": {"id": "1"}}},
    ],
    ids=["fields", "ACL", "authData"],
)
def test_orders_that_no_store_keeps_do_not_count(same: Any) -> None:
    assert digest_of(same) == digest_of(BASE)


@pytest.mark.parametrize(
    "other",
    [
        {**BASE, "map": {"y": None, "x": 1}},
        {**BASE, "map": {"x": 1}},
        {**BASE, "map": {"x": True, "y": None}},
        {**BASE, "map": {"x": "1", "y": None}},
        {**BASE, "ACL": {}},
        {name: value for name, value in BASE.items() if name != "ACL"},
        {**BASE, "ACL": {"u": {"write": True}, "v": {"read": True, "write": True}}},
        {**BASE, "authData": {"one": {"id": "1"}}},
        {**BASE, "extra": None},
        {**BASE, "objectId": "b"},
    ],
)
def test_every_other_difference_counts(other: Any) -> None:
    assert digest_of(other) != digest_of(BASE)


def test_total_has_no_order_but_sees_doubles() -> None:
    objects: list[ParseObject] = [{"objectId": each} for each in "abc"]
    forwards, backwards, doubled, none = Total(), Total(), Total(), Total()

    forwards.add(objects)
    backwards.add(reversed(objects))
    doubled.add([*objects, objects[0], objects[0]])

    assert forwards == backwards
    assert forwards.checksum != doubled.checksum
    assert none == Total(0, 0)
