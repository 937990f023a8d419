"""What webhooks answer, beyond what is recorded in compat_fixtures/webhooks."""

from typing import Any

import pytest

from parsepy.cloud import webhook_answers
from parsepy.cloud.webhook_answers import Failed
from parsepy.errors import ScriptFailed
from parsepy.outbound import Response
from parsepy.protocol import json
from parsepy.types import MISSING
from tests.support.answering_server import AnsweringServer
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


def _success(content: bytes, status: int = 200) -> object:
    return webhook_answers.success_of(Response(status, content))


@pytest.mark.parametrize("content", [b"", b'""', b"null", b"7", b"[]", b"{", b"\xff", b"[" * 5000])
def test_what_says_nothing_is_nothing(content: bytes) -> None:
    assert _success(content) is MISSING


def test_a_text_of_json_is_read_once_more_and_no_more_than_that() -> None:
    once = json.dumps('{"success": [1]}')
    assert _success(once) == [1]
    assert _success(json.dumps(once.decode())) is MISSING


def test_a_text_that_is_no_json_is_shown_in_part() -> None:
    with pytest.raises(ScriptFailed) as raised:
        _success(json.dumps("x" * 500))
    assert raised.value.value == {
        "error": "Malformed response",
        "code": -1,
        "partialResponse": "x" * 100,
    }


@pytest.mark.parametrize("error", [None, "", 0, False])
def test_an_error_that_says_nothing_is_none(error: Any) -> None:
    assert _success(json.dumps({"error": error, "success": 1})) == 1


@pytest.mark.parametrize("status", [100, 199, 400, 404, 500])
def test_another_status_is_a_failure_whatever_the_body_says(status: int) -> None:
    with pytest.raises(Failed, match=str(status)):
        _success(b'{"success":1}', status)


@pytest.mark.parametrize("path", ["/classes/Game", "/classes/Game/${id}"])
async def test_objects_that_a_webhook_finds_before_the_search_are_not_shown(
    stored: LocalApp, hook: AnsweringServer, path: str
) -> None:
    """Whoever runs it may close a class, and not show what a caller may not read."""
    object_id = await stored.create("Game", {"n": 1})
    closed = await stored.create("Closed", {"n": 2, "ACL": {}}, master=True)
    body = {"className": "Game", "triggerName": "beforeFind", "url": hook.url}
    await stored.ok("POST", "/hooks/triggers", body, master=True)

    hook.answer = {"success": [{"objectId": closed, "className": "Closed"}]}
    answer = await stored.ok("GET", path.replace("${id}", object_id))

    assert closed not in str(answer)
    assert object_id in str(answer)


async def test_results_of_a_webhook_that_are_no_objects_are_left_out(
    stored: LocalApp, hook: AnsweringServer
) -> None:
    await stored.create("Game", {"n": 1})
    body = {"className": "Game", "triggerName": "afterFind", "url": hook.url}
    await stored.ok("POST", "/hooks/triggers", body, master=True)

    hook.answer = {"success": [1, None, {"n": 9}, ["x"]]}

    assert await stored.find("Game", {}) == [{"n": 9, "className": "Game"}]
