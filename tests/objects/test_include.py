"""Included objects: which paths a request names, and what its reader may see there."""

import pytest

from parsepy.objects.include import IncludePlan
from parsepy.protocol.find_parameters import KeyPath, Selection
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio


def _pointer(class_name: str, object_id: str) -> JSONObject:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


def _only_for(user: User) -> JSONObject:
    return {user.id: {"read": True, "write": True}}


def _paths(*texts: str) -> tuple[KeyPath, ...]:
    return tuple(tuple(text.split(".")) for text in texts)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ()),
        (Selection(include=_paths("a")), _paths("a")),
        (Selection(include=_paths("a.b.c")), _paths("a", "a.b", "a.b.c")),
        (Selection(include=_paths("b", "a.c", "a")), _paths("a", "b", "a.c")),
        (Selection(keys=_paths("a", "b")), ()),
        (Selection(keys=_paths("a.b.c")), _paths("a", "a.b")),
        (Selection(exclude_keys=_paths("a.b")), _paths("a")),
        (Selection(include=_paths("x"), keys=_paths("a.b")), _paths("a", "x")),
    ],
)
def test_a_path_implies_the_paths_above_it(
    selection: Selection, expected: tuple[KeyPath, ...]
) -> None:
    assert IncludePlan.of(selection).paths == expected


@pytest.mark.parametrize(
    ("selection", "path", "expected"),
    [
        (Selection(include=_paths("a")), "a", Selection()),
        (Selection(keys=_paths("a.b", "a.c.d", "x")), "a", Selection(keys=_paths("b", "c"))),
        (Selection(keys=_paths("a.c.d")), "a.c", Selection(keys=_paths("d"))),
        (Selection(keys=_paths("ab.c", "a")), "a", Selection()),
        (Selection(exclude_keys=_paths("a.b", "a.c.d")), "a", Selection(exclude_keys=_paths("b"))),
    ],
)
def test_keys_below_a_path_select_in_its_objects(
    selection: Selection, path: str, expected: Selection
) -> None:
    assert IncludePlan.of(selection).below(_paths(path)[0]) == expected


