"""Mail that is kept for tests."""

import pytest

from parsepy.email.base import Message
from parsepy.email.mail import Kind, new_mail
from parsepy.email.memory import MemoryAdapter, links_in


@pytest.mark.anyio
async def test_what_was_sent_is_there_to_be_looked_at() -> None:
    mails = MemoryAdapter()
    one = Message("ann@example.com", "One", "a http://x.test/1?a=b and\nhttps://x.test/2")
    two = Message("bob@example.com", "Two", "none")
    for message in (one, two):
        await mails.hand_over(new_mail(Kind.MESSAGE, message))

    assert mails.messages == [one, two]
    assert mails.last is two
    assert mails.to("ann@example.com") == [one]
    assert links_in(one) == ["http://x.test/1?a=b", "https://x.test/2"]
    mails.clear()
    assert mails.messages == []
