"""The matcher by hand: what each node means. `test_*_agree.py` holds it against real MongoDB."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import ARRAY, DATE, FILE, GEO_POINT, OBJECT, STRING, FieldType
from parsepy.protocol.values import date, pointer
from parsepy.query.match import compile_matcher
from parsepy.query.tree import (
    EVERYTHING,
    NOTHING,
    Accessible,
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
from parsepy.types import JSONObject, JSONValue

TEAM = FieldType("Pointer", "Team")
FIELD, LIST, MAP = Path("field"), Path("list", ARRAY), Path("map", OBJECT)


def matches(where: Where, **document: JSONValue) -> bool:
    return compile_matcher(where)(document)


def test_everything_and_nothing() -> None:
    assert matches(EVERYTHING)
    assert not matches(NOTHING, field=1)


def test_logic() -> None:
    one, two = Equal(FIELD, 1), Equal(FIELD, 2)
    assert not matches(And((one, two)), field=1)
    assert matches(Or((one, two)), field=2)
    assert matches(Nor((one, two)), field=3)
    assert not matches(Nor((one, two)), field=1)


@pytest.mark.parametrize(
    ("stored", "asked", "equal"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, None, True),
        ([1, 2], 2, True),
        ([[1]], 1, False),
        ([True], 1, False),
        ([None], None, True),
        ([], None, False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, True),
        ({"b": 2, "a": 1}, {"a": 1, "b": 2}, False),
        ({"a": True}, {"a": 1}, False),
    ],
)
def test_equality_never_crosses_types(stored: JSONValue, asked: JSONValue, equal: bool) -> None:
    where = Equal(Path("list", ARRAY), asked)
    assert matches(where, list=stored) is equal
    assert matches(NotEqual(Path("list", ARRAY), asked), list=stored) is not equal


def test_null_is_missing_too() -> None:
    assert matches(Equal(FIELD, None))
    assert not matches(NotEqual(FIELD, None))
    assert matches(In(FIELD, (1, None)))
    assert not matches(NotIn(FIELD, (1, None)))
    assert matches(NotIn(FIELD, (1,)))


@pytest.mark.parametrize(
    ("stored", "operator", "bound", "holds"),
    [
        (1, "<", 2, True),
        (2, "<", 2, False),
        (2, "<=", 2, True),
        (3, ">", 2.5, True),
        (2, ">=", 2, True),
        ("a", "<", "b", True),
        ("Z", "<", "a", True),
        ("\uffff", "<", "\U0001f600", True),
        ("1", "<", 2, False),
        (True, "<", 2, False),
        (False, "<", True, True),
        (None, "<", 2, False),
        (None, "<=", None, True),
        (None, "<", None, False),
        ([5, 1], "<", 2, True),
        ([5, 1], ">", 7, False),
    ],
)
def test_order_stays_within_a_type(
    stored: JSONValue, operator: str, bound: JSONValue, holds: bool
) -> None:
    assert matches(Compare(FIELD, operator, bound), field=stored) is holds


def test_dates_compare_by_instant_bare_or_typed() -> None:
    early, late = date("2020-01-01T00:00:00.000Z"), date("2020-01-01T00:00:00.001Z")
    assert matches(Compare(Path("day", DATE), "<", late), day=early)
    assert matches(Compare(Path("createdAt", DATE), "<", late), createdAt=early["iso"])
    assert matches(Equal(Path("createdAt", DATE), early), createdAt=early["iso"])
    assert not matches(Compare(Path("createdAt", DATE), "<", "2021"), createdAt=early["iso"])


def test_pointers_are_the_text_of_class_and_id() -> None:
    path, one = Path("team", TEAM), pointer("Team", "one")
    assert matches(Equal(path, one), team=one)
    assert not matches(Equal(path, pointer("User", "one")), team=one)
    assert matches(Compare(path, "<", pointer("Team", "two")), team=one)
    assert matches(Matches(path, r"^Team\$o", ""), team=one)
    assert not matches(Exists(Path("team.objectId", TEAM), True), team=one)


def test_pointers_inside_lists_are_objects() -> None:
    one = pointer("Team", "one")
    assert matches(Equal(LIST, one), list=[1, one])
    assert matches(Equal(Path("list.objectId", ARRAY), "one"), list=[1, one])


def test_files_compare_by_name_and_places_by_their_numbers() -> None:
    file: JSONObject = {"__type": "File", "name": "x.png", "url": "http://host/x.png"}
    place: JSONObject = {"__type": "GeoPoint", "latitude": 40, "longitude": -30}
    assert matches(Equal(Path("file", FILE), {"__type": "File", "name": "x.png"}), file=file)
    assert matches(Equal(Path("place", GEO_POINT), place), place=dict(place))
    assert matches(Equal(Path("place.0", GEO_POINT), -30), place=place)


def test_bytes_compare_by_length_then_content() -> None:
    path = Path("blob", FieldType("Bytes"))
    short: JSONObject = {"__type": "Bytes", "base64": "/w=="}
    long: JSONObject = {"__type": "Bytes", "base64": "AAA="}
    assert matches(Compare(path, "<", long), blob=short)
    assert not matches(Compare(path, "<", short), blob=long)


@pytest.mark.parametrize(
    ("key", "asked", "document", "equal"),
    [
        ("map.a", 1, {"map": {"a": 1}}, True),
        ("map.a.b", 1, {"map": {"a": {"b": 1}}}, True),
        ("map.a", 1, {"map": [{"a": 2}, {"a": 1}]}, True),
        ("map.a.b", 1, {"map": [{"a": [{"b": 1}]}]}, True),
        ("map.0", 1, {"map": {"0": 1}}, True),
        ("map.0", "x", {"map": ["x", "y"]}, True),
        ("map.1", "x", {"map": ["x", "y"]}, False),
        ("map.0", 1, {"map": [[1]]}, False),
        ("map.0.a", 1, {"map": [{"a": 1}]}, True),
        ("map.a", None, {"map": {}}, True),
        ("map.a", None, {"map": "scalar"}, True),
        ("map.a", None, {"map": []}, False),
        ("map.a", None, {"map": [1]}, False),
        ("map.a", None, {"map": [1, {}]}, True),
        ("map.a", None, {}, True),
    ],
)
def test_paths_lead_through_objects_and_lists(
    key: str, asked: JSONValue, document: JSONObject, equal: bool
) -> None:
    assert matches(Equal(Path(key, OBJECT), asked), **document) is equal


def test_existence() -> None:
    assert matches(Exists(FIELD, True), field=None)
    assert matches(Exists(FIELD, False))
    assert matches(Exists(Path("list.a", ARRAY), False), list=[1, {}])
    assert matches(Exists(Path("list.a", ARRAY), True), list=[1, {"a": None}])


def test_all() -> None:
    assert matches(All(LIST, (1, "a")), list=["a", 2, 1])
    assert not matches(All(LIST, (1, "a")), list=[1])
    assert not matches(All(LIST, ()), list=[1])
    assert matches(All(LIST, ([1, 2],)), list=[[1, 2], 3])
    assert matches(AllMatch(LIST, (r"^\Qa\E", r"^\Qb\E")), list=["bx", "ay", 1])
    assert not matches(AllMatch(LIST, (r"^\Qa\E", r"^\Qb\E")), list=["bx"])


def test_contained_by_looks_at_lists_only() -> None:
    where = ContainedBy(LIST, (1, "a", None))
    assert matches(where, list=["a", 1, 1])
    assert matches(where, list=[])
    assert matches(where, list=[None])
    assert not matches(where, list=["a", 2])
    assert not matches(where, list=[True])
    assert matches(where)
    assert matches(where, list="scalar")


def test_patterns_look_at_texts_only() -> None:
    assert matches(Matches(FIELD, "^a", "i"), field="Abc")
    assert matches(Matches(FIELD, "b", ""), field=[1, "ab"])
    assert not matches(Matches(FIELD, "1", ""), field=1)
    assert not matches(Matches(FIELD, "", ""))


def test_a_bad_pattern_is_refused_when_compiled() -> None:
    with pytest.raises(ParseError) as refused:
        compile_matcher(Matches(FIELD, "(", ""))
    assert refused.value.code == 102


def test_access() -> None:
    readable: JSONObject = {"u1": {"read": True}, "role:A": {"write": True}}
    assert matches(Accessible("read", ("*", "u1")), ACL=readable)
    assert not matches(Accessible("write", ("*", "u1")), ACL=readable)
    assert matches(Accessible("write", ("role:A",)), ACL=readable)
    assert matches(Accessible("read", ()))
    assert not matches(Accessible("read", ("*",)), ACL={})


def test_access_lists_can_be_asked_for() -> None:
    document: JSONObject = {"ACL": {"*": {"read": True}, "u1": {"write": True}}}
    assert matches(Equal(Path("_rperm"), "*"), **document)
    assert matches(Equal(Path("_wperm"), "u1"), **document)
    assert not matches(Equal(Path("_wperm"), "*"), **document)
    assert matches(Exists(Path("_rperm"), False))


def test_a_session_token_has_two_names() -> None:
    assert matches(Equal(Path("_session_token"), "r:1"), sessionToken="r:1")
    assert matches(Equal(Path("sessionToken", STRING), "r:1"), sessionToken="r:1")


def test_a_matcher_does_not_change_the_object() -> None:
    document: JSONObject = {"createdAt": "2020-01-01T00:00:00.000Z", "list": [{"a": [1]}]}
    before = repr(document)
    compile_matcher(And((Equal(Path("list.a", ARRAY), 1), Exists(Path("createdAt"), True))))(
        document
    )
    assert repr(document) == before
