"""Enrolling, logging in, changing and removing, as one user does it."""

import pytest

from parsepy.auth.base import ACCEPTED, AuthRequest, Stage
from parsepy.auth.mfa import MfaProvider, recovery
from parsepy.options.errors import OptionsError
from parsepy.types import JSONObject, JSONValue
from tests.auth.mfa.enrolment import (
    MOBILE,
    NOW,
    OTHER_SECRET,
    PERIOD,
    SECRET,
    Enrolment,
    settings,
)
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

INVALID = (141, "Invalid MFA token")
INVALID_DATA = (141, "Invalid MFA data")
ALREADY = (141, "MFA is already set up on this account")
ENTER = (141, "Please enter the token")
OTHER_MOBILE = "+49 160 5678"

# What parse-server stores.
FROM_PARSE_SERVER: JSONObject = {"secret": SECRET, "recovery": ["a" * 30, "b" * 30]}

LATER: JSONObject = {"__type": "Date", "iso": "2099-01-01T00:00:00.000Z"}

NO_TOKENS: list[JSONValue] = [None, "", 0, 123456, True, [], ["123456"], {}, {"$ne": ""}]


class TestEnrollingWithAnApp:
    async def test_recovery_codes_are_told_once_and_stored_as_hashes(self) -> None:
        user = Enrolment()

        codes = await user.enrol_app()

        assert user.stored == {
            "secret": SECRET,
            "recovery": [recovery.hashed(code) for code in codes],
        }

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"token": "123456"},
            {"secret": SECRET},
            {"secret": SECRET, "token": None},
            {"secret": SECRET, "token": ""},
            {"secret": SECRET[:19], "token": "123456"},
            {"secret": "0" * 32, "token": "123456"},
            {"secret": 5, "token": "123456"},
            {"secret": [SECRET], "token": "123456"},
            {"status": "enabled"},
            {"old": "123456"},
        ],
    )
    async def test_incomplete_data_are_refused(self, sent: JSONObject) -> None:
        assert await Enrolment().error(sent, Stage.SET_UP) == INVALID_DATA

    @pytest.mark.parametrize("token", ["000000", 123456, True, ["1"], {"$ne": ""}])
    async def test_a_wrong_code_is_refused(self, token: JSONValue) -> None:
        user = Enrolment()

        assert await user.error({"secret": SECRET, "token": token}, Stage.SET_UP) == INVALID

    async def test_is_not_offered_where_only_messages_are(self) -> None:
        user = Enrolment(options=["SMS"])

        sent: JSONObject = {"secret": SECRET, "token": user.code()}
        assert await user.error(sent, Stage.SET_UP) == INVALID_DATA


class TestLoggingInWithAnApp:
    async def test_the_code_of_the_enrolment_opens_one_log_in(self) -> None:
        """It has opened none before."""
        user = Enrolment()
        await user.enrol_app()

        assert await user.log_in(user.code()) is None
        assert await user.log_in(user.code()) == INVALID

    async def test_no_code_works_twice_and_no_older_one_after_it(self) -> None:
        user = Enrolment()
        await user.enrol_app()
        codes = [user.code(steps) for steps in (-1, 0, 1)]

        assert [await user.log_in(codes[index]) for index in (1, 1, 0, 2, 2, 1)] == [
            None, INVALID, INVALID, None, INVALID, INVALID
        ]  # fmt: skip

        user.clock.forward()
        assert await user.log_in(codes[2]) == INVALID
        user.clock.forward()
        assert await user.log_in(user.code()) is None

    @pytest.mark.parametrize("token", NO_TOKENS)
    async def test_what_is_no_code_is_refused(self, token: JSONValue) -> None:
        user = Enrolment()
        await user.enrol_app()

        assert await user.error({"token": token}, Stage.LOGIN) == INVALID
        assert await user.error({}, Stage.LOGIN) == INVALID

    @pytest.mark.parametrize("sent", [{"status": "enabled"}, {"secret": SECRET}, FROM_PARSE_SERVER])
    async def test_knowing_what_is_stored_is_no_code(self, sent: JSONObject) -> None:
        user = Enrolment()
        user.stored = dict(FROM_PARSE_SERVER)

        assert await user.error(sent, Stage.LOGIN) == INVALID

    async def test_a_recovery_code_opens_once(self) -> None:
        user = Enrolment()
        codes = await user.enrol_app()

        assert [await user.log_in(codes[index]) for index in (0, 0, 1, 1)] == [
            None, INVALID, None, INVALID
        ]  # fmt: skip
        assert user.stored == {"secret": SECRET, "recovery": [], "usedUntil": 0}

    async def test_users_of_parse_server_log_in(self) -> None:
        user = Enrolment()
        user.stored = dict(FROM_PARSE_SERVER)

        assert await user.log_in("b" * 30) is None
        assert await user.log_in("b" * 30) == INVALID
        assert await user.log_in(user.code()) is None
        assert user.stored == {
            "secret": SECRET,
            "recovery": ["a" * 30],
            "usedUntil": int(NOW) + PERIOD,
        }

    async def test_a_secret_opens_nothing_less_when_apps_are_no_longer_offered(self) -> None:
        user = Enrolment(options=["SMS"])
        user.stored = dict(FROM_PARSE_SERVER)

        assert await user.log_in("000000") == INVALID
        assert await user.log_in(user.code()) is None

    @pytest.mark.parametrize("secret", [True, 5, ["a"], {"a": 1}, "not base 32"])
    async def test_a_stored_secret_that_cannot_be_read_opens_nothing(
        self, secret: JSONValue
    ) -> None:
        user = Enrolment()
        user.stored = {"secret": secret, "recovery": "a" * 30, "usedUntil": "later"}

        assert await user.log_in("a" * 30) == INVALID
        assert await user.log_in("000000") == INVALID


