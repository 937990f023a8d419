"""Which changes of indexes the schema API takes."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import ARRAY, DATE, NUMBER, STRING, FieldType
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.index_change import IndexChange, NewIndex, read_index_change
from parsepy.schema.index_options import PLAIN, IndexOptions
from parsepy.types import JSONObject, JSONValue

UNIQUE = IndexOptions(unique=True)
SCHEMA = ClassSchema(
    ClassDefinition(
        "Game",
        {
            "title": Field(STRING),
            "score": Field(NUMBER),
            "ends": Field(DATE),
            "tags": Field(ARRAY),
            "owner": Field(FieldType("Pointer", "_User")),
            "fans": Field(FieldType("Relation", "_User")),
        },
        indexes={"_id_": {"_id": 1}, "by_title": {"title": 1}},
    )
)


def _read(
    indexes: JSONObject,
    options: JSONObject | None = None,
    *,
    present: dict[str, IndexOptions] | None = None,
    check_fields: bool = True,
) -> IndexChange:
    return read_index_change(
        SCHEMA,
        SCHEMA.types,
        indexes,
        options or {},
        present=present or {},
        check_fields=check_fields,
    )


def _message(indexes: JSONObject, options: JSONObject | None = None) -> str:
    with pytest.raises(ParseError) as refused:
        _read(indexes, options)
    assert refused.value.code == 102
    return refused.value.message


def test_indexes_are_added_and_dropped() -> None:
    change = _read(
        {"by_title": {"__op": "Delete"}, "by_owner": {"_p_owner": 1, "score": -1}},
        {"by_owner": {"unique": True}},
    )

    assert change.dropped == ["by_title"]
    assert change.added == {"by_owner": NewIndex({"_p_owner": 1, "score": -1}, UNIQUE)}


def test_a_dropped_index_makes_room_for_its_like() -> None:
    change = _read({"by_title": {"__op": "Delete"}, "again": {"title": 1}})

    assert change.added == {"again": NewIndex({"title": 1}, PLAIN)}


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({"by_title": {"title": 1}}, "Index by_title exists, cannot update."),
        ({"_id_": {"title": 1}}, "Index _id_ exists, cannot update."),
        ({"_id_": {"__op": "Delete"}}, "Index _id_ cannot be deleted."),
        ({"other": {"__op": "Delete"}}, "Index other does not exist, cannot delete."),
        ({"i": {"nothing": 1}}, "Field nothing does not exist, cannot add index."),
        ({"i": {"_p_nothing": 1}}, "Field _p_nothing does not exist, cannot add index."),
        ({"i": "title"}, "Field 0 does not exist, cannot add index."),
        ({"i": {}}, "Index i must name at least one field."),
        ({"i": 5}, "Index i must name at least one field."),
        ({"i": {"title": 0}}, "Index i is of no known kind on title."),
        ({"i": {"title": True}}, "Index i is of no known kind on title."),
        ({"i": {"title": "up"}}, "Index i is of no known kind on title."),
        ({"i": {"title": 1}}, "Index i would be the same as by_title."),
        ({"i": {"score": 1}, "j": {"score": 1}}, "Index j would be the same as i."),
    ],
)
def test_an_index_that_makes_no_sense_is_refused(index: JSONObject, message: str) -> None:
    assert _message(index) == message


def test_the_order_of_fields_makes_another_index() -> None:
    change = _read({"i": {"score": 1, "title": 1}, "j": {"title": 1, "score": 1}})

    assert list(change.added) == ["i", "j"]


def test_fields_are_not_checked_where_that_is_switched_off() -> None:
    assert list(_read({"i": {"map.a": 1}}, check_fields=False).added) == ["i"]


@pytest.mark.parametrize(
    ("key", "options", "message"),
    [
        ({"owner": 1}, {"unique": True}, "The field owner is stored as _p_owner"),
        ({"createdAt": 1}, {"sparse": True}, "The field createdAt is stored as _created_at"),
        ({"fans": 1}, {"unique": True}, "The field fans is stored in no column."),
        ({"ACL": 1}, {"unique": True}, "The field ACL is stored in no column."),
        ({"title": "text"}, {"unique": True}, "must be ascending or descending"),
        ({"title": 1}, {"expireAfterSeconds": 5}, "can expire objects by one Date field only"),
        (
            {"ends": 1, "title": 1},
            {"expireAfterSeconds": 5},
            "can expire objects by one Date field only",
        ),
        ({"title": 1}, {"sparse": 1}, "must be true or false"),
    ],
)
def test_options_need_an_index_that_they_fit(
    key: JSONObject, options: JSONObject, message: str
) -> None:
    assert message in _message({"i": key}, {"i": options})


@pytest.mark.parametrize("column", ["ends", "_created_at", "_updated_at"])
def test_objects_expire_by_any_date(column: str) -> None:
    change = _read({"i": {column: 1}}, {"i": {"expireAfterSeconds": 60}})

    assert change.added["i"].options == IndexOptions(expire_after_seconds=60)


def test_the_same_key_with_other_options_is_another_index() -> None:
    assert list(_read({"i": {"title": 1}}, {"i": {"unique": True}}).added) == ["i"]


def test_options_of_an_index_that_is_there_do_not_change() -> None:
    options: JSONValue = {"by_title": {"unique": True}}
    assert isinstance(options, dict)

    assert _read({}, options, present={"by_title": UNIQUE}).added == {}
    assert _message({}, options) == "Index by_title exists, cannot update."
    assert _message({}, {"none": {}}) == "Index none does not exist, cannot set its options."
