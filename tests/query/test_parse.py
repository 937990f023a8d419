"""From JSON to the tree, and the error of every malformed `where` (rest-objects sheet, §12)."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import ARRAY, DATE, OBJECT, STRING, Fields, FieldType
from parsepy.protocol.values import date, pointer
from parsepy.query.parse import parse_where
from parsepy.query.tree import (
    EVERYTHING,
    NOTHING,
    All,
    AllMatch,
    And,
    Compare,
    ContainedBy,
    Equal,
    Exists,
    In,
    Matches,
    Nor,
    NotEqual,
    NotIn,
    Or,
    Path,
    Where,
)
from parsepy.types import JSONValue

TEAM = FieldType("Pointer", "Team")
FIELDS: Fields = {
    "text": STRING,
    "day": DATE,
    "list": ARRAY,
    "map": OBJECT,
    "team": TEAM,
    "createdAt": DATE,
    "members": FieldType("Relation", "_User"),
}
TEXT, LIST, MAP_A = Path("text", STRING), Path("list", ARRAY), Path("map.a", OBJECT)
ONE = pointer("Team", "one")
ISO = "2020-01-01T00:00:00.000Z"


def parse(where: JSONValue) -> Where:
    return parse_where(where, FIELDS)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, EVERYTHING),
        ({"text": "x"}, Equal(TEXT, "x")),
        ({"text": None}, Equal(TEXT, None)),
        ({"other": 1}, Equal(Path("other"), 1)),
        ({"list": {"a": 1}}, Equal(LIST, {"a": 1})),
        ({"map.a": {"b": 1}}, Equal(MAP_A, {"b": 1})),
        ({"map.a": [1, 2]}, Equal(MAP_A, [1, 2])),
        ({"text": {}}, Equal(TEXT, {})),
        ({"team": {**ONE, "extra": 1}}, Equal(Path("team", TEAM), ONE)),
        ({"team": {"$eq": "one"}}, Equal(Path("team", TEAM), ONE)),
        ({"team": {"$in": ["one", ONE]}}, In(Path("team", TEAM), (ONE, ONE))),
        ({"team": "one"}, Equal(Path("team", TEAM), "one")),
        ({"day": date("2020-01-01")}, Equal(Path("day", DATE), date(ISO))),
        ({"createdAt": "2020-01-01"}, Equal(Path("createdAt", DATE), date(ISO))),
        ({"createdAt": {"$gt": ISO}}, Compare(Path("createdAt", DATE), ">", ISO)),
        ({"text": {"$ne": "x"}}, NotEqual(TEXT, "x")),
        ({"text": {"$lte": "x"}}, Compare(TEXT, "<=", "x")),
        ({"text": {"$in": ["a", ["b", "c"], None]}}, In(TEXT, ("a", "b", "c", None))),
        ({"text": {"$nin": []}}, NotIn(TEXT, ())),
        ({"list": {"$eq": [1]}}, Equal(LIST, [1])),
        ({"list": {"$ne": {"a": 1}}}, NotEqual(LIST, {"a": 1})),
        ({"list": {"$in": [[[1]], {"a": 1}]}}, In(LIST, ([1], {"a": 1}))),
        ({"list": {"$all": [1, ONE]}}, All(LIST, (1, ONE))),
        ({"list": {"$all": []}}, All(LIST, ())),
        ({"list": {"$all": [1, {"$foo": 1}]}}, NOTHING),
        ({"list": {"$all": [{"$regex": "^\\Qa\\E"}]}}, AllMatch(LIST, ("^\\Qa\\E",))),
        ({"list": {"$containedBy": [1, [2]]}}, ContainedBy(LIST, (1, [2]))),
        ({"text": {"$exists": True}}, Exists(TEXT, True)),
        ({"text": {"$exists": ""}}, Exists(TEXT, True)),
        ({"text": {"$exists": 0}}, Exists(TEXT, False)),
        ({"text": {"$exists": None}}, Exists(TEXT, False)),
        ({"text": {"$regex": "a"}}, Matches(TEXT, "a", "")),
        ({"text": {"$options": "imxsu", "$regex": "a"}}, Matches(TEXT, "a", "imxsu")),
        (
            {"text": {"$gt": "a", "$ne": "b"}},
            And((Compare(TEXT, ">", "a"), NotEqual(TEXT, "b"))),
        ),
        ({"list": {"a": 1, "$exists": True}}, And((Equal(LIST, {"a": 1}), Exists(LIST, True)))),
        ({"$or": [{"text": "a"}, {}]}, Or((Equal(TEXT, "a"), EVERYTHING))),
        ({"$nor": [{"text": "a"}]}, Nor((Equal(TEXT, "a"),))),
        (
            {"text": "a", "$and": [{"text": "b"}]},
            And((Equal(TEXT, "a"), And((Equal(TEXT, "b"),)))),
        ),
        ({"_rperm": "*"}, Equal(Path("_rperm"), "*")),
    ],
)
def test_a_where_becomes_its_tree(where: JSONValue, expected: Where) -> None:
    assert parse(where) == expected


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ([], 102, "where must be an object"),
        ({"ACL": {}}, 102, "Cannot query on ACL."),
        ({"$where": "1"}, 105, "Invalid key name: $where"),
        ({"$expr": {}}, 105, "Invalid key name: $expr"),
        ({"$comment": "x"}, 105, "Invalid key name: $comment"),
        ({"$text": {}}, 105, "Invalid key name: $text"),
        ({"_id": "x"}, 105, "Invalid key name: _id"),
        ({"_hashed_password": "x"}, 105, "Invalid key name: _hashed_password"),
        ({"_session_token": "x"}, 105, "Invalid key name: _session_token"),
        ({"1a": "x"}, 105, "Invalid key name: 1a"),
        ({"a\n": "x"}, 105, "Invalid key name: a\n"),
        ({"": "x"}, 105, "Invalid key name: "),
        ({"$or": {}}, 102, "$or must be an array"),
        ({"$or": []}, 102, "Bad $or format - use an array of at least 1 value."),
        ({"$nor": []}, 102, "Bad $nor format - use an array of at least 1 value."),
        ({"$and": [1]}, 102, "Bad $and format - use an array of objects."),
        ({"$or": [{"$nor": [{"$where": 1}]}]}, 105, "Invalid key name: $where"),
        ({"list": [1, 2]}, 107, "You cannot use 1,2 as a query parameter."),
        ({"text": []}, 107, "You cannot use  as a query parameter."),
        (
            {"text": [None, True, "a", 1.5, {"b": 1}, [2, [3]]]},
            107,
            "You cannot use ,true,a,1.5,[object Object],2,3 as a query parameter.",
        ),
        ({"text": {"a": 1}}, 107, "You cannot use [object Object] as a query parameter."),
        ({"map": {"a": 1}}, 107, "You cannot use [object Object] as a query parameter."),
        ({"text": {"__type": "X"}}, 107, "You cannot use [object Object] as a query parameter."),
        ({"text": {"a": 1, "$exists": True}}, 107, 'bad atom: {"a":1}'),
        ({"text": {"$eq": {"a": 1}}}, 107, 'bad atom: {"a":1}'),
        ({"text": {"$gt": [1]}}, 107, "bad atom: [1]"),
        ({"text": {"$exists": {}}}, 107, "bad atom: {}"),
        ({"text": {"$ne": {"__type": "Object"}}}, 107, 'bad atom: {"__type":"Object"}'),
        ({"text": {"$in": [[[1]]]}}, 107, "bad atom: [1]"),
        ({"text": {"$in": "x"}}, 107, "bad $in value"),
        ({"text": {"$nin": {}}}, 107, "bad $nin value"),
        ({"list": {"$all": 1}}, 107, "bad $all value"),
        (
            {"list": {"$all": [{"$regex": "^\\Qa\\E"}, 1]}},
            107,
            "All $all values must be of regex type or none: /^\\Qa\\E/,1",
        ),
        ({"list": {"$containedBy": 1}}, 107, "bad $containedBy: should be an array"),
        ({"text": {"$regex": 1}}, 102, "$regex value must be a string"),
        ({"text": {"$regex": {"$ne": ""}}}, 102, "$regex value must be a string"),
        ({"text": {"$regex": "a", "$options": 1}}, 102, "$options value must be a string"),
        ({"text": {"$regex": "a", "$options": ""}}, 102, "Bad $options value for query: "),
        ({"text": {"$regex": "a", "$options": "ig"}}, 102, "Bad $options value for query: ig"),
        ({"text": {"$regex": "a\0"}}, 102, "$regex value must not contain a NUL character"),
        ({"text": {"$options": "i"}}, 102, "$options needs a $regex"),
        ({"text": {"$not": {"$eq": 1}}}, 107, "bad constraint: $not"),
        ({"list": {"$elemMatch": {}}}, 107, "bad constraint: $elemMatch"),
        ({"list": {"$size": 1}}, 107, "bad constraint: $size"),
        ({"text": {"$type": 2}}, 107, "bad constraint: $type"),
        ({"list": {"$eq": {"$where": 1}}}, 121, None),
        ({"team": {"__type": "Pointer", "objectId": "x"}}, 111, "This is not a valid Pointer"),
        ({"day": {"__type": "Date", "iso": "never"}}, 111, "This is not a valid Date"),
        ({"list": {"$in": [{"__type": "Bytes"}]}}, 111, "This is not a valid Bytes"),
    ],
)
def test_a_malformed_where_is_refused(where: JSONValue, code: int, message: str | None) -> None:
    with pytest.raises(ParseError) as refused:
        parse(where)
    assert refused.value.code == code
    assert message is None or refused.value.message == message


def test_internal_columns_are_for_privileged_callers() -> None:
    found = parse_where({"_perishable_token": "x"}, FIELDS, internal_keys=True)
    assert found == Equal(Path("_perishable_token"), "x")
    with pytest.raises(ParseError) as refused:
        parse_where({"_hashed_password": "x"}, FIELDS, internal_keys=True)
    assert refused.value.code == 105


def test_the_shape_of_logic_is_told_to_privileged_callers_only() -> None:
    for privileged, sanitised in ((True, False), (False, True)):
        with pytest.raises(ParseError) as refused:
            parse_where({"$or": 1}, FIELDS, internal_keys=privileged)
        assert refused.value.sanitised is sanitised


def test_dates_of_internal_columns_may_be_plain_text() -> None:
    found = parse_where({"_password_changed_at": ISO}, FIELDS, internal_keys=True)
    assert found == Equal(Path("_password_changed_at"), date(ISO))
