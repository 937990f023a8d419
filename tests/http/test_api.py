"""The order of what happens to a request, and what an answer looks like."""

import asyncio
import base64
import hashlib
import json
import logging

import pytest

from parsepy.app import create_app
from tests.support.asgi import ORIGIN
from tests.support.local_app import MASTER_KEY, OPTIONS, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

APP = {"X-Parse-Application-Id": "app"}
JSON_TYPE = "application/json; charset=utf-8"


async def test_health_needs_no_app_id(parse: LocalApp) -> None:
    answer = await parse.client.get(f"{URL}/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("state", "status", "retry"),
    [
        ("ok", 200, None),
        ("starting", 503, "1"),
        ("initialized", 503, None),
        ("stopping", 503, None),
    ],
)
async def test_health_tells_whether_the_server_serves(
    parse: LocalApp, state: str, status: int, retry: str | None
) -> None:
    parse.app.parts.services.state = state

    answer = await parse.client.get(f"{URL}/health")

    assert (answer.status_code, answer.json()) == (status, {"status": state})
    assert answer.headers.get("Retry-After") == retry


@pytest.mark.parametrize("state", ["starting", "initialized", "stopping"])
async def test_a_server_that_does_not_serve_yet_says_so(parse: LocalApp, state: str) -> None:
    parse.app.parts.services.state = state

    answers = [
        await parse.send("POST", "/classes/Game", {"a": 1}, master=True),
        await parse.send("GET", "/nowhere"),
        await parse.client.get(f"{URL}/classes/Game"),
    ]

    assert {answer.status_code for answer in answers} == {500}
    assert {answer.text for answer in answers} == {
        f'{{"code":1,"error":"Invalid server state: {state}"}}'
    }
    parse.app.parts.services.state = "ok"
    assert await parse.find("Game", {}) == []


async def test_an_app_that_was_never_started_answers_so() -> None:
    app = create_app(OPTIONS)

    assert app.parts.services.state == "initialized"


async def test_an_entity_tag_is_the_one_that_express_makes(parse: LocalApp) -> None:
    answer = await parse.client.get(f"{URL}/health")

    assert answer.headers["ETag"] == 'W/"f-VaSQ4oDUiZblZNAEkkN+sX+q3Sg"'
    digest = base64.b64encode(hashlib.sha1(answer.content).digest()).decode()[:27]
    assert answer.headers["ETag"] == f'W/"{len(answer.content):x}-{digest}"'


