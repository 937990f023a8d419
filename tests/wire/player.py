"""Sends the requests of a case, one after the other, to whatever an httpx client talks to."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from parsepy.types import JSONMapping, JSONObject, JSONValue
from tests.support.waiting import until
from tests.wire.cases import Case, with_cloud_code
from tests.wire.variables import Variables, at_place, capture, substitute
from tests.wire.webhook import webhook_of

MOUNT_PATH = "/parse"
DEFAULT_OPTIONS: JSONMapping = {"appId": "app", "masterKey": "master"}
DEFAULT_HEADERS = {"X-Parse-Application-Id": "app"}
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A step as it went: what was answered, the variables before and after it, and what the
    case's webhook was asked meanwhile."""

    step: dict[str, Any]
    answer: httpx.Response
    body: JSONValue
    is_json: bool
    before: Variables
    after: Variables
    calls: list[JSONValue] = field(default_factory=list)


def case_options(case: Case, database_uri: str, url: str) -> JSONObject:
    """All server options for a case; `url` is the address with the mount path."""
    return {
        **DEFAULT_OPTIONS,
        "databaseURI": database_uri,
        "serverURL": url,
        "mountPath": MOUNT_PATH,
        **with_cloud_code(case.options, ".py"),
    }


async def play(case: Case, client: httpx.AsyncClient, url: str) -> AsyncIterator[Exchange]:
    """Send each step after the consumer has looked at the one before."""
    with webhook_of(case) as hook:
        variables: Variables = {"url": url, **hook.variables}
        for step in case.steps:
            hook.begin(step, variables)
            try:
                answer = await _answer(step, client, variables)
                is_json, body = _parsed(answer)
                after = {**variables, **capture(step.get("save", {}), answer, body)}
            except Exception as error:
                error.add_note(f"in step {step['name']!r}")
                raise
            yield Exchange(step, answer, body, is_json, variables, after, hook.taken_calls())
            variables = after


async def _answer(
    step: dict[str, Any], client: httpx.AsyncClient, variables: Variables
) -> httpx.Response:
    """The answer; where the step has `until`, the first one that has those values."""
    wanted: dict[str, str] = step.get("until", {})
    answer = await client.send(build_request(step["request"], client, variables))

    async def is_wanted() -> bool:
        nonlocal answer
        _, body = _parsed(answer)
        if all(at_place(place, answer, body) == value for place, value in wanted.items()):
            return True
        answer = await client.send(build_request(step["request"], client, variables))
        return False

    await until(is_wanted)
    return answer


def build_request(
    request: JSONObject, client: httpx.AsyncClient, variables: Variables
) -> httpx.Request:
    filled = substitute(request, variables)
    assert isinstance(filled, dict)
    headers = {**DEFAULT_HEADERS, **_strings(filled.get("headers"))}
    content = _content(filled)
    if "body" in filled:
        headers = {"Content-Type": JSON_TYPE, **headers}
    return client.build_request(
        str(filled["method"]),
        f"{variables['url']}{filled['path']}{_query(filled.get('query'))}",
        headers={name: value for name, value in headers.items() if value is not None},
        content=content,
    )


def _content(request: JSONObject) -> bytes | None:
    if "body" in request:
        return json.dumps(request["body"], ensure_ascii=False).encode()
    text = request.get("text")
    return text.encode() if isinstance(text, str) else None


def _query(query: JSONValue) -> str:
    if not isinstance(query, dict):
        return ""
    given = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in query.items()
    }
    return f"?{urlencode(given)}"


def _strings(headers: JSONValue) -> dict[str, str | None]:
    if not isinstance(headers, dict):
        return {}
    return {name: None if value is None else str(value) for name, value in headers.items()}


def _parsed(answer: httpx.Response) -> tuple[bool, JSONValue]:
    try:
        return True, answer.json()
    except ValueError:
        return False, answer.text
