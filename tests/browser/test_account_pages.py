"""What somebody sees who forgot his password, or confirms his address, on his phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from parsepy.pages.page import Page
from parsepy.types import JSONMapping
from tests.browser.server import Server, running_server
from tests.browser.webdriver import Browser

WEAK = "At least one digit, please."
OPTIONS: JSONMapping = {
    "verifyUserEmails": True,
    "emailVerifyTokenValidityDuration": 3600,
    "passwordPolicy": {"validatorPattern": "[0-9]", "validationError": WEAK},
    "pages": {"enableLocalization": True},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("server"), OPTIONS) as running:
        yield running


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A user of this test alone."""
    return "".join(letter for letter in request.node.name if letter.isalnum()).lower()[:60]


def set_password(browser: Browser, password: str, repeated: str | None = None) -> None:
    browser.find("[name=new_password]").type(password)
    browser.find("[name=confirm_new_password]").type(repeated or password)
    browser.find("button").click()


def test_a_forgotten_password_is_changed_by_the_link_in_the_mail(
    server: Server, browser: Browser, name: str
) -> None:
    server.sign_up(name)
    server.next_link()
    server.forgot_password(name)
    link = server.next_link()

    browser.open(link)
    browser.wait_for_text("Choose a new password")
    assert "Kühne & Söhne" in browser.text
    set_password(browser, "weak")
    browser.wait_for_text(WEAK)
    assert browser.find("[role=alert]").role == "alert"
    set_password(browser, "New-password-1", "New-password-2")
    browser.wait_for_text("The passwords do not match.")
    assert server.logs_in(name, "Old-password-1")
    set_password(browser, "New-password-1")
    browser.wait_for_text("Success!")

    assert server.logs_in(name, "New-password-1")
    assert not server.logs_in(name, "Old-password-1")
    browser.open(link)
    browser.wait_for_text("Invalid password reset link!")
    assert browser.complaints() == []


def test_a_form_that_was_open_for_too_long_says_so(
    server: Server, browser: Browser, name: str
) -> None:
    server.sign_up(name)
    server.next_link()
    server.forgot_password(name)
    browser.open(server.next_link())
    server.forgot_password(name)
    newer = server.next_link()

    set_password(browser, "New-password-1")
    browser.wait_for_text("token is invalid")

    browser.open(newer)
    set_password(browser, "New-password-2")
    browser.wait_for_text("Success!")
    assert server.logs_in(name, "New-password-2")


def test_an_address_is_confirmed_once_by_the_link_in_the_mail(
    server: Server, browser: Browser, name: str
) -> None:
    user_id = server.sign_up(name)
    link = server.next_link()
    assert server.user(user_id)["emailVerified"] is False

    browser.open(link)
    browser.wait_for_text("Email verified!")
    assert server.user(user_id)["emailVerified"] is True

    browser.open(link)
    browser.wait_for_text("Invalid verification link!")
    browser.find("button").click()
    browser.wait_for_text("Check your mail")
    assert browser.complaints() == []


def test_a_link_that_is_too_old_brings_another(server: Server, browser: Browser, name: str) -> None:
    user_id = server.sign_up(name)
    link = server.next_link()
    server.let_link_expire(user_id)

    browser.open(link)
    browser.wait_for_text("Invalid verification link!")
    browser.find("button").click()
    browser.wait_for_text("Check your mail")
    browser.open(server.next_link())
    browser.wait_for_text("Email verified!")

    assert server.user(user_id)["emailVerified"] is True


def test_a_reader_of_german_stays_in_german(server: Server, browser: Browser, name: str) -> None:
    server.sign_up(name)
    server.next_link()
    server.forgot_password(name)

    browser.open(f"{server.next_link()}&locale=de-AT")
    browser.wait_for_text("Neues Passwort wählen")
    set_password(browser, "New-password-1", "New-password-2")
    browser.wait_for_text("Die beiden Passwörter sind nicht gleich.")
    set_password(browser, "New-password-1")
    browser.wait_for_text("Passwort geändert")
    browser.open(f"{server.url}/apps/app/verify_email?token=x&locale=de")
    browser.find("button").click()
    browser.wait_for_text("Schau in dein Postfach")


def test_a_page_of_the_apps_own_may_follow_the_form(browser: Browser, tmp_path: Path) -> None:
    """The browser looks at the policy of the form's page for the redirect as well."""
    elsewhere = "http://localhost:${port}/parse/apps/custom_page.html"
    options: JSONMapping = {"pages": {"customUrls": {"passwordResetSuccess": elsewhere}}}
    with running_server(tmp_path, options) as server:
        server.sign_up("ada")
        server.forgot_password("ada")
        browser.open(server.next_link())
        set_password(browser, "New-password-1")
        browser.wait_until(lambda: browser.url.startswith("http://localhost:"), "another origin")

        assert server.logs_in("ada", "New-password-1")
        assert browser.complaints() == []


def test_fields_have_names_for_those_who_do_not_see_them(server: Server, browser: Browser) -> None:
    browser.open(f"{server.url}/apps/choose_password?appId=app&token=x")

    assert browser.find("[name=new_password]").label == "New password"
    assert browser.find("[name=confirm_new_password]").label == "New password again"
    assert browser.find("button").label == "Change password"
    assert browser.find("main").role == "main"


@pytest.mark.parametrize("folder", ["", "de/"])
def test_every_page_fits_a_small_phone(server: Server, browser: Browser, folder: str) -> None:
    browser.resize(320, 568)
    for page in Page:
        browser.open(f"{server.url}/apps/{folder}{page.file}?token=x&error=x&appId=app")

        assert browser.run("return document.documentElement.scrollWidth") <= 320, page
        assert browser.find("h1").text
        assert browser.find("main").style("border-radius") == "16px", "the style is refused"
        for height in browser.run(
            "return [...document.querySelectorAll('input:not([hidden],[type=hidden]), button')]"
            ".map(field => field.getBoundingClientRect().height)"
        ):
            assert height >= 44, page
    assert browser.complaints() == []