class TestChangingTheApp:
    async def test_takes_a_code_of_the_old_one(self) -> None:
        user = Enrolment()
        before = await user.enrol_app()
        sent: JSONObject = {"secret": OTHER_SECRET, "token": user.code(secret=OTHER_SECRET)}

        for old in (None, "000000", user.code(secret=OTHER_SECRET)):
            assert await user.change({**sent, "old": old}) == INVALID
        assert await user.change(sent) == INVALID
        assert await user.change({**sent, "old": user.code()}) is None

        assert user.stored is not None
        assert user.stored["secret"] == OTHER_SECRET
        assert await user.log_in(before[0]) == INVALID
        assert await user.log_in(user.code()) == INVALID
        assert await user.log_in(user.code(secret=OTHER_SECRET)) is None

    async def test_takes_a_recovery_code(self) -> None:
        user = Enrolment()
        codes = await user.enrol_app()
        sent: JSONObject = {"secret": OTHER_SECRET, "token": user.code(secret=OTHER_SECRET)}

        verdict = await user.send({**sent, "old": codes[1]}, Stage.UPDATE)

        assert isinstance(verdict.response, dict)
        assert not set(codes) & set(str(verdict.response["recovery"]).split(", "))

    async def test_spends_no_code_when_the_new_secret_is_refused(self) -> None:
        user = Enrolment()
        codes = await user.enrol_app()

        refused = await user.change({"secret": "short", "token": "123456", "old": codes[0]})

        assert refused == INVALID_DATA
        assert await user.log_in(codes[0]) is None

    async def test_to_the_same_secret_makes_no_code_fresh(self) -> None:
        user = Enrolment()
        codes = await user.enrol_app()
        assert await user.log_in(user.code()) is None
        sent: JSONObject = {"secret": SECRET.lower(), "token": user.code(1), "old": codes[0]}

        assert await user.change(sent) is None

        assert await user.log_in(user.code()) == INVALID
        assert await user.log_in(user.code(1)) is None

    @pytest.mark.parametrize("status", ["enabled", "disabled", None, {"$ne": 1}])
    async def test_what_was_shown_may_come_back_and_changes_nothing(
        self, status: JSONValue
    ) -> None:
        user = Enrolment()
        await user.enrol_app()
        before = user.stored

        assert await user.change({"status": status}) is None

        assert user.stored == before

    async def test_of_somebody_else_is_the_master_keys_and_stored_as_it_is(self) -> None:
        user = Enrolment()
        await user.enrol_app()

        verdict = await user.judge(FROM_PARSE_SERVER, Stage.UPDATE, master=True)

        assert verdict == ACCEPTED


class TestRemoving:
    async def test_takes_a_code_and_nothing_else(self) -> None:
        user = Enrolment()
        await user.enrol_app()

        assert await user.change({"old": "000000"}) == INVALID
        assert await user.change({"old": user.code(), "secret": ""}) == INVALID_DATA
        assert await user.change({"old": user.code()}) is None
        assert user.stored is None

    async def test_takes_a_recovery_code(self) -> None:
        user = Enrolment()
        codes = await user.enrol_app()

        assert await user.change({"old": codes[0]}) is None
        assert user.stored is None

    async def test_takes_a_code_that_was_sent(self) -> None:
        user = Enrolment()
        await user.enrol_number()

        assert await user.change({"old": "request"}) == ENTER
        assert user.phone.messages[-1][1] == MOBILE
        assert await user.change({"old": user.phone.code}) is None
        assert user.stored is None

    @pytest.mark.parametrize("stored", [FROM_PARSE_SERVER, {"mobile": MOBILE, "pending": {}}])
    async def test_by_null_alone_is_refused(self, stored: JSONObject) -> None:
        provider = Enrolment().provider

        refused = await awaited_refusal(provider.check_unlink(stored, AuthRequest()))

        assert refused is not None
        assert refused.code == 141

    @pytest.mark.parametrize("stored", [{}, {"pending": {MOBILE: {"token": "1"}}}])
    async def test_what_is_not_enrolled_goes_by_null(self, stored: JSONObject) -> None:
        await Enrolment().provider.check_unlink(stored, AuthRequest())


