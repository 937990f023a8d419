"""Fields hidden from readers: who sees what, object by object, and what may be asked."""

from typing import Final

import pytest

from parsepy.errors import ParseError
from parsepy.permissions import protected_fields
from parsepy.permissions.protected_fields import Groups
from parsepy.protocol.values import pointer
from parsepy.query import tree
from parsepy.query.tree import Path, Where
from parsepy.types import JSONObject, JSONValue


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


EVERYBODY: Final = ("*",)
ANN: Final = ("*", "ann")
CHIEF: Final = ("*", "chief", "role:admins", "role:staff")

# The groups of a class, then what is hidden from nobody in particular, from Ann, from the chief.
HIDDEN: Final[list[tuple[Groups, str, str, str]]] = [
    ({}, "", "", ""),
    ({"*": _set("a b")}, "a b", "a b", "a b"),
    ({"*": _set("a b"), "authenticated": _set("a")}, "a b", "a", "a"),
    ({"*": _set("a"), "authenticated": _set("b")}, "a", "", ""),
    ({"authenticated": _set("a")}, "", "a", "a"),
    ({"*": _set("a b"), "ann": _set("b")}, "a b", "b", "a b"),
    ({"*": _set("a b"), "ann": frozenset()}, "a b", "", "a b"),
    ({"*": _set("a b"), "role:admins": frozenset()}, "a b", "a b", ""),
    (
        {"*": _set("a b c"), "role:admins": _set("a b"), "role:staff": _set("b c")},
        "a b c",
        "a b c",
        "b",
    ),
    ({"role:admins": _set("a"), "role:staff": _set("b")}, "", "", ""),
    ({"role:admins": _set("a")}, "", "", "a"),
    ({"role:other": _set("a"), "bob": _set("b")}, "", "", ""),
    ({"userField:owner": _set("a")}, "", "", ""),
    ({"*": _set("a b"), "userField:owner": _set("a")}, "a b", "a b", "a b"),
]


@pytest.mark.parametrize(("groups", "nobody", "ann", "chief"), HIDDEN)
def test_the_more_groups_a_reader_is_in_the_less_is_hidden(
    groups: Groups, nobody: str, ann: str, chief: str
) -> None:
    found = (
        protected_fields.hidden_from(groups, EVERYBODY, logged_in=False),
        protected_fields.hidden_from(groups, ANN, logged_in=True),
        protected_fields.hidden_from(groups, CHIEF, logged_in=True),
    )

    assert found == (_set(nobody), _set(ann), _set(chief))


def test_the_option_and_the_clp_are_united_group_by_group() -> None:
    option = {"*": _set("email"), "ann": _set("x")}
    permissions = {"*": _set("phone"), "role:admins": frozenset[str]()}

    merged = protected_fields.merge(option, permissions)

    assert merged == {"*": _set("email phone"), "ann": _set("x"), "role:admins": frozenset()}
    assert option == {"*": _set("email"), "ann": _set("x")}


def test_user_fields_are_named_without_their_prefix() -> None:
    groups = {"*": _set("a b"), "userField:owner": _set("a"), "userField:fans": frozenset[str]()}

    assert protected_fields.revealing_fields(groups) == {"owner": _set("a"), "fans": frozenset()}


@pytest.mark.parametrize(
    ("document", "user_id", "expected"),
    [
        ({"owner": pointer("_User", "ann")}, "ann", "a"),
        ({"owner": pointer("_User", "ann")}, "bob", "a b c"),
        ({"owner": pointer("_User", "ann")}, None, "a b c"),
        ({"owner": pointer("Team", "ann")}, "ann", "a b c"),
        ({"owner": "ann"}, "ann", "a b c"),
        ({"owner": None}, "ann", "a b c"),
        ({}, "ann", "a b c"),
        ({"fans": [pointer("_User", "bob"), pointer("_User", "ann")]}, "ann", "b c"),
        ({"fans": []}, "ann", "a b c"),
        ({"owner": pointer("_User", "ann"), "fans": [pointer("_User", "ann")]}, "ann", ""),
    ],
)
def test_an_object_reveals_to_those_it_points_to(
    document: JSONObject, user_id: str | None, expected: str
) -> None:
    revealing = {"owner": _set("a"), "fans": _set("b c")}

    found = protected_fields.hidden_in(document, _set("a b c"), revealing, user_id)

    assert found == _set(expected)


