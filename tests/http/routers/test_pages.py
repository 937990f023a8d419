"""Links in mails, from the click to what it did: confirming addresses, resetting passwords."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any, Final, cast

import httpx
import pytest

from parsepy.errors import Code, ParseError
from parsepy.options.errors import OptionsError
from parsepy.users.password_reset import PasswordReset
from parsepy.users.verification import EmailVerification
from tests.pages.postman import Postman, token_in, token_of
from tests.support.local_app import MAINTENANCE_KEY, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio
PAGES: Final = f"{URL}/apps/app"
INVALID: Final = "Invalid verification link!"
INVALID_RESET: Final = "Invalid password reset link!"
USED_UP: Final = "Failed to reset password: username / email / token is invalid"
SCRIPT: Final = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsepy.users.passwords.COST", 4)


@dataclass(frozen=True, slots=True)
class Mailing:
    """An app that sends mails, and what it has sent."""

    app: LocalApp
    postman: Postman

    async def sign_up(self, name: str = "ada", password: str = "Old-1") -> str:
        fields = {"username": name, "password": password, "email": f"{name}@example.com"}
        return str((await self.app.ok("POST", "/users", fields))["objectId"])

    async def link(self) -> str:
        """That of the last mail, which may still be on its way."""
        await self.app.app.parts.users.background.settled()
        return self.postman.letters[-1].link

    async def reset_link(self, name: str = "ada") -> str:
        await self.app.ok("POST", "/requestPasswordReset", {"email": f"{name}@example.com"})
        return await self.link()

    async def get(self, url: str, **headers: str) -> httpx.Response:
        return await self.app.client.get(url, headers=headers)

    async def post(
        self, page: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return await self.app.client.post(f"{PAGES}/{page}", data=dict(form), headers=headers)

    async def is_verified(self, user_id: str) -> bool:
        user = await self.app.ok("GET", f"/users/{user_id}", master=True)
        return bool(user["emailVerified"])

    async def logs_in(self, password: str, name: str = "ada") -> bool:
        body = {"username": name, "password": password}
        return (await self.app.send("POST", "/login", body)).is_success


@asynccontextmanager
async def mailing(**options: Any) -> AsyncIterator[Mailing]:
    postman = Postman()
    given = {"appName": "App", "publicServerURL": URL, "emailAdapter": postman, **options}
    async with local_app(**given) as app:
        yield Mailing(app, postman)


@pytest.fixture
async def mail() -> AsyncIterator[Mailing]:
    async with mailing(verifyUserEmails=True) as running:
        yield running


# -- confirming an address


async def test_the_link_confirms_the_address_once(mail: Mailing) -> None:
    user_id = await mail.sign_up()
    link = await mail.link()
    assert not await mail.is_verified(user_id)

    first = await mail.get(link)
    assert (first.status_code, "Email verified!" in first.text) == (200, True)
    assert await mail.is_verified(user_id)

    second = await mail.get(link)
    assert (second.status_code, INVALID in second.text) == (200, True)


@pytest.mark.parametrize(
    "query",
    ["", "?token=", "?token=wrong", "?token[$ne]=x", "?token[]=x", "?token=%00", "?Token=x"],
)
async def test_a_link_that_is_none_confirms_nothing(mail: Mailing, query: str) -> None:
    user_id = await mail.sign_up()

    answer = await mail.get(f"{PAGES}/verify_email{query}")

    assert (answer.status_code, INVALID in answer.text) == (200, True)
    assert not await mail.is_verified(user_id)


async def test_an_old_link_offers_a_new_one() -> None:
    async with mailing(verifyUserEmails=True, emailVerifyTokenValidityDuration=60) as mail:
        await _renew_old_link(mail)


async def _renew_old_link(mail: Mailing) -> None:
    user_id = await mail.sign_up()
    token = token_of(await mail.link())
    expired = {
        "_email_verify_token_expires_at": {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}
    }
    await mail.app.ok("PUT", f"/users/{user_id}", expired, X_Parse_Maintenance_Key=MAINTENANCE_KEY)

    page = await mail.get(await mail.link())
    assert INVALID in page.text
    answer = await mail.post("resend_verification_email", {"token": token_in(page.text)})

    assert answer.status_code == 303
    assert "/apps/email_verification_send_success.html?" in answer.headers["Location"]
    assert token_of(await mail.link()) != token
    assert "Email verified!" in (await mail.get(await mail.link())).text


async def test_a_new_link_can_be_had_by_name(mail: Mailing) -> None:
    await mail.sign_up()
    await mail.link()

    answer = await mail.post("resend_verification_email", {"username": "ada"})

    assert answer.status_code == 303
    assert "Email verified!" in (await mail.get(await mail.link())).text
    assert len(mail.postman.letters) == 2


async def test_a_resend_for_nobody_is_an_invalid_link(mail: Mailing) -> None:
    forms: tuple[dict[str, str], ...] = (
        {}, {"token": ""}, {"username": "", "token": ""}, {"token[$ne]": "x"},
    )  # fmt: skip
    for form in forms:
        answer = await mail.post("resend_verification_email", form)

        assert answer.status_code == 303
        assert "/apps/email_verification_link_invalid.html?" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("hidden", "page"),
    [(True, "email_verification_send_success"), (False, "email_verification_send_fail")],
)
async def test_whether_an_account_exists_is_told_only_where_an_option_says_so(
    hidden: bool, page: str
) -> None:
    async with mailing(verifyUserEmails=True, emailVerifySuccessOnInvalidEmail=hidden) as mail:
        answer = await mail.post("resend_verification_email", {"username": "nobody"})

    assert f"/apps/{page}.html?" in answer.headers["Location"]


# -- a new password


async def test_the_link_opens_a_form_that_changes_the_password_once(mail: Mailing) -> None:
    await mail.sign_up()
    link = await mail.reset_link()

    form = await mail.get(link)
    assert form.status_code == 200
    token = token_in(form.text)
    assert token == token_of(link)
    new = {"token": token, "new_password": "New-1", "confirm_new_password": "New-1"}

    done = await mail.post("request_password_reset", new)
    assert (done.status_code, "Success!" in done.text) == (200, True)
    assert await mail.logs_in("New-1")
    assert not await mail.logs_in("Old-1")

    again = await mail.post("request_password_reset", {"token": token, "new_password": "New-2"})
    assert USED_UP in unescape(again.text)
    assert INVALID_RESET in (await mail.get(link)).text
    assert await mail.logs_in("New-1")


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token[$regex]=.", "?token=%00"])
async def test_a_reset_link_that_is_none_opens_no_form(mail: Mailing, query: str) -> None:
    await mail.sign_up()
    await mail.reset_link()

    answer = await mail.get(f"{PAGES}/request_password_reset{query}")

    assert (answer.status_code, INVALID_RESET in answer.text) == (200, True)
    assert "<form" not in answer.text


async def test_a_password_that_the_policy_refuses_shows_why_and_keeps_the_token() -> None:
    policy = {"validatorPattern": "[0-9]", "validationError": "At least one <digit>, please."}
    async with mailing(passwordPolicy=policy) as mail:
        await mail.sign_up()
        token = token_of(await mail.reset_link())

        answer = await mail.post("request_password_reset", {"token": token, "new_password": "weak"})

        assert answer.status_code == 200
        assert "At least one &lt;digit&gt;, please." in answer.text
        assert token_in(answer.text) == token
        assert answer.headers["x-parse-page-param-error"] == "At least one <digit>, please."
        assert await mail.logs_in("Old-1")
        await mail.post("request_password_reset", {"token": token, "new_password": "strong-1"})
        assert await mail.logs_in("strong-1")


async def test_two_passwords_that_differ_change_nothing(mail: Mailing) -> None:
    await mail.sign_up()
    token = token_of(await mail.reset_link())
    form = {"token": token, "new_password": "New-1", "confirm_new_password": "New-2"}

    answer = await mail.post("request_password_reset", form)

    assert "The passwords do not match." in answer.text
    assert token_in(answer.text) == token
    assert await mail.logs_in("Old-1")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"token": "x"},
        {"new_password": "x"},
        {"token": "", "new_password": "x"},
        {"token": "x", "new_password": ""},
        {"token[$ne]": "x", "new_password": "x"},
        {"token": "x", "new_password[$ne]": "x"},
    ],
)
async def test_a_form_without_token_or_password_is_an_invalid_link(
    mail: Mailing, form: dict[str, str]
) -> None:
    answer = await mail.post("request_password_reset", form)

    assert answer.status_code == 303
    assert "/apps/password_reset_link_invalid.html?appId=app&" in answer.headers["Location"]
    assert answer.text == f"Found. Redirecting to {answer.headers['Location']}"
    assert INVALID_RESET in (await mail.get(answer.headers["Location"])).text


async def test_of_ten_forms_with_one_token_one_changes_the_password(database_uri: str) -> None:
    async with mailing(databaseURI=database_uri) as mail:
        await mail.sign_up()
        token = token_of(await mail.reset_link())

        answers = await asyncio.gather(
            *(
                mail.post(
                    "request_password_reset", {"token": token, "new_password": f"New-{number}"}
                )
                for number in range(10)
            )
        )

        succeeded = [number for number in range(10) if "Success!" in answers[number].text]
        assert len(succeeded) == 1
        assert [n for n in range(10) if await mail.logs_in(f"New-{n}")] == succeeded


# -- by a script


async def test_a_script_gets_json(mail: Mailing) -> None:
    await mail.sign_up()
    token = token_of(await mail.reset_link())

    done = await mail.post(
        "request_password_reset", {"token": token, "new_password": "New-1"}, SCRIPT
    )
    assert (done.status_code, done.json()) == (200, "Password successfully reset")
    assert await mail.logs_in("New-1")

    again = await mail.post(
        "request_password_reset", {"token": token, "new_password": "New-2"}, SCRIPT
    )
    assert again.status_code == 400
    assert again.json() == {
        "code": -1,
        "error": USED_UP,
    }


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"new_password": "x"}, {"code": -1, "error": "Missing token"}),
        ({"token": "", "new_password": "x"}, {"code": -1, "error": "Missing token"}),
        ({"token": "x"}, {"code": 201, "error": "Missing password"}),
    ],
)
async def test_a_script_is_told_what_is_missing(
    form: dict[str, str], expected: dict[str, object]
) -> None:
    """Also where the server has no name, as parse-server does."""
    async with local_app() as app:
        answer = await app.client.post(f"{PAGES}/request_password_reset", data=form, headers=SCRIPT)

    assert (answer.status_code, answer.json()) == (400, expected)


async def test_a_script_may_send_json_whose_values_are_texts(mail: Mailing) -> None:
    await mail.sign_up()
    token = token_of(await mail.reset_link())
    url = f"{PAGES}/request_password_reset"

    wrong: Any
    for wrong in ({"$ne": "x"}, ["x"], 5, None, True):
        body = {"token": wrong, "new_password": "New-1"}
        answer = await mail.app.client.post(url, json=body, headers=SCRIPT)
        assert answer.json() == {"code": -1, "error": "Missing token"}
    good = await mail.app.client.post(
        url, json={"token": token, "new_password": "New-1"}, headers=SCRIPT
    )
    assert good.json() == "Password successfully reset"


# -- choose_password, apps, what is not there


async def test_choose_password_shows_the_form_for_any_token(mail: Mailing) -> None:
    answer = await mail.get(f"{URL}/apps/choose_password?appId=app&token=123&username=a%26b")

    assert answer.status_code == 200
    assert token_in(answer.text) == "123"
    assert answer.headers["x-parse-page-param-username"] == "a&b"
    assert 'value="a&amp;b"' in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "other/verify_email"),
        ("POST", "other/resend_verification_email"),
        ("GET", "other/request_password_reset"),
        ("POST", "other/request_password_reset"),
        ("GET", "choose_password"),
        ("GET", "choose_password?appId=other"),
        ("GET", "choose_password?id=app"),
        ("GET", "choose_password?appId[]=app"),
    ],
)
async def test_another_app_has_no_pages_here(mail: Mailing, method: str, path: str) -> None:
    answer = await mail.app.client.request(method, f"{URL}/apps/{path}")

    assert (answer.status_code, answer.json()) == (403, {"error": "unauthorized"})


@pytest.mark.parametrize("missing", ["appName", "publicServerURL"])
async def test_without_a_name_or_an_address_there_are_no_pages(missing: str) -> None:
    options: dict[str, Any] = {"appName": "App", "publicServerURL": URL}
    del options[missing]
    async with local_app(**options) as app:
        for method, path in (
            ("GET", "app/verify_email?token=x"),
            ("POST", "app/resend_verification_email"),
            ("GET", "app/request_password_reset?token=x"),
            ("GET", "app/request_password_reset"),
            ("POST", "app/request_password_reset"),
            ("GET", "choose_password?appId=app"),
        ):
            answer = await app.client.request(method, f"{URL}/apps/{path}")
            assert (answer.status_code, answer.text) == (404, "Not found."), path


async def test_the_address_may_be_a_function(mail: Mailing) -> None:
    async def address() -> str:
        return "https://elsewhere.example/parse/"

    async with local_app(appName="App", publicServerURL=address) as app:
        answer = await app.client.get(f"{PAGES}/verify_email")

    assert answer.headers["x-parse-page-param-publicserverurl"] == "https://elsewhere.example/parse"


async def test_pages_need_no_keys_and_no_session() -> None:
    async with local_app(appName="App", publicServerURL=URL, clientKey="c", restAPIKey="r") as app:
        for headers in ({}, {"X-Parse-Session-Token": "r:wrong"}, {"X-Parse-Master-Key": "wrong"}):
            answer = await app.client.get(f"{PAGES}/verify_email", headers=headers)
            assert answer.status_code == 200


async def test_allow_list_and_rate_limits_do_not_know_pages() -> None:
    """As in parse-server: a link in a mail that was sent has to work."""
    limit = {
        "requestPath": "/*all", "requestTimeWindow": 60_000, "requestCount": 1,
        "includeInternalRequests": True,
    }  # fmt: skip
    options: dict[str, Any] = {"appName": "App", "publicServerURL": URL}
    async with local_app(**options, rateLimit=[limit], routeAllowList=[]) as app:
        for _ in range(3):
            answer = await app.client.get(f"{PAGES}/verify_email")
            assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "apps/password_reset.html", 403),
        ("PUT", "apps/app/verify_email", 403),
        ("GET", "apps", 403),
        ("GET", "APPS/app/VERIFY_EMAIL/", 200),
    ],
)
async def test_what_is_no_page_is_the_apis(
    mail: Mailing, method: str, path: str, status: int
) -> None:
    answer = await mail.app.client.request(method, f"{URL}/{path}")

    assert answer.status_code == status


async def test_a_form_that_is_too_large_or_broken_is_refused(mail: Mailing) -> None:
    url = f"{PAGES}/request_password_reset"
    large = await mail.app.client.post(url, data={"token": "x" * 200_000})
    broken = await mail.app.client.post(
        url, content=b"{", headers={"Content-Type": "application/json"}
    )
    parts = await mail.app.client.post(url, files={"token": b"x"})

    assert (large.status_code, broken.status_code, parts.status_code) == (413, 400, 303)


async def test_a_text_that_is_no_unicode_is_no_error(mail: Mailing) -> None:
    body = b'{"token": "\\ud800", "new_password": "\\udfff", "locale": "\\ud800"}'
    headers = {"Content-Type": "application/json"}

    answer = await mail.app.client.post(
        f"{PAGES}/request_password_reset", content=body, headers=headers
    )

    assert answer.status_code == 200
    assert "Failed to reset password" in answer.text


class Unreachable:
    """Accounts whose database is away."""

    async def fail(self, *_given: object) -> None:
        raise ParseError(Code.INTERNAL, "the database is away")

    check = reset = resend = fail


async def test_no_link_is_invalid_because_the_database_is_away(mail: Mailing) -> None:
    services, away = mail.app.app.parts.services, Unreachable()
    services.password_reset = cast("PasswordReset", away)
    services.verification = cast("EmailVerification", away)
    form = {"token": "x", "new_password": "x"}

    answers = [
        await mail.get(f"{PAGES}/request_password_reset?token=x"),
        await mail.post("request_password_reset", form),
        await mail.post("request_password_reset", form, SCRIPT),
        await mail.post("resend_verification_email", form),
    ]

    assert [answer.status_code for answer in answers] == [500] * 4


async def test_pages_may_be_below_another_path() -> None:
    async with mailing(pages={"pagesEndpoint": "/mail/Pages/"}) as mail:
        await mail.sign_up()
        link = await mail.reset_link()
        assert link.startswith(f"{URL}/mail/Pages/app/request_password_reset?")

        form = await mail.get(link)
        assert f'action="{URL}/mail/Pages/app/request_password_reset"' in unescape(form.text)
        assert (await mail.get(f"{URL}/apps/app/verify_email")).status_code == 403
        redirect = await mail.app.client.post(f"{URL}/mail/pages/app/request_password_reset")
        assert redirect.headers["Location"].startswith(f"{URL}/mail/Pages/password_reset_link")
        assert (await mail.get(redirect.headers["Location"])).status_code == 200


@pytest.mark.parametrize("endpoint", ["users", "Classes/x", "files", "health"])
async def test_a_route_of_the_api_is_no_place_for_pages(endpoint: str) -> None:
    with pytest.raises(OptionsError, match="is a route of the API"):
        async with local_app(pages={"pagesEndpoint": endpoint}):
            pass