class TestEnrollingANumber:
    async def test_is_pending_until_its_code_comes_back(self) -> None:
        user = Enrolment(options=["SMS"])

        assert await user.change({"mobile": MOBILE}) is None
        assert user.stored is not None
        assert list(user.stored) == ["pending"]
        assert user.phone.messages == [(user.phone.code, MOBILE)]
        assert user.phone.code not in str(user.stored)

        assert await user.change({"mobile": MOBILE, "token": user.phone.code}) is None
        assert user.stored == {"pending": {}, "mobile": MOBILE}

    async def test_refuses_wrong_codes_other_numbers_and_late_ones(self) -> None:
        user = Enrolment()
        await user.change({"mobile": MOBILE})
        code = user.phone.code

        for token in NO_TOKENS[2:]:
            if token:
                assert await user.change({"mobile": MOBILE, "token": token}) == INVALID
        assert await user.change({"mobile": MOBILE, "token": "wrong"}) == INVALID
        numbers: list[JSONValue] = [OTHER_MOBILE, [MOBILE], {"$ne": ""}, True]
        for number in numbers:
            refused = await user.change({"mobile": number, "token": code})
            assert refused == (141, "This number is not pending")

        user.clock.forward(PERIOD + 1)
        assert await user.change({"mobile": MOBILE, "token": code}) == INVALID

    async def test_starts_anew_once_the_code_is_over(self) -> None:
        user = Enrolment()
        await user.change({"mobile": MOBILE})

        assert await user.change({"mobile": OTHER_MOBILE}) == ALREADY
        user.clock.forward(PERIOD + 1)
        assert await user.change({"mobile": OTHER_MOBILE}) is None

        assert user.stored is not None
        assert list(user.stored["pending"]) == [OTHER_MOBILE]  # type: ignore[arg-type]

    async def test_pending_at_parse_server_is_confirmed_here(self) -> None:
        user = Enrolment()
        user.stored = {"pending": {MOBILE: {"token": "123456", "expiry": LATER}}}

        assert await user.change({"mobile": MOBILE, "token": "123456"}) is None
        assert user.stored == {"pending": {}, "mobile": MOBILE}

    async def test_an_app_may_be_enrolled_while_a_number_is_pending(self) -> None:
        user = Enrolment()
        await user.change({"mobile": MOBILE})

        assert await user.change({"secret": SECRET, "token": user.code()}) is None
        assert user.stored is not None
        assert list(user.stored) == ["secret", "recovery"]

    async def test_is_not_offered_where_only_apps_are(self) -> None:
        user = Enrolment(options=["TOTP"])

        assert await user.error({"mobile": MOBILE}, Stage.SET_UP) == INVALID_DATA
        assert user.phone.messages == []


class TestLoggingInWithANumber:
    async def test_a_code_is_asked_for_and_opens_once(self) -> None:
        user = Enrolment(options=["SMS"])
        await user.enrol_number()

        assert await user.log_in("request") == ENTER
        code = user.phone.code
        assert user.stored is not None
        assert code not in str(user.stored)
        assert await user.log_in(code) is None
        assert user.stored == {"pending": {}, "mobile": MOBILE}
        assert await user.log_in(code) == (141, "Invalid MFA token 1")

    async def test_a_new_code_takes_the_place_of_the_one_before(self) -> None:
        user = Enrolment()
        await user.enrol_number()
        await user.log_in("request")
        first = user.phone.code
        await user.log_in("request")

        assert await user.log_in(first) == (141, "Invalid MFA token 1") or first == user.phone.code
        assert await user.log_in(user.phone.code) is None

    async def test_wrong_and_late_codes_are_refused(self) -> None:
        user = Enrolment()
        await user.enrol_number()
        for token in [*NO_TOKENS, "000000"]:
            assert await user.error({"token": token}, Stage.LOGIN) == (141, "Invalid MFA token 1")
        await user.log_in("request")

        assert await user.log_in("wrong") == (141, "Invalid MFA token 1")
        user.clock.forward(PERIOD + 1)
        assert await user.log_in(user.phone.code) == (141, "Invalid MFA token 2")

    async def test_a_code_that_parse_server_sent_works(self) -> None:
        user = Enrolment()
        user.stored = {"pending": {}, "mobile": MOBILE, "token": "123456", "expiry": LATER}

        assert await user.log_in("123456") is None
        assert user.stored == {"pending": {}, "mobile": MOBILE}

    async def test_no_code_is_sent_once_messages_are_no_longer_offered(self) -> None:
        user = Enrolment(options=["TOTP"])
        user.stored = {"pending": {}, "mobile": MOBILE}

        assert await user.log_in("request") == (141, "Invalid MFA token 1")
        assert user.phone.messages == []

    async def test_whose_number_is_only_pending_gets_in_without(self) -> None:
        user = Enrolment()
        await user.change({"mobile": MOBILE})
        before = user.stored

        assert await user.log_in("request") is None
        assert await user.error({"token": None}, Stage.LOGIN) == INVALID
        assert user.stored == before
        assert len(user.phone.messages) == 1


