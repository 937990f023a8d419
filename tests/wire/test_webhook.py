"""The webhook of fixtures: what it answers and keeps, and that what it was asked is compared."""

from pathlib import Path
from typing import Any

import httpx

from parsepy.types import JSONObject, JSONValue
from tests.wire.cases import Case
from tests.wire.matching import JSON_CONTENT_TYPE, differences
from tests.wire.normalising import recorded
from tests.wire.player import Exchange
from tests.wire.webhook import Webhook, webhook_of

ANSWER = httpx.Response(200, headers={"Content-Type": JSON_CONTENT_TYPE})
CALL: JSONObject = {"path": "/f", "headers": {"content-type": "application/json"}, "json": {}}


def _case(**content: Any) -> Case:
    return Case("webhooks/x", Path("x.json"), {"steps": [], **content})


def _exchange(step: dict[str, Any], calls: list[JSONValue]) -> Exchange:
    return Exchange(step, ANSWER, {}, True, {}, {"id": "abcDEF0123"}, calls)


def test_it_answers_as_the_step_says_and_keeps_what_it_was_asked() -> None:
    with webhook_of(_case(webhook=True)) as hook:
        url = hook.variables["hook"]
        hook.begin(
            {"hook": {"status": 302, "headers": {"Location": "${hook}/b"}, "text": "x"}},
            hook.variables,
        )
        said = httpx.post(f"{url}/a", json={"n": 1}, headers={"X-Parse-Webhook-Key": "key"})

        assert (said.status_code, said.headers["Location"], said.text) == (302, f"{url}/b", "x")
        sent = {"content-type": "application/json", "x-parse-webhook-key": "key"}
        assert hook.taken_calls() == [{"path": "/a", "headers": sent, "json": {"n": 1}}]
        assert hook.taken_calls() == []


def test_it_takes_bodies_in_chunks() -> None:
    with webhook_of(_case(webhook=True)) as hook:
        hook.begin({}, hook.variables)
        chunks = iter([b'{"a":', b'[1, "xy"]}'])

        assert httpx.post(f"{hook.variables['hook']}/a", content=chunks).json() == {}
        assert hook.taken_calls() == [
            {
                "path": "/a",
                "headers": {"content-type": None, "x-parse-webhook-key": None},
                "json": {"a": [1, "xy"]},
            }
        ]


def test_a_case_without_one_has_no_server() -> None:
    with webhook_of(_case()) as hook:
        assert hook.variables == {}
        assert hook.taken_calls() == []


def test_what_the_transport_and_the_logger_add_is_left_out() -> None:
    hook = Webhook()
    body: JSONObject = {"log": {"x": 1}, "headers": {"host": "h", "x-parse-app": "a"}, "n": 1}

    hook.note("/f", {}, body)

    (call,) = hook.taken_calls()
    assert isinstance(call, dict)
    assert call["json"] == {"headers": {"x-parse-app": "a"}, "n": 1}


def test_calls_are_recorded_and_compared() -> None:
    calls: list[JSONValue] = [{**CALL, "json": {"id": "abcDEF0123"}}]

    kept = recorded(_exchange({}, calls), "", "2024")

    assert kept["calls"] == [{**CALL, "json": {"id": "${id}"}}]
    step = {"response": kept}
    assert differences(_exchange(step, calls), kept) == []
    assert differences(_exchange(step, []), kept)
    assert differences(_exchange(step, [CALL]), kept)
    assert differences(_exchange(step, [*calls, *calls]), kept)


def test_an_answer_of_ours_has_the_calls_of_the_reference_unless_it_says_more() -> None:
    step: dict[str, Any] = {"response": {"status": 200, "json": {}, "calls": [CALL]}}
    ours: JSONObject = {"status": 200, "json": {}}

    assert differences(_exchange(step, [CALL]), ours) == []
    assert differences(_exchange(step, []), ours)
    assert differences(_exchange(step, []), {**ours, "calls": []}) == []


def test_a_step_without_calls_is_one_in_which_nobody_is_called() -> None:
    step: dict[str, Any] = {"response": {"status": 200, "json": {}}}

    assert differences(_exchange(step, []), step["response"]) == []
    assert differences(_exchange(step, [CALL]), step["response"])
