"""Providers of an app's own, as tests configure them."""

from dataclasses import dataclass, field
from typing import Any

from parsepy.auth.base import AuthRequest
from parsepy.errors import ParseError
from parsepy.types import JSONObject

REFUSED = 101
WRONG_CODE = "The code is wrong."


@dataclass
class Asked:
    """One call of a hook, with what it was called with."""

    hook: str
    data: Any
    options: Any
    request: AuthRequest


@dataclass
class Badge:
    """One function for all stages: whoever knows the code of the door is let in."""

    code: str = "open"
    answer: JSONObject | None = None
    asked: list[Asked] = field(default_factory=list)

    async def validate_auth_data(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        self.asked.append(Asked("validate_auth_data", data, options, request))
        if data.get("code") != self.code:
            raise ParseError(REFUSED, WRONG_CODE)
        return self.answer


@dataclass
class Staged:
    """Hooks that tell the stages apart; a plain function among them."""

    policy: Any = "default"
    answers: dict[str, JSONObject] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def hooks(self) -> list[str]:
        return [each.hook for each in self.asked]

    def validate_set_up(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return self._note("validate_set_up", data, options, request)

    async def validate_login(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return self._note("validate_login", data, options, request)

    async def validate_update(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return self._note("validate_update", data, options, request)

    def _note(self, hook: str, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        self.asked.append(Asked(hook, data, options, request))
        return self.answers.get(hook)


class OneTimeCodes:
    """Keeps a list of codes, each of which opens one log-in."""

    async def validate_set_up(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return None

    async def validate_update(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return None

    async def validate_login(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        stored: Any = (request.original or {})["authData"]
        codes = stored["codes"]["codes"]
        if data.get("code") not in codes:
            raise ParseError(REFUSED, WRONG_CODE)
        kept = [code for code in codes if code != data["code"]]
        return {"save": {"id": stored["codes"]["id"], "codes": kept}}


class Secretive:
    """Shows its readers nothing but that it is there."""

    async def validate_auth_data(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return None

    def after_find(self, data: JSONObject, options: Any, request: AuthRequest) -> Any:
        return None if request.master else {"status": "there"}
