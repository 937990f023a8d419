"""Mail that is shown where the server was started."""

import pytest

from parsepy.email.base import Message
from parsepy.email.console import ConsoleAdapter, shown
from parsepy.email.mail import Kind, new_mail


@pytest.mark.anyio
async def test_a_mail_is_shown_with_its_link(capsys: pytest.CaptureFixture[str]) -> None:
    message = Message("ann@example.com", "Password Reset", "Hi,\n\nhere:\nhttp://game.test/x?t=1")

    await ConsoleAdapter().hand_over(new_mail(Kind.MESSAGE, message))

    assert capsys.readouterr().err == (
        "\n"
        "  +-- mail, not sent anywhere\n"
        "  | To:      ann@example.com\n"
        "  | Subject: Password Reset\n"
        "  |\n"
        "  | Hi,\n"
        "  |\n"
        "  | here:\n"
        "  | http://game.test/x?t=1\n"
        "  +--\n\n"
    )


def test_nothing_in_a_mail_commands_the_terminal_or_passes_for_the_log() -> None:
    text = "\x1b[2Jx\rERROR parsepy: y\x9b1m\x08\u2028\nERROR parsepy: z"
    lines = shown(Message(f"a{text}", text, text)).splitlines()

    assert all(not line or line.startswith("  ") for line in lines)
    assert not any(
        ord(character) < 32 or 127 <= ord(character) < 160 for character in "".join(lines)
    )
    assert r"\x1b[2Jx\rERROR parsepy: y\x9b1m\x08\u2028" in "\n".join(lines)
