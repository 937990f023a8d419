"""Security sheet, section 13: cloud code and hooks."""

import json

import pytest

from parsepy.cloud import Field, FindRequest, FunctionRequest, TriggerRequest, User, Validator
from tests.security.doors import Door
from tests.security.inner_doors import pointer, put_into_boxes, ways_to_an_object
from tests.support.answering_server import answering_server
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "name",
    [
        "toString",
        "__proto__",
        "constructor",
        "__class__",
        "__init__",
        "a.b",
        "a'b",
        "%00",
        "x" * 500,
    ],
)
async def test_names_that_nobody_registered_are_no_functions(app: LocalApp, name: str) -> None:
    app.app.registry.add_function("real", lambda _: 1)

    answer = await app.send("POST", f"/functions/{name}", {})

    assert answer.status_code == 400
    unknown = {"code": 141, "error": f'Invalid function: "{name}"'}
    unreadable = {"error": "the path is not valid UTF-8"}
    assert answer.json() == (unreadable if name == "%00" else unknown)


async def test_parameters_never_set_who_asks(app: LocalApp) -> None:
    seen = list[FunctionRequest]()
    app.app.registry.add_function("f", seen.append)
    forged = {
        "master": True,
        "isReadOnly": True,
        "user": {"objectId": "x"},
        "ip": "1.2.3.4",
        "installationId": "x",
        "headers": {"a": "b"},
        "context": {"a": 1},
        "functionName": "other",
    }

    await app.ok("POST", "/functions/f", forged)

    (request,) = seen
    assert (request.master, request.user, request.installation_id) == (False, None, None)
    assert (request.ip, request.context, request.function_name) == ("127.0.0.1", {}, "f")
    assert "a" not in request.headers
    assert request.params == forged


async def test_the_context_is_a_copy_for_each_request(app: LocalApp) -> None:
    seen = list[dict[str, object]]()

    @app.app.registry.before_save("Game")
    def note(request: TriggerRequest) -> None:
        seen.append(dict(request.context))
        request.context["left"] = True

    for _ in range(2):
        await app.create("Game", {})

    assert seen == [{}, {}]


async def test_no_way_to_read_goes_past_before_find(app: LocalApp) -> None:
    secret = await app.create("Secret", {"n": 1})
    pointer = {"__type": "Pointer", "className": "Secret", "objectId": secret}
    holder = await app.create("Holder", {"p": pointer, "list": [pointer], "n": 1})

    @app.app.registry.before_find("Secret")
    def refuse(_request: FindRequest) -> None:
        raise ValueError("closed")

    where = '{"p":{"$inQuery":{"className":"Secret","where":{"n":1}}}}'
    select = '{"n":{"$select":{"key":"n","query":{"className":"Secret","where":{}}}}}'
    for path in (
        "/classes/Secret",
        f"/classes/Secret/{secret}",
        "/classes/Secret?count=1&limit=0",
        f"/classes/Holder/{holder}?include=p",
        "/classes/Holder?include=list",
        "/classes/Holder?includeAll=true",
        f"/classes/Holder?where={where}",
        f"/classes/Holder?where={select}",
    ):
        answer = await app.send("GET", path)
        assert answer.json() == {"code": 141, "error": "closed"}, path


async def test_a_default_of_a_validator_is_another_one_for_each_request(app: LocalApp) -> None:
    seen = list[object]()
    fields = {"list": Field(default=[]), "map": Field(default={"in": {}})}

    def note(request: FunctionRequest) -> None:
        seen.append(json.loads(json.dumps(request.params)))
        request.params["list"].append(1)
        request.params["map"]["in"]["left"] = True

    def note_object(request: TriggerRequest) -> None:
        seen.append(json.loads(json.dumps(request.object.to_json())))
        request.object.get("list").append(1)
        request.object.get("map")["in"]["left"] = True

    app.app.registry.add_function("f", note, Validator(fields=fields))
    app.app.registry.add_trigger("beforeSave", "Game", note_object, Validator(fields=fields))
    for _ in range(2):
        await app.ok("POST", "/functions/f", {})
        await app.create("Game", {})

    assert seen == [{"list": [], "map": {"in": {}}}] * 4


async def test_every_way_to_an_object_asks_before_find(app: LocalApp, transport: Door) -> None:
    game = await app.create("Game", {"text": "secret"})
    box = await put_into_boxes(app, "Game", game, "secret")

    @app.app.registry.before_find("Game")
    def refuse(_request: FindRequest) -> None:
        raise ValueError("closed")

    for way in ways_to_an_object("Game", game, box):
        reply = await transport.ask(app, "GET", way.path, way.parameters)
        assert (reply.code, reply.error) == (141, "closed"), way


async def test_the_owner_of_a_relation_is_read_through_before_find(
    app: LocalApp, transport: Door
) -> None:
    game = await app.create("Game", {"text": "secret"})
    box = await put_into_boxes(app, "Game", game, "secret")
    related = {"$relatedTo": {"object": pointer("Box", box), "key": "some"}}

    @app.app.registry.before_find("Box")
    def refuse(_request: FindRequest) -> None:
        raise ValueError("closed")

    for where in (related, {"$or": [related, {"text": "x"}]}, {"$nor": [related]}):
        reply = await transport.ask(app, "GET", "/classes/Game", {"where": where})
        assert (reply.code, reply.error) == (141, "closed"), where


