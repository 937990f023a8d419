"""Options whose functions and adapters live in the test's process."""

import asyncio
from threading import Event
from typing import Any

import pytest

from parsepy.auth.base import AuthRequest, Stage, Verdict
from parsepy.auth.registry import AuthProviders
from parsepy.email.base import Letter, Message
from parsepy.errors import ParseError
from parsepy.options.load import load_options
from parsepy.outbound import Outbound
from parsepy.testing.option_bridge import decoded_options
from parsepy.testing.process import RemoteProcess
from tests.support.answering_server import AnsweringServer
from tests.support.local_app import OPTIONS
from tests.testing.conftest import UnderTest

pytestmark = pytest.mark.anyio

LINK = "https://example.com/link"


def _lent(url: str, *methods: str, **more: Any) -> dict[str, Any]:
    return {"__t": "Bridge", "url": url, "methods": list(methods), "props": {}, **more}


def _decoded(remote: RemoteProcess, **configuration: Any) -> dict[str, Any]:
    return decoded_options(configuration, remote)


def _providers(remote: RemoteProcess, **auth: Any) -> AuthProviders:
    options = _decoded(remote, auth=auth)
    return AuthProviders(load_options({**OPTIONS, **options}).options, Outbound())


async def test_plain_options_are_themselves(remote: RemoteProcess) -> None:
    assert _decoded(remote, **OPTIONS) == OPTIONS