@pytest.mark.parametrize(
    ("if_none_match", "cache_control", "status"),
    [
        ("{tag}", None, 304),
        ('"other", {tag}', None, 304),
        ("*", None, 304),
        ('W/"other"', None, 200),
        ("", None, 200),
        ("{tag}", "no-cache", 200),
        ("{tag}", "max-age=0", 304),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_client_that_has_the_answer_does_not_get_it_again(
    parse: LocalApp, method: str, if_none_match: str, cache_control: str | None, status: int
) -> None:
    game = await parse.create("Game", {"a": 1})
    tag = (await parse.send("GET", f"/classes/Game/{game}")).headers["ETag"]
    headers = {"If-None-Match": if_none_match.replace("{tag}", tag)}
    if cache_control is not None:
        headers["Cache-Control"] = cache_control

    answer = await parse.client.request(
        method, f"{URL}/classes/Game/{game}", headers={**APP, **headers}
    )

    assert answer.status_code == status
    assert answer.headers["ETag"] == tag
    if status == 304:
        assert answer.content == b""
        assert "Content-Type" not in answer.headers
        assert "Content-Length" not in answer.headers
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_changed_object_has_another_tag(parse: LocalApp) -> None:
    game = await parse.create("Game", {"a": 1})
    before = (await parse.send("GET", f"/classes/Game/{game}")).headers["ETag"]

    await parse.ok("PUT", f"/classes/Game/{game}", {"a": 2})

    assert (await parse.send("GET", f"/classes/Game/{game}")).headers["ETag"] != before


@pytest.mark.parametrize("path", ["/classes/Game", "/health", "/nowhere"])
async def test_head_is_get_without_the_body(parse: LocalApp, path: str) -> None:
    get = await parse.send("GET", path)
    head = await parse.send("HEAD", path)

    assert head.status_code == get.status_code
    assert head.content == b""
    if path != "/nowhere":
        # The text of the refusal has the method in it, so its length differs in parse-server too.
        assert head.headers == get.headers


async def test_only_reads_that_succeed_have_a_tag(parse: LocalApp) -> None:
    answers = [
        await parse.send("POST", "/classes/Game", {"a": 1}),
        await parse.send("GET", "/classes/Game/nothing"),
        await parse.send("POST", "/classes/Game", {"_method": "GET"}),
    ]

    assert [answer.headers.get("ETag") for answer in answers] == [None] * 3


async def test_answers_are_json_with_their_length(parse: LocalApp) -> None:
    for answer in (
        await parse.send("POST", "/classes/Game", {"name": "é"}),
        await parse.send("GET", "/classes/Game"),
        await parse.send("GET", "/nowhere"),
    ):
        assert answer.headers["Content-Type"] == JSON_TYPE
        assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize(
    ("method", "override", "path", "status"),
    [
        ("POST", "GET", "/classes/Game/{id}", 200),
        ("POST", "put", "/classes/Game/{id}", 200),
        ("POST", "DELETE", "/classes/Game/{id}", 200),
        ("POST", "HEAD", "/classes/Game/{id}", 404),
        ("POST", "TRACE", "/classes/Game/{id}", 404),
        ("POST", 3, "/classes/Game", 201),
        ("POST", "", "/classes/Game", 201),
        ("PUT", "DELETE", "/classes/Game/{id}", 400),
        ("GET", "DELETE", "/classes/Game/{id}", 400),
    ],
)
async def test_a_post_may_mean_another_method(
    parse: LocalApp, method: str, override: object, path: str, status: int
) -> None:
    game = await parse.create("Game", {"a": 1})

    answer = await parse.send(method, path.replace("{id}", game), {"_method": override})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("mount", "path", "status"),
    [
        ("/parse", "/parse/classes/Game", 200),
        ("/parse", "//parse/classes/Game", 200),
        ("/parse", "/parse//classes/Game", 200),
        ("/parse", "/parsers/classes/Game", 404),
        ("/parse", "/classes/Game", 404),
        ("/parse", "/parse", 404),
        ("/a/b", "/a/b/classes/Game", 200),
        ("/", "/classes/Game", 200),
    ],
)
async def test_the_api_is_below_its_mount(mount: str, path: str, status: int) -> None:
    async with local_app(mountPath=mount, serverURL=f"{ORIGIN}{mount}") as parse:
        answer = await parse.client.get(f"{ORIGIN}{path}", headers=APP)

    assert answer.status_code == status


async def test_an_encoded_slash_separates_nothing(parse: LocalApp) -> None:
    await parse.create("Game", {"a": 1})

    answer = await parse.send("GET", "/classes%2FGame")

    assert answer.status_code == 404
    assert "results" not in answer.text


@pytest.mark.parametrize(
    ("options", "headers", "location"),
    [
        ({}, {}, f"{URL}/classes/Game/"),
        ({}, {"Host": "api.test"}, "http://api.test/parse/classes/Game/"),
        ({}, {"X-Forwarded-Proto": "https"}, f"{URL}/classes/Game/"),
        (
            {"trustProxy": True},
            {"X-Forwarded-Proto": "https"},
            "https://parse.test/parse/classes/Game/",
        ),
        ({"trustProxy": True}, {"X-Forwarded-Proto": "javascript"}, f"{URL}/classes/Game/"),
        (
            {"publicServerURL": "https://public.test/api/"},
            {"Host": "evil.test"},
            "https://public.test/api/classes/Game/",
        ),
    ],
)
async def test_an_address_in_an_answer_is_that_of_the_server(
    options: dict[str, str], headers: dict[str, str], location: str
) -> None:
    async with local_app(**options) as parse:  # type: ignore[arg-type]
        answer = await parse.client.post(
            f"{URL}/classes/Game", content=b"{}", headers={**APP, **headers}
        )

    assert answer.headers["Location"] == location + answer.json()["objectId"]


async def test_what_nobody_expected_is_told_to_the_log_and_to_nobody_else(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test before may have configured logging as a server does.
    monkeypatch.setattr(logging.getLogger("parsepy"), "propagate", True)
    async with local_app() as parse:
        game = await parse.create("Game", {"a": 1})
        await parse.storage.storage.close()

        answers = [
            await parse.send("GET", f"/classes/Game/{game}"),
            await parse.send("POST", "/classes/Game", {"a": 2}),
            await parse.send("POST", "/batch", _batch("GET", f"/parse/classes/Game/{game}")),
        ]
        await parse.storage.storage.start()

    assert [answer.status_code for answer in answers] == [500, 500, 200]
    for answer in answers:
        assert "Internal server error." in answer.text
        assert "sqlite" not in answer.text.lower()
        assert "Traceback" not in answer.text
    assert answers[0].json()["code"] == 1
    assert any(record.exc_info for record in caplog.records)
    assert MASTER_KEY not in caplog.text


def _batch(method: str, path: str) -> dict[str, object]:
    return {"requests": [{"method": method, "path": path}]}


async def test_refusals_keep_their_reason_where_the_server_says_so() -> None:
    for sanitised, text in (
        (True, "Permission denied"),
        (False, "unauthorized: master key is required"),
    ):
        async with local_app(enableSanitizedErrorResponse=sanitised) as parse:
            answer = await parse.send("GET", "/schemas")
        assert (answer.status_code, answer.json()) == (403, {"error": text})


async def test_requests_at_once_get_their_own_answers(parse: LocalApp) -> None:
    users = [await parse.sign_up(number=number) for number in range(5)]

    answers = await asyncio.gather(
        *(parse.ok("GET", "/users/me", user=user) for user in users * 10)
    )

    assert [(answer["objectId"], answer["sessionToken"]) for answer in answers] == [
        (user.id, user.token) for user in users * 10
    ]


async def test_a_body_may_carry_the_credentials_of_a_script(parse: LocalApp) -> None:
    user = await parse.sign_up()
    body = {
        "_method": "GET",
        "_ApplicationId": "app",
        "_SessionToken": user.token,
        "_ClientVersion": "js8.6.0",
        "_InstallationId": "i",
        "_noBody": True,
    }

    answer = await parse.client.post(
        f"{URL}/users/me", content=json.dumps(body), headers={"Content-Type": "text/plain"}
    )

    assert answer.json()["objectId"] == user.id


async def test_credentials_in_a_body_are_no_fields(parse: LocalApp) -> None:
    body = {"_ApplicationId": "app", "_JavaScriptKey": "x", "_ContentType": "x", "a": 1}

    answer = await parse.client.post(f"{URL}/classes/Game", content=json.dumps(body))

    assert answer.status_code == 201
    assert [row["a"] for row in await parse.find("Game", {})] == [1]
