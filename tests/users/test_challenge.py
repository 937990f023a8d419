"""`/challenge`: what a client needs before it can log in, and what the route does not tell."""

from typing import Any

import pytest

from parsepy.errors import ParseError
from tests.support.local_app import local_app
from tests.users.auth_data.providers import Asked, Badge

pytestmark = pytest.mark.anyio

BODY = {"username": "ann", "password": "secret"}
USER_NOT_FOUND = {"code": 101, "error": "User not found."}


class Riddle(Badge):
    """Asks what it is given to ask."""

    def challenge(self, wanted: Any, data: Any, options: Any, request: Any) -> Any:
        self.asked.append(Asked("challenge", (wanted, data), options, request))
        if wanted == "nothing":
            return None
        if isinstance(wanted, dict) and "raise" in wanted:
            raise (wanted["raise"] and ParseError(123, "No riddle today")) or ValueError("Oh")
        return {"riddle": wanted}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "Nothing to challenge."),
        ({"challengeData": None}, "Nothing to challenge."),
        ({"challengeData": True}, "challengeData should be an object."),
        ({"challengeData": ["a"]}, "challengeData should be an object."),
        (
            {"username": "ann", "challengeData": {}},
            "You provided username or email, you need to also provide password.",
        ),
        ({"challengeData": {}, "authData": True}, "authData should be an object."),
        ({"challengeData": {}, "authData": [1]}, "authData should be an object."),
        (
            {**BODY, "challengeData": {}, "authData": {"riddle": {"id": "1"}}},
            "You cannot provide username/email and authData, only use one identification method.",
        ),
        (
            {"challengeData": {}, "authData": {"riddle": "1"}},
            "authData.riddle should be an object.",
        ),
        (
            {"challengeData": {}, "authData": {"a": {"id": "1"}, "b": {"id": "1"}}},
            "You cannot provide more than one authData provider with an id.",
        ),
    ],
)
async def test_a_challenge_that_asks_for_nothing_sensible_is_refused(
    body: dict[str, Any], expected: str
) -> None:
    async with local_app(auth={"riddle": Riddle()}) as parse:
        answer = await parse.send("POST", "/challenge", body)

    assert answer.status_code == 400
    assert answer.json() == {"code": -1, "error": expected}


async def test_nobody_in_particular_gets_a_challenge() -> None:
    riddle = Riddle()
    async with local_app(auth={"riddle": riddle, "mute": Badge()}) as parse:
        wanted = {"riddle": "who?", "mute": 1, "unknown": 1, "__class__": 1}
        answer = await parse.ok("POST", "/challenge", {"challengeData": wanted})
        empty = await parse.ok("POST", "/challenge", {"challengeData": {}})
        silent = await parse.ok("POST", "/challenge", {"challengeData": {"riddle": "nothing"}})

    assert answer == {"challengeData": {"riddle": {"riddle": "who?"}}}
    assert empty == {"challengeData": {}}
    assert silent == {"challengeData": {"riddle": True}}
    request = riddle.asked[0].request
    assert (request.is_challenge, request.original, request.user) == (True, None, None)


async def test_a_user_by_password_gets_a_challenge_of_his_own() -> None:
    riddle = Riddle()
    async with local_app(auth={"riddle": riddle}) as parse:
        ann = await parse.ok("POST", "/users", BODY)
        wrong = await parse.send(
            "POST", "/challenge", {**BODY, "password": "x", "challengeData": {"riddle": 1}}
        )
        operator = await parse.send(
            "POST", "/challenge", {**BODY, "password": {"$ne": 1}, "challengeData": {"riddle": 1}}
        )
        answer = await parse.ok("POST", "/challenge", {**BODY, "challengeData": {"riddle": 1}})

    assert wrong.json() == operator.json() == {"code": 101, "error": "Invalid username/password."}
    assert answer == {"challengeData": {"riddle": {"riddle": 1}}}
    assert [each.request.original["objectId"] for each in riddle.asked] == [ann["objectId"]]  # type: ignore[index]


async def test_an_id_has_to_be_proven_and_guesses_all_get_one_answer() -> None:
    riddle = Riddle()
    async with local_app(auth={"riddle": riddle}) as parse:
        proof = {"riddle": {"id": "1", "code": "open"}}
        ann = await parse.ok("POST", "/users", {"authData": proof})
        riddle.asked.clear()
        guesses: list[dict[str, Any]] = [
            {"riddle": {"id": "1"}},
            {"riddle": {"id": "1", "code": "wrong"}},
            {"riddle": {"id": "2", "code": "open"}},
            {"riddle": {"id": {"$ne": "2"}, "code": "open"}},
            {"riddle": {"code": "open"}},
            {"unknown": {"id": "1"}},
        ]

        for guess in guesses:
            answer = await parse.send(
                "POST", "/challenge", {"challengeData": {"riddle": 1}, "authData": guess}
            )
            assert answer.json() == USER_NOT_FOUND, guess
        assert "challenge" not in [each.hook for each in riddle.asked]
        answer = await parse.ok(
            "POST", "/challenge", {"challengeData": {"riddle": 1}, "authData": proof}
        )

    assert answer == {"challengeData": {"riddle": {"riddle": 1}}}
    last = riddle.asked[-1]
    assert last.data == (1, proof["riddle"])
    assert last.request.original is not None
    assert last.request.original["objectId"] == ann["objectId"]


@pytest.mark.parametrize(
    ("raises", "expected"),
    [(True, {"code": 123, "error": "No riddle today"}), (False, {"code": 141, "error": "Oh"})],
)
async def test_what_a_challenge_raises_is_for_the_client(
    raises: bool, expected: dict[str, Any]
) -> None:
    async with local_app(auth={"riddle": Riddle()}) as parse:
        answer = await parse.send(
            "POST", "/challenge", {"challengeData": {"riddle": {"raise": raises}}}
        )

    assert answer.json() == expected
