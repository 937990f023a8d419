"""Whether a CLP is well formed: everything that is let through, everything that is refused."""

from typing import Final

import pytest

from parsepy.protocol.field_types import ARRAY, STRING, Fields, FieldType
from parsepy.schema.class_permissions import OPERATIONS
from parsepy.schema.permission_check import PermissionCheck
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

FIELDS: Final[Fields] = {
    "owner": FieldType("Pointer", "_User"),
    "team": FieldType("Pointer", "Team"),
    "members": FieldType("Relation", "_User"),
    "fans": ARRAY,
    "name": STRING,
}
WHAT: Final = "class level permissions"


def _message(permissions: JSONObject, *, custom_ids: bool = False) -> str | None:
    error = refusal(lambda: PermissionCheck(FIELDS, custom_ids=custom_ids).check(permissions))
    assert error is None or error.code == 107
    return None if error is None else error.message


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "granted",
    [
        {},
        [],
        {"*": True},
        {"requiresAuthentication": True},
        {"role:admins": True, "role:": True, "role:a b": True},
        {"aB3x": True},
        {"pointerFields": []},
        {"pointerFields": ["owner", "fans"]},
        {"*": True, "aB3x": True, "pointerFields": ["owner"]},
    ],
)
def test_a_well_formed_operation_passes(operation: str, granted: JSONValue) -> None:
    assert _message({operation: granted}) is None


@pytest.mark.parametrize(
    ("permissions", "message"),
    [
        ({"fetch": {"*": True}}, f"fetch is not a valid operation for {WHAT}"),
        ({"": {}}, f" is not a valid operation for {WHAT}"),
        ({"find": "all"}, f"'all' is not a valid value for {WHAT} find - must be an object"),
        ({"find": True}, f"'true' is not a valid value for {WHAT} find - must be an object"),
        ({"find": None}, f"'null' is not a valid value for {WHAT} find - must be an object"),
        ({"find": [1]}, f"'1' is not a valid value for {WHAT} acl find:0"),
        ({"get": {"*": False}}, f"'false' is not a valid value for {WHAT} acl get:*"),
        ({"get": {"*": 1}}, f"'1' is not a valid value for {WHAT} acl get:*"),
        ({"get": {"*": {}}}, f"'[object Object]' is not a valid value for {WHAT} acl get:*"),
        ({"get": {"a b": True}}, f"'a b' is not a valid key for {WHAT}"),
        ({"get": {"": True}}, f"'' is not a valid key for {WHAT}"),
        ({"get": {"a\n": True}}, f"'a\n' is not a valid key for {WHAT}"),
        ({"get": {"*unresolved": True}}, f"'*unresolved' is not a valid key for {WHAT}"),
        (
            {"get": {"pointerFields": "owner"}},
            "'owner' is not a valid value for get[pointerFields] - expected an array.",
        ),
        (
            {"get": {"pointerFields": ["team"]}},
            f"'team' is not a valid column for {'class level'} pointer permissions [object Object]",
        ),
        (
            {"readUserFields": "owner"},
            f"'owner' is not a valid value for {WHAT} readUserFields - must be an array",
        ),
        (
            {"writeUserFields": {}},
            f"'[object Object]' is not a valid value for {WHAT} writeUserFields - must be an array",
        ),
    ],
)
def test_a_malformed_operation_is_refused(permissions: JSONObject, message: str) -> None:
    assert _message(permissions) == message


@pytest.mark.parametrize("key", ["readUserFields", "writeUserFields"])
@pytest.mark.parametrize("field", ["team", "members", "name", "nothing", 3, None, ["owner"]])
def test_only_pointers_to_users_and_arrays_grant_through_a_field(
    key: str, field: JSONValue
) -> None:
    message = _message({key: ["owner", "fans", field]})

    assert message is not None
    assert message.endswith(f"is not a valid column for class level pointer permissions {key}")
    assert _message({key: ["owner", "fans"]}) is None


@pytest.mark.parametrize("entity", ["a-b", "user@example.com", "ä", "a b"])
def test_ids_of_any_text_are_let_through_where_apps_choose_them(entity: str) -> None:
    assert _message({"find": {entity: True}}) == f"'{entity}' is not a valid key for {WHAT}"
    assert _message({"find": {entity: True}}, custom_ids=True) is None
    assert _message({"find": {"": True}}, custom_ids=True) is not None
    assert _message({"find": {"two\nlines": True}}, custom_ids=True) is not None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, None),
        ({"*": []}, None),
        ({"*": ["name"], "authenticated": ["owner"], "role:x": [], "aB3": ["fans"]}, None),
        ({"userField:owner": ["name"]}, None),
        ([], None),
        (["name"], "'name' is not a valid value for protectedFields[0] - expected an array."),
        (None, f"'null' is not a valid value for {WHAT} protectedFields - must be an object"),
        (
            {"*": "name"},
            "'name' is not a valid value for protectedFields[*] - expected an array.",
        ),
        ({"*": ["createdAt"]}, "Default field 'createdAt' can not be protected"),
        ({"*": ["objectId"]}, "Default field 'objectId' can not be protected"),
        ({"*": ["ACL"]}, "Default field 'ACL' can not be protected"),
        ({"*": ["nothing"]}, "Field 'nothing' in protectedFields:* does not exist"),
        ({"*": [3]}, "Field '3' in protectedFields:* does not exist"),
        ({"a b": []}, f"'a b' is not a valid key for {WHAT}"),
        ({"requiresAuthentication": []}, None),
        ({"pointerFields": []}, None),
    ],
)
def test_protected_fields_name_fields_for_groups(value: JSONValue, message: str | None) -> None:
    assert _message({"protectedFields": value}) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, None),
        ({"*": {}}, None),
        ({"*": {"read": True, "write": False}, "currentUser": {"write": True}}, None),
        ([], None),
        ("open", f"'open' is not a valid value for {WHAT} ACL - must be an object"),
        ({"a b": {}}, f"'a b' is not a valid key for {WHAT}"),
        ({"*": None}, f"'null' is not a valid value for {WHAT} acl"),
        ({"*": True}, f"'true' is not a valid value for {WHAT} acl"),
        ({"*": {"delete": True}}, f"'delete' is not a valid key for {WHAT} acl"),
        ({"*": {"read": 1}}, f"'1' is not a valid value for {WHAT} acl"),
        ({"*": {"read": None}}, f"'' is not a valid value for {WHAT} acl"),
        ({"*": {"read": "yes", "write": 0}}, f"'yes,0' is not a valid value for {WHAT} acl"),
        ({"*": {"fly": True, "swim": 1}}, f"'fly,swim' is not a valid key for {WHAT} acl"),
    ],
)
def test_a_default_acl_has_flags_for_entries(value: JSONValue, message: str | None) -> None:
    assert _message({"ACL": value}) == message


def test_the_first_thing_wrong_is_told() -> None:
    permissions: JSONObject = {"find": {"*": True}, "get": {"*": 2}, "bad": {}}

    assert _message(permissions) == f"'2' is not a valid value for {WHAT} acl get:*"