class TestChangingToANumber:
    async def test_takes_an_old_code_and_counts_once_it_is_confirmed(self) -> None:
        user = Enrolment()
        codes = await user.enrol_app()

        assert await user.change({"mobile": MOBILE}) == ALREADY
        assert await user.change({"mobile": MOBILE, "old": "000000"}) == INVALID
        assert user.phone.messages == []
        assert await user.change({"mobile": MOBILE, "old": user.code()}) is None
        assert await user.log_in(user.code(1)) is None

        assert await user.change({"mobile": MOBILE, "token": user.phone.code}) is None
        user.clock.forward()
        user.clock.forward()
        assert await user.log_in(user.code()) == (141, "Invalid MFA token 1")
        assert await user.log_in(codes[0]) is None

    async def test_another_number_takes_a_code_of_the_one_before(self) -> None:
        user = Enrolment()
        await user.enrol_number()

        assert await user.change({"mobile": OTHER_MOBILE}) == ALREADY
        assert await user.change({"mobile": OTHER_MOBILE, "old": "request"}) == ENTER
        assert await user.change({"mobile": OTHER_MOBILE, "old": user.phone.code}) is None
        assert user.phone.messages[-1][1] == OTHER_MOBILE
        code = user.phone.code
        await user.log_in("request")
        assert user.phone.messages[-1][1] == MOBILE

        assert await user.change({"mobile": OTHER_MOBILE, "token": code}) is None
        assert user.stored == {"pending": {}, "mobile": OTHER_MOBILE}
        assert await user.log_in(user.phone.code) == (141, "Invalid MFA token 1")


class TestWhatOthersSee:
    @pytest.mark.parametrize(
        ("stored", "status"),
        [
            (FROM_PARSE_SERVER, "enabled"),
            ({"pending": {}, "mobile": MOBILE}, "enabled"),
            ({"pending": {MOBILE: {"token": "123456"}}}, "disabled"),
            ({}, "disabled"),
        ],
    )
    async def test_is_whether_it_is_on(self, stored: JSONObject, status: str) -> None:
        provider = Enrolment().provider

        assert not provider.reveals_as_stored
        assert await provider.after_find(stored, AuthRequest()) == {"status": status}
        assert await provider.after_find(stored, AuthRequest(user={"objectId": "u"})) == {
            "status": status
        }
        assert await provider.after_find(stored, AuthRequest(master=True)) is None

    @pytest.mark.parametrize(
        ("stored", "policy"),
        [
            (FROM_PARSE_SERVER, "additional"),
            ({"pending": {}, "mobile": MOBILE}, "additional"),
            ({"pending": {OTHER_MOBILE: {}}, "mobile": MOBILE}, "additional"),
            ({"pending": {MOBILE: {"token": "123456"}}}, "default"),
            ({}, "default"),
        ],
    )
    async def test_log_ins_need_it_when_it_is_on(self, stored: JSONObject, policy: str) -> None:
        assert await Enrolment().provider.policy(AuthRequest(), stored) == policy


class TestWithoutOptions:
    @pytest.mark.parametrize("stage", list(Stage))
    async def test_nobody_enrols_and_nobody_gets_past(self, stage: Stage) -> None:
        provider = MfaProvider(settings())
        request = AuthRequest(original={"authData": {"mfa": dict(FROM_PARSE_SERVER)}})

        refused = await awaited_refusal(provider.validate(stage, {"token": "a" * 30}, request))

        assert refused is not None
        assert refused.code == 252
        assert await provider.policy(request, FROM_PARSE_SERVER) == "additional"
        assert await provider.after_find(FROM_PARSE_SERVER, AuthRequest()) == {"status": "enabled"}

    def test_settings_are_checked_at_the_start(self) -> None:
        with pytest.raises(OptionsError, match="options must be an array"):
            MfaProvider(settings(digits=6)).check_options()
