"""Triggers in Python around the doors, on each store: what they see, change and refuse."""

import logging
from typing import Any

import pytest

from parsepy.cloud import ACL, FindRequest, Object, Query, TriggerRequest
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, User

pytestmark = pytest.mark.anyio


def pointer(class_name: str, object_id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


class Seen(list[Any]):
    """What a trigger was called with."""

    async def __call__(self, request: Any) -> None:
        self.append(request)


# -- beforeSave


async def test_before_save_changes_what_is_stored_and_told(stored: LocalApp) -> None:
    @stored.app.registry.before_save("Game")
    def change(request: TriggerRequest) -> None:
        one = request.object
        one.set("added", {"a": 1})
        one.set("sent", "other")
        one.unset("taken")
        one.revert("reverted")
        one.increment("n", 2)

    body = {"sent": "x", "taken": 1, "reverted": 1, "n": 1, "kept": 1}
    created = await stored.ok("POST", "/classes/Game", body)
    row = await stored.ok("GET", f"/classes/Game/{created['objectId']}")

    deleted = {"__op": "Delete"}
    assert {name: created[name] for name in created if name not in ("objectId", "createdAt")} == {
        "added": {"a": 1},
        "sent": "other",
        "taken": deleted,
        "reverted": deleted,
        "n": 3,
    }
    names = ("objectId", "createdAt", "updatedAt")
    assert {name: row[name] for name in row if name not in names} == {
        "added": {"a": 1},
        "sent": "other",
        "n": 3,
        "kept": 1,
    }


async def test_before_save_of_an_update_sees_the_original_and_the_changes(
    stored: LocalApp,
) -> None:
    object_id = await stored.create("Game", {"n": 1, "sub": {"k": 1, "l": 2}, "list": [1]})
    seen = Seen()
    stored.app.registry.add_trigger("beforeSave", "Game", seen)
    body = {"n": {"__op": "Increment", "amount": 2}, "sub.k": 5}

    updated = await stored.ok("PUT", f"/classes/Game/{object_id}", body)

    (request,) = seen
    assert (request.object.is_new(), request.object.existed()) == (False, True)
    assert (request.object.get("n"), request.original.get("n")) == (3, 1)
    assert request.object.dirty_keys() == ["n", "sub"]
    assert request.object.op("n") == {"__op": "Increment", "amount": 2}
    assert request.object.get("sub") == {"k": 5, "l": 2}
    assert (updated["n"], updated["sub"]) == (3, {"k": 5, "l": 2})


async def test_before_save_of_a_new_object_sees_no_id(stored: LocalApp) -> None:
    seen = Seen()
    stored.app.registry.add_trigger("beforeSave", "Game", seen)

    await stored.create("Game", {"n": 1})

    (request,) = seen
    assert (request.object.object_id, request.object.is_new(), request.object.existed()) == (
        None,
        True,
        False,
    )
    assert request.original is None


async def test_a_refusal_stores_nothing(stored: LocalApp) -> None:
    object_id = await stored.create("Game", {"n": 1})

    @stored.app.registry.before_save("Game")
    def refuse(request: TriggerRequest) -> None:
        raise ParseError(999, "mine") if request.original else ValueError()

    created = await stored.send("POST", "/classes/Game", {"fresh": 1})
    updated = await stored.send("PUT", f"/classes/Game/{object_id}", {"n": 2})

    assert created.json() == {"code": 141, "error": "Script failed. Unknown error."}
    assert (updated.status_code, updated.json()) == (400, {"code": 999, "error": "mine"})
    assert [row["n"] for row in await stored.find("Game", {})] == [1]
    fields = (await stored.ok("GET", "/schemas/Game", master=True))["fields"]
    assert "fresh" not in fields


async def test_what_a_trigger_sets_is_judged_like_a_body(stored: LocalApp) -> None:
    await stored.create("Game", {"put": "a text"})

    @stored.app.registry.before_save("Game")
    def change(request: TriggerRequest) -> None:
        key, value = request.object.get("put"), request.object.get("value")
        assert isinstance(key, str)
        request.object.set(key, value)

    for key, value, code in (
        ("x", {"_bsontype": "Code"}, 105),
        ("bad key", 1, 105),
        ("_hashed_password", "x", 105),
        ("put", 1, 111),
    ):
        answer = await stored.send("POST", "/classes/Game", {"put": key, "value": value})
        assert answer.json()["code"] == code, answer.text


async def test_the_trigger_runs_only_for_who_may_write(stored: LocalApp) -> None:
    ann, bob = await stored.sign_up(), await stored.sign_up()
    secret = await stored.create("Game", {"n": 1, "ACL": {ann.id: {"read": True, "write": True}}})
    permissions = {"create": {}, "update": {"requiresAuthentication": True}, "find": {"*": True}}
    schema = {"classLevelPermissions": permissions}
    await stored.ok("PUT", "/schemas/Game", schema, master=True)
    seen = Seen()
    stored.app.registry.add_trigger("beforeSave", "Game", seen)

    created = await stored.send("POST", "/classes/Game", {"n": 1}, user=bob)
    foreign = await stored.send("PUT", f"/classes/Game/{secret}", {"n": 2}, user=bob)
    nobody = await stored.send("PUT", f"/classes/Game/{secret}", {"n": 2})
    assert [answer.json()["code"] for answer in (created, foreign, nobody)] == [119, 101, 101]
    assert seen == []

    await stored.ok("PUT", f"/classes/Game/{secret}", {"n": 2}, user=ann)
    assert len(seen) == 1


async def test_who_may_write_but_not_read_has_a_trigger_that_sees_the_object(
    stored: LocalApp,
) -> None:
    object_id = await stored.create("Game", {"n": 1, "ACL": {"*": {"write": True}}})
    seen = Seen()
    stored.app.registry.add_trigger("afterSave", "Game", seen)

    await stored.ok("PUT", f"/classes/Game/{object_id}", {"m": 2})

    assert (seen[0].original.get("n"), seen[0].object.get("n"), seen[0].object.get("m")) == (
        1,
        1,
        2,
    )


async def test_protected_fields_stay_hidden_from_triggers_of_a_client(stored: LocalApp) -> None:
    object_id = await stored.create("Game", {"secret": 1, "n": 1})
    schema = {
        "classLevelPermissions": {"protectedFields": {"*": ["secret"]}, "update": {"*": True}}
    }
    await stored.ok("PUT", "/schemas/Game", schema, master=True)
    seen = Seen()
    stored.app.registry.add_trigger("beforeSave", "Game", seen)

    await stored.ok("PUT", f"/classes/Game/{object_id}", {"n": 2})
    await stored.ok("PUT", f"/classes/Game/{object_id}", {"n": 3}, master=True)

    assert [request.original.get("secret") for request in seen] == [None, 1]


async def test_a_sign_up_shows_the_password_and_no_internal_column(stored: LocalApp) -> None:
    seen = Seen()
    stored.app.registry.add_trigger("beforeSave", "_User", seen)
    stored.app.registry.add_trigger("afterSave", "_User", seen)

    await stored.ok("POST", "/users", {"username": "ann", "password": "secret"})

    before, after = seen
    assert before.object.get("password") == "secret"
    assert after.object.get("username") == "ann"
    assert not {"password", "_hashed_password"} & after.object.to_json().keys()


# -- afterSave


async def test_after_save_sees_what_is_stored_and_changes_the_answer_alone(
    stored: LocalApp,
) -> None:
    seen = Seen()

    @stored.app.registry.after_save("Game")
    async def after(request: TriggerRequest) -> None:
        await seen(request)
        assert request.object.dirty_keys() == []
        request.object.set("shown", 5)
        request.object.unset("sent")

    created = await stored.ok("POST", "/classes/Game", {"sent": 1})
    object_id = created["objectId"]
    updated = await stored.ok("PUT", f"/classes/Game/{object_id}", {"n": 1})

    assert (created["shown"], created["sent"]) == (5, {"__op": "Delete"})
    assert updated["shown"] == 5
    assert [request.object.existed() for request in seen] == [False, True]
    assert seen[0].object.object_id == object_id
    row = await stored.ok("GET", f"/classes/Game/{object_id}")
    assert (row["sent"], "shown" in row) == (1, False)


async def test_after_save_may_answer_itself(stored: LocalApp) -> None:
    @stored.app.registry.after_save("Game")
    def answer(_request: TriggerRequest) -> dict[str, object]:
        return {"custom": 1}

    created = await stored.send("POST", "/classes/Game", {"n": 1})

    assert (created.status_code, created.json()) == (201, {"custom": 1})


async def test_an_error_in_after_save_is_for_the_log(
    stored: LocalApp, caplog: pytest.LogCaptureFixture
) -> None:
    @stored.app.registry.after_save("Game")
    def fail(_request: TriggerRequest) -> None:
        raise ValueError("too late")

    with caplog.at_level(logging.WARNING):
        await stored.create("Game", {"n": 1})

    assert "afterSave of Game caught an error: too late" in caplog.text


async def test_the_context_goes_from_trigger_to_trigger(stored: LocalApp) -> None:
    @stored.app.registry.before_save("Game")
    def before(request: TriggerRequest) -> None:
        request.context["added"] = request.context["sent"]

    @stored.app.registry.after_save("Game")
    def after(request: TriggerRequest) -> dict[str, object]:
        return dict(request.context)

    sent = '{"sent": 1}'
    answer = await stored.ok("POST", "/classes/Game", {}, X_Parse_Cloud_Context=sent)
    assert answer == {"sent": 1, "added": 1}


async def test_triggers_run_for_each_object_of_a_batch(stored: LocalApp) -> None:
    @stored.app.registry.before_save("Game")
    def refuse(request: TriggerRequest) -> None:
        if request.object.get("n") == 2:
            raise ValueError("not two")

    requests = [
        {"method": "POST", "path": "/parse/classes/Game", "body": {"n": number}}
        for number in (1, 2, 3)
    ]
    answers = await stored.ok("POST", "/batch", {"requests": requests})

    assert ["success" in answer for answer in answers] == [True, False, True]
    assert answers[1] == {"error": {"code": 141, "error": "not two"}}


# -- deletes


async def test_triggers_of_a_delete(stored: LocalApp) -> None:
    object_id = await stored.create("Game", {"n": 1})
    kept = await stored.create("Game", {"n": 2})
    seen = Seen()

    @stored.app.registry.before_delete("Game")
    def refuse(request: TriggerRequest) -> None:
        if request.object.get("n") == 2:
            raise ValueError("stays")

    stored.app.registry.add_trigger("afterDelete", "Game", seen)

    assert await stored.ok("DELETE", f"/classes/Game/{object_id}") == {}
    refused = await stored.send("DELETE", f"/classes/Game/{kept}")
    missing = await stored.send("DELETE", f"/classes/Game/{object_id}")

    assert refused.json() == {"code": 141, "error": "stays"}
    assert missing.json() == {"code": 101, "error": "Object not found for delete."}
    assert [request.object.object_id for request in seen] == [object_id]
    assert [row["n"] for row in await stored.find("Game", {})] == [2]


async def test_an_error_after_the_delete_is_told_although_the_object_is_gone(
    stored: LocalApp,
) -> None:
    object_id = await stored.create("Game", {"n": 1})

    @stored.app.registry.after_delete("Game")
    def fail(_request: TriggerRequest) -> None:
        raise ValueError("too late")

    answer = await stored.send("DELETE", f"/classes/Game/{object_id}")

    assert answer.json() == {"code": 141, "error": "too late"}
    assert await stored.find("Game", {}) == []


# -- reads


async def _hide_closed(app: LocalApp) -> None:
    """Only open games are found, whoever asks."""

    @app.app.registry.before_find("Game")
    def narrow(request: FindRequest) -> None:
        request.query.equal_to("open", True)


async def test_before_find_stands_before_every_way_to_read(stored: LocalApp) -> None:
    closed = await stored.create("Game", {"open": False, "n": 1})
    opened = await stored.create("Game", {"open": True, "n": 1})
    tags = {"__op": "AddRelation", "objects": [pointer("Game", closed), pointer("Game", opened)]}
    body = {"first": pointer("Game", closed), "list": [pointer("Game", closed)], "n": 1}
    user = await stored.create("Holder", {**body, "games": tags})
    await _hide_closed(stored)

    assert [row["objectId"] for row in await stored.find("Game", {})] == [opened]
    by_id = await stored.send("GET", f"/classes/Game/{closed}")
    included = await stored.ok("GET", f"/classes/Holder/{user}?include=first,list")
    in_query = {"first": {"$inQuery": {"className": "Game", "where": {"n": 1}}}}
    selected = {
        "n": {
            "$select": {"key": "n", "query": {"className": "Game", "where": {"objectId": closed}}}
        }
    }
    related = {"$relatedTo": {"object": pointer("Holder", user), "key": "games"}}
    redirected = await stored.ok("GET", "/classes/Holder?redirectClassNameForKey=games")

    assert by_id.json()["code"] == 101
    assert ("first" in included, included["list"]) == (False, [])
    assert await stored.find("Holder", in_query) == []
    assert await stored.find("Holder", selected) == []
    assert [row["objectId"] for row in await stored.find("Game", related)] == [opened]
    assert [row["objectId"] for row in redirected["results"]] == [opened]


async def test_before_find_sees_how_it_is_asked(stored: LocalApp) -> None:
    object_id = await stored.create("Game", {"n": 1})
    seen = Seen()
    stored.app.registry.add_trigger("beforeFind", "Game", seen)

    await stored.ok("GET", f"/classes/Game/{object_id}?keys=n")
    await stored.ok("GET", "/classes/Game?order=-n&limit=7&count=1")

    get, find = seen
    assert (get.is_get, get.count, get.query.where) == (True, False, {"objectId": object_id})
    assert get.query.json["keys"] == "n"
    assert (find.is_get, find.count) == (False, True)
    assert find.query.json == {"where": {}, "order": "-n", "limit": 7}


async def test_before_find_may_give_another_query(stored: LocalApp) -> None:
    for number in range(3):
        await stored.create("Game", {"n": number, "m": 1})

    @stored.app.registry.before_find("Game")
    def replace(_request: FindRequest) -> "Query[Any]":
        return Query("Game", {"where": {"n": {"$gt": 0}}, "order": "-n", "excludeKeys": "m"})

    rows = await stored.find("Game", {"n": 0})

    assert [(row["n"], "m" in row) for row in rows] == [(2, False), (1, False)]


async def test_objects_that_before_find_gives_are_read_with_the_callers_rights(
    stored: LocalApp,
) -> None:
    secret = await stored.create("Game", {"n": 1, "ACL": {}})
    shown = await stored.create("Game", {"n": 2})

    @stored.app.registry.before_find("Game")
    def give(_request: FindRequest) -> list[Object]:
        return [
            Object("Game", secret, {"objectId": secret, "n": 1}),
            Object("Game", shown, {"objectId": shown}),
            Object("Game", state={"made": 1}),
        ]

    rows = await stored.find("Game", {})

    assert [(row.get("objectId"), row.get("n"), row.get("made")) for row in rows] == [
        (shown, 2, None)
    ]
    assert len(await stored.find("Game", {}, master=True)) == 3


async def test_a_refused_find_finds_nothing(stored: LocalApp) -> None:
    object_id = await stored.create("Game", {"n": 1})

    @stored.app.registry.before_find("Game")
    def refuse(_request: FindRequest) -> None:
        raise ValueError("closed")

    for path in (
        "/classes/Game",
        f"/classes/Game/{object_id}",
        "/classes/Game?count=1&limit=0",
        "/aggregate/Game?distinct=n",
    ):
        answer = await stored.send("GET", path, master=True)
        assert answer.json() == {"code": 141, "error": "closed"}


async def test_after_find_changes_what_is_shown(stored: LocalApp) -> None:
    ids = [await stored.create("Game", {"n": number}) for number in range(3)]
    holder = await stored.create("Holder", {"game": pointer("Game", ids[2])})

    @stored.app.registry.after_find("Game")
    def choose(request: FindRequest) -> list[Object]:
        for one in request.objects:
            one.set("seen", True)
        return [one for one in request.objects if one.get("n") != 1]

    found = await stored.ok("GET", "/classes/Game?order=n&count=1")
    one = await stored.ok("GET", f"/classes/Game/{ids[0]}")
    gone = await stored.send("GET", f"/classes/Game/{ids[1]}")
    included = await stored.ok("GET", f"/classes/Holder/{holder}?include=game")

    assert [(row["n"], row["seen"], row["className"]) for row in found["results"]] == [
        (0, True, "Game"),
        (2, True, "Game"),
    ]
    assert found["count"] == 3
    assert one["seen"]
    assert gone.json()["code"] == 101
    assert included["game"]["seen"]


async def test_the_servers_own_reads_are_not_told(stored: LocalApp) -> None:
    seen = Seen()
    stored.app.registry.add_trigger("beforeFind", "_User", seen)
    stored.app.registry.add_trigger("beforeFind", "_Role", seen)
    ann = await stored.sign_up(username="ann")
    await stored.grant_role("admins", ann)
    object_id = await stored.create("Game", {"ACL": {"role:admins": {"write": True}}})

    await stored.ok("PUT", f"/classes/Game/{object_id}", {"n": 1}, user=ann)

    assert seen == []


# -- log-ins


async def test_triggers_around_a_session(stored: LocalApp) -> None:
    await stored.ok("POST", "/users", {"username": "ann", "password": "x"})
    seen = Seen()
    stored.app.registry.add_trigger("afterLogin", "_User", seen)
    stored.app.registry.add_trigger("afterLogout", "_Session", seen)

    @stored.app.registry.trigger("beforeLogin", "_User")
    def refuse(request: TriggerRequest) -> None:
        if request.object.get("banned"):
            raise ValueError("banned")

    body = {"username": "ann", "password": "x"}
    user = await stored.ok("POST", "/login", body)
    ann = User(user["objectId"], user["sessionToken"])
    await stored.ok("PUT", f"/users/{ann.id}", {"banned": True}, user=ann)
    banned = await stored.send("POST", "/login", body)
    await stored.ok("POST", "/logout", {}, user=ann)

    login, logout = seen
    assert (login.user.object_id, login.user.get("sessionToken")) == (ann.id, ann.token)
    assert logout.object.get("sessionToken") == ann.token
    assert banned.json() == {"code": 141, "error": "banned"}
    assert (await stored.send("GET", "/users/me", user=ann)).json()["code"] == 209


# -- what nobody should do in a trigger


class Odd:
    """No value that can be stored or sent."""


async def test_odd_things_that_triggers_give_are_errors_and_no_crash(stored: LocalApp) -> None:
    object_id = await stored.create("Game", {"n": 1})

    def misuse(request: Any) -> object:
        match request.trigger_name:
            case "beforeSave":
                return {"object": {"n": Odd()}}
            case "afterSave":
                return {"n": Odd()}
            case "beforeFind":
                return [Odd()]
        return None

    for kind, method, path, status in (
        ("beforeSave", "POST", "/classes/Game", 400),
        ("afterSave", "POST", "/classes/Game", 201),
        ("beforeFind", "GET", "/classes/Game", 400),
        ("beforeFind", "GET", f"/classes/Game/{object_id}", 400),
    ):
        stored.app.registry.clear()
        stored.app.registry.add_trigger(kind, "Game", misuse)
        answer = await stored.send(method, path, {"n": 1} if method == "POST" else None)
        assert answer.status_code == status, (kind, answer.text)
        assert status == 201 or answer.json() == {
            "code": 141,
            "error": "Odd is no value that can be stored or sent",
        }


async def test_a_request_that_is_taken_apart_changes_nothing(stored: LocalApp) -> None:
    def take_apart(request: Any) -> None:
        request.context = None
        if isinstance(request, FindRequest):
            request.objects = None  # type: ignore[assignment]
            request.query = None  # type: ignore[assignment]
            request.read_preference = 7  # type: ignore[assignment]
        else:
            request.object = request.original = None

    for kind in ("beforeSave", "afterSave", "beforeDelete", "afterDelete", "beforeFind"):
        stored.app.registry.add_trigger(kind, "Game", take_apart)

    object_id = await stored.create("Game", {"n": 1})
    assert [row["n"] for row in await stored.find("Game", {})] == [1]
    stored.app.registry.add_trigger("afterFind", "Game", take_apart)
    assert await stored.find("Game", {}) == []
    assert await stored.ok("DELETE", f"/classes/Game/{object_id}") == {}


async def test_an_error_in_after_save_is_logged_with_the_requests_name(
    stored: LocalApp, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen()

    @stored.app.registry.after_save("Game")
    async def fail(request: TriggerRequest) -> None:
        await seen(request)
        raise ValueError("not mine")

    await stored.create("Game", {"n": 1})

    told = [r.getMessage() for r in caplog.records if "caught an error" in r.getMessage()]
    assert told == [f"afterSave of Game caught an error: not mine [{seen[0].request_id}]"]


# -- recursion and the server's own classes


async def test_a_trigger_that_saves_its_own_class_ends(stored: LocalApp) -> None:
    @stored.app.registry.after_save("Game")
    async def follow(request: TriggerRequest) -> None:
        left = request.object.get("left")
        if left:
            await Object("Game").save({"left": left - 1})

    @stored.app.registry.before_save("Loop")
    async def loop(_request: TriggerRequest) -> None:
        await Object("Loop").save()

    await stored.create("Game", {"left": 3})
    endless = await stored.send("POST", "/classes/Loop", {})

    assert sorted(row["left"] for row in await stored.find("Game", {})) == [0, 1, 2, 3]
    assert (endless.status_code, endless.json()["code"]) == (400, 141)
    assert await stored.ok("GET", "/health") == {"status": "ok"}


async def test_triggers_of_the_servers_own_classes(stored: LocalApp) -> None:
    ann = await stored.sign_up(username="ann")
    seen = Seen()
    for class_name in ("_User", "_Role", "_Installation"):
        stored.app.registry.add_trigger("beforeSave", class_name, seen)
        stored.app.registry.add_trigger("afterSave", class_name, seen)

    @stored.app.registry.before_save("_Role")
    def name(request: TriggerRequest) -> None:
        acl = ACL()
        acl.public_read = True
        request.object.set("name", "named")
        request.object.set_acl(acl)

    await stored.ok("PUT", f"/users/{ann.id}", {"nick": "a"}, user=ann)
    role = await stored.ok("POST", "/roles", {"name": "x", "ACL": {}}, master=True)
    await stored.ok(
        "POST", "/installations", {"deviceType": "ios", "installationId": "i"}, master=True
    )

    assert [(r.trigger_name, r.object.class_name) for r in seen] == [
        ("beforeSave", "_User"),
        ("afterSave", "_User"),
        ("afterSave", "_Role"),
        ("beforeSave", "_Installation"),
        ("afterSave", "_Installation"),
    ]
    assert not [key for r in seen for key in r.object.state if key.startswith("_")]
    stored_role = await stored.ok("GET", f"/roles/{role['objectId']}", master=True)
    assert (stored_role["name"], stored_role["ACL"]) == ("named", {"*": {"read": True}})


async def test_before_save_changes_relations_pointers_and_the_acl(stored: LocalApp) -> None:
    other = await stored.create("Other", {"n": 1})

    @stored.app.registry.before_save("Game")
    async def change(request: TriggerRequest) -> None:
        found = await Query("Other").get(other)
        request.object.add_relation("others", found)
        request.object.set("first", found)
        acl = ACL()
        acl.public_read = True
        request.object.set_acl(acl)

    created = await stored.ok("POST", "/classes/Game", {"n": 1})
    row = await stored.ok("GET", f"/classes/Game/{created['objectId']}")
    owner = pointer("Game", created["objectId"])
    related = await stored.find("Other", {"$relatedTo": {"object": owner, "key": "others"}})

    assert (created["ACL"], created["first"]) == (row["ACL"], pointer("Other", other))
    assert row["ACL"] == {"*": {"read": True}}
    assert row["others"] == {"__type": "Relation", "className": "Other"}
    assert [one["objectId"] for one in related] == [other]


@pytest.mark.parametrize("several", [False, True])
async def test_an_include_asks_before_find_with_the_context(
    stored: LocalApp, several: bool
) -> None:
    ids = [await stored.create("Game", {"n": number}) for number in range(1 + several)]
    await stored.create("Holder", {"games": [pointer("Game", one) for one in ids]})
    seen = Seen()
    stored.app.registry.add_trigger("beforeFind", "Game", seen)
    stored.app.registry.add_trigger("afterFind", "Game", seen)

    await stored.ok("GET", "/classes/Holder?include=games", X_Parse_Cloud_Context='{"a":1}')

    before, after = seen
    # As parse-server has it: one Pointer is got, several are found.
    assert (before.is_get, after.is_get) == (not several, not several)
    assert (before.context, after.context) == ({"a": 1}, {"a": 1})
    assert sorted(one.object_id for one in after.objects) == sorted(ids)


async def test_what_a_trigger_asks_of_read_preferences_is_carried_out(
    stored: LocalApp,
) -> None:
    await stored.create("Game", {"n": 1})

    @stored.app.registry.before_find("Game")
    def prefer(request: FindRequest) -> None:
        request.read_preference = "SECONDARY_PREFERRED"
        request.include_read_preference = "PRIMARY"
        request.subquery_read_preference = "NEAREST"

    seen = Seen()
    stored.app.registry.add_trigger("afterFind", "Game", seen)

    assert len(await stored.find("Game", {})) == 1
    assert seen[0].query.json["readPreference"] == "SECONDARY_PREFERRED"
    assert seen[0].query.json["includeReadPreference"] == "PRIMARY"
    assert seen[0].query.json["subqueryReadPreference"] == "NEAREST"
