"""One request of an SDK, sent with exactly its headers, and the check of the answer."""

import base64
import json
from typing import Any

import httpx

from parsepy.types import JSONObject, JSONValue
from tests.exchanges.capturing import capture
from tests.exchanges.matching import ABSENT, differences
from tests.exchanges.outcome import StepFailedError
from tests.exchanges.variables import Variables

SECONDS = 20.0


def play_http(step: dict[str, Any], variables: Variables, transport: httpx.BaseTransport) -> None:
    """Send the request and take what is to be captured.

    A client of httpx would add headers of its own, hence its transport alone. Raises
    StepFailedError when the answer is not the expected one.
    """
    answer = _send(_request(variables.fill_object(step["request"]), variables), transport)
    found = list(_differences(variables.fill_object(step.get("expect", {})), answer))
    if found:
        raise StepFailedError("; ".join(found) + f" in {answer.status_code} {answer.text[:500]}")
    capture(step.get("capture", {}), _json(answer), answer.headers, variables)


def _request(described: JSONObject, variables: Variables) -> httpx.Request:
    url = described.get("url") or f"{variables['server']}{described['path']}"
    headers = described.get("headers", {})
    assert isinstance(headers, dict)
    return httpx.Request(
        str(described["method"]),
        str(url),
        headers=[(name, str(value)) for name, value in headers.items() if value not in ("", None)],
        content=_content(described),
    )


def _content(described: JSONObject) -> bytes | None:
    if "body" in described:
        return json.dumps(described["body"], separators=(",", ":"), ensure_ascii=False).encode()
    if "text" in described:
        return str(described["text"]).encode()
    if "base64" in described:
        return base64.b64decode(str(described["base64"]))
    return None


def _send(request: httpx.Request, transport: httpx.BaseTransport) -> httpx.Response:
    request.extensions["timeout"] = httpx.Timeout(SECONDS).as_dict()
    try:
        answer = transport.handle_request(request)
        answer.read()
    except httpx.TransportError as error:
        raise StepFailedError(f"no answer: {error!r}") from error
    return answer


def _differences(expected: JSONObject, answer: httpx.Response) -> list[str]:
    return [
        *_status_differences(expected.get("status"), answer),
        *_header_differences(expected.get("headers", {}), answer),
        *_spelling_differences(expected.get("rawHeaders", []), answer),
        *_body_differences(expected, answer),
    ]


def _status_differences(wanted: JSONValue, answer: httpx.Response) -> list[str]:
    allowed = wanted if isinstance(wanted, list) else [wanted]
    if wanted is None or answer.status_code in allowed:
        return []
    return [f"status: expected {wanted}, got {answer.status_code}"]


def _header_differences(wanted: JSONValue, answer: httpx.Response) -> list[str]:
    assert isinstance(wanted, dict)
    found: list[str] = []
    for name, matcher in wanted.items():
        got = answer.headers.get(name)
        if matcher == ABSENT and got is None:
            continue
        found.extend(differences(f"header {name}", matcher, got))
    return found


def _spelling_differences(wanted: JSONValue, answer: httpx.Response) -> list[str]:
    assert isinstance(wanted, list)
    spelled = {name.decode("latin-1") for name, _value in answer.headers.raw}
    return [f"header {name}: not spelled so" for name in wanted if name not in spelled]


def _body_differences(expected: JSONObject, answer: httpx.Response) -> list[str]:
    found: list[str] = []
    if "text" in expected:
        found.extend(differences("text", expected["text"], answer.text))
    if "json" in expected:
        found.extend(differences("body", expected["json"], _json(answer)))
    return found


def _json(answer: httpx.Response) -> JSONValue:
    try:
        body: JSONValue = json.loads(answer.content)
    except ValueError:
        return None
    return body
