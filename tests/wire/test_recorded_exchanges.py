"""Every exchange recorded from the real parse-server, replayed against parsepy on every store."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

import parsepy
from parsepy.types import JSONObject
from tests.support.asgi import ORIGIN, app_client
from tests.wire.cases import Case, all_cases
from tests.wire.matching import differences
from tests.wire.own_code import with_own_code
from tests.wire.player import MOUNT_PATH, Exchange, case_options, play
from tests.wire.silent_mail import with_silent_mail

pytestmark = pytest.mark.anyio
URL = f"{ORIGIN}{MOUNT_PATH}"
STORES = ("sqlite", "mongodb")
RUNS = [(case, store) for case in all_cases() for store in STORES if case.store in (None, store)]


@pytest.fixture
def database_uri(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite::memory:"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


@pytest.mark.parametrize(
    ("case", "database_uri"),
    RUNS,
    indirect=["database_uri"],
    ids=[f"{store}-{case.name}" for case, store in RUNS],
)
async def test_answers_are_those_of_parse_server(case: Case, database_uri: str) -> None:
    reports = [
        report
        async for exchange in replay(case, database_uri)
        if (report := report_of(case, exchange))
    ]

    assert not reports, "\n\n".join(reports)


async def replay(case: Case, database_uri: str) -> AsyncIterator[Exchange]:
    options = with_own_code(with_silent_mail(case_options(case, database_uri, URL)))
    app = parsepy.create_app(options)
    async with app_client(app) as client:
        async for exchange in play(case, client, URL):
            # Mails are made after the answer; the reference makes them before.
            await app.parts.users.background.settled()
            yield exchange


def report_of(case: Case, exchange: Exchange) -> str:
    """What is wrong with an answer, in words for the person who has to find out why."""
    step = exchange.step
    expected: JSONObject = step.get("ours", step["response"])
    found = differences(exchange, expected)
    if not found:
        return ""
    return "\n".join(
        [
            f"compat_fixtures/{case.name}.json, step {step['name']!r}",
            f"  request:  {shown(step['request'])}",
            f"  expected: {shown(expected)}",
            f"  got:      {exchange.answer.status_code} {exchange.answer.text}",
            *(f"  - {difference}" for difference in found),
        ]
    )


def shown(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
