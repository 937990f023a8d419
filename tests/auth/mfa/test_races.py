"""Ten at once: a code opens one log-in, whatever comes beside it. On both stores."""

import asyncio

import pytest

from parsepy.auth.base import AuthRequest, Stage, Verdict
from parsepy.auth.mfa import MfaProvider, recovery
from parsepy.types import JSONObject, JSONValue
from tests.auth.mfa.app import MfaApp, error, mfa_app
from tests.auth.mfa.enrolment import OTHER_SECRET

pytestmark = pytest.mark.anyio

AT_ONCE = 10
LOST = (141, "Invalid auth data")
REFUSALS = {LOST, (141, "Invalid MFA token"), (141, "Invalid MFA token 1")}


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> asyncio.Barrier:
    """Codes are judged by all before one of them is spent: the worst case of a race."""
    barrier, judge = asyncio.Barrier(2), MfaProvider.validate

    async def validate(
        self: MfaProvider, stage: Stage, auth_data: JSONObject, request: AuthRequest
    ) -> Verdict:
        verdict = await judge(self, stage, auth_data, request)
        await barrier.wait()
        return verdict

    monkeypatch.setattr(MfaProvider, "validate", validate)
    return barrier


@pytest.mark.parametrize("proof", ["app", "recovery", "message"])
async def test_one_code_opens_one_log_in(database_uri: str, proof: str) -> None:
    async with mfa_app(databaseURI=database_uri) as app:
        token = await _token(app, proof)
        before = await app.sessions()

        answers = await asyncio.gather(*(app.log_in(token) for _ in range(AT_ONCE)))

        assert sum(answer.is_success for answer in answers) == 1
        assert {error(each) for each in answers if not each.is_success} <= REFUSALS
        assert await app.sessions() == before + 1
        assert error(await app.log_in(token)) in REFUSALS


@pytest.mark.parametrize("proof", ["app", "recovery", "message"])
async def test_one_code_opens_one_of_two_log_ins_that_are_judged_at_once(
    database_uri: str, proof: str, request: pytest.FixtureRequest
) -> None:
    async with mfa_app(databaseURI=database_uri) as app:
        token = await _token(app, proof)
        request.getfixturevalue("together")

        answers = await asyncio.gather(app.log_in(token), app.log_in(token))

        assert sorted(answer.status_code for answer in answers) == [200, 400]
        assert [error(each) for each in answers if not each.is_success] == [LOST]


async def test_a_code_that_is_spent_beside_another_stays_spent(
    database_uri: str, request: pytest.FixtureRequest
) -> None:
    """Each writes all that the user has: it must not bring back what the other has taken."""
    async with mfa_app(databaseURI=database_uri) as app:
        _, codes = await app.enrolled()
        request.getfixturevalue("together")

        answers = await asyncio.gather(app.log_in(codes[0]), app.log_in(app.code()))

        stored = await app.stored()
        assert stored is not None
        spent = [answer.is_success for answer in answers]
        assert spent.count(True) == 1
        left = stored["recovery"]
        assert isinstance(left, list)
        assert (recovery.hashed(codes[0]) in left) is not spent[0]
        assert bool(stored.get("usedUntil")) is spent[1]


async def test_asking_for_a_message_brings_no_spent_code_back(
    database_uri: str, request: pytest.FixtureRequest
) -> None:
    async with mfa_app(databaseURI=database_uri) as app:
        user, codes = await app.enrolled()
        await app.change(user, {"mobile": "+1", "old": app.code()})
        await app.change(user, {"mobile": "+1", "token": app.phone.code})
        request.getfixturevalue("together")

        used, asked = await asyncio.gather(app.log_in(codes[1]), app.log_in("request"))

        stored = await app.stored()
        assert stored is not None
        left = stored["recovery"]
        assert isinstance(left, list)
        assert error(asked) in {LOST, (141, "Please enter the token")}
        assert (recovery.hashed(codes[1]) in left) is not used.is_success


@pytest.mark.parametrize("change", ["remove", "replace"])
async def test_a_code_opens_a_log_in_or_a_change(
    database_uri: str, change: str, request: pytest.FixtureRequest
) -> None:
    async with mfa_app(databaseURI=database_uri) as app:
        user, codes = await app.enrolled()
        sent: dict[str, JSONValue] = {"old": codes[0]}
        if change == "replace":
            sent |= {"secret": OTHER_SECRET, "token": app.code(secret=OTHER_SECRET)}
        request.getfixturevalue("together")

        answers = await asyncio.gather(app.log_in(codes[0]), app.change(user, sent))

        assert sorted(answer.status_code for answer in answers) == [200, 400]
        assert [error(each) for each in answers if not each.is_success] == [LOST]


async def _token(app: MfaApp, proof: str) -> str:
    if proof == "message":
        await app.with_number()
        await app.log_in("request")
        return app.phone.code
    _, codes = await app.enrolled()
    return app.code() if proof == "app" else codes[0]