async def test_an_unreadable_object_disappears_wherever_it_is_pointed_to(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    secret = await parse.create("Note", {"text": "secret", "ACL": _only_for(ann)}, user=ann)
    to_note = _pointer("Note", secret)
    public = await parse.create("Note", {"text": "public", "other": to_note})
    body = {"one": to_note, "list": [to_note, _pointer("Note", public)], "map": {"deep": to_note}}
    path = f"/classes/Page/{await parse.create('Page', body)}?include=one,list.other,map.deep"

    for_ann = await parse.ok("GET", path, user=ann)
    for_bob = await parse.ok("GET", path, user=bob)
    for_nobody = await parse.ok("GET", path)

    assert for_ann["one"]["text"] == for_ann["map"]["deep"]["text"] == "secret"
    assert [note["text"] for note in for_ann["list"]] == ["secret", "public"]
    assert for_ann["list"][1]["other"]["text"] == "secret"
    for answer in (for_bob, for_nobody):
        assert "one" not in answer
        assert answer["map"] == {}
        assert [note["text"] for note in answer["list"]] == ["public"]
        assert "other" not in answer["list"][0]


async def test_a_class_that_is_closed_to_the_caller_is_closed_to_his_includes(
    parse: LocalApp,
) -> None:
    clp = {"find": {"*": True}, "create": {"*": True}, "addField": {"*": True}}
    await parse.ok("POST", "/schemas/Note", {"classLevelPermissions": clp}, master=True)
    note = await parse.create("Note", {"text": "secret"})
    path = f"/classes/Page/{await parse.create('Page', {'note': _pointer('Note', note)})}"

    refused = await parse.send("GET", f"{path}?include=note")
    found = await parse.ok("GET", f"{path}?include=note", master=True)

    assert refused.json() == {"code": 119, "error": "Permission denied"}
    assert found["note"]["text"] == "secret"
    assert (await parse.ok("GET", path))["note"] == _pointer("Note", note)


@pytest.mark.parametrize("class_name", ["_Hooks", "_GlobalConfig", "_Join:users:_Role"])
async def test_a_pointer_opens_no_internal_class(parse: LocalApp, class_name: str) -> None:
    page = await parse.create("Page", {"list": [_pointer(class_name, "x")]})

    refused = await parse.send("GET", f"/classes/Page/{page}?include=list")

    assert refused.json()["code"] == 119


@pytest.mark.parametrize("class_name", ["system.users", "_SCHEMA", "1a", "a b", ""])
async def test_a_pointer_to_a_name_that_is_no_class_reaches_no_store(
    parse: LocalApp, class_name: str
) -> None:
    page = await parse.create("Page", {"list": [_pointer("Page", "x")]})
    body = {"list": {"__op": "Add", "objects": [_pointer(class_name, "x")]}}
    await parse.send("PUT", f"/classes/Page/{page}", body)
    parse.storage.taken_calls()

    found = await parse.ok("GET", f"/classes/Page/{page}?include=list", master=True)

    assert found["list"] == []
    assert parse.storage.taken_calls().count("find") == 1


async def test_included_users_show_no_more_than_users(parse: LocalApp) -> None:
    public = {"*": {"read": True}}
    ann = await parse.sign_up(email="ann@example.com", ACL=public)
    bob = await parse.sign_up()
    page = await parse.create("Page", {"writer": _pointer("_User", ann.id)})
    path = f"/classes/Page/{page}?include=writer"

    by_caller = {
        "ann": (await parse.ok("GET", path, user=ann))["writer"],
        "bob": (await parse.ok("GET", path, user=bob))["writer"],
        "master": (await parse.ok("GET", path, master=True))["writer"],
    }

    shown = {
        caller: {"email", "authData", "sessionToken", "_hashed_password"} & writer.keys()
        for caller, writer in by_caller.items()
    }
    assert shown == {"ann": {"email"}, "bob": set(), "master": {"email", "authData"}}
    assert all(writer["objectId"] == ann.id for writer in by_caller.values())


async def test_a_pointer_to_a_session_shows_it_to_its_user_alone(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    session = (await parse.ok("GET", "/sessions/me", user=ann))["objectId"]
    page = await parse.create("Page", {"session": _pointer("_Session", session)})
    path = f"/classes/Page/{page}?include=session"

    for_ann = await parse.ok("GET", path, user=ann)
    for_bob = await parse.ok("GET", path, user=bob)
    for_nobody = await parse.send("GET", path)

    assert for_ann["session"]["sessionToken"] == ann.token
    assert "session" not in for_bob
    assert for_nobody.json()["code"] == 209
    assert ann.token not in for_nobody.text


async def test_protected_fields_are_hidden_in_includes_too() -> None:
    async with local_app(protectedFields={"Note": {"*": ["text"]}}) as parse:
        note = await parse.create("Note", {"text": "secret", "title": "x"})
        page = await parse.create("Page", {"note": _pointer("Note", note)})

        for keys in ("", "&keys=note.text,note.title"):
            path = f"/classes/Page/{page}?include=note{keys}"
            assert "text" not in (await parse.ok("GET", path))["note"]
            assert (await parse.ok("GET", path, master=True))["note"]["text"] == "secret"


async def test_a_circle_of_pointers_ends_with_the_path(parse: LocalApp) -> None:
    first = await parse.create("Node", {"name": "first"})
    second = await parse.create("Node", {"name": "second", "next": _pointer("Node", first)})
    await parse.ok("PUT", f"/classes/Node/{first}", {"next": _pointer("Node", second)})

    found = await parse.ok("GET", f"/classes/Node/{first}?include=next.next.next")

    names = [found["name"]]
    while found.get("next", {}).get("__type") == "Object":
        found = found["next"]
        names.append(found["name"])
    assert names == ["first", "second", "first", "second"]
    assert found["next"] == _pointer("Node", first)


async def test_one_object_that_many_point_to_comes_to_each_of_them(parse: LocalApp) -> None:
    city = await parse.create("City", {"name": "Rome"})
    team = await parse.create("Team", {"city": _pointer("City", city)})
    for _ in range(3):
        await parse.create("Game", {"home": _pointer("Team", team), "away": _pointer("Team", team)})

    found = await parse.ok("GET", "/classes/Game?include=home.city,away")

    for game in found["results"]:
        assert game["home"]["city"]["name"] == "Rome"
        assert game["away"]["city"] == _pointer("City", city)


async def test_values_that_are_no_pointers_stay_as_they_are(parse: LocalApp) -> None:
    body = {"list": [1, None, "x", {"a": None}], "map": {"a": {"b": 1}}, "text": "x", "none": None}
    page = await parse.create("Page", body)

    found = await parse.ok("GET", f"/classes/Page/{page}?include=list,map.a.b,text,none,nothing")

    assert {name: found[name] for name in body} == body
