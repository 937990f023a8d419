"""The HTTP client: what it sends, what it does not follow, and where it gives up."""

import logging

import pytest

from parsepy.outbound import Outbound
from parsepy.outbound.client import OutboundError
from tests.support.answering_server import answering_server
from tests.support.deaf_server import DeafServer

pytestmark = pytest.mark.anyio


async def test_a_request_and_its_answer() -> None:
    outbound = Outbound()
    with answering_server({"a": 1}) as server:
        server.status = 418
        answer = await outbound.post(server.url, b'{"b":2}', {"X-Own": "x"})

    await outbound.close()
    assert (answer.status, answer.content) == (418, b'{"a": 1}')
    assert server.last == {"b": 2}
    assert server.asked[0][0]["x-own"] == "x"


async def test_a_redirect_is_an_answer() -> None:
    outbound = Outbound()
    with answering_server({}) as server, answering_server({}) as elsewhere:
        server.status, server.headers = 302, {"Location": elsewhere.url}
        answer = await outbound.post(server.url, b"{}", {})

    await outbound.close()
    assert answer.status == 302
    assert elsewhere.asked == []


async def test_an_endless_answer_is_given_up() -> None:
    outbound = Outbound(max_answer=1000)
    too_long = pytest.raises(OutboundError, match="longer than 1000")
    with answering_server(b"x" * 2000) as server, too_long:
        await outbound.post(server.url, b"{}", {})
    await outbound.close()


async def test_who_says_nothing_is_given_up() -> None:
    outbound = Outbound(timeout=0.1)
    with DeafServer() as deaf, pytest.raises(OutboundError):
        await outbound.post(f"http://127.0.0.1:{deaf.port}/", b"{}", {})
    await outbound.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "gopher://localhost/", "", "http://["])
async def test_addresses_where_nobody_is(url: str) -> None:
    outbound = Outbound()
    with pytest.raises(OutboundError):
        await outbound.post(url, b"{}", {})
    await outbound.close()


async def test_an_answer_may_have_a_bound_of_its_own() -> None:
    outbound = Outbound()
    with answering_server(b"x" * 2000) as server:
        assert (await outbound.post(server.url, b"{}", {}, max_answer=2000)).status == 200
        with pytest.raises(OutboundError, match="longer than 1999"):
            await outbound.post(server.url, b"{}", {}, max_answer=1999)
    await outbound.close()


async def test_what_is_asked_for_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    outbound = Outbound()
    with caplog.at_level(logging.DEBUG), answering_server({}) as server:
        await outbound.post(f"{server.url}?access_token=secret", b"{}", {"X-Own": "secret"})

    await outbound.close()
    assert server.url in caplog.text
    assert "secret" not in caplog.text


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    outbound = Outbound()
    with answering_server({"a": 1}) as server:
        assert (await outbound.post(server.url, b"{}", {})).status == 200
    await outbound.close()


async def test_it_may_be_closed_unused_and_used_again() -> None:
    outbound = Outbound()
    await outbound.close()
    with answering_server({}) as server:
        assert (await outbound.post(server.url, b"{}", {})).status == 200
    await outbound.close()


async def test_a_request_may_have_a_deadline_of_its_own() -> None:
    outbound = Outbound()
    with DeafServer() as deaf, pytest.raises(OutboundError):
        await outbound.request("PUT", f"http://127.0.0.1:{deaf.port}/", deadline=0.1)
    await outbound.close()
