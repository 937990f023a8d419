"""The cloud code that the exchanges count on, run in the test's process over the control port."""

from collections.abc import Callable
from typing import Any

import httpx

_MOMENT = "2024-02-29T12:34:56.789Z"


def register(control_url: str, url: str) -> None:
    """`url` is where `answer` answers."""
    actions = [{"kind": "function", "name": name} for name in _FUNCTIONS]
    actions += [{"kind": "job", "name": name} for name in _JOBS]
    actions.append({"kind": "trigger", "triggerName": "beforeSave", "className": "SdkHooked"})
    for action in actions:
        body = {"action": "add", **action, "url": f"{url}/{action.get('name', 'beforeSave')}"}
        httpx.post(f"{control_url}/__test__/cloud", json=body).raise_for_status()


def answer(path: str, body: dict[str, Any]) -> Any:
    return _CALLS[path.rpartition("/")[2]](body["request"])


def _before_save(request: dict[str, Any]) -> Any:
    one = request["object"]
    title = one["ops"]["title"]
    if title == "forbidden":
        return _thrown("title is not allowed")
    one["ops"]["slug"] = title.lower()
    return {"request": request}


def _types(_request: dict[str, Any]) -> Any:
    return {
        "success": {
            "when": {"__type": "Date", "iso": _MOMENT},
            "where": {"__type": "GeoPoint", "latitude": 40.5, "longitude": -3.25},
            "list": [1, "two", None, {"three": 3}],
            "nothing": None,
        }
    }


def _object(_request: dict[str, Any]) -> Any:
    state = {"title": "from cloud", "createdAt": _MOMENT, "updatedAt": _MOMENT}
    return {
        "success": {
            "__t": "Object",
            "className": "SdkCloud",
            "objectId": "xWMyZ4YEGZ",
            "state": state,
            "ops": {},
        }
    }


def _thrown(message: str) -> Any:
    return {"thrown": True, "error": {"__t": "ParseError", "code": 142, "message": message}}


_FUNCTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "sdkEcho": lambda request: {"success": request["params"]},
    "sdkNothing": lambda _request: {},
    "sdkFail": lambda _request: _thrown("rejected by rule"),
    "sdkTypes": _types,
    "sdkObject": _object,
}
_JOBS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "sdkJob": lambda _request: {"success": "done"},
}
_CALLS = {"beforeSave": _before_save, **_FUNCTIONS, **_JOBS}
