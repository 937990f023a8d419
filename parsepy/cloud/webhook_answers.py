"""What a webhook's answer means (cloud-code sheet, 6.2). It is somebody else's, so anything."""

from typing import Final

from parsepy.cloud.requests import CloudRequest, FindRequest, FunctionRequest, TriggerRequest
from parsepy.errors import ScriptFailed
from parsepy.outbound import Response
from parsepy.protocol import json
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_NOT_STORED: Final = ("createdAt", "updatedAt", "className")
_SHOWN: Final = 100
"""Characters of an answer that nobody understands."""


class Failed(Exception):
    """As if a handler had raised it: which code it gets is up to what the handler is for."""


def success_of(response: Response) -> JSONValue | Missing:
    """The `success` of an answer; `MISSING` for none. Raises `Failed` or, where it is no text,
    `ScriptFailed` for its `error`."""
    if not 200 <= response.status < 400:
        raise Failed(f"The webhook answered with status {response.status}.")
    said = _read(response.content)
    if not isinstance(said, dict):
        return MISSING
    error = said.get("error")
    if _counts(error):
        raise _failure(error)
    return said.get("success", MISSING)


def result(request: CloudRequest, answer: JSONValue | Missing) -> object:
    """What a handler would have given back for it."""
    if isinstance(request, FunctionRequest):
        return answer
    if isinstance(request, TriggerRequest):
        return _of_write(request, answer)
    return _of_find(request, answer) if isinstance(request, FindRequest) else None


def _of_write(request: TriggerRequest, answer: JSONValue | Missing) -> object:
    if not isinstance(answer, dict):
        return None
    if request.trigger_name == "beforeSave":
        return {"object": {name: answer[name] for name in answer if name not in _NOT_STORED}}
    return answer if request.trigger_name == "afterSave" else None


def _of_find(request: FindRequest, answer: JSONValue | Missing) -> object:
    """A list is what is found. Before the search only an empty one counts (observed): objects of
    somebody else's would go past the caller's permissions."""
    if not isinstance(answer, list) or (answer and request.trigger_name == "beforeFind"):
        return None
    return [one for one in answer if isinstance(one, dict)]


def _read(content: bytes) -> JSONValue | Missing:
    """`MISSING` for what is no JSON. A JSON text is read once more (observed); raises
    `ScriptFailed` where it holds none."""
    try:
        said = json.loads(content)
    except json.InvalidJSON:
        return MISSING
    if not isinstance(said, str) or not said:
        return said
    try:
        return json.loads(said.encode())
    except json.InvalidJSON:
        malformed: JSONObject = {
            "error": "Malformed response",
            "code": -1,
            "partialResponse": said[:_SHOWN],
        }
        raise ScriptFailed(malformed) from None


def _failure(error: JSONValue) -> Exception:
    if isinstance(error, dict) and _counts(error.get("message")):
        error = error["message"]
    return Failed(error) if isinstance(error, str) else ScriptFailed(error)


def _counts(error: JSONValue) -> bool:
    """Empty maps and lists do, as in JavaScript."""
    return isinstance(error, dict | list) or bool(error)