async def test_a_lent_provider_is_asked_with_itself_as_options(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    process.answer = {"value": {"save": {"id": "1"}, "response": "r"}}
    badge = _lent(process.url, "validateAuthData", "validateAppId", props={"appIds": ["a"]})
    provider = _providers(remote, badge=badge)["badge"]

    verdict = await provider.validate(Stage.LOGIN, {"id": "1"}, AuthRequest(ip="::1"))

    assert verdict == Verdict(save={"id": "1"}, response="r")
    itself = {"__t": "Bridge", "url": process.url}
    (_, first), (_, second) = process.asked
    assert first["args"][:3] == [["a"], {"id": "1"}, itself]
    assert second["args"][:2] == [{"id": "1"}, itself]
    assert second["args"][2]["ip"] == "::1"
    assert "triggerName" not in second["args"][2]


@pytest.mark.parametrize("stage", list(Stage))
async def test_a_stage_is_asked_by_its_own_name(
    remote: RemoteProcess, process: AnsweringServer, stage: Stage
) -> None:
    asked: list[tuple[str, str]] = []

    def answer(path: str, body: Any) -> object:
        asked.append((path, body["args"][2]["triggerName"]))
        return {}

    process.answer = answer
    badge = _lent(process.url, "validateSetUp", "validateLogin", "validateUpdate")

    await _providers(remote, badge=badge)["badge"].validate(stage, {"id": "1"}, AuthRequest())

    assert asked == [(f"/hook/{stage}", stage)]


async def test_what_a_lent_provider_throws_refuses(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    process.answer = {"thrown": True, "error": None}
    provider = _providers(remote, badge=_lent(process.url, "validateAuthData"))["badge"]

    with pytest.raises(ParseError) as refused:
        await provider.validate(Stage.LOGIN, {"id": "1"}, AuthRequest())

    assert (refused.value.code, refused.value.message) == (141, "Auth failed. Unknown error.")


async def test_a_lent_module_beside_its_options(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    process.answer = {"value": {"token": "t"}}
    badge = {"module": _lent(process.url, "challenge"), "option1": "hello"}
    provider = _providers(remote, badge=badge)["badge"]

    answer = await provider.challenge({"a": 1}, None, AuthRequest(is_challenge=True))

    assert provider.challenges
    assert answer == {"token": "t"}
    data, auth_data, options, request = process.last["args"]
    assert (data, auth_data) == ({"a": 1}, {"__t": "Undefined"})
    assert request["isChallenge"] is True
    assert options == {"module": {"__t": "Bridge", "url": process.url}, "option1": "hello"}


@pytest.mark.parametrize(("policy", "expected"), [("solo", "solo"), (None, "default")])
async def test_a_policy_is_a_text_or_a_function(
    remote: RemoteProcess, process: AnsweringServer, policy: str | None, expected: str
) -> None:
    process.answer = {"value": "additional"}
    props = {} if policy is None else {"policy": policy}
    texts = _providers(remote, badge=_lent(process.url, "validateAuthData", props=props))
    functions = _providers(remote, badge=_lent(process.url, "validateAuthData", "policy"))

    assert await texts["badge"].policy(AuthRequest(), {}) == expected
    assert await functions["badge"].policy(AuthRequest(), {}) == "additional"


async def test_a_provider_that_is_switched_off(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    badge = _lent(process.url, "validateAuthData", props={"enabled": False})

    assert "badge" not in _providers(remote, badge=badge)


async def test_functions_beside_options_keep_their_names(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    mfa = _lent(process.url, "sendSMS", props={"options": ["SMS"]})
    options = _decoded(remote, auth={"mfa": mfa})["auth"]["mfa"]

    await options["sendSMS"]("123456", "+1")

    assert options["options"] == ["SMS"]
    assert process.last == {"args": ["123456", "+1"]}


async def test_readers_see_what_a_lent_provider_shows(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    process.answer = {"value": {"foo": "bar"}}
    provider = _providers(remote, badge=_lent(process.url, "afterFind"))["badge"]

    assert not provider.reveals_as_stored
    assert await provider.after_find({"id": "1"}, AuthRequest()) == {"foo": "bar"}


async def test_a_mail_adapter_gets_mails_in_the_form_of_parse_server(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    asked: list[tuple[str, object]] = []

    def answer(path: str, body: object) -> object:
        asked.append((path, body))
        return {}

    process.answer = answer
    lent = _lent(
        process.url,
        *("sendMail", "sendVerificationEmail", "sendPasswordResetEmail"),
        blocking=True,
    )
    adapter = _decoded(remote, emailAdapter=lent)["emailAdapter"]
    letter = Letter("ann@example.com", {"objectId": "x", "username": "ann"}, "App", LINK)

    await adapter.send_mail(Message("ann@example.com", "subject", "text"))
    await adapter.send_verification_email(letter)
    await adapter.send_password_reset_email(letter)

    user = {"className": "_User", "objectId": "x", "existed": False, "ops": {}}
    sent = {
        "appName": "App",
        "link": LINK,
        "user": {"__t": "Object", **user, "state": {"username": "ann"}},
    }
    mail = {"to": "ann@example.com", "subject": "subject", "text": "text"}
    assert asked == [
        ("/hook/sendMail", {"args": [mail], "ack": True}),
        ("/hook/sendVerificationEmail", {"args": [sent], "ack": True}),
        ("/hook/sendPasswordResetEmail", {"args": [sent], "ack": True}),
    ]


async def test_a_mail_adapter_has_no_method_that_the_tests_has_not(
    remote: RemoteProcess, process: AnsweringServer
) -> None:
    lent = _lent(process.url, "sendMail")

    adapter = _decoded(remote, emailAdapter=lent)["emailAdapter"]

    assert hasattr(adapter, "send_mail")
    assert adapter.queued is False
    assert not hasattr(adapter, "send_verification_email")


async def test_mails_have_arrived_when_the_request_is_answered(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    methods = ("sendMail", "sendVerificationEmail", "sendPasswordResetEmail")
    await under_test.reconfigure(
        emailAdapter=_lent(process.url, *methods, blocking=True),
        verifyUserEmails=True,
        appName="App",
        publicServerURL=LINK,
    )
    ann = {"username": "ann", "password": "secret", "email": "ann@example.com"}

    counts = []
    for path, body in (
        ("/users", ann),
        ("/verificationEmailRequest", {"email": ann["email"]}),
        ("/requestPasswordReset", {"email": ann["email"]}),
    ):
        await under_test.parse.ok("POST", path, body)
        counts.append(len(process.asked))

    assert counts == [1, 2, 3]
    assert all(body["args"][0]["link"].startswith(LINK) for _, body in process.asked)


async def test_what_a_mail_s_reader_asks_waits_until_the_mail_is_acknowledged(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    parse, acknowledged = under_test.parse, Event()
    await under_test.reconfigure(
        emailAdapter=_lent(process.url, "sendMail", blocking=True),
        verifyUserEmails=True,
        appName="App",
        publicServerURL=LINK,
    )
    called = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(_path: str, _body: object) -> object:
        loop.call_soon_threadsafe(called.set)
        acknowledged.wait()
        return {}

    process.answer = answer
    ann = {"username": "ann", "password": "secret", "email": "ann@example.com"}
    order: list[str] = []

    async def ask(name: str, method: str, path: str, body: object = None) -> None:
        await parse.ok(method, path, body)
        order.append(name)

    signing_up = asyncio.create_task(ask("sign-up", "POST", "/users", ann))
    await called.wait()
    reader = asyncio.create_task(ask("reader", "GET", "/health"))
    for _ in range(1000):
        await asyncio.sleep(0)
    before = list(order)
    acknowledged.set()
    await asyncio.gather(signing_up, reader)

    assert before == []
    assert set(order) == {"sign-up", "reader"}


async def test_options_come_over_the_control_port(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    badge = _lent(process.url, "validateAuthData")
    identity = {"authData": {"badge": {"id": "1"}}}
    assert (await under_test.parse.send("POST", "/users", identity)).json()["code"] == 252

    reconfigured = await under_test.reconfigure(auth={"badge": badge})
    user = await under_test.parse.ok("POST", "/users", identity)

    assert reconfigured.status_code == 200
    assert user["sessionToken"]
    assert process.last["args"][0] == {"id": "1"}
