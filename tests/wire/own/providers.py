"""Log-in providers of the fixtures; providers.cjs is the same for parse-server."""

import json
from collections.abc import Mapping
from typing import Any

from parsepy.auth.base import AuthRequest
from parsepy.errors import ParseError
from parsepy.types import JSONObject, ParseObject


def told(options: Mapping[str, object], request: AuthRequest) -> str:
    """What a hook was called with, in texts that do not differ from run to run."""
    return json.dumps(
        {
            "trigger": request.trigger_name,
            "user": _field(request.user, "username"),
            "original": _field(request.original, "username"),
            "before": _field(request.original, "authData"),
            "after": _field(request.object, "authData"),
            "master": request.master,
            "challenge": request.is_challenge,
            "options": sorted(key for key in options if key.startswith("own")),
        },
        separators=(",", ":"),
    )


def behaved(data: JSONObject, options: Mapping[str, object], request: AuthRequest) -> Any:
    match data.get("do"):
        case "mine":
            raise ParseError(999, "mine")
        case "error":
            raise RuntimeError("an error")
        case "nothing":
            raise RuntimeError
        case "tell":
            raise RuntimeError(told(options, request))
        case "save":
            return {"save": {"id": data["id"], "kept": True}}
        case "save nothing":
            return {"save": {}}
        case "save null":
            return {"save": None, "response": {"saved": "as sent"}}
        case "respond":
            return {"response": {"hello": "you"}}
        case "leave":
            return {"doNotSave": True}
        case "all":
            return {"save": {"id": "other"}, "doNotSave": True, "response": {"none": True}}
        case "empty":
            return {}
    return None


def _field(user: ParseObject | None, name: str) -> Any:
    return None if user is None else user.get(name)


class Accepting:
    async def validate_auth_data(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return None


class Badge:
    async def validate_auth_data(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return behaved(data, options, request)


class Stages:
    def validate_set_up(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return behaved(data, options, request) or _stage(request)

    async def validate_login(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return behaved(data, options, request) or _stage(request)

    async def validate_update(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return behaved(data, options, request) or _stage(request)


def _stage(request: AuthRequest) -> JSONObject:
    return {"response": {"stage": request.trigger_name}}


class Half:
    async def validate_set_up(self, data: JSONObject, options: Any, request: AuthRequest) -> None:
        pass


class Odd(Accepting):
    policy = "other"


class Solo(Accepting):
    policy = "solo"


class Additional(Accepting):
    policy = "additional"


class Chosen(Accepting):
    def policy(self, request: AuthRequest, stored: JSONObject) -> str:
        return "additional" if stored.get("strict") else "default"


class Known(Accepting):
    async def validate_app_id(
        self, app_ids: Any, data: JSONObject, options: Any, request: AuthRequest
    ) -> None:
        if data.get("app") not in app_ids:
            raise ParseError(101, "another app")


class Secretive(Accepting):
    def after_find(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return None if request.master else {"id": data["id"], "seen": True}


class Asking:
    async def validate_auth_data(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        if data.get("wrong"):
            raise RuntimeError("never told")

    async def challenge(
        self, wanted: Any, data: JSONObject | None, options: Any, request: AuthRequest
    ) -> Any:
        match wanted.get("do") if isinstance(wanted, dict) else None:
            case "mine":
                raise ParseError(999, "mine")
            case "error":
                raise RuntimeError("an error")
            case "nothing":
                raise RuntimeError
            case "silent":
                return None
            case "tell":
                return {"told": told(options, request), "sent": data}
        return {"got": wanted}


badge = Badge()
stages = Stages()
half = Half()
odd = Odd()
solo = Solo()
second = Additional()
third = Additional()
chosen = Chosen()
known = Known()
secretive = Secretive()
asking = Asking()
