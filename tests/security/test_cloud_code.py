"""Security sheet, section 13: cloud code and hooks."""

import pytest

from parsepy.cloud import FindRequest, FunctionRequest, TriggerRequest
from tests.support.local_app import LocalApp

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
    assert answer.json().get("code", 141) == 141


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
