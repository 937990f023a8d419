"""Asking a provider: what is sent, and which answers are none."""

import logging

import pytest

from parsepy.auth.provider_http import ProviderFailed, ProviderHTTP
from parsepy.outbound import Outbound
from tests.auth.provider_server import ProviderServer

pytestmark = pytest.mark.anyio


async def test_texts_of_a_query_stay_in_their_parameter(
    provider: ProviderServer, outbound: Outbound
) -> None:
    url = provider.route("GET /me", {"id": "1"})

    answer = await ProviderHTTP(outbound).get(
        f"{url}?fields=id", query={"token": "a&b=c#d e/../é"}, headers={"Authorization": "Bearer x"}
    )

    assert answer == {"id": "1"}
    assert provider.asked[0].query == {"fields": "id", "token": "a&b=c#d e/../é"}
    assert provider.asked[0].headers["authorization"] == "Bearer x"
    assert provider.asked[0].headers["accept"] == "application/json"


async def test_an_answer_of_any_kind(provider: ProviderServer, outbound: Outbound) -> None:
    url = provider.route("GET /key.cer", b"\x30\x82", Cache_Control="max-age=60")

    answer = await ProviderHTTP(outbound).response(url, query={"a": "b"})

    assert answer.content == b"\x30\x82"
    assert answer.headers["cache-control"] == "max-age=60"
    with pytest.raises(ProviderFailed, match="Not Found"):
        await ProviderHTTP(outbound).response(f"{provider.url}/elsewhere")


async def test_a_form_and_a_json_body(provider: ProviderServer, outbound: Outbound) -> None:
    url = provider.route("POST /token", {"done": True})
    http = ProviderHTTP(outbound)

    await http.post_form(url, {"a": "1&b=2", "c": ""}, headers={"Authorization": "Basic x"})
    await http.post_json(url, {"a": [1]})

    form, body = provider.asked
    assert form.form == {"a": "1&b=2", "c": ""}
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form.headers["authorization"] == "Basic x"
    assert body.json == {"a": [1]}
    assert body.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "reason", "is_refusal"),
    [
        (400, "Bad Request", True),
        (401, "Unauthorized", True),
        (302, "Found", False),
        (500, "Internal Server Error", False),
        (599, "status 599", False),
    ],
)
async def test_an_error_is_told_by_its_status_alone(
    provider: ProviderServer, outbound: Outbound, status: int, reason: str, is_refusal: bool
) -> None:
    url = provider.route("GET /", {"error": "private"}, status=status)

    with pytest.raises(ProviderFailed) as failed:
        await ProviderHTTP(outbound).get(url)

    assert (failed.value.reason, failed.value.status) == (reason, status)
    assert failed.value.is_refusal is is_refusal


async def test_a_redirect_is_not_followed(provider: ProviderServer, outbound: Outbound) -> None:
    provider.route("GET /elsewhere", {"id": "1"})
    url = provider.route("GET /", {}, status=307, Location=f"{provider.url}/elsewhere")

    with pytest.raises(ProviderFailed):
        await ProviderHTTP(outbound).get(url)

    assert provider.asked_for("/elsewhere") == []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"1", b"null", b"{", b'{"a":' * 5000, b"\xff\xfe"]
)
async def test_what_is_no_object_is_no_answer(
    provider: ProviderServer, outbound: Outbound, body: bytes
) -> None:
    url = provider.route("GET /", body)

    with pytest.raises(ProviderFailed, match="no JSON object"):
        await ProviderHTTP(outbound).get(url)


async def test_a_huge_answer_is_given_up(provider: ProviderServer, outbound: Outbound) -> None:
    url = provider.route("GET /", {"text": "x" * 2000})

    assert await ProviderHTTP(outbound).get(url)
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        await ProviderHTTP(outbound, max_answer=1000).get(url)


async def test_nobody_waits_longer_than_the_deadline(
    provider: ProviderServer, outbound: Outbound
) -> None:
    provider.routes["GET /"] = provider.silent

    with pytest.raises(ProviderFailed, match="cannot be reached"):
        await ProviderHTTP(outbound, deadline=0.1).get(f"{provider.url}/")


async def test_the_log_says_who_cannot_be_reached_and_keeps_the_token(
    outbound: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(ProviderFailed) as failed:
        await ProviderHTTP(outbound).get(
            "http://127.0.0.1:1/path", query={"access_token": "secret"}
        )

    assert "127.0.0.1:1" in caplog.text
    assert "secret" not in caplog.text + str(failed.value)
    assert failed.value.status is None
