"""Cloud code of a test's process, over the control port."""

from typing import Any

import pytest

from tests.support.answering_server import AnsweringServer
from tests.testing.conftest import UnderTest

pytestmark = pytest.mark.anyio


async def _add(under_test: UnderTest, url: str, **what: Any) -> None:
    answer = await under_test.command("cloud", {"action": "add", "url": url, **what})
    assert (answer.status_code, answer.json()) == (200, {})


async def test_a_function(under_test: UnderTest, process: AnsweringServer) -> None:
    await _add(under_test, process.url, kind="function", name="f")
    process.answer = {
        "success": {"__t": "Object", "className": "A", "objectId": "x", "state": {"n": 1}}
    }

    answer = await under_test.parse.ok("POST", "/functions/f", {"a": 1})

    assert answer == {"result": {"__type": "Object", "className": "A", "objectId": "x", "n": 1}}
    request = process.last["request"]
    assert (request["functionName"], request["params"], request["master"]) == ("f", {"a": 1}, False)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, {}),
        ({"success": None}, {"result": None}),
        ({"thrown": True, "error": "no"}, {"code": 141, "error": "no"}),
        ({"thrown": True, "error": None}, {"code": 141, "error": "Script failed."}),
        ({"thrown": True, "error": {"a": 1}}, {"code": 141, "error": {"a": 1}}),
        ({"thrown": True, "error": {"__t": "Error", "message": "m"}}, {"code": 141, "error": "m"}),
        (
            {"thrown": True, "error": {"__t": "ParseError", "code": 9, "message": "m"}},
            {"code": 9, "error": "m"},
        ),
        ({"thrown": True, "error": {"__t": "ParseError", "code": 9}}, {"code": 9}),
    ],
)
async def test_what_an_answer_means(
    under_test: UnderTest, process: AnsweringServer, answer: Any, expected: Any
) -> None:
    await _add(under_test, process.url, kind="function", name="f")
    process.answer = answer

    assert (await under_test.parse.send("POST", "/functions/f", {})).json() == expected


async def test_changes_of_an_object_count(under_test: UnderTest, process: AnsweringServer) -> None:
    await _add(under_test, process.url, kind="trigger", triggerName="beforeSave", className="Game")
    fetched = {"__type": "Object", "className": "A", "objectId": "x", "n": 1}
    one = {"__t": "Object", "className": "Game", "state": {}, "ops": {"a": 5, "b": [fetched]}}
    process.answer = {"request": {"object": one, "context": {}}}

    created = await under_test.parse.ok("POST", "/classes/Game", {"a": 1})

    assert process.last["request"]["object"]["ops"] == {"a": 1}
    pointer = {"__type": "Pointer", "className": "A", "objectId": "x"}
    assert (created["a"], created["b"]) == (5, [pointer])


async def test_a_changed_query_counts(under_test: UnderTest, process: AnsweringServer) -> None:
    for number in range(3):
        await under_test.parse.create("Game", {"n": number})
    await _add(under_test, process.url, kind="trigger", triggerName="beforeFind", className="Game")
    query = {"__t": "Query", "className": "Game", "json": {"where": {"n": 1}}}
    process.answer = {"same": "query", "request": {"query": query}}

    assert [row["n"] for row in await under_test.parse.find("Game", {})] == [1]


async def test_a_query_that_is_changed_in_place_counts(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    for number in range(3):
        await under_test.parse.create("Game", {"n": number})
    await _add(under_test, process.url, kind="trigger", triggerName="beforeFind", className="Game")
    query = {"__t": "Query", "className": "Game", "json": {"where": {"n": 2}}}
    process.answer = {"request": {"query": query}}

    assert [row["n"] for row in await under_test.parse.find("Game", {})] == [2]


async def test_a_validator_of_functions_and_types(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    function = {"__t": "Function", "url": process.url, "arity": 1}
    fields = {"a": {"type": {"__t": "Type", "name": "Number"}, "options": function}}
    await _add(under_test, process.url, kind="function", name="f", validator={"fields": fields})
    process.answer = {"value": False}

    wrong = await under_test.parse.send("POST", "/functions/f", {"a": "x"})
    refused = await under_test.parse.send("POST", "/functions/f", {"a": 1})

    assert wrong.json()["error"] == "Validation failed. Invalid type for a. Expected: number"
    assert refused.json()["error"] == "Validation failed. Invalid value for a."
    assert process.last == {"args": [1]}


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (
            {"kind": "trigger", "triggerName": "beforeSave", "className": "_Session"},
            "Only the afterLogout trigger is allowed for the _Session class.",
        ),
        (
            {"kind": "function", "name": "f", "validator": {"nope": 1}},
            "nope is not a supported parameter for Cloud Function validations.",
        ),
    ],
)
async def test_a_refused_registration(under_test: UnderTest, what: Any, error: str) -> None:
    answer = await under_test.command("cloud", {"action": "add", "url": "http://localhost", **what})

    assert (answer.status_code, answer.json()) == (400, {"error": error, "type": "string"})


async def test_what_is_not_offered_yet_does_not_end_a_suite_s_cloud_code(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    await _add(under_test, process.url, kind="liveQueryEvent")


async def test_what_is_registered_lasts_until_it_is_cleared(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    process.answer = {"success": 1}

    async def status() -> int:
        return (await under_test.parse.send("POST", "/functions/f", {})).status_code

    await _add(under_test, process.url, kind="function", name="f")
    await under_test.command("reset", {"keepCloud": True})
    assert await status() == 200
    await under_test.reconfigure()
    assert await status() == 200
    await under_test.command("cloud", {"action": "clear"})
    assert await status() == 400
    await _add(under_test, process.url, kind="function", name="f")
    await under_test.command("reset", {})
    assert await status() == 400
