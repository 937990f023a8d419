"""Accounts, by the options in parse.json."""

import pytest

from parsepy.testing import AppUnderTest, MemoryAdapter, MovableClock, Refused, links_in

pytestmark = pytest.mark.anyio


async def test_a_password_is_reset_by_the_link_in_a_mail(
    parse_app: AppUnderTest, parse_mails: MemoryAdapter
) -> None:
    await parse_app.sign_up("ann", email="ann@example.com")

    await parse_app.client.call("POST", "/requestPasswordReset", {"email": "ann@example.com"})

    (link,) = links_in(parse_mails.last)
    page = await parse_app.client.open(link)
    assert page.status_code == 200
    assert "<form" in page.text


async def test_who_guesses_waits_five_minutes(
    parse_app: AppUnderTest, parse_clock: MovableClock
) -> None:
    await parse_app.sign_up("ann", "the right one")
    for _ in range(3):
        with pytest.raises(Refused):
            await parse_app.log_in("ann", "a wrong one")
    with pytest.raises(Refused, match="locked"):
        await parse_app.log_in("ann", "the right one")

    parse_clock.move(minutes=6)
    await parse_app.log_in("ann", "the right one")


async def test_a_session_ends_after_a_year(
    parse_app: AppUnderTest, parse_clock: MovableClock
) -> None:
    ann = await parse_app.sign_up("ann")
    await ann.me()

    parse_clock.move(days=366)
    with pytest.raises(Refused) as refused:
        await ann.me()
    assert refused.value.code == 209
