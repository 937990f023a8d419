"""What becomes of rows on their way to the client."""

import pytest

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.aggregation.results import present_distinct, present_rows
from parsepy.protocol.field_types import STRING, FieldType
from parsepy.protocol.values import date, pointer
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject, JSONValue
from tests.query.samples import EARLY, SCHEMA

PLAIN = AggregateOptions()
USERS = ClassSchema(ClassDefinition("_User"))
LIKED = ClassSchema(
    ClassDefinition("Liked", {"likes": Field(FieldType("Relation", "Team")), "name": Field(STRING)})
)


def shown(
    row: JSONObject,
    schema: ClassSchema = SCHEMA,
    options: AggregateOptions = PLAIN,
    *,
    by_pointer: bool = False,
) -> JSONValue:
    (found,) = present_rows([row], schema, options, by_pointer=by_pointer)
    return found


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_id_is_null(empty: JSONValue) -> None:
    assert shown({"_id": empty}) == {"objectId": None}


@pytest.mark.parametrize("value", [0, False, "a", date(EARLY), {"a": 1}])
def test_an_id_is_called_object_id(value: JSONValue) -> None:
    assert shown({"_id": value}) == {"objectId": value}


def test_the_id_of_a_group_by_pointer_loses_its_class() -> None:
    assert shown({"_id": "Team$x"}, by_pointer=True) == {"objectId": "x"}
    assert shown({"_id": "Team$x"}) == {"objectId": "Team$x"}
    assert shown({"_id": None}, by_pointer=True) == {"objectId": None}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"_p_team": "Team$x"}, {"team": pointer("Team", "x")}),
        ({"_p_team": "Other$x"}, {}),
        ({"_p_team": ["Team$x"]}, {}),
        ({"_p_nobody": "Team$x"}, {}),
        ({"_created_at": date(EARLY)}, {"createdAt": EARLY}),
        ({"updatedAt": date(EARLY)}, {"updatedAt": EARLY}),
        ({"createdAt": 5}, {"createdAt": 5}),
        ({"expiresAt": date(EARLY)}, {"expiresAt": date(EARLY)}),
        ({"place": [1, 2]}, {"place": {"__type": "GeoPoint", "longitude": 1, "latitude": 2}}),
        ({"place": [1]}, {"place": [1]}),
        ({"file": "a.png"}, {"file": {"__type": "File", "name": "a.png"}}),
        (
            {"area": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}},
            {"area": {"__type": "Polygon", "coordinates": [[2, 1], [4, 3]]}},
        ),
        ({"area": {"type": "Point"}}, {"area": {"type": "Point"}}),
        ({"other": [1, 2]}, {"other": [1, 2]}),
        ({"a.b": 1, "$c": 1, "1d": 1, "_e": 1, "f": 1}, {"f": 1}),
        ({"_rperm": ["*"], "_wperm": [], "_acl": {}}, {}),
    ],
)
def test_stored_columns_become_fields(stored: JSONObject, expected: JSONValue) -> None:
    assert shown(stored) == expected


def test_rows_have_the_relations_of_the_class() -> None:
    likes = {"__type": "Relation", "className": "Team"}
    assert shown({"n": 1}, LIKED) == {"n": 1, "likes": likes}
    assert present_distinct([{"a": 1}, "x"], LIKED, "name") == [{"a": 1, "likes": likes}, "x"]


def test_secrets_are_taken_out_at_every_depth() -> None:
    row: JSONObject = {
        "_hashed_password": "x",
        "password": "x",
        "joined": [{"_hashed_password": "x", "_session_token": "r:1", "name": "a"}],
        "_auth_data_twitter": {"id": "1"},
        "_auth_data_gone": None,
    }
    assert shown(row, USERS) == {"joined": [{"name": "a"}], "authData": {"twitter": {"id": "1"}}}


@pytest.mark.parametrize(
    "options",
    [AggregateOptions(raw_values=True), AggregateOptions(raw_field_names=True)],
    ids=["values", "names"],
)
def test_raw_rows_have_no_secrets_either(options: AggregateOptions) -> None:
    row: JSONObject = {"_hashed_password": "x", "_session_token": "r:1", "a": {"_tombstone": 1}}
    assert shown(row, USERS, options) == {"a": {}}


def test_raw_names_are_kept_and_dates_are_texts() -> None:
    row: JSONObject = {"_id": "a", "_p_team": "Team$x", "day": date(EARLY), "list": [date(EARLY)]}
    expected = {"_id": "a", "_p_team": "Team$x", "day": EARLY, "list": [EARLY]}
    assert shown(row, options=AggregateOptions(raw_field_names=True)) == expected


def test_raw_values_rename_the_id_only() -> None:
    row: JSONObject = {"_id": "a", "_p_team": "Team$x"}
    expected = {"objectId": "a", "_p_team": "Team$x"}
    assert shown(row, options=AggregateOptions(raw_values=True)) == expected


def test_distinct_pointers_and_dates() -> None:
    assert present_distinct(["Team$x", None, "Other$y"], SCHEMA, "team") == [pointer("Team", "x")]
    assert present_distinct([date(EARLY), None], SCHEMA, "day") == [date(EARLY)]
