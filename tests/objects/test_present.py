"""From a stored object to what its reader gets."""

import pytest

from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url
from parsepy.objects.present import Presenter, strip_internal, wanted_fields
from parsepy.permissions.caller import Caller
from parsepy.protocol.field_types import FILE, STRING, FieldType
from parsepy.protocol.find_parameters import Selection
from parsepy.protocol.values import pointer
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject, ParseObject
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

PLAIN = ClassSchema(ClassDefinition("Game", {"a": Field(STRING), "b": Field(STRING)}))
RICH = ClassSchema(
    ClassDefinition("Game", {"file": Field(FILE), "fans": Field(FieldType("Relation", "_User"))})
)
NOTHING: frozenset[str] = frozenset()
COMMON: ParseObject = {"objectId": "x", "createdAt": "c", "updatedAt": "u", "ACL": {}}
FANS: JSONObject = {"__type": "Relation", "className": "_User"}


def _presented(
    ctx: RequestContext,
    document: ParseObject,
    *,
    schema: ClassSchema = PLAIN,
    selection: Selection | None = None,
    hidden: frozenset[str] = NOTHING,
) -> ParseObject:
    return Presenter(ctx, schema, selection or Selection(), hidden).present(document)


@pytest.mark.parametrize(
    ("selection", "shown"),
    [
        (Selection(), {"a", "b"}),
        (Selection(keys=(("a",),)), {"a"}),
        (Selection(keys=(("a", "deep"),)), {"a"}),
        (Selection(keys=(("nothing",),)), set()),
        (Selection(keys=()), set()),
        (Selection(exclude_keys=(("a",),)), {"b"}),
        (Selection(exclude_keys=(("a", "deep"),)), {"a", "b"}),
        (Selection(keys=(("a",), ("b",)), exclude_keys=(("b",),)), {"a"}),
        (
            Selection(exclude_keys=(("objectId",), ("createdAt",), ("updatedAt",), ("ACL",))),
            {*"ab"},
        ),
    ],
)
async def test_keys_choose_and_the_common_columns_always_come(
    parse: LocalApp, selection: Selection, shown: set[str]
) -> None:
    found = _presented(parse.context(), {**COMMON, "a": 1, "b": 2}, selection=selection)

    assert found.keys() == COMMON.keys() | shown


def test_without_keys_every_field_is_wanted() -> None:
    assert wanted_fields(Selection()) is None
    assert wanted_fields(Selection(keys=(("a", "b"),))) == frozenset((*COMMON, "a"))


async def test_hidden_fields_are_left_out(parse: LocalApp) -> None:
    found = _presented(parse.context(), {**COMMON, "a": 1, "b": 2}, hidden=frozenset("a"))

    assert found == {**COMMON, "b": 2}


async def test_a_relation_is_shown_though_no_store_brings_it(parse: LocalApp) -> None:
    ctx = parse.context()

    assert _presented(ctx, {**COMMON}, schema=RICH)["fans"] == FANS
    assert "fans" not in _presented(ctx, {**COMMON}, schema=RICH, hidden=frozenset(("fans",)))
    without = Selection(exclude_keys=(("fans",),))
    assert "fans" not in _presented(ctx, {**COMMON}, schema=RICH, selection=without)


@pytest.mark.parametrize(
    ("name", "in_address"),
    [
        ("a.txt", "a.txt"),
        ("a b/c?.txt", "a%20b/c%3F.txt"),
        ("ü'(x)*!~.txt", "%C3%BC'(x)*!~.txt"),
        ("../up", "..%2Fup"),
    ],
)
async def test_a_file_s_address_follows_the_server_s(
    parse: LocalApp, name: str, in_address: str
) -> None:
    ctx = parse.context()
    stored: JSONObject = {"__type": "File", "name": name}

    found = _presented(ctx, {**COMMON, "file": stored}, schema=RICH)

    assert found["file"] == {**stored, "url": f"{URL}/files/app/{in_address}"}
    assert file_url(ctx, name) == f"{URL}/files/app/{in_address}"


@pytest.mark.parametrize("value", [None, "text", {}, {"name": 3}, []])
async def test_a_file_field_without_file_stays_as_it_is(parse: LocalApp, value: object) -> None:
    document: ParseObject = {**COMMON, "file": value}  # type: ignore[dict-item]

    assert _presented(parse.context(), document, schema=RICH)["file"] == value


@pytest.mark.parametrize(("user_id", "hidden"), [("ann", set()), ("bob", {"a"}), (None, {"a"})])
async def test_an_object_shows_more_to_the_user_it_points_to(
    user_id: str | None, hidden: set[str]
) -> None:
    groups = {"Game": {"*": ["a"], "userField:owner": []}}
    async with local_app(protectedFields=groups) as parse:
        caller = Caller() if user_id is None else Caller(user={"objectId": user_id})
        document: ParseObject = {**COMMON, "a": 1, "owner": pointer("_User", "ann")}
        only_a = Selection(keys=(("a",),))

        presenter = Presenter(parse.context(caller), PLAIN, only_a, frozenset("a"))
        found = presenter.present(document)

    assert presenter.needed_fields is None
    assert {"a"} - found.keys() == hidden
    assert "owner" not in found


@pytest.mark.parametrize(("exempt", "shown"), [(True, True), (False, False)])
async def test_owners_see_their_own_hidden_fields_where_the_server_says_so(
    exempt: bool, shown: bool
) -> None:
    async with local_app(
        protectedFieldsOwnerExempt=exempt, protectedFields={"_User": {"*": ["phone"]}}
    ) as parse:
        user = await parse.sign_up(phone="123")

        found = await parse.ok("GET", f"/users/{user.id}", user=user)

    assert ("phone" in found) is shown


def test_internal_columns_are_all_that_begin_with_an_underscore() -> None:
    document: ParseObject = {"_a": 1, "_hashed_password": 2, "b_": 3, "token": 4, "c": 5}

    strip_internal(document, ("token", "nothing"))

    assert document == {"b_": 3, "c": 5}
