"""The option `emailAdapter`: what it may be, and what is told of mistakes."""

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest

from parsepy.app import create_app
from parsepy.email.adapter import Adapter, OwnAdapter
from parsepy.email.console import ConsoleAdapter
from parsepy.email.memory import MemoryAdapter
from parsepy.email.opening import open_mailer
from parsepy.email.smtp import SmtpAdapter
from parsepy.options import OptionsError, load_options
from parsepy.storage.sqlite import SQLiteStorage
from tests.email import own_adapter
from tests.email.own_adapter import Named

OWN = "tests.email.own_adapter"
SMTP = {"host": "mail.test", "from": "no-reply@game.test"}
KEYS = {"appId": "app", "masterKey": "master", "databaseURI": "sqlite::memory:"}
GOOD = SimpleNamespace(send_mail=print)


def opened(option: object) -> Adapter | None:
    options = load_options({**KEYS, "emailAdapter": option}).options
    mailer = open_mailer(options, SQLiteStorage(":memory:"))
    return None if mailer is None else mailer.adapter


def reason(option: object) -> str:
    with pytest.raises(OptionsError) as caught:
        opened(option)
    return str(caught.value)


def test_without_the_option_there_is_no_mailer() -> None:
    assert opened(None) is None


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("console", ConsoleAdapter),
        ({"module": "console"}, ConsoleAdapter),
        ("memory", MemoryAdapter),
        ({"module": "smtp", "options": SMTP}, SmtpAdapter),
        (GOOD, OwnAdapter),
        ({"module": GOOD}, OwnAdapter),
        ({"adapter": GOOD}, OwnAdapter),
        ({"class": Named, "options": {"a": 1}}, OwnAdapter),
        (Named, OwnAdapter),
        (f"{OWN}:Named", OwnAdapter),
        ({"module": f"{OWN}:Named"}, OwnAdapter),
        (OWN, OwnAdapter),
        (own_adapter, OwnAdapter),
    ],
)
def test_an_adapter_may_be_given_in_many_ways(option: object, kind: type) -> None:
    assert type(opened(option)) is kind


def test_an_adapter_that_keeps_mails_is_the_one_that_was_given() -> None:
    mails = MemoryAdapter()

    assert opened(mails) is mails


def test_a_class_gets_its_options() -> None:
    made: list[Named] = []

    class Kept(Named):
        def __init__(self, options: dict[str, object]) -> None:
            super().__init__(options)
            made.append(self)

    opened({"module": Kept, "options": {"apiKey": "k"}})

    assert [kept.options for kept in made] == [{"apiKey": "k"}]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            {"options": {}},
            "Option emailAdapter must have a module: smtp, console, memory, an object or class,",
        ),
        ({"module": "console", "option": {}}, "Option emailAdapter has no option; it has module,"),
        ({"module": "console", "options": []}, "Option emailAdapter.options must be an object."),
        ("smtp", "Option emailAdapter.options.host is required."),
        (
            {"module": "smtp", "options": {**SMTP, "hostname": "x"}},
            "Option emailAdapter.options has no hostname; it has host,",
        ),
        ("smpt", "Option emailAdapter: smpt cannot be loaded: No module named 'smpt'. Name it"),
        (f"{OWN}:Missing", f"Option emailAdapter: {OWN}:Missing cannot be loaded: "),
        (f"{OWN}:Broken", "Option emailAdapter: Broken cannot be made: 'apiKey'"),
        (f"{OWN}:nothing", "Option emailAdapter: Adapter prototype don't match expected prototype"),
        ({"module": "console", "templates": "/nowhere"}, "Option emailAdapter.templates: /nowhere"),
        ({"module": "console", "templates": 1}, "Option emailAdapter.templates must be a text"),
        (
            {"module": "console", "fallbackLocale": "../x"},
            "Option emailAdapter.fallbackLocale must be a language tag, such as en or pt-BR.",
        ),
        (
            {"module": "console", "localeField": ""},
            "Option emailAdapter.localeField must be a text",
        ),
        ({"module": GOOD, "retry": 3}, "Option emailAdapter.retry must be an object."),
        ({"module": GOOD, "retry": {"times": 3}}, "Option emailAdapter.retry has no times;"),
        (
            {"module": GOOD, "retry": {"attempts": 0}},
            "Option emailAdapter.retry.attempts must be a whole number from 1 to 1000.",
        ),
        (
            {"module": GOOD, "retry": {"firstDelay": "1"}},
            "Option emailAdapter.retry.firstDelay must be a number of seconds above 0.",
        ),
        (
            {"module": GOOD, "retry": {"firstDelay": 20, "longestDelay": 10}},
            "Option emailAdapter.retry.longestDelay must be no less than firstDelay.",
        ),
    ],
)
def test_mistakes_are_told_when_the_app_is_made(option: object, message: str) -> None:
    assert reason(option).startswith(message)
    with pytest.raises(OptionsError):
        create_app({**KEYS, "emailAdapter": option})


def test_no_message_shows_what_stands_in_the_options() -> None:
    for change in ({"port": "secret-1"}, {"password": "secret-1"}, {"tls": "secret-1"}):
        assert "secret-1" not in reason({"module": "smtp", "options": {**SMTP, **change}})


def test_a_folder_of_ones_own_is_read_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "verification.txt").write_text("{{ link }")

    assert "line 1" in reason({"module": "console", "templates": str(tmp_path)})


@pytest.mark.parametrize(
    ("host", "tls", "warned"),
    [
        ("mail.test", "none", True),
        ("192.0.2.1", "none", True),
        ("localhost", "none", False),
        ("127.0.0.1", "none", False),
        ("mail.test", "tls", False),
    ],
)
def test_a_password_in_clear_is_warned_of(
    host: str, tls: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    options = {**SMTP, "host": host, "tls": tls, "username": "u", "password": "secret"}
    with caplog.at_level(logging.WARNING):
        opened({"module": "smtp", "options": options})

    assert ("without TLS" in caplog.text) is warned
    assert "secret" not in caplog.text


def test_no_option_of_it_is_named_as_unknown() -> None:
    option = {"module": "smtp", "options": SMTP, "retry": {"attempts": 3}}

    assert load_options({**KEYS, "emailAdapter": option}).warnings == ()
