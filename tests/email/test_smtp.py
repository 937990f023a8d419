"""Mail over SMTP, with a real server at the other end."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parsepy.email.base import MailFailed, MailRefused, Message
from parsepy.email.mail import Kind, new_mail
from parsepy.email.smtp import SmtpAdapter, read_smtp
from parsepy.options import OptionsError
from tests.support.certificates import ServerFiles, server_files
from tests.support.deaf_server import DeafServer
from tests.support.ports import free_port
from tests.support.smtp_server import PASSWORD, USERNAME, RunningSmtp, running_smtp

pytestmark = pytest.mark.anyio

MESSAGE = Message("ann@example.com", "Hello", "How are you?\n", "<p>How are you?</p>")


def adapter(port: int, **options: object) -> SmtpAdapter:
    given = {"host": "127.0.0.1", "from": "Game <no-reply@game.test>", "tls": "none", **options}
    return SmtpAdapter(read_smtp("emailAdapter.options", {"port": port, **given}))


async def send(sender: SmtpAdapter, message: Message = MESSAGE) -> None:
    await sender.hand_over(new_mail(Kind.MESSAGE, message))


@pytest.fixture(params=["starttls", "tls"])
def encrypted(request: pytest.FixtureRequest, certificates: ServerFiles) -> Iterator[RunningSmtp]:
    with running_smtp(tls=request.param, certificates=certificates, with_password=True) as server:
        yield server


@pytest.fixture
def tls(encrypted: RunningSmtp, request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["encrypted"])


async def test_a_mail_arrives_as_it_was_meant(smtp: RunningSmtp) -> None:
    await send(adapter(smtp.port))

    received = await smtp.next_mail()

    assert (received.sender, received.to) == ("no-reply@game.test", ["ann@example.com"])
    headers = received.message
    assert headers["From"] == "Game <no-reply@game.test>"
    assert headers["To"] == "ann@example.com"
    assert headers["Subject"] == "Hello"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<\w+@game\.test>", headers["Message-ID"])
    assert headers["Date"].datetime is not None
    assert received.body("plain") == "How are you?\n"
    assert received.body("html").strip() == "<p>How are you?</p>"


async def test_names_and_texts_of_any_language_arrive(smtp: RunningSmtp) -> None:
    text = "Grüße, 日本, 🎲\n.\nein Punkt allein\n" + "lang " * 300 + "\n"
    message = Message("ann@exämple.de", "Prüfung für 日本 🎲", text, f"<p>{text}</p>")

    await send(adapter(smtp.port, **{"from": "Größtes Spiel <no-reply@spiel.test>"}), message)

    received = await smtp.next_mail()
    assert received.to == ["ann@xn--exmple-cua.de"]
    assert received.message["From"] == "Größtes Spiel <no-reply@spiel.test>"
    assert received.message["Subject"] == message.subject
    assert received.body("plain") == text
    assert received.body("html").strip() == message.html
    assert received.raw.isascii()
    assert max(map(len, received.raw.splitlines())) < 1000


async def test_an_address_beyond_ascii_goes_to_servers_that_can(smtp: RunningSmtp) -> None:
    await send(adapter(smtp.port), Message("jörg@example.com", "Hallo", "Hallo"))

    assert (await smtp.next_mail()).to == ["jörg@example.com"]


async def test_an_address_beyond_ascii_is_given_up_at_others() -> None:
    with running_smtp(utf8=False) as server, pytest.raises(MailRefused):
        await send(adapter(server.port), Message("jörg@example.com", "Hallo", "Hallo"))


async def test_headers_of_ones_own_go_along(smtp: RunningSmtp) -> None:
    message = Message("ann@example.com", "Hello", "…", headers={"Reply-To": "help@game.test"})

    await send(adapter(smtp.port), message)

    assert (await smtp.next_mail()).message["Reply-To"] == "help@game.test"


async def test_tries_of_one_mail_have_one_id(smtp: RunningSmtp) -> None:
    sender, mail = adapter(smtp.port), new_mail(Kind.MESSAGE, MESSAGE)

    await sender.hand_over(mail)
    await sender.hand_over(mail)
    await send(sender)

    one, two, other = [(await smtp.next_mail()).message["Message-ID"] for _ in range(3)]
    assert one == two != other


# -- TLS and passwords


async def test_an_encrypted_and_authenticated_mail_arrives(
    encrypted: RunningSmtp, tls: str, certificates: ServerFiles
) -> None:
    sender = adapter(
        encrypted.port,
        tls=tls,
        caFile=str(certificates.authority),
        username=USERNAME,
        password=PASSWORD,
    )

    await send(sender)

    received = await encrypted.next_mail()
    assert (received.tls, received.authenticated) == (True, True)


async def test_a_wrong_password_is_no_fault_of_the_mail(
    encrypted: RunningSmtp, tls: str, certificates: ServerFiles
) -> None:
    authority = str(certificates.authority)
    sender = adapter(
        encrypted.port, tls=tls, caFile=authority, username=USERNAME, password="guessed-wrong"
    )

    with pytest.raises(MailFailed) as caught:
        await send(sender)

    assert not isinstance(caught.value, MailRefused)
    assert str(caught.value).startswith("535 ")
    assert "guessed-wrong" not in str(caught.value)


async def test_a_missing_password_is_no_fault_of_the_mail(
    encrypted: RunningSmtp, tls: str, certificates: ServerFiles
) -> None:
    with pytest.raises(MailFailed) as caught:
        await send(adapter(encrypted.port, tls=tls, caFile=str(certificates.authority)))

    assert not isinstance(caught.value, MailRefused)
    assert str(caught.value).startswith("530 ")


async def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    encrypted: RunningSmtp, tls: str, tmp_path: Path
) -> None:
    other = server_files(tmp_path)
    password = {"username": USERNAME, "password": PASSWORD}
    for options in ({}, {"caFile": str(other.authority)}):
        with pytest.raises(MailFailed, match="certificate verify failed"):
            await send(adapter(encrypted.port, tls=tls, **password, **options))

    assert encrypted.mails == []


async def test_a_certificate_for_another_host_is_not_trusted(
    certificates: ServerFiles, tmp_path: Path
) -> None:
    foreign = server_files(tmp_path, address="127.0.0.2")
    with (
        running_smtp(tls="tls", certificates=foreign) as server,
        pytest.raises(MailFailed, match="certificate verify failed"),
    ):
        await send(adapter(server.port, tls="tls", caFile=str(foreign.authority)))


async def test_certificates_are_not_checked_where_that_is_asked(
    encrypted: RunningSmtp, tls: str
) -> None:
    password = {"username": USERNAME, "password": PASSWORD}
    await send(adapter(encrypted.port, tls=tls, checkCertificate=False, **password))

    assert (await encrypted.next_mail()).tls


async def test_a_server_without_starttls_gets_nothing_in_clear(smtp: RunningSmtp) -> None:
    with pytest.raises(MailFailed):
        await send(adapter(smtp.port, tls="starttls"))

    assert smtp.mails == []


# -- refusals


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("refused@example.com", "550 5.1.1 no mailbox here for …"),
        ("rejected@example.com", "554 5.6.0 not in this house"),
    ],
)
async def test_a_permanent_refusal_is_one(smtp: RunningSmtp, address: str, answer: str) -> None:
    with pytest.raises(MailRefused) as caught:
        await send(adapter(smtp.port), Message(address, "Hello", "…"))

    assert str(caught.value) == answer


async def test_a_temporary_refusal_is_none(smtp: RunningSmtp) -> None:
    with pytest.raises(MailFailed) as caught:
        await send(adapter(smtp.port), Message("later1@example.com", "Hello", "…"))

    assert not isinstance(caught.value, MailRefused)
    assert str(caught.value) == "451 4.7.1 greylisted, try again"


async def test_a_server_that_is_not_there_is_no_refusal() -> None:
    with pytest.raises(MailFailed) as caught:
        await send(adapter(free_port()))

    assert not isinstance(caught.value, MailRefused)


async def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with DeafServer() as server, pytest.raises(MailFailed):
        await send(adapter(server.port, timeout=0.1))


async def test_an_address_that_is_none_is_refused_before_a_server_is_asked() -> None:
    for address in ("ann@example.com, bob@example.com", "ann@example.com\r\nBcc: bob@example.com"):
        with pytest.raises(MailRefused):
            await send(adapter(free_port()), Message(address, "Hello", "…"))


# -- options

GOOD = {"host": "mail.test", "from": "no-reply@game.test"}


@pytest.mark.parametrize(
    ("tls", "port"), [(None, 587), ("starttls", 587), ("tls", 465), ("none", 25)]
)
def test_the_port_follows_from_tls(tls: str | None, port: int) -> None:
    assert read_smtp("o", {**GOOD, "tls": tls}).port == port


def test_the_safe_is_the_default() -> None:
    settings = read_smtp("o", GOOD)

    assert (settings.tls, settings.check_certificate) == ("starttls", True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": None}, "Option o.host is required."),
        ({"from": None}, "Option o.from is required."),
        ({"host": 1}, "Option o.host must be a text that is not empty."),
        ({"port": 0}, "Option o.port must be a whole number from 1 to 65535."),
        ({"port": "25"}, "Option o.port must be a whole number from 1 to 65535."),
        ({"tls": "ssl"}, "Option o.tls must be one of starttls, tls, none."),
        ({"tls": True}, "Option o.tls must be one of starttls, tls, none."),
        ({"username": "u"}, "Option o must have both username and password, or neither."),
        ({"password": "p"}, "Option o must have both username and password, or neither."),
        ({"timeout": 0}, "Option o.timeout must be a number of seconds above 0."),
        ({"checkCertificate": "no"}, "Option o.checkCertificate must be a boolean."),
        ({"caFile": "/nowhere"}, "Option o.caFile must be a file with certificates in PEM form."),
        ({"user": "u"}, "Option o has no user; it has host, port, username, password, from, tls,"),
        *(
            ({"from": sender}, 'Option o.from must be an address, such as "Game <no-reply@exam')
            for sender in (
                *("game", "a@b, c@d", "Game <a@b", "a@b\r\nBcc: c@d", "Game\0 <a@b.c>"),
                "=?utf-8?q?x=0d=0aBcc=3a_c=40d?= <a@b.c>",
            )
        ),
    ],
)
def test_wrong_options_are_told(change: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionsError) as caught:
        read_smtp("o", {**GOOD, **change})

    assert str(caught.value).startswith(message)


def test_the_password_is_not_shown() -> None:
    settings = read_smtp("o", {**GOOD, "username": USERNAME, "password": PASSWORD})

    assert PASSWORD not in repr(settings)