def test_a_user_field_never_hides_more() -> None:
    document: JSONObject = {"owner": pointer("_User", "ann")}

    found = protected_fields.hidden_in(document, frozenset(), {"owner": _set("a b")}, "ann")

    assert found == frozenset()


def test_stripping_takes_hidden_fields_and_no_others() -> None:
    document: JSONObject = {"objectId": "x", "a": 1, "b": None}

    protected_fields.strip(document, ["a", "b", "c"])

    assert document == {"objectId": "x"}


SECRET: Final = Path("secret")
EVERY_CONDITION: Final[list[Where]] = [
    tree.Equal(SECRET, 1),
    tree.NotEqual(SECRET, 1),
    tree.Compare(SECRET, "<", 1),
    tree.In(SECRET, (1,)),
    tree.NotIn(SECRET, (1,)),
    tree.All(SECRET, (1,)),
    tree.AllMatch(SECRET, ("^a",)),
    tree.ContainedBy(SECRET, (1,)),
    tree.Exists(SECRET, exists=True),
    tree.Matches(SECRET, "^a", ""),
]


def _around(condition: Where) -> list[Where]:
    plain = tree.Equal(Path("plain"), 1)
    return [
        condition,
        tree.And((plain, condition)),
        tree.Or((plain, condition)),
        tree.Nor((plain, condition)),
        tree.And((tree.Or((plain, tree.Nor((tree.And((condition,)),)))),)),
    ]


@pytest.mark.parametrize("condition", EVERY_CONDITION, ids=lambda node: type(node).__name__)
def test_a_hidden_field_is_no_filter_wherever_it_stands(condition: Where) -> None:
    for where in _around(condition):
        with pytest.raises(ParseError) as caught:
            protected_fields.check_query(where, (), _set("secret other"), "Game")
        assert (caught.value.code, caught.value.message) == (
            119,
            "This user is not allowed to query secret on class Game",
        )
        assert caught.value.sanitised


def test_a_path_below_a_hidden_field_is_no_filter_either() -> None:
    with pytest.raises(ParseError, match=r"not allowed to query secret\.deep on class Game"):
        protected_fields.check_query(tree.Equal(Path("secret.deep"), 1), (), _set("secret"), "Game")


@pytest.mark.parametrize("key", ["secret", "secret.deep"])
def test_a_hidden_field_is_no_order(key: str) -> None:
    with pytest.raises(ParseError, match=f"not allowed to sort by {key} on class Game"):
        protected_fields.check_query(tree.EVERYTHING, ("plain", key), _set("secret"), "Game")


@pytest.mark.parametrize("where", [tree.EVERYTHING, tree.NOTHING, tree.Accessible("read", ("*",))])
def test_conditions_without_a_field_pass(where: Where) -> None:
    protected_fields.check_query(where, ("plain",), _set("secret"), "Game")


def test_a_name_that_only_begins_like_a_hidden_field_passes() -> None:
    protected_fields.check_query(
        tree.Equal(Path("secretary"), 1), ("secretary",), _set("secret"), "Game"
    )


def test_where_nothing_is_hidden_everything_may_be_asked() -> None:
    protected_fields.check_query(tree.Equal(SECRET, 1), ("secret",), frozenset(), "Game")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (pointer("_User", "ann"), True),
        ([None, [pointer("_User", "ann")]], True),
        ({"owner": pointer("_User", "ann")}, False),
        (pointer("_User", "ANN"), False),
        ("ann", False),
        (None, False),
    ],
)
def test_only_pointers_to_the_user_point_to_the_user(value: JSONValue, expected: bool) -> None:
    assert protected_fields.points_to(value, "ann") is expected