async def test_the_read_only_key_changes_no_hook_and_no_config(app: LocalApp) -> None:
    for method, path, body in (
        ("POST", "/hooks/functions", {"functionName": "f", "url": "http://localhost"}),
        ("PUT", "/hooks/functions/f", {"__op": "Delete"}),
        ("PUT", "/hooks/triggers/Game/beforeSave", {"url": "http://localhost"}),
        ("PUT", "/config", {"params": {"a": 1}}),
    ):
        answer = await app.send(method, path, body, X_Parse_Master_Key="read-only-key")
        assert answer.json() == {"code": 119, "error": "Permission denied"}


async def test_hooks_are_closed_to_all_without_the_master_key(app: LocalApp) -> None:
    ann = await app.sign_up()
    for method, path in (
        ("GET", "/hooks/functions"),
        ("GET", "/hooks/triggers"),
        ("GET", "/hooks/functions/f"),
        ("POST", "/hooks/triggers"),
        ("PUT", "/hooks/functions/f"),
        ("PUT", "/config"),
    ):
        answer = await app.send(method, path, {}, user=ann)
        assert (answer.status_code, answer.json()) == (403, {"error": "Permission denied"})


@pytest.mark.parametrize(
    "name",
    ["closed", "closed/", "CLOSED", "%63losed", "closed%00", "closed%20", "./closed", "/closed"],
)
async def test_by_no_spelling_of_a_name_is_a_function_called_without_its_validator(
    app: LocalApp, name: str
) -> None:
    ran = list[object]()
    app.app.registry.add_function("closed", ran.append, Validator(require_master=True))

    answer = await app.send("POST", f"/functions/{name}", {})

    assert answer.status_code >= 400
    assert ran == []


@pytest.mark.parametrize("name", ["toString", "__proto__", "__class__", "a.b", "a'b", "%00", ""])
async def test_names_that_nobody_registered_are_no_jobs(app: LocalApp, name: str) -> None:
    app.app.registry.add_job("real", lambda _: None)

    for path, body in ((f"/jobs/{name}", {}), ("/jobs", {"jobName": name})):
        answer = await app.send("POST", path, body, master=True)
        assert answer.status_code in (400, 404)
        assert answer.json().get("code", 141) in (101, 141)


async def test_what_a_client_calls_the_context_is_one_and_no_more(app: LocalApp) -> None:
    seen = list[FunctionRequest]()

    @app.app.registry.function("f")
    def note(request: FunctionRequest) -> None:
        seen.append(request)
        nested = request.context.setdefault("nested", {})
        assert isinstance(nested, dict)
        nested["left"] = True

    forged = '{"nested":{},"master":true,"user":{"objectId":"x"},"__proto__":{"a":1}}'
    for _ in range(2):
        await app.ok("POST", "/functions/f", {}, X_Parse_Cloud_Context=forged)
    for context in ("[]", "1", '"a"', "null", "{", "[" * 500):
        answer = await app.send("POST", "/functions/f", {}, X_Parse_Cloud_Context=context)
        assert answer.json() == {"code": 107, "error": "Invalid object for context."}, context

    assert len(seen) == 2
    assert [(request.master, request.user) for request in seen] == [(False, None)] * 2
    assert seen[0].context["nested"] is not seen[1].context["nested"]


async def test_objects_that_a_client_sends_to_a_function_are_nobodys_word(app: LocalApp) -> None:
    """A function that takes a user must not take the client's description of one."""
    seen = list[User]()

    @app.app.registry.function("f")
    def note(_request: FunctionRequest, user: User) -> None:
        seen.append(user)

    ann = await app.sign_up()
    forged = {"__type": "Object", "className": "_User", "objectId": ann.id, "admin": True}
    await app.ok("POST", "/functions/f", {"user": forged})
    pointer = {"__type": "Pointer", "className": "_User", "objectId": ann.id, "admin": True}
    await app.ok("POST", "/functions/f", {"user": pointer})

    assert [(user.object_id, user.get("admin")) for user in seen] == [(ann.id, None)] * 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"success": {"a": {"_bsontype": "Code"}}}, 105),
        ({"success": {"_rperm": ["*"]}}, 105),
        ({"success": {"_hashed_password": "x"}}, 105),
        ({"success": {"a.b": {"c": 1}}}, 111),
        ({"success": {"a b": 1}}, 105),
        ({"success": {"a": "text where a number is"}}, 111),
        ({"error": "x" * 100_000}, 141),
        (b'{"success":{"a":' + b"[" * 100_000, None),
        (b"\xff\xfe", None),
        (b'{"success":{"a":1e999}}', None),
        ({"success": [1]}, None),
    ],
)
async def test_an_answer_of_a_webhook_is_judged_like_a_body(
    app: LocalApp, answer: object, code: int | None
) -> None:
    """Size, depth, type and denied words: whoever runs the webhook is not believed."""
    await app.create("Game", {"a": 1})
    with answering_server(answer) as hook:
        body = {"className": "Game", "triggerName": "beforeSave", "url": hook.url}
        await app.ok("POST", "/hooks/triggers", body, master=True)
        written = await app.send("POST", "/classes/Game", {"a": 2})

    assert written.status_code < 500
    assert written.json().get("code") == code or (code is None and written.is_success)
    for row in await app.find("Game", {}, master=True):
        assert set(row) <= {"objectId", "createdAt", "updatedAt", "a", "c"}
        assert row.get("ACL") is None


async def test_an_answer_of_a_webhook_beyond_its_size_is_not_read(app: LocalApp) -> None:
    async with local_app(webhooks={"maxAnswerSize": 10_000}) as small:
        with answering_server({"success": "x" * 20_000}) as hook:
            body = {"functionName": "f", "url": hook.url}
            await small.ok("POST", "/hooks/functions", body, master=True)
            answer = await small.send("POST", "/functions/f", {})

    assert (answer.status_code, answer.json()["code"]) == (400, 141)
    assert "xxx" not in answer.text
